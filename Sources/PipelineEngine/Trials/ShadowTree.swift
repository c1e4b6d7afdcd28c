import PipelineModel

/// The files of a shadow.
///
/// | in the workspace | in the shadow |
/// |---|---|
/// | outputs of steps | nothing, until a step of the shadow makes them |
/// | outputs of steps that do not execute in it, and of those that are not stored | a copy |
/// | sources; words of commands that are files | a copy, of a directory with all that it holds |
/// | directories on the way to these, and those that steps work in | a directory, also for a link |
/// | links that stay in the workspace, where their directory is one | the same link |
/// | all else | a link to it |
/// | what is read by `../` | a link, as far up as the pipeline's paths go |
///
/// Copies share their blocks with the original where the file system can.
struct ShadowTree {
  /// Where steps work.
  let root: Directory
  private let home: MachineWorld
  private let plan: Plan
  /// Paths that are neither linked nor looked into.
  private let outputs: Set<Path>
  /// Directories that steps write or work in, or that hold copies.
  private let real: Set<Path>
  /// Files and directories that are copied.
  private let sources: Set<Path>
  /// Copies of files whose content is known.
  private var copies: [(path: Path, content: Content)] = []

  /// Makes the empty directory.
  ///
  /// - Parameter place: of the shadow, as seen from the workspace.
  init(of plan: Plan, beside home: MachineWorld, in place: Path) throws {
    self.plan = plan
    self.home = home
    let steps = plan.pipeline.steps.rows
    outputs = Set((home.pipeline.artifacts.rows + plan.pipeline.artifacts.rows).map(\.path))
    // A word of a command that is a directory is no source.
    let words = try steps.flatMap(\.sourceCandidates).filter {
      try $0.isInside && home.root.status(of: $0, followingLinks: true)?.kind == .file
    }
    sources = Set((steps.flatMap(\.sources) + words).filter(\.isInside))
    real = Set(
      (outputs.flatMap(\.parents) + sources.flatMap(\.parents))
        + steps.map(\.directory).flatMap { $0.parents + [$0] })
    // Named like the workspace and the directories around it, for paths that climb out and back.
    let height = max(1, ShadowTree.climbing(plan).map(\.height).max() ?? 0)
    let folder = home.root.path.components.suffix(height).reduce(place) { $0.entry($1) }
    try home.root.makeDirectories(folder)
    root = try home.root.directory(folder, shownAs: .here)
  }

  /// Makes all that is in the shadow before a step executes.
  mutating func fill() throws {
    var pending: [(folder: Path, isCopied: Bool)] = [(.here, false)]
    while let (folder, isCopied) = pending.popLast() {
      let entries = try home.root.list(folder)
      // One that holds outputs only is not there before they are.
      if isCopied || entries.isEmpty { try root.makeDirectories(folder) }
      for entry in entries {
        let path = folder.entry(entry.name)
        if path == StateDirectory.name || outputs.contains(path) { continue }
        let isSource = isCopied || sources.contains(path)
        if isCopied, Contents.isDisposable(entry.name) { continue }
        if try isDirectory(path, entry.kind, isSource: isSource) {
          let isIgnored = isCopied && home.contents.ignore.ignores(path)
          if isIgnored { try link(path) } else { pending.append((path, isSource)) }
        } else {
          try root.makeDirectories(folder)
          if isSource, entry.kind == .file { try copy(path) } else { try link(path) }
        }
      }
    }
    for step in plan.pipeline.steps.rows where !step.directory.isHere {
      let kind = try home.root.status(of: step.directory, followingLinks: true)?.kind
      if kind == .directory { try root.makeDirectories(step.directory) }
    }
    try copyOutputs()
    try linkClimbing()
  }

  /// Lets the shadow's world know what copies hold, so that it need not read them.
  func noteCopies(in contents: Contents) throws {
    for (path, content) in copies {
      guard let status = try root.status(of: path) else { continue }
      let isAtRest = try contents.stamps.isAtRest(status, of: path, in: root)
      contents.stamps.note(content, of: path, under: status, isAtRest: isAtRest)
    }
  }

  /// Whether something becomes a directory of its own, not a link.
  private func isDirectory(_ path: Path, _ kind: FileKind, isSource: Bool) throws -> Bool {
    switch kind {
    case .directory: isSource || real.contains(path)
    // Such a link leads outside of the workspace, or the manifest's paths would hide something.
    case .link:
      try real.contains(path)
        && home.root.status(of: path, followingLinks: true)?.kind == .directory
    case .file, .other: false
    }
  }

