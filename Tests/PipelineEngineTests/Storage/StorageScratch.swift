import PipelineEngine
import PipelineModel

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A directory of its own for one test, gone afterwards.
final class StorageScratch: Sendable {
  let path: Path
  let directory: Directory
  let warnings = Warnings()

  init(in parent: Path = StorageScratch.temporary) throws {
    let random = try Machine.randomBytes(8).map { String($0, radix: 16) }.joined()
    path = parent.appending("storage-\(random)")
    try Directory(opening: "/").makeDirectories(path, links: .followed)
    directory = try Directory(opening: path)
  }

  deinit {
    try? Directory(opening: "/").remove(path, links: .followed)
  }

  private static let temporary = Path(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")

  func write(_ path: Path, _ text: String, isExecutable: Bool = false) throws {
    try write(path, Array(text.utf8), isExecutable: isExecutable)
  }

  func write(_ path: Path, _ bytes: [UInt8], isExecutable: Bool = false) throws {
    if !path.parent.isHere { try directory.makeDirectories(path.parent, links: .followed) }
    try directory.replace(
      path, with: bytes, permissions: isExecutable ? 0o777 : 0o666, links: .followed)
  }

  func text(_ path: Path) throws -> String {
    String(decoding: try directory.read(path), as: UTF8.self)
  }

  func link(_ path: Path, to target: String) throws {
    if !path.parent.isHere { try directory.makeDirectories(path.parent) }
    try directory.makeLink(path, to: Array(target.utf8))
  }

  func pipe(_ path: Path) throws {
    let result = mkfifo(self.path.appending(path).description, 0o600)
    if result != 0 { throw SystemError("make pipe", path, code: errno) }
  }

  /// What a shell does here.
  func shell(_ command: String) throws {
    let result = system("cd '\(path)' && \(command)")
    if result != 0 { throw SystemError("execute", Path(command), code: result) }
  }

  /// Contents whose stamps are never kept, so that every question is answered from the files.
  func contents(ignore: [String] = [], outside: [Path] = []) -> Contents {
    let clock = StampClock(
      now: { _ in FileTime(seconds: 0, nanoseconds: 1) }, margin: { _, _ in .seconds(2) })
    return Contents(
      of: directory, stamps: Stamps(clock: clock), ignore: IgnoreRules(ignore), outside: outside)
  }

  func store() throws -> Store {
    try Store(opening: path.appending(".pipeline/store"), warnings: warnings)
  }

  /// Everything below a path but what is ignored, as `path kind`.
  func tree(_ path: Path) throws -> [String] {
    try contents().listing(ofInput: path).entries.map { "\($0.path) \($0.kind)" }
  }
}

extension Result {
  /// A result with a key of its own for every `name`.
  static func sample(
    _ name: String, outputs: [Output] = [], log: Digest? = nil, metrics: Digest? = nil,
    workspace: String = "0123456789abcdef", finished: Int = 1, seconds: Double = 0.1
  ) -> Result {
    let fingerprint = Fingerprint([
      Field(.format, value: Fingerprint.format), Field(.command, value: "make \"\(name)\"\n"),
      Field(.input, "data[]", path: "Data/ä.csv", value: "sha256:00"),
    ])
    return Result(
      key: fingerprint.key, step: StepName(name) ?? .unnamed,
      fingerprint: fingerprint, outputs: outputs, log: log, metrics: metrics,
      workspace: workspace, finished: finished,
      usage: Usage(seconds: seconds, cpuSeconds: 1e-7, peakMemoryBytes: 1 << 40, attempts: 3))
  }
}

extension StepName {
  fileprivate static var unnamed: StepName {
    guard let name = Name("unnamed") else { preconditionFailure("a letter makes a name") }
    return StepName(name)
  }
}
