import PipelineModel

/// The package graph as SwiftPM describes it, for where no plugin hands it over.
///
/// `swift package show-dependencies` names the packages and their directories; then one
/// `swift package describe` each gives their targets. Dependencies that only another platform has
/// are in it too: more than the plugin's graph has, never less.
package struct PackageDescriptions: Sendable {
  private var packages: [PackageGraph.Package] = []
  private var directDependencies: [String: [String]] = [:]
  private var described: [String: Value] = [:]
  private let root: String

  /// - Parameters:
  ///   - tree: what `show-dependencies --format json` wrote.
  ///   - isLocal: whether the package at that directory is no checkout of SwiftPM's own.
  package init(
    tree: Value, isLocal: (Path) -> Bool
  ) throws(PackageGraph.Problem) {
    guard let root = tree["identity"]?.text else { throw PackageGraph.Problem("no root package") }
    self.root = root
    var waiting = [tree]
    while let branch = waiting.popLast() {
      guard let identity = branch["identity"]?.text, let directory = branch["path"]?.text else {
        throw PackageGraph.Problem("a package has no identity or path")
      }
      guard directDependencies[identity] == nil else { continue }
      let children = branch["dependencies"]?.list ?? []
      directDependencies[identity] = children.compactMap { $0["identity"]?.text }
      waiting += children
      let path = Path(directory)
      let origin: PackageGraph.Package.Origin =
        identity == root ? .root : isLocal(path) ? .local : .remote
      packages.append(
        PackageGraph.Package(
          identity: identity, name: branch["name"]?.text ?? identity, directory: path,
          origin: origin, version: origin == .remote ? branch["version"]?.text : nil))
    }
    packages.sort { $0.identity < $1.identity }
  }

  /// The packages that want a description: all but the described.
  package var undescribed: [PackageGraph.Package] {
    packages.filter { described[$0.identity] == nil }
  }

  /// Takes what `describe --type json` wrote of a package.
  package mutating func add(_ description: Value, of package: PackageGraph.Package) {
    described[package.identity] = description
  }

  /// The graph of all that was described.
  package func graph(swift: Path?) -> PackageGraph {
    var products: [PackageGraph.Product] = []
    for package in packages {
      for entry in described[package.identity]?["products"]?.list ?? [] {
        guard let name = entry["name"]?.text, let kind = kind(ofProduct: entry) else { continue }
        let targets = (entry["targets"]?.list ?? []).compactMap(\.text)
        products.append(
          PackageGraph.Product(
            package: package.identity, name: name, kind: kind,
            targets: targets.map { "\(package.identity)/\($0)" }))
      }
    }
    var targets: [PackageGraph.Target] = []
    for package in packages {
      for entry in described[package.identity]?["targets"]?.list ?? [] {
        guard let target = target(entry, in: package, products) else { continue }
        targets.append(target)
      }
    }
    return PackageGraph(
      root: root, swift: swift, packages: packages, targets: targets, products: products)
  }

  private func kind(ofProduct entry: Value) -> PackageGraph.Product.Kind? {
    if entry["type"]?["executable"] != nil { return .executable }
    return entry["type"]?["library"] != nil ? .library : nil
  }

  private func target(
    _ entry: Value, in package: PackageGraph.Package, _ products: [PackageGraph.Product]
  ) -> PackageGraph.Target? {
    guard let name = entry["name"]?.text, let directory = entry["path"]?.text else { return nil }
    let within = (entry["target_dependencies"]?.list ?? []).compactMap(\.text)
    // A product is named without its package: where several dependencies have one of that name,
    // all count.
    let used = Set((entry["product_dependencies"]?.list ?? []).compactMap(\.text))
    let neighbours = directDependencies[package.identity] ?? []
    let across = products.filter { used.contains($0.name) && neighbours.contains($0.package) }
    return PackageGraph.Target(
      package: package.identity, name: name, kind: kind(ofTarget: entry),
      directory: package.directory.appending(directory),
      dependencies: within.map { "\(package.identity)/\($0)" } + across.flatMap(\.targets),
      resources: (entry["resources"]?.list ?? []).compactMap { $0["path"]?.text }
        .map { Path($0) })
  }

  private func kind(ofTarget entry: Value) -> PackageGraph.Target.Kind {
    switch entry["module_type"]?.text {
    case "ClangTarget": .clang
    case "SystemLibraryTarget": .system
    case "BinaryTarget": .binary
    case "PluginTarget": .plugin
    case "ProvidedLibraryTarget": .binary
    // A kind that is new to us must not pass for one whose sources we know.
    default: entry["type"]?.text.flatMap { PackageGraph.Target.Kind(rawValue: $0) } ?? .binary
    }
  }
}

extension PackageDescriptions {
  /// Asks SwiftPM for the graph of the package at `directory`.
  ///
  /// Measured: 0.3 s for the tree and 0.15 s a package. Worth keeping for as long as the manifests
  /// (`PackageGraph.manifests`) and `Package.resolved` stay the same.
  package static func graph(
    at directory: Path, swift: Path, scratch: Path, launch: BuildCommand
  ) async throws -> PackageGraph {
    func ask(_ words: [String]) async throws -> Value {
      let command = [swift.description, "package"] + words
      let answer = try await launch(command, directory)
      guard answer.exit == 0 else {
        throw PackageGraph.Problem("'\(command.joined(separator: " "))' exited \(answer.exit)")
      }
      return try JSON.read(answer.output)
    }
    let place = ["--scratch-path", scratch.description]
    let tree = try await ask(
      ["--package-path", directory.description] + place + ["show-dependencies", "--format", "json"])
    let checkouts = [scratch.appending("checkouts"), scratch.appending("registry")]
    var descriptions = try PackageDescriptions(tree: tree) { path in
      !checkouts.contains { $0.holds(path) }
    }
    for package in descriptions.undescribed {
      // Not with our scratch directory: its workspace state is the root package's.
      let description = try await ask(
        ["--package-path", package.directory.description, "describe", "--type", "json"])
      descriptions.add(description, of: package)
    }
    return descriptions.graph(swift: swift)
  }
}
