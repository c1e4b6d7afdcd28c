import PipelineModel

/// The packages, targets and products from which components are built.
///
/// Two sources give it: the plugin's `graph.json` (`read`), and SwiftPM's own descriptions
/// (`PackageDescriptions`). Everything is in a fixed order, whatever the order it came in.
package struct PackageGraph: Equatable, Sendable {
  package struct Package: Equatable, Sendable {
    package enum Origin: String, Sendable { case root, local, remote }

    package let identity: String
    package let name: String
    package let directory: Path
    package let origin: Origin
    /// What a remote package is pinned to: version, revision or both.
    package let version: String?

    package init(
      identity: String, name: String, directory: Path, origin: Origin, version: String?
    ) {
      self.identity = identity
      self.name = name
      self.directory = directory
      self.origin = origin
      self.version = version
    }

    /// Whether its files may change without its version doing so.
    package var isEditable: Bool { origin != .remote }
  }

  package struct Target: Equatable, Sendable {
    package enum Kind: String, Sendable {
      case executable, library, test, macro, clang, binary, system, plugin, snippet
    }

    /// `package/target`.
    package let id: String
    package let package: String
    package let name: String
    package let kind: Kind
    package let directory: Path
    /// Direct ones, by id, sorted; products are expanded to their targets.
    package let dependencies: [String]
    /// Files and directories that are copied or processed as resources.
    package let resources: [Path]

    package init(
      package: String, name: String, kind: Kind, directory: Path, dependencies: [String],
      resources: [Path]
    ) {
      self.id = "\(package)/\(name)"
      self.package = package
      self.name = name
      self.kind = kind
      self.directory = directory
      self.dependencies = Set(dependencies).sorted()
      self.resources = resources.sorted()
    }
  }

  package struct Product: Equatable, Sendable {
    package enum Kind: String, Sendable { case executable, library }

    package let package: String
    package let name: String
    package let kind: Kind
    /// By id, sorted.
    package let targets: [String]

    package init(package: String, name: String, kind: Kind, targets: [String]) {
      self.package = package
      self.name = name
      self.kind = kind
      self.targets = targets.sorted()
    }
  }

  /// The identity of the root package.
  package let root: String
  /// The `swift` of the toolchain that builds, where known.
  package let swift: Path?
  package let packages: [Package]
  package let products: [Product]
  private let targets: [String: Target]

  package init(
    root: String, swift: Path?, packages: [Package], targets: [Target], products: [Product]
  ) {
    self.root = root
    self.swift = swift
    self.packages = packages.sorted { $0.identity < $1.identity }
    self.products = products.sorted { ($0.package, $0.name) < ($1.package, $1.name) }
    self.targets = Dictionary(targets.map { ($0.id, $0) }) { first, _ in first }
  }

  /// The executable product of that name; the root package's where several packages have one.
  package func executable(named name: String) -> Product? {
    let named = products.filter { $0.kind == .executable && $0.name == name }
    return named.first { $0.package == root } ?? named.first
  }

  /// What may stand after `swift:`, for listings and nearest-name hints.
  package var executableNames: [String] {
    Set(products.filter { $0.kind == .executable }.map(\.name)).sorted()
  }

  package func target(_ id: String) -> Target? { targets[id] }

  /// All targets of a package, by name.
  package func targets(of package: Package) -> [Target] {
    targets.values.filter { $0.package == package.identity }.sorted { $0.name < $1.name }
  }

  package func package(_ identity: String) -> Package? {
    packages.first { $0.identity == identity }
  }

  /// The product's targets and all that they depend on, sorted by id.
  package func closure(of product: Product) -> [Target] {
    var seen = Set(product.targets)
    var waiting = product.targets
    while let id = waiting.popLast() {
      for next in targets[id]?.dependencies ?? [] where seen.insert(next).inserted {
        waiting.append(next)
      }
    }
    return seen.sorted().compactMap { targets[$0] }
  }
}

extension PackageGraph {
  /// Why a text is no package graph.
  package struct Problem: Error, Equatable {
    package let fact: String

    package init(_ fact: String) { self.fact = fact }
  }

  /// Reads `graph.json`, schema 1.
  package static func read(_ bytes: [UInt8]) throws(Problem) -> PackageGraph {
    let value: Value
    do { value = try JSON.read(bytes) } catch { throw Problem("it is not JSON: \(error.fact)") }
    guard value["schema"]?.integer == 1 else { throw Problem("its schema is not 1") }
    guard let root = value["root"]?.text else { throw Problem("'root' is missing") }
    var graph: (packages: [Package], targets: [Target], products: [Product]) = ([], [], [])
    for entry in try list("packages", in: value) { graph.packages.append(try package(entry)) }
    for entry in try list("targets", in: value) { graph.targets.append(try target(entry)) }
    for entry in try list("products", in: value) { graph.products.append(try product(entry)) }
    return PackageGraph(
      root: root, swift: value["swift"]?.text.map { Path($0) }, packages: graph.packages,
      targets: graph.targets, products: graph.products)
  }

  private static func package(_ entry: Value) throws(Problem) -> Package {
    Package(
      identity: try text("identity", in: entry), name: try text("name", in: entry),
      directory: Path(try text("directory", in: entry)),
      origin: try word("origin", in: entry), version: entry["version"]?.text)
  }

  private static func target(_ entry: Value) throws(Problem) -> Target {
    Target(
      package: try text("package", in: entry), name: try text("name", in: entry),
      kind: try word("kind", in: entry), directory: Path(try text("directory", in: entry)),
      dependencies: try list("dependencies", in: entry).compactMap(\.text),
      resources: (entry["resources"]?.list ?? []).compactMap(\.text).map { Path($0) })
  }

  private static func product(_ entry: Value) throws(Problem) -> Product {
    Product(
      package: try text("package", in: entry), name: try text("name", in: entry),
      kind: try word("kind", in: entry),
      targets: try list("targets", in: entry).compactMap(\.text))
  }

  private static func text(_ key: String, in entry: Value) throws(Problem) -> String {
    guard let text = entry[key]?.text else { throw Problem("'\(key)' is missing") }
    return text
  }

  private static func list(_ key: String, in entry: Value) throws(Problem) -> [Value] {
    guard let values = entry[key]?.list else { throw Problem("'\(key)' is missing") }
    return values
  }

  private static func word<Word: RawRepresentable<String>>(
    _ key: String, in entry: Value
  ) throws(Problem) -> Word {
    let text = try text(key, in: entry)
    guard let word = Word(rawValue: text) else {
      throw Problem("'\(text)' is unknown as '\(key)'")
    }
    return word
  }
}
