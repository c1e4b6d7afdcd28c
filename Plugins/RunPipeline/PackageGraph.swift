import Foundation
import PackagePlugin

/// The package graph as the tool's `PackageGraph` reads it, schema 1.
func packageGraph(of root: Package, swift: URL?) throws -> Data {
  let packages = everyPackage(of: root)
  var names: [Target.ID: String] = [:]
  for package in packages {
    for target in package.targets { names[target.id] = "\(package.id)/\(target.name)" }
  }
  let graph: [String: Any] = [
    "schema": 1, "root": root.id, "swift": swift?.path ?? NSNull(),
    "packages": packages.map(entry),
    "targets": packages.flatMap { package in
      package.targets.map { entry($0, names).merging(["package": package.id]) { $1 } }
    },
    "products": packages.flatMap { package in
      package.products.map { product -> [String: Any] in
        [
          "package": package.id, "name": product.name,
          "kind": product is ExecutableProduct ? "executable" : "library",
          "targets": product.targets.compactMap { names[$0.id] },
        ]
      }
    },
  ]
  return try JSONSerialization.data(
    withJSONObject: graph, options: [.sortedKeys, .withoutEscapingSlashes])
}

/// This package and all that it depends on.
func everyPackage(of root: Package) -> [Package] {
  var packages = [root]
  var (seen, next): (Set<Package.ID>, Int) = ([root.id], 0)
  while next < packages.count {
    packages += packages[next].dependencies.map(\.package).filter { seen.insert($0.id).inserted }
    next += 1
  }
  return packages
}

extension Target {
  /// The targets that this one needs itself, by name or by a product of theirs.
  var directTargets: [any Target] {
    dependencies.flatMap { dependency in
      switch dependency {
      case .target(let target): [target]
      case .product(let product): product.targets
      @unknown default: [any Target]()
      }
    }
  }
}

private func entry(_ package: Package) -> [String: Any] {
  let (origin, version): (String, String?) =
    switch package.origin {
    case .root: ("root", nil)
    case .local: ("local", nil)
    case .repository(_, let version, let revision): ("remote", "\(version) \(revision)")
    case .registry(_, let version): ("remote", version)
    @unknown default: ("local", nil)
    }
  return [
    "identity": package.id, "name": package.displayName, "directory": package.directoryURL.path,
    "origin": origin, "version": version ?? NSNull(),
  ]
}

private func entry(_ target: any Target, _ names: [Target.ID: String]) -> [String: Any] {
  let kind =
    switch target {
    case is ClangSourceModuleTarget: "clang"
    case is SystemLibraryTarget: "system"
    case let target as SwiftSourceModuleTarget:
      // Of its kinds only `generic` is called otherwise outside.
      target.kind == .generic ? "library" : "\(target.kind)"
    default: "binary"
    }
  let resources = target.sourceModule?.sourceFiles.filter { $0.type == .resource } ?? []
  return [
    "name": target.name, "kind": kind, "directory": target.directoryURL.path,
    "dependencies": Set(target.directTargets.compactMap { names[$0.id] }).sorted(),
    "resources": resources.map(\.url.path).sorted(),
  ]
}
