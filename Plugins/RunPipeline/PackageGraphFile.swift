import Foundation
import PackagePlugin

/// The package graph as the tool reads it, schema 1.
struct PackageGraphFile {
  let root: Package
  let swift: URL?

  var json: Data {
    get throws {
      let packages = reachable
      var owner: [Target.ID: String] = [:]
      for package in packages {
        for target in package.targets { owner[target.id] = "\(package.id)/\(target.name)" }
      }
      let graph: [String: Any] = [
        "schema": 1, "root": root.id, "swift": swift?.path ?? NSNull(),
        "packages": packages.map(entry),
        "targets": packages.flatMap { package in
          package.targets.map { entry($0, in: package, owner) }
        },
        "products": packages.flatMap { package in
          package.products.map { entry($0, in: package, owner) }
        },
      ]
      return try JSONSerialization.data(
        withJSONObject: graph, options: [.sortedKeys, .withoutEscapingSlashes])
    }
  }

  private var reachable: [Package] {
    var found = [root]
    var seen: Set<Package.ID> = [root.id]
    var next = 0
    while next < found.count {
      found += found[next].dependencies.map(\.package).filter { seen.insert($0.id).inserted }
      next += 1
    }
    return found
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

  private func entry(
    _ target: any Target, in package: Package, _ owner: [Target.ID: String]
  ) -> [String: Any] {
    let direct = target.dependencies.flatMap { dependency in
      switch dependency {
      case .target(let target): [target]
      case .product(let product): product.targets
      @unknown default: [any Target]()
      }
    }
    let resources = target.sourceModule?.sourceFiles.filter { $0.type == .resource } ?? []
    return [
      "package": package.id, "name": target.name, "kind": kind(target),
      "directory": target.directoryURL.path,
      "dependencies": Set(direct.compactMap { owner[$0.id] }).sorted(),
      "resources": resources.map(\.url.path).sorted(),
    ]
  }

  private func entry(
    _ product: any Product, in package: Package, _ owner: [Target.ID: String]
  ) -> [String: Any] {
    [
      "package": package.id, "name": product.name,
      "kind": product is ExecutableProduct ? "executable" : "library",
      "targets": product.targets.compactMap { owner[$0.id] },
    ]
  }

  private func kind(_ target: any Target) -> String {
    if target is ClangSourceModuleTarget { return "clang" }
    guard let module = target.sourceModule else {
      return target is SystemLibraryTarget ? "system" : "binary"
    }
    return switch module.kind {
    case .generic: "library"
    case .executable: "executable"
    case .test: "test"
    case .macro: "macro"
    case .snippet: "snippet"
    @unknown default: "library"
    }
  }
}
