import PipelineModel

/// What determines the build of a component, as far as it can be said beforehand.
///
/// The caller digests the files and directories (following links, without the names that are never
/// counted) and keys them by their path as seen from the root package, so that equal sources in
/// two directories have one key. Configuration, target triple and the toolchain's version line
/// come from the caller too.
package struct ComponentSources: Equatable, Sendable {
  /// Where it stays unknown what goes into a build, the build system is asked each time.
  package enum Knowledge: Equatable, Sendable {
    case complete
    /// For people: each reason names a target or a manifest.
    case incomplete([String])
  }

  /// Digested one by one, sorted. A path may name a directory where a resource is one.
  package let files: [Path]
  /// Digested with all below them, sorted; none holds another.
  package let directories: [Path]
  /// The product, and `identity@version` of remote packages where no Package.resolved says it.
  package let pins: [String]
  package let knowledge: Knowledge

  package var isKnowable: Bool { knowledge == .complete }
}

/// What is read of the packages' directories.
package struct PackageFiles: Sendable {
  /// A file's bytes; nil where there is no such file.
  package let read: @Sendable (Path) throws -> [UInt8]?
  /// A directory's entries, in any order.
  package let list: @Sendable (Path) throws -> [(name: [UInt8], isDirectory: Bool)]

  package init(
    read: @escaping @Sendable (Path) throws -> [UInt8]?,
    list: @escaping @Sendable (Path) throws -> [(name: [UInt8], isDirectory: Bool)]
  ) {
    self.read = read
    self.list = list
  }
}

extension PackageGraph {
  /// Package.swift and its variants for other versions of Swift, sorted.
  package func manifests(
    of package: Package, _ packageFiles: PackageFiles
  ) throws -> [Path] {
    try packageFiles.list(package.directory)
      .filter { !$0.isDirectory }
      .filter { $0.name == Array("Package.swift".utf8) || $0.name.starts(with: versioned) }
      .map { package.directory.entry($0.name) }
      .sorted()
  }

  /// What determines the build of that product.
  ///
  /// - Parameter workspace: the directory whose outputs must not pass for sources.
  package func sources(
    of product: Product, workspace: Path, _ packageFiles: PackageFiles
  ) throws -> ComponentSources {
    var collector = SourceCollector(workspace: workspace)
    let closure = closure(of: product)
    let identities = Set(closure.map(\.package)).union([product.package, root])
    for package in packages where identities.contains(package.identity) && package.isEditable {
      let mine = closure.filter { $0.package == package.identity }
      // C may include a header of any neighbour without saying so.
      let includesC = mine.contains { $0.kind == .clang }
      let counted = includesC ? targets(of: package).filter { $0.kind != .test } : mine
      for target in counted {
        try collector.add(target, of: package, packageFiles)
      }
      for manifest in try manifests(of: package, packageFiles) {
        collector.files.insert(manifest)
        let text = try packageFiles.read(manifest) ?? []
        collector.unknown += ManifestText(text).doubts.map { "\(manifest): \($0)" }
      }
    }
    for target in closure where target.kind == .binary || target.kind == .system {
      collector.unknown.append("\(target.id) is a \(target.kind) target")
    }
    let missing = closure.flatMap(\.dependencies).filter { self.target($0) == nil }
    collector.unknown += missing.map { "\($0) is not in the package graph" }
    let isResolved = try collector.addResolved(of: self, packageFiles)
    // The file says it more exactly.
    let remote = isResolved ? [] : packages.filter { !$0.isEditable }
    return ComponentSources(
      files: collector.files.sorted(), directories: collector.outermostDirectories,
      pins: ["product \(product.package)/\(product.name)"]
        + remote.map { "\($0.identity)@\($0.version ?? "unspecified")" },
      knowledge: collector.unknown.isEmpty ? .complete : .incomplete(collector.unknown))
  }
}

private let versioned = Array("Package@swift-".utf8)

private struct SourceCollector {
  let workspace: Path
  var files: Set<Path> = []
  var directories: Set<Path> = []
  var unknown: [String] = []

  init(workspace: Path) { self.workspace = workspace }

  var outermostDirectories: [Path] {
    directories.sorted().reduce(into: []) { kept, next in
      if kept.last?.holds(next) != true { kept.append(next) }
    }
  }

  mutating func add(
    _ target: PackageGraph.Target, of package: PackageGraph.Package, _ packageFiles: PackageFiles
  ) throws {
    files.formUnion(target.resources.filter { !target.directory.holds($0) })
    if target.directory.holds(package.directory) || target.directory.holds(workspace) {
      files.formUnion(target.resources)
      try addCode(below: target.directory, packageFiles)
    } else {
      directories.insert(target.directory)
    }
  }

  /// Where a target's directory is the whole package, data and outputs lie in it as well: only
  /// what SwiftPM takes for code counts, by its ending; like SwiftPM, no hidden directory.
  mutating func addCode(below directory: Path, _ packageFiles: PackageFiles) throws {
    var waiting = [directory]
    while let next = waiting.popLast() {
      for entry in try packageFiles.list(next) where entry.name.first != UInt8(ascii: ".") {
        let path = next.entry(entry.name)
        if entry.isDirectory {
          waiting.append(path)
        } else if isCode(entry.name) {
          files.insert(path)
        }
      }
    }
  }

  private func isCode(_ name: [UInt8]) -> Bool {
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
    return codeEndings.contains(String(decoding: name[(dot + 1)...], as: UTF8.self))
  }

  mutating func addResolved(of graph: PackageGraph, _ packageFiles: PackageFiles) throws -> Bool {
    guard let root = graph.package(graph.root) else { return false }
    let resolved = root.directory.appending("Package.resolved")
    guard try packageFiles.read(resolved) != nil else { return false }
    files.insert(resolved)
    return true
  }
}

private let codeEndings: Set<String> = [
  "swift", "c", "m", "mm", "cc", "cpp", "cxx", "C", "S", "s", "asm", "h", "hh", "hpp", "hxx", "inc",
  "inl", "ipp", "tpp", "def", "modulemap", "apinotes", "ld", "metal", "xcassets", "storyboard",
  "xib", "lproj", "strings", "docc", "xcdatamodel", "xcdatamodeld", "xcmappingmodel",
]
