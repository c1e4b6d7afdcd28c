import PipelineModel

/// What a build made of a component: all that its execution loads from the packages.
package struct BuiltComponent: Equatable, Sendable {
  /// A file of it, by its place beside the executable.
  package struct LoadedFile: Equatable, Sendable {
    package enum Role: Sendable { case executable, library, resource }

    /// Relative to the products' directory; sorted by it.
    package let name: Path
    /// Where it is.
    package let path: Path
    package let role: Role
  }

  /// The executable first, then libraries and the bundles' files by name.
  package let files: [LoadedFile]

  /// Lists what lies at `executable`'s side and belongs to it.
  ///
  /// Resource bundles are those of the closure's packages and targets; libraries those that the
  /// executable asks for by name, and they in turn, as far as they lie there.
  package static func find(
    _ executable: Path, of product: PackageGraph.Product, in graph: PackageGraph,
    _ packageFiles: PackageFiles
  ) throws -> BuiltComponent {
    let directory = executable.parent
    let entries = try packageFiles.list(directory)
    var libraries: Set<Path> = []
    var waiting = [executable]
    while let next = waiting.popLast() {
      guard let bytes = try packageFiles.read(next) else { continue }
      for name in try neededLibraries(of: bytes) {
        let library = directory.entry(Path(name).name)
        guard entries.contains(where: { directory.entry($0.name) == library && !$0.isDirectory }),
          libraries.insert(library).inserted
        else { continue }
        waiting.append(library)
      }
    }
    var files = libraries.sorted().map {
      LoadedFile(name: Path(Array($0.name)), path: $0, role: .library)
    }
    let bundles = Set(bundleNames(of: product, in: graph))
    for entry in entries where entry.isDirectory && bundles.contains(entry.name) {
      files += try resources(below: Path(entry.name), of: directory, packageFiles)
    }
    files.sort { $0.name < $1.name }
    let first = LoadedFile(
      name: Path(Array(executable.name)), path: executable, role: .executable)
    return BuiltComponent(files: [first] + files)
  }

  /// The digest of what decides what the component does.
  ///
  /// - Parameters:
  ///   - toolchain: the first line of `swift --version`.
  ///   - content: the digest of a resource's bytes.
  package func identity(
    toolchain: String, triple: String, buildDirectory: Path,
    read: (Path) throws -> [UInt8], content: (Path) throws -> Digest
  ) throws -> Digest {
    var hasher = SHA256()
    func field(_ bytes: [UInt8]) {
      let count = UInt64(bytes.count)
      hasher.update((0..<8).map { UInt8(truncatingIfNeeded: count >> UInt64(8 * $0)) })
      hasher.update(bytes)
    }
    field(Array("pipewright component 1".utf8))
    field(Array(toolchain.utf8))
    field(Array(triple.utf8))
    for file in files {
      switch file.role {
      case .executable, .library:
        field(file.role == .executable ? [] : file.name.bytes)
        field(try CodeIdentity.read(read(file.path), buildDirectory: buildDirectory).bytes)
      case .resource:
        field(file.name.bytes)
        field(try content(file.path).bytes)
      }
    }
    return hasher.finish()
  }

  private static func neededLibraries(of bytes: [UInt8]) throws -> [String] {
    let image = ImageBytes(bytes: bytes)
    guard bytes.count >= 8 else { throw CodeIdentity.Problem.notExecutable }
    switch try image.number(UInt32.self, at: 0) {
    case MachOImage.magic: return try MachOImage(image).neededLibraries
    case MachOImage.fatMagic:
      return try MachOImage.slices(image).flatMap {
        try MachOImage(ImageBytes(bytes: Array(bytes[$0]))).neededLibraries
      }
    default: return try ELFImage(image).neededLibraries
    }
  }

  private static func bundleNames(
    of product: PackageGraph.Product, in graph: PackageGraph
  ) -> [[UInt8]] {
    graph.closure(of: product).flatMap { target in
      // SwiftPM names a bundle by what the manifest calls the package.
      let names = Set([graph.package(target.package)?.name, target.package].compactMap { $0 })
      return names.sorted().flatMap { name in
        [".resources", ".bundle"].map { Array("\(name)_\(target.name)\($0)".utf8) }
      }
    }
  }

  private static func resources(
    below bundle: Path, of directory: Path, _ packageFiles: PackageFiles
  ) throws -> [LoadedFile] {
    var files: [LoadedFile] = []
    var waiting = [bundle]
    while let next = waiting.popLast() {
      for entry in try packageFiles.list(directory.appending(next)) {
        let name = next.entry(entry.name)
        if entry.isDirectory {
          waiting.append(name)
        } else {
          files.append(LoadedFile(name: name, path: directory.appending(name), role: .resource))
        }
      }
    }
    return files
  }
}