  private func link(_ path: Path) throws {
    if try home.root.status(of: path)?.kind == .link {
      let text = try home.root.readLink(path)
      // To an output it has to lead here, not there.
      if Path.staysInside(target: text, ofLinkAt: path) { return try root.makeLink(path, to: text) }
    }
    try root.makeLink(path, to: home.root.path.appending(path).bytes)
  }

  private mutating func copy(_ path: Path) throws {
    let source = try home.root.open(path)
    let known = home.contents.stamps.content(of: path, under: source.status)
    try root.copy(
      from: source.descriptor, to: path, permissions: source.status.permissions & 0o777 | 0o600)
    if let known, try Stamp(source.descriptor.status()) == Stamp(source.status) {
      copies.append((path, known))
    }
  }
}

// MARK: Outputs

extension ShadowTree {
  /// Copies what the plan reads and does not make, and what only the workspace has.
  private mutating func copyOutputs() throws {
    let read = Set(plan.steps.flatMap { plan.pipeline.steps[$0].needs })
    for id in plan.pipeline.artifacts.ids where !plan.replaced.contains(id) {
      let artifact = plan.pipeline.artifacts[id]
      let writer = plan.pipeline.steps[artifact.writer]
      let isWanted =
        plan.contains(artifact.writer)
        ? !artifact.isStored || writer.traits.contains(.frozen) : read.contains(artifact.writer)
      if isWanted { try copy(output: artifact.path) }
    }
  }

  private mutating func copy(output path: Path) throws {
    guard let status = try home.root.status(of: path) else { return }
    switch status.kind {
    case .file:
      try root.makeDirectories(path.parent)
      try copy(path)
    case .directory: try copy(outputDirectory: path)
    // Refused where it is read, as in the workspace.
    case .link, .other: return
    }
  }

  private mutating func copy(outputDirectory path: Path) throws {
    var files: [Path] = []
    let ignore = home.contents.ignore
    let walk = Walk(directory: home.root, followsLinks: false, counts: { !ignore.ignores($0) })
    try root.makeDirectories(path)
    try walk.visit(path) { found, kind in
      switch kind {
      case .file:
        try root.makeDirectories(found.parent)
        files.append(found)
      case .emptyDirectory: try root.makeDirectories(found)
      case .link:
        try root.makeDirectories(found.parent)
        try root.makeLink(found, to: try home.root.readLink(found))
      case .danglingLink, .loop, .other: break
      }
    }
    for file in files { try copy(file) }
  }
}

// MARK: Beyond the workspace

extension ShadowTree {
  /// What the pipeline reads by `../`: how far up, and the rest of the way.
  private static func climbing(_ plan: Plan) -> [(height: Int, rest: [ArraySlice<UInt8>])] {
    let paths = plan.pipeline.steps.rows.flatMap { step in
      step.sources + step.sourceCandidates
        + step.inputs.compactMap { input -> Path? in
          switch input.source {
          case .artifacts: nil
          case .path(let path, _): path
          case .glob(let glob, _): glob.base
          }
        }
    }
    return paths.filter(\.climbs).map { path in
      let height = path.components.prefix { $0.elementsEqual("..".utf8) }.count
      return (height, Array(path.components.dropFirst(height)))
    }
  }

  private func linkClimbing() throws {
    for (height, rest) in ShadowTree.climbing(plan) {
      // Nothing is above the top.
      guard height <= home.root.path.components.count else { continue }
      let here = (0..<height).reduce(root.path) { path, _ in path.parent }
      let there = (0..<height).reduce(home.root.path) { path, _ in path.parent }
      try linkBeyond(rest, from: here, to: there)
    }
  }

  /// Links the first name of a path that is not itself on the way to the workspace; all names of
  /// the directory where the path ends before.
  private func linkBeyond(_ rest: [ArraySlice<UInt8>], from here: Path, to there: Path) throws {
    var (here, there) = (here, there)
    for name in rest {
      let place = here.entry(name)
      switch try root.status(of: place)?.kind {
      case nil: return try root.makeLink(place, to: there.entry(name).bytes)
      case .directory? where place != root.path: (here, there) = (place, there.entry(name))
      // It has been linked before, or leads back into the workspace.
      case .directory?, .link?, .file?, .other?: return
      }
    }
    for entry in try root.list(there) where try !root.exists(here.entry(entry.name)) {
      try root.makeLink(here.entry(entry.name), to: there.entry(entry.name).bytes)
    }
  }
}
