import PipelineEngine
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How this process was started, and where what it says goes.
///
/// Standalone, listings go to standard output and complaints to standard error. Started by the
/// plugin, standard error is the channel to it, and standard output reaches the user through
/// SwiftPM: at once on a terminal, only at the end elsewhere. What has to be seen in time goes
/// there as progress.
final class Invocation: Sendable {
  static let shared = Invocation()

  let environment = Machine.environment()
  /// Of the clock that is never set back, when this was first asked for anything.
  private let began = Terminal.seconds
  let swiftPM: SwiftPM
  let isPlugin: Bool
  /// A terminal that shows what this process writes to `display`, where there is one.
  let isTerminal: Bool
  /// Where lines and the live region go.
  let display: Int32
  /// Whether this is a machine that builds for others: then lines are what is looked at later.
  let isContinuousIntegration: Bool

  static var commandName: String {
    shared.isPlugin ? "swift package run-pipeline" : "pipewright"
  }

  private init() {
    let environment = environment
    func value(_ name: String) -> String? {
      environment.last { $0.name.elementsEqual(name.utf8) }
        .map { String(decoding: $0.value, as: UTF8.self) }
    }
    isPlugin = value("PIPEWRIGHT_PLUGIN") != nil
    isContinuousIntegration = value("CI").map { !$0.isEmpty && $0 != "false" } ?? false
    var plugin: PluginBuilder?
    if isPlugin {
      let builder = PluginBuilder { Terminal.send($0, to: STDERR_FILENO) }
      PluginAnswers.deliver(to: builder)
      plugin = builder
    }
    swiftPM = SwiftPM(
      graphFile: isPlugin ? value("PIPEWRIGHT_GRAPH").map { Path($0) } : nil,
      scratch: isPlugin ? value("PIPEWRIGHT_SCRATCH").map { Path($0) } : nil, plugin: plugin,
      environment: environment)
    if isPlugin {
      let terminal = value("PIPEWRIGHT_HOST_PID").flatMap { Invocation.terminal(ofProcess: $0) }
      isTerminal = terminal != nil
      display = terminal ?? STDOUT_FILENO
    } else {
      isTerminal = isatty(STDOUT_FILENO) == 1
      display = STDOUT_FILENO
    }
  }

  /// Seconds since this process began to work.
  var seconds: Double { Terminal.seconds - began }

  func value(_ name: String) -> String? {
    environment.last { $0.name.elementsEqual(name.utf8) }
      .map { String(decoding: $0.value, as: UTF8.self) }
  }

  var style: Style {
    let names = ["NO_COLOR", "CLICOLOR_FORCE", "TERM"]
    let pairs = names.compactMap { name in value(name).map { (name, $0) } }
    return Style(isTerminal: isTerminal, environment: Dictionary(pairs) { $1 })
  }

  /// A listing, or what was asked for: to standard output, as whole lines.
  func print(_ text: String) {
    // By bytes: CR LF at the end is one character, which is no line feed.
    write(text.utf8.last == UInt8(ascii: "\n") ? text : text + "\n", to: STDOUT_FILENO)
  }

  /// Bytes that were asked for, as they are, to standard output.
  func write(_ bytes: [UInt8]) {
    Terminal.send(bytes, to: STDOUT_FILENO)
  }

  /// A sentence, to standard output.
  func say(_ text: String) { print(VisibleText.lines(text)) }

  /// A complaint.
  func printError(_ text: String) {
    let text = VisibleText.lines(text)
    write(text.hasSuffix("\n") ? text : text + "\n", to: STDERR_FILENO)
  }

  /// The last word on why this process does not end with 0; the plugin says it once, at its end.
  func report(_ failure: ToolFailure) {
    if isPlugin {
      if let hint = failure.hint { printError(" hint: \(hint)") }
      request("error", VisibleText.line(failure.fact))
    } else {
      printError("error: \(VisibleText.line(failure.fact))")
      if let hint = failure.hint { printError(" hint: \(hint)") }
    }
  }

  /// A line that has to be seen now, though standard output may be seen only at the end.
  func progress(_ line: String) {
    isPlugin && !isTerminal ? request("progress", VisibleText.line(line)) : say(line)
  }

  /// Bytes for the display: whole lines, or the live region of a terminal.
  func show(_ bytes: [UInt8]) {
    if isPlugin, !isTerminal {
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
        request("progress", String(line))
      }
    } else {
      Terminal.send(bytes, to: display)
    }
  }

  /// One request to the plugin, in one write that is short enough not to be torn.
  private func request(_ verb: String, _ text: String) {
    let short = String(decoding: text.utf8.prefix(3_900), as: UTF8.self)
    Terminal.send(PluginBuilder.request(verb, short), to: STDERR_FILENO)
  }

  private func write(_ text: String, to descriptor: Int32) {
    Terminal.send(Array(text.utf8), to: descriptor)
  }

  /// The terminal that SwiftPM itself writes to. A plugin has none of its own, and standard output
  /// comes to it through SwiftPM, a line at a time.
  private static func terminal(ofProcess processID: String) -> Int32? {
    var name = [CChar](repeating: 0, count: 256)
    let count = readlink("/proc/\(processID)/fd/1", &name, name.count - 1)
    guard count > 0 else { return nil }
    let path = String(decoding: name.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard path.hasPrefix("/dev/pts/") || path.hasPrefix("/dev/tty") else { return nil }
    let descriptor = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    guard isatty(descriptor) == 1 else {
      close(descriptor)
      return nil
    }
    return descriptor
  }
}

/// Keeps this thread from ending, and does nothing.
func sleepForEver() -> Never {
  while true { _ = pause() }
}

/// Ends the process at once, whatever threads are about.
func exitProcess(_ code: Int32) -> Never {
  exit(code)
}
