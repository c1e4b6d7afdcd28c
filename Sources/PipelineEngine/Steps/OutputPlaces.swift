import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The places that a step writes to: made clean before it starts, emptied when it fails, and then
/// as before where nobody else has what was there.
struct OutputPlaces: Sendable {
  private let machine: MachineWorld
  private let work: Execution
  private let files: StepFiles
  /// Only copies, until the step has written them anew: where each was, and where it is.
  private var onlyCopies: [(from: Path, to: Path)] = []
  /// Whether there is a folder for them.
  private var hasPrevious = false

  init(_ machine: MachineWorld, _ work: Execution, _ files: StepFiles) {
    self.machine = machine
    self.work = work
    self.files = files
  }

  private var artifacts: [Artifact] { work.step.outputs.map { work.pipeline.artifacts[$0] } }

  /// Removes what the store has, puts the only copy of the step's own last output out of the way,
  /// sets aside everything else, and makes the directories on the way.
  ///
  /// What is there of a persistent output stays: the step goes on from it.
  ///
  /// - Returns: notes on what was set aside.
  mutating func clear() throws -> [String] {
    var notes: [String] = []
    let last = try machine.history(of: work.step.name).last
    for (index, artifact) in artifacts.enumerated() {
      let path = artifact.path
      try machine.makeParents(of: path)
      if artifact.isPersistent { continue }
      guard try machine.root.exists(path) else { continue }
      let known = last?.outputs.dropFirst(index).first?.content
      let present = try machine.readableContent(ofOutput: path)
      let isStored = try present.map { try machine.store.contains($0) } ?? false
      guard let present, isStored || present == known else {
        notes += try machine.setAside(path)
        continue
      }
      notes += try UncountedEntries(machine, in: path).setAside()
      if isStored {
        try machine.root.remove(path, links: machine.contents.links)
      } else {
        onlyCopies.append((path, try putOutOfTheWay(path)))
      }
    }
    return notes
  }

  /// Moves what a failed step has written beside its log, so that nothing half-made is taken for
  /// a result. A persistent output stays: its step goes on from it the next time.
  func moveAway() throws {
    for artifact in artifacts where !artifact.isPersistent {
      guard try machine.root.exists(artifact.path) else { continue }
      try machine.move(artifact.path, toLogs: files.path(.outputs).appending(artifact.path))
    }
  }

  /// Takes away what a step has written, be it in part, that cannot be recorded.
  func abandon(after error: any Error) {
    if let error = error as? SystemError, error.isDiskFull {
      // It would go on filling the disk, and the step makes it again.
      try? discard()
    } else {
      try? moveAway()
    }
  }

  private func discard() throws {
    for artifact in artifacts where !artifact.isPersistent {
      try machine.root.remove(artifact.path, links: machine.contents.links)
    }
  }

  /// Puts the only copies back, the step having failed for good and its places being empty.
  mutating func putBack() {
    var areBack = true
    while let (from, to) = onlyCopies.popLast() {
      do {
        try machine.makeParents(of: from)
        try machine.root.rename(to, to: from, links: machine.contents.links)
      } catch {
        areBack = false
        machine.warnings.add(
          StorageWarning(from.description, "could not be put back", action: "kept in '\(to)'"))
      }
    }
    if areBack { removePrevious() }
  }

  /// Leaves it open what becomes of what was there before and of what the step has written, until
  /// it is known whether that could be recorded.
  ///
  /// - Returns: to be called with what has kept it from being recorded, if anything has.
  mutating func handOver() -> @Sendable ((any Error)?) -> Void {
    for artifact in artifacts { try? UncountedEntries(machine, in: artifact.path).remember() }
    let places = self
    onlyCopies = []
    hasPrevious = false
    return { fault in
      var places = places
      if let fault {
        // Other steps may be reading what it has written.
        places.machine.unfinished.withLock { $0.steps.append((places, fault)) }
      } else {
        places.letGo()
      }
    }
  }

  /// Lets go of what was there before: the step has written it anew.
  private mutating func letGo() {
    // What lies elsewhere than in the folder goes one by one.
    while let (_, to) = onlyCopies.popLast() {
      try? machine.root.remove(to, links: machine.contents.links)
    }
    removePrevious()
  }

  private mutating func removePrevious() {
    if hasPrevious { try? machine.root.remove(previous) }
    hasPrevious = false
  }

  /// Where the only copies are meanwhile.
  private var previous: Path { Path(files.path(.outputs).bytes + Array(".previous".utf8)) }

  /// - Returns: where it is now: beside the log, or beside its place where that is on another disk.
  private mutating func putOutOfTheWay(_ path: Path) throws -> Path {
    let place = previous.appending(path)
    hasPrevious = true
    try machine.root.makeDirectories(place.parent)
    do throws(SystemError) {
      try machine.root.rename(path, to: place, links: machine.contents.links)
      return place
    } catch {
      guard error.code == EXDEV else { throw error }
      let beside = path.parent.entry(try NewFile.asideName(for: path))
      try machine.root.rename(path, to: beside, links: machine.contents.links)
      return beside
    }
  }
}
