import PipelineModel

/// What symbolic links in the workspace hide from the manifest, which compares paths as written.
///
/// Looks at every directory once, and reads nothing. A link inside of a directory that a step reads
/// whole is not seen.
struct LinkCheck<World: Facts> {
  private let plan: Plan
  private let world: World
  /// Where the directories that have been looked at lead.
  private var known: [Path: Path] = [:]
  /// The last one asked for, of which most files lie in the same as those before them.
  private var last = (written: Path.here, real: Path.here)
  /// For every input of the plan's steps, in their order: whether a file or directory was seen at its
  /// path, with no link on the way; true of untouched steps. Empty where that was not looked at.
  private(set) var isSeen: [Bool] = []

  init(_ plan: Plan, _ world: World) {
    self.plan = plan
    self.world = world
  }

  /// What a step reads, and where that really lies.
  private struct Reading {
    let written: Path
    let real: Path
    let step: Step
    let span: Span
    /// The artifacts that the manifest's own words lead to.
    let artifacts: [ID<Artifact>]
  }

  /// Outputs behind links that may not be written through, working directories behind links, and
  /// what one step writes under another name than another step reads or writes it by.
  mutating func problems() throws -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for id in plan.steps where !plan.pipeline.steps[id].directory.isHere {
      problems += try directory(of: plan.pipeline.steps[id])
    }
    var places: [Path] = []
    places.reserveCapacity(plan.pipeline.artifacts.count)
    for artifact in plan.pipeline.artifacts.rows {
      if try isPlain(directoryOf: artifact.path) {
        places.append(artifact.path)
        continue
      }
      let folder = try destination(ofDirectory: artifact.path.parent)
      places.append(folder.entry(artifact.path.name))
      guard folder != artifact.path.parent, plan.contains(artifact.writer),
        let link = try refusedLink(onTheWayTo: artifact.path)
      else { continue }
      problems.append(
        Diagnostic(
          "linked-output",
          "output '\(artifact.path)' lies behind '\(link)', a symbolic link to "
            + "'\(try destination(ofDirectory: link))'",
          hint: "write the path without the link, or list where it leads under 'outside'",
          at: artifact.span))
    }
    guard problems.isEmpty else { return problems }
    let isPlain = zip(places, plan.pipeline.artifacts.rows).allSatisfy { $0 == $1.path }
    if try look(), isPlain { return [] }
    return hidden(places, try plan.steps.flatMap { try self.readings(of: $0) })
  }

  /// Looks at all that the plan's steps read, each once.
  ///
  /// - Returns: whether everything lies where it is written.
  private mutating func look() throws -> Bool {
    var isPlain = true
    for id in plan.steps {
      let isUntouched = world.isUntouched(id)
      for input in plan.pipeline.steps[id].inputs {
        var isSeen = false
        switch input.source {
        // Written as the output is; what is wrong with that is said there.
        case .artifacts: break
        case .path(let path, _):
          let found = try look(at: path, isUntouched: isUntouched)
          isSeen = found.isSeen
          if !found.isPlain { isPlain = false }
        case .glob(let glob, _):
          if try !look(at: glob.base, isUntouched: isUntouched).isPlain { isPlain = false }
        }
        self.isSeen.append(isSeen)
      }
      for source in plan.pipeline.steps[id].sources + plan.pipeline.steps[id].sourceCandidates {
        if try !look(at: source, isUntouched: isUntouched).isPlain { isPlain = false }
      }
    }
    return isPlain
  }

  /// - Parameter isUntouched: whether what lies there, in the workspace, was just found as it was,
  ///   with no link on the way. What is written as lying elsewhere may lie in it all the same.
  private mutating func look(
    at path: Path, isUntouched: Bool
  ) throws -> (isSeen: Bool, isPlain: Bool) {
    if isUntouched, path.isInside { return (true, true) }
    guard path.isInside, try isPlain(directoryOf: path) else {
      return (false, try destination(ofFile: path) == path)
    }
    switch try world.kind(at: path) {
    case .file, .directory: return (true, true)
    case .other, nil: return (false, true)
    case .link: return (false, try destination(ofFile: path) == path)
    }
  }

  private mutating func isPlain(directoryOf path: Path) throws -> Bool {
    if !path.lies(directlyIn: last.written) {
      let parent = path.parent
      last = (parent, try destination(ofDirectory: parent))
    }
    return last.written == last.real
  }

  /// A step that works behind a link would see other files by `../` than the manifest does.
  private mutating func directory(of step: Step) throws -> [Diagnostic] {
    let real = try destination(ofDirectory: step.directory)
    guard real != step.directory else { return [] }
    let hint =
      real.isAbsolute
      ? "name a directory that lies in the workspace" : "write 'directory: \(real)'"
    return [
      Diagnostic(
        "linked-directory",
        "directory '\(step.directory)' of step '\(step.name)' is '\(real)', through a symbolic "
          + "link",
        hint: hint, at: step.span)
    ]
  }

  private mutating func refusedLink(onTheWayTo path: Path) throws -> Path? {
    var reached = Path.here
    for component in path.components.dropLast() {
      let isLink =
        try destination(ofDirectory: reached).entry(component)
        != destination(ofDirectory: reached.entry(component))
      reached = reached.entry(component)
      if isLink, !world.mayWrite(through: reached) { return reached }
    }
    return nil
  }

  private mutating func readings(of id: ID<Step>) throws -> [Reading] {
    let step = plan.pipeline.steps[id]
    var readings: [Reading] = []
    for input in step.inputs {
      let written: Path
      switch input.source {
      // Written as the output is; what is wrong with that is said there.
      case .artifacts: continue
      case .path(let path, _): written = path
      case .glob(let glob, _): written = glob.base
      }
      readings.append(
        Reading(
          written: written, real: try destination(ofFile: written), step: step, span: input.span,
          artifacts: input.source.artifacts))
    }
    for source in step.sources + step.sourceCandidates {
      let near = step.needs.flatMap { plan.pipeline.steps[$0].outputs }
        .filter { plan.pipeline.artifacts[$0].path.overlaps(source) }
      readings.append(
        Reading(
          written: source, real: try destination(ofFile: source), step: step, span: step.span,
          artifacts: near))
    }
    return readings
  }

  private func hidden(_ places: [Path], _ readings: [Reading]) -> [Diagnostic] {
    let artifacts = plan.pipeline.artifacts
    var problems: [Diagnostic] = []
    var map = OutputMap()
    for (id, place) in zip(artifacts.ids, places) {
      guard let other = map.claim(place, for: id) else { continue }
      let isMine = artifacts[id].path != place
      let (linked, plain) = isMine ? (id, other) : (other, id)
      problems.append(
        diagnostic(
          artifacts[linked].path, places[linked.index], artifacts[plain], places[plain.index],
          at: artifacts[linked].span))
    }
    for reading in readings {
      let near = map.outputs(at: reading.real).filter { artifact in
        !reading.artifacts.contains(artifact)
          && (reading.real != reading.written || places[artifact.index] != artifacts[artifact].path)
      }
      guard let artifact = near.first else { continue }
      problems.append(
        diagnostic(
          reading.written, reading.real, artifacts[artifact], places[artifact.index],
          at: reading.span))
    }
    return problems
  }

  /// - Parameters:
  ///   - written: as the manifest says it.
  ///   - real: where that lies.
  ///   - place: where the artifact lies.
  private func diagnostic(
    _ written: Path, _ real: Path, _ artifact: Artifact, _ place: Path, at span: Span
  ) -> Diagnostic {
    let writer = plan.pipeline.steps[artifact.writer].name
    let reason =
      written.isInside
      ? "a symbolic link hides it" : "what lies in the workspace is written from its top"
    if real == place {
      return Diagnostic(
        "hidden-by-link",
        "'\(written)' is '\(artifact.path)', which step '\(writer)' writes: \(reason)",
        hint: "write '\(artifact.path)' in both places", at: span)
    }
    let leads = written == real ? "" : " leads to '\(real)', and"
    return Diagnostic(
      "hidden-by-link",
      "'\(written)'\(leads) overlaps with '\(artifact.path)', which step '\(writer)' writes: "
        + reason,
      hint: "write both paths without the link", at: span)
  }

  /// Where a file or directory is, the last name followed too.
  private mutating func destination(ofFile path: Path) throws -> Path {
    guard path.isInside else { return try destination(ofDirectory: path) }
    return try world.destination(
      of: destination(ofDirectory: path.parent).entry(path.name))
  }

  private mutating func destination(ofDirectory path: Path) throws -> Path {
    if path.isHere { return path }
    if let real = known[path] { return real }
    guard path.isInside else {
      let real = try world.destination(of: path)
      known[path] = real
      return real
    }
    var reached = Path.here
    var real = Path.here
    for component in path.components {
      reached = reached.entry(component)
      if let found = known[reached] {
        real = found
      } else {
        real = try world.destination(of: real.entry(component))
        known[reached] = real
      }
    }
    return real
  }
}
