import CPipelineSystem
import PipelineModel

@testable import PipelineEngine

/// A new directory for one test, removed with all it holds when the test drops it.
final class ScratchDirectory: Sendable {
  let directory: Directory
  private let parent: Directory
  private let name: Path

  init() throws {
    let temporary = Machine.environment().last { $0.name.elementsEqual("TMPDIR".utf8) }?.value
    parent = try Directory(opening: Path(temporary ?? Array("/tmp".utf8)))
    let random = try Machine.randomBytes(8).map { String($0, radix: 16) }.joined()
    name = Path("pipewright-test-\(random)")
    try parent.makeDirectories(name)
    directory = try parent.directory(name, shownAs: .here)
  }

  deinit {
    try? parent.remove(name)
  }

  func write(_ path: Path, _ text: String) throws {
    try directory.makeDirectories(path.parent)
    try directory.replace(path, with: Array(text.utf8))
  }

  func text(_ path: Path) throws -> String {
    String(decoding: try directory.read(path), as: UTF8.self)
  }

  /// Names in it, as text.
  func names(_ path: Path = .here) throws -> [String] {
    try directory.list(path).map { String(decoding: $0.name, as: UTF8.self) }
  }

  /// `sh -c` of a script that works here.
  func shell(
    _ script: String, variables: [EnvironmentVariable] = [], timeout: Duration? = nil,
    grace: Duration = .seconds(3), execution: String? = nil
  ) -> Launch {
    Launch(
      ["/bin/sh", "-c", script].map { Array($0.utf8) },
      environment: Machine.environment() + variables, directory: directory, timeout: timeout,
      grace: grace, execution: execution)
  }
}

/// What came, from whatever thread.
final class Gathered: Sendable {
  private let bytes = Locked<[UInt8]>([])

  func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }

  var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }

  var words: [Substring] { text.split(whereSeparator: \.isWhitespace) }

  /// Waits until a line says `word`; false if that takes so long that something hangs.
  func waitFor(_ word: Substring) async -> Bool {
    for _ in 0..<6000 {
      if words.contains(word) { return true }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return false
  }
}

/// Whether a process ends within a time that only a hang exceeds.
func hasEnded(_ pid: Int32) async -> Bool {
  for _ in 0..<3000 {
    if !ProcessTable.isAlive(pid) { return true }
    try? await Task.sleep(for: .milliseconds(10))
  }
  return false
}
