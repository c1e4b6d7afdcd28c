import PipelineModel

/// What a step reads, watched while it works: what is put back before anybody looks again was
/// another meanwhile, and the step may have read that.
///
/// To be begun before the step is, and ended after the last question.
struct InputWatch {
  private let machine: MachineWorld
  private let step: Step
  private let pipeline: Pipeline
  private let start: Int
  /// By path, the stamps of links themselves: where they lead to nothing changes when they change.
  private let links: [Path: Stamp]

  init(_ machine: MachineWorld, _ work: Execution) {
    self.machine = machine
    step = work.step
    pipeline = work.pipeline
    start = machine.contents.stamps.watch()
    links = InputWatch.links(of: work.step, in: work.pipeline, machine)
  }

  /// Ends the watch.
  func end() { machine.contents.stamps.unwatch() }

  /// What was another for a while, as people read it; all that the step reads has been looked at
  /// again before.
  func changes() -> [String] {
    let stamps = machine.contents.stamps
    let files = stamps.restampedFiles(since: start).filter { step.looksAt($0, in: pipeline) }
    let directories = stamps.restampedDirectories(since: start)
      .filter {
        step.readsAll(of: $0.path, in: pipeline) && !hasUncounted($0.path, since: $0.before)
      }
      .map(\.path)
    let moved = links.filter { link, stamp in
      let now = try? machine.root.status(of: link)
      return now.map { Stamp($0) } != stamp
    }.map(\.key)
    return files.sorted().map { "'\($0)' was written to, though it is as it was before" }
      + directories.sorted().map { "'\($0)' had other entries for a while" }
      + moved.sorted().map { "'\($0)' led elsewhere for a while" }
  }

  /// Whether something that does not count explains why a directory has changed.
  private func hasUncounted(_ directory: Path, since time: FileTime) -> Bool {
    let entries = (try? machine.root.list(directory)) ?? []
    return entries.contains { entry in
      let path = directory.entry(entry.name)
      guard machine.contents.ignore.ignores(path),
        let status = try? machine.root.status(of: path)
      else { return false }
      return status.changed > time
    }
  }

  /// The links by whose names the step reads.
  private static func links(
    of step: Step, in pipeline: Pipeline, _ machine: MachineWorld
  ) -> [Path: Stamp] {
    var seen: Set<Path> = []
    var links: [Path: Stamp] = [:]
    for path in step.places(in: pipeline) {
      for place in path.parents + [path] where seen.insert(place).inserted {
        guard let status = try? machine.root.status(of: place), status.kind == .link else {
          continue
        }
        links[place] = Stamp(status)
      }
    }
    return links
  }
}

extension Step {
  /// Whether what lies there is part of what the step reads, or of its code.
  fileprivate func looksAt(_ path: Path, in pipeline: Pipeline) -> Bool {
    let isMatched = inputs.contains { input in
      if case .glob(let glob, _) = input.source { return glob.matches(path) }
      return false
    }
    return isMatched || readsAll(of: path, in: pipeline)
      || (sources + sourceCandidates).contains { $0.holds(path) }
  }

  /// Whether the step reads all that counts in there.
  ///
  /// Not of what lies beside the files that a pattern matches, where anybody may write. Nor of
  /// code, in which editors leave and take away files that nobody executes.
  fileprivate func readsAll(of path: Path, in pipeline: Pipeline) -> Bool {
    inputs.contains { input in
      switch input.source {
      case .artifacts(let artifacts, _):
        artifacts.contains { pipeline.artifacts[$0].path.holds(path) }
      case .path(let place, _): place.holds(path)
      case .glob: false
      }
    }
  }

  /// The paths by which it finds what it reads.
  fileprivate func places(in pipeline: Pipeline) -> [Path] {
    inputs.flatMap { input in
      switch input.source {
      case .artifacts(let artifacts, _): artifacts.map { pipeline.artifacts[$0].path }
      case .path(let path, _): [path]
      case .glob(let glob, _): [glob.base]
      }
    } + sources + sourceCandidates
  }
}
