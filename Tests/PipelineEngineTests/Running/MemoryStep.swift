import PipelineEngine
import PipelineModel

/// What a step of the memory world computes.
///
/// A command with the word `lossy` heeds only a little of what it reads, so that its outputs often
/// stay the same although its inputs changed.
struct MemoryStep {
  private let step: Step
  private let pipeline: Pipeline

  init(_ step: Step, _ pipeline: Pipeline) {
    self.step = step
    self.pipeline = pipeline
  }

  /// The files that it writes, seeing these.
  func outputs(_ files: [Path: [UInt8]]) -> [Path: [UInt8]] {
    let seed = self.seed(files)
    var written: [Path: [UInt8]] = [:]
    for id in step.outputs {
      let artifact = pipeline.artifacts[id]
      var value = seed
      if artifact.isPersistent { value += "|" + text(files, at: artifact.path) }
      let digest = Digest(of: value + "|\(artifact.path)")
      guard artifact.path.name.last == UInt8(ascii: "d") else {
        written[artifact.path] = Array(digest.short.utf8)
        continue
      }
      // A directory has more files or fewer, by what it is made of.
      for number in 0...Int(digest.bytes[0] % 3) {
        written[artifact.path.appending("f\(number)")] = Array("\(digest.short) \(number)".utf8)
      }
    }
    return written
  }

  private func seed(_ files: [Path: [UInt8]]) -> String {
    var isLossy = false
    var parts: [String] = []
    if case .script(_, let source, _) = step.work {
      isLossy = source.source.contains("lossy")
      parts.append(source.source)
    }
    parts += step.matrix.map { "\($0.name)=\(JSON.canonical($0.value))" }
    parts += step.parameters.map { "\($0.name)=\(JSON.canonical($0.value))" }
    parts += step.variables.map { "\($0.name)=\($0.value.source)" }
    var read = step.sources.map { text(files, at: $0) }
    for input in step.inputs {
      switch input.source {
      case .artifacts(let artifacts, _):
        read += artifacts.map { text(files, at: pipeline.artifacts[$0].path) }
      case .path(let path, _): read.append(text(files, at: path))
      case .glob(let glob, _):
        read += files.keys.filter(glob.matches).sorted().map { "\($0)=" + text(files, at: $0) }
      }
    }
    if isLossy { read = read.map { "\(Digest(of: $0).bytes[0] & 1)" } }
    return (parts + read).joined(separator: "\n")
  }

  private func text(_ files: [Path: [UInt8]], at path: Path) -> String {
    guard let tree = MemoryWorld.tree(files, at: path) else { return "nothing" }
    return tree.files.sorted { $0.key < $1.key }
      .map { "\($0.key):" + String(decoding: $0.value, as: UTF8.self) }.joined(separator: ";")
  }
}
