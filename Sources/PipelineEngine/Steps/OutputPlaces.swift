import PipelineModel

/// The places that a step writes to: made clean before it starts, and emptied when it fails.
struct OutputPlaces: Sendable {
  private let machine: MachineWorld
  private let work: Execution

  init(_ machine: MachineWorld, _ work: Execution) {
    self.machine = machine
    self.work = work
  }

  private var artifacts: [Artifact] { work.step.outputs.map { work.pipeline.artifacts[$0] } }

  /// Removes what a result has, sets aside everything else, and makes the directories on the way.
  ///
  /// What is there of a persistent output stays: the step goes on from it.
  ///
  /// - Returns: notes on what was set aside.
  func clear() throws -> [String] {
    var notes: [String] = []
    let last = try machine.history(of: work.step.name).last
    for (index, artifact) in artifacts.enumerated() {
      try machine.makeParents(of: artifact.path)
      if artifact.isPersistent { continue }
      guard try machine.root.exists(artifact.path) else { continue }
      let known = last?.outputs.dropFirst(index).first?.content
      if try isKnown(artifact.path, known) {
        try machine.root.remove(artifact.path)
      } else {
        notes.append(try machine.setAside(artifact.path))
      }
    }
    return notes
  }

  /// Moves what a failed step has written beside its log, so that nothing half-made is taken for
  /// a result. A persistent output stays: its step goes on from it the next time.
  func moveAway(to folder: Path) throws {
    for artifact in artifacts where !artifact.isPersistent {
      guard try machine.root.exists(artifact.path) else { continue }
      let place = folder.appending(artifact.path)
      try machine.root.makeDirectories(place.parent)
      try machine.root.remove(place)
      try machine.move(artifact.path, to: place)
    }
  }

  /// Whether what lies at an output's path can be had again from the store, or is only what the
  /// step itself last wrote.
  private func isKnown(_ path: Path, _ last: Content?) throws -> Bool {
    guard let present = try? machine.content(ofOutput: path) else { return false }
    if present.kind == .directory, try machine.holdsUncounted(path) { return false }
    return try present == last || machine.store.contains(present)
  }
}
