import PipelineModel

/// Where a bound pipeline is kept from one use of the tool to the next, so that a manifest that has
/// not changed is not parsed again.
///
/// `.pipeline/bound` is of the manifest as it is, `.pipeline/bound-given` of the last parameters
/// that were given beside it. Both can be made anew; each is replaced whole, and what is damaged is
/// as good as not there.
struct PipelineKeeper: Sendable {
  private let workspace: Directory
  /// In `.pipeline`.
  private let file: Path
  /// Digest of all that the pipeline depends on beside the texts it is bound from.
  private let question: Digest

  /// - Returns: nil where values are given that stand in no text.
  init?(_ workspace: Directory, _ manifest: Path, _ overrides: Overrides, tool: String) {
    guard overrides.values.isEmpty else { return nil }
    self.workspace = workspace
    let isPlain = overrides.assignments.isEmpty && overrides.files.isEmpty
    file = isPlain ? "bound" : "bound-given"
    var words = ByteWriter(capacity: 256)
    words.addText(Array(tool.utf8))
    words.addText(manifest.bytes)
    words.add(UInt32(overrides.assignments.count))
    for assignment in overrides.assignments { words.addText(Array(assignment.utf8)) }
    words.add(UInt32(overrides.files.count))
    for file in overrides.files { words.addText(file.bytes) }
    if !overrides.files.isEmpty {
      // They are read from where the tool was started.
      guard let here = try? Directory(opening: .here) else { return nil }
      words.addText(here.path.bytes)
    }
    question = words.digest(from: 0)
  }

  /// - Returns: nil where nothing is kept, or where anything it was bound from is not what it was.
  func find() -> LoadedManifest? {
    guard let bytes = try? workspace.read(StateDirectory.name.appending(file)) else { return nil }
    var loaded = LoadedManifest()
    let bound = bytes.withUnsafeBytes { bytes in
      BoundPipelineFile.read(bytes, question: question) { texts in
        loaded.texts = texts
        return texts.allSatisfy { text in
          guard let file = text.file else {
            _ = loaded.sources.add(name: text.name, text: text.argument)
            return true
          }
          guard let content = try? workspace.read(file) else { return false }
          _ = loaded.sources.add(name: text.name, bytes: content)
          return SHA256.digest(content) == text.digest
        }
      }
    }
    guard let bound else { return nil }
    loaded.pipeline = bound.pipeline
    loaded.parameters = bound.parameters
    loaded.problems = bound.problems
    return loaded
  }

  /// Keeps it in the place of what was kept; does nothing where that cannot be.
  func keep(_ bound: BoundPipeline, from texts: [ReadText]) {
    // The state is made by whoever runs; who only looks leaves no trace.
    guard let state = try? StateDirectory.find(workspace), state.isOwn else { return }
    do throws(SystemError) {
      let kept = try state.directory.newFile(file)
      for piece in BoundPipelineFile.pieces(of: bound, from: texts, question: question) {
        try kept.write(piece)
      }
      try kept.commit(durable: false)
    } catch {
      // What is not committed leaves nothing, and is made again the next time.
    }
  }
}
