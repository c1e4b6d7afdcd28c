import PipelineModel

/// What SwiftPM said of a package and its dependencies, kept while no manifest changes.
struct DescribedPackages {
  private let root: Path
  /// What the commands wrote, the tree first, then a description per package by identity.
  private let tree: Value
  private let descriptions: [(identity: String, value: Value)]
  private let digest: Digest
  private let packages: PackageDescriptions
  /// False where a manifest asks the environment or the disk, so that its text does not tell all.
  let isRememberable: Bool

  /// Asks SwiftPM.
  ///
  /// - Parameter ask: `swift package` with these words; gives its standard output.
  init(_ root: Path, ask: ([String]) async throws -> [UInt8]) async throws {
    let tree = try DescribedPackages.json(await ask(["show-dependencies", "--format", "json"]))
    var packages = try PackageDescriptions(tree: tree, isLocal: DescribedPackages.isLocal(root))
    var descriptions: [(identity: String, value: Value)] = []
    for package in packages.undescribed {
      let words = ["--package-path", package.directory.description, "describe", "--type", "json"]
      // A dependency's manifest is read in its own place, the root's build directory stays out.
      let value = try DescribedPackages.json(await ask(words))
      descriptions.append((package.identity, value))
      packages.add(value, of: package)
    }
    try self.init(root, tree, descriptions, packages)
  }

  /// What `text` wrote; nil for anything else.
  init?(_ text: String) throws {
    guard let value = try? JSON.read(text), let root = value["root"]?.text,
      let tree = value["tree"],
      let entries = value["descriptions"]?.map, let written = value["digest"]?.text,
      var packages = try? PackageDescriptions(
        tree: tree, isLocal: DescribedPackages.isLocal(Path(root)))
    else { return nil }
    let known = Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
    for package in packages.undescribed {
      guard let description = known[package.identity] else { return nil }
      packages.add(description, of: package)
    }
    guard let digest = Digest(written) else { return nil }
    self.root = Path(root)
    self.tree = tree
    descriptions = entries.map { (identity: $0.key, value: $0.value) }
    self.packages = packages
    self.digest = digest
    isRememberable = true
  }

  private init(
    _ root: Path, _ tree: Value, _ descriptions: [(identity: String, value: Value)],
    _ packages: PackageDescriptions
  ) throws {
    self.root = root
    self.tree = tree
    self.descriptions = descriptions
    self.packages = packages
    let manifests = try DescribedPackages.manifests(packages.graph(swift: nil), root)
    digest = manifests.digest
    isRememberable = manifests.isPlain
  }

  var text: String {
    JSON.text(
      .map([
        ("root", .text(root.exact)), ("digest", .text(digest.description)), ("tree", tree),
        ("descriptions", .map(descriptions.map { (key: $0.identity, value: $0.value) })),
      ]))
  }

  /// Whether every manifest, and what pins the versions, is as it was.
  func isCurrent() throws -> Bool {
    try DescribedPackages.manifests(packages.graph(swift: nil), root).digest == digest
  }

  func graph(swift: Path) -> PackageGraph { packages.graph(swift: swift) }

  private static func manifests(
    _ graph: PackageGraph, _ root: Path
  ) throws -> (digest: Digest, isPlain: Bool) {
    let files = PackageFiles.machine
    var hasher = SHA256()
    var isPlain = true
    func add(_ path: Path) throws {
      let bytes = try files.read(path) ?? []
      hasher.update(Array("\(path.exact) \(SHA256.digest(bytes))\n".utf8))
    }
    for package in graph.packages where package.isEditable {
      for manifest in try graph.manifests(of: package, files) {
        try add(manifest)
        let text = String(decoding: try files.read(manifest) ?? [], as: UTF8.self)
        isPlain =
          isPlain && !["environment", "FileManager", "getenv"].contains(where: text.contains)
      }
      // A target's files are found by looking, but new directories make no new target.
    }
    try add(root.appending("Package.resolved"))
    return (hasher.finish(), isPlain)
  }

  private static func isLocal(_ root: Path) -> (Path) -> Bool {
    { path in
      !root.appending(".build").holds(path)
        && !path.components.contains(Array("checkouts".utf8)[...])
    }
  }

  private static func json(_ bytes: [UInt8]) throws -> Value {
    do throws(JSON.Problem) {
      return try JSON.read(bytes)
    } catch {
      throw StepProblem("swiftpm-failed", "SwiftPM's description is no JSON: \(error.fact)")
    }
  }
}

extension PackageFiles {
  /// The files of this machine.
  package static let machine = PackageFiles(
    read: { path in
      let top = try Directory(opening: "/")
      return try top.status(of: path, followingLinks: true)?.kind == .file
        ? try top.read(path) : nil
    },
    list: { path in
      let top = try Directory(opening: "/")
      return try top.list(path).map { entry throws(SystemError) in
        guard entry.kind == .link else { return (entry.name, entry.kind == .directory) }
        let status = try top.status(of: path.entry(entry.name), followingLinks: true)
        return (entry.name, status?.kind == .directory)
      }
    })
}
