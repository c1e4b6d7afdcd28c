import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How a child process is started. Nothing of this process's own state reaches the child.
package struct Launch: Sendable {
  /// The program, then its arguments. A program without a slash is looked up in the `PATH` of
  /// `environment`; a relative one is relative to `directory`.
  package var arguments: [[UInt8]]
  /// All of the child's environment; of two with one name the later counts.
  package var environment: [EnvironmentVariable]
  /// Where the child works.
  package var directory: Directory
  /// Its standard input; `nil` is an empty one.
  package var input: Descriptor?
  /// How long it may work before it is ended.
  package var timeout: Duration?
  /// How long it has to end by itself once asked to.
  package var grace: Duration
  /// The value of its `Launch.executionVariable`, by which its children are known even in other
  /// sessions.
  package var execution: String?

  /// A launch that nothing but these determines.
  package init(
    _ arguments: [[UInt8]], environment: [EnvironmentVariable], directory: Directory,
    input: Descriptor? = nil, timeout: Duration? = nil, grace: Duration = .seconds(3),
    execution: String? = nil
  ) {
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
    self.input = input
    self.timeout = timeout
    self.grace = grace
    self.execution = execution
  }

  /// The variable that names the execution which a process belongs to.
  package static let executionVariable = "PIPELINE_EXECUTION"

  /// The environment as the child gets it: `NAME=value`, each name once.
  var completeEnvironment: [[UInt8]] {
    let own = execution.map { [EnvironmentVariable(Launch.executionVariable, $0)] } ?? []
    var names: [[UInt8]] = []
    var entries: [[UInt8]] = []
    names.reserveCapacity(environment.count + 1)
    entries.reserveCapacity(environment.count + 1)
    for variable in [own[...], environment.reversed()[...]].joined() {
      // There are a few dozen: comparing them is faster than hashing each.
      if names.contains(variable.name) { continue }
      names.append(variable.name)
      var entry: [UInt8] = []
      entry.reserveCapacity(variable.name.count + 1 + variable.value.count)
      entry += variable.name
      entry.append(UInt8(ascii: "="))
      entry += variable.value
      entries.append(entry)
    }
    return entries.reversed()
  }

  /// The program's path, absolute or as seen from `directory`, with a slash in it.
  ///
  /// - Throws: `ENOENT` where there is none, `EACCES` where there is one that is no program.
  package func program() throws(SystemError) -> [UInt8] {
    guard let program = arguments.first, !program.isEmpty, !program.contains(0) else {
      throw SystemError("start", "", code: EINVAL, fact: "the command is empty")
    }
    if program.contains(slash) { return program }
    let name = String(decoding: program, as: UTF8.self)
    guard let path = environment.last(where: { $0.name.elementsEqual("PATH".utf8) })?.value else {
      throw SystemError("start", name, code: ENOENT, fact: "there is no PATH to look it up in")
    }
    var code = ENOENT
    for folder in path.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
      // An empty entry is the directory that the child works in.
      let candidate = (folder.isEmpty ? [UInt8(ascii: ".")] : Array(folder)) + [slash] + program
      if candidate.contains(0) { continue }
      let answer = withCString(candidate) { text in
        var status = pipeline_status()
        let found = pipeline_status_at(directory.descriptor.number, text, 1, &status)
        guard found == 0, FileKind(status.kind) == .file else { return -ENOENT }
        return pipeline_may_execute(directory.descriptor.number, text)
      }
      if answer == 0 { return candidate }
      if answer == -EACCES { code = EACCES }
    }
    let fact =
      code == ENOENT ? "no such program in PATH" : "the one in PATH is not executable"
    throw SystemError("start", name, code: code, fact: fact)
  }

  /// Starts the child with both outputs going to `output`.
  ///
  /// - Returns: its process id, which is its session's too. To be reaped by the caller.
  func start(output: Descriptor) throws(SystemError) -> Int32 {
    let program = try program()
    let entries = completeEnvironment
    let name = String(decoding: arguments.first ?? [], as: UTF8.self)
    if [arguments, entries].joined().contains(where: { $0.contains(0) }) {
      throw SystemError("start", name, code: EINVAL, fact: "a zero byte in its arguments")
    }
    var pid: pid_t = 0
    let result = withCString(program) { path in
      withStrings(arguments) { arguments in
        withStrings(entries) { environment in
          var launch = pipeline_launch(
            executable: path, arguments: arguments, environment: environment,
            directory: directory.descriptor.number, input: input?.number ?? -1,
            output: output.number)
          var result = pipeline_spawn(&launch, &pid)
          // A program that was written a moment ago: a child of another thread may still have it
          // open until it executes its own.
          for _ in 0..<5 where result == -ETXTBSY {
            pipeline_sleep(5_000_000)
            result = pipeline_spawn(&launch, &pid)
          }
          return result
        }
      }
    }
    guard result < 0 else {
      Orphans.noteStart(of: pid)
      return pid
    }
    let isThere = (try? directory.exists(Path(program))) ?? false
    let fact = result == -ENOENT && isThere ? "its interpreter does not exist" : nil
    throw SystemError("start", name, code: -result, fact: fact)
  }
}

/// Hands `body` the strings as `execve` wants them: all in one block, the list ended by `nil`.
private func withStrings<Result>(
  _ strings: [[UInt8]], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var block: [UInt8] = []
  block.reserveCapacity(strings.reduce(1) { $0 + $1.count + 1 })
  var starts: [Int] = []
  starts.reserveCapacity(strings.count)
  for string in strings {
    starts.append(block.count)
    block += string
    block.append(0)
  }
  return block.withUnsafeMutableBytes { block in
    let texts = block.bindMemory(to: CChar.self)
    var pointers = starts.map { texts.baseAddress?.advanced(by: $0) }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { pointers in
      guard let first = pointers.baseAddress else { preconditionFailure("a list without its end") }
      return body(first)
    }
  }
}

private let slash = UInt8(ascii: "/")
