import PipelineModel

/// One component between its sources and its recorded code.
struct ComponentBuild {
  let product: PackageGraph.Product
  /// Of the sources.
  let key: ActionKey
  private let graph: PackageGraph
  private let toolchain: String
  private let machine: MachineWorld
  private let sources: Fingerprint
  /// Whether the sources say all that goes into a build.
  private let isKnowable: Bool
  /// The manifest's `ignore` is about data: code counts whole.
  private let contents: Contents

  init(
    _ product: PackageGraph.Product, in graph: PackageGraph, toolchain: String,
    _ machine: MachineWorld
  ) throws {
    self.product = product
    self.graph = graph
    self.toolchain = toolchain
    self.machine = machine
    contents = Contents(of: machine.root, stamps: machine.contents.stamps)
    (sources, isKnowable) = try ComponentBuild.fingerprint(
      product, graph, toolchain, machine, contents)
    key = sources.key
  }

  /// What an earlier build of the same sources made, taken from the store.
  ///
  /// - Returns: nil where it has to be compiled.
  func knownComponent() throws -> ComponentLibrary.Component? {
    guard isKnowable, let result = try machine.store.result(for: key),
      try result.outputs.allSatisfy({ try machine.store.contains($0.content) })
    else { return nil }
    do {
      return try component(of: result)
    } catch let error as StorageError where error.isStoreFault {
      return nil
    }
  }

  /// Takes what a build made: its identity, its files into the store, and the copy to execute.
  ///
  /// The pair of sources and code is recorded only if the sources are the same as before.
  func record(_ executable: Path) throws -> ComponentLibrary.Component {
    let files = PackageFiles.machine
    let built = try BuiltComponent.find(executable, of: product, in: graph, files)
    let root = graph.package(graph.root)?.directory ?? machine.root.path
    let identity = try built.identity(
      toolchain: toolchain, triple: machine.platform, buildDirectory: root,
      read: { try machine.root.read($0) },
      content: { path in
        guard let content = try contents.content(ofInput: path) else {
          throw StorageError.missingOutput(path)
        }
        return content.digest
      })
    let folder = ComponentBuild.folder(of: identity)
    let staged = try copyAside(built, beside: folder)
    defer { try? machine.root.remove(staged) }
    let deposited = try machine.store.deposit([staged], from: contents)
    let note = try machine.store.deposit(bytes: Array(identity.description.utf8))
    let outputs = [
      Result.Output(
        name: nil, path: "component", content: deposited[0], isStored: true),
      Result.Output(
        name: nil, path: "identity",
        content: Content(kind: .file, digest: note, sizeBytes: identity.description.utf8.count),
        isStored: true),
    ]
    let result = Result(
      key: key, step: stateName, fingerprint: sources, outputs: outputs, log: nil, metrics: nil,
      workspace: machine.workspace, finished: Int(SystemClock.now), usage: Usage())
    let (now, _) = try ComponentBuild.fingerprint(product, graph, toolchain, machine, contents)
    if isKnowable, now == sources { try machine.store.record(result) }
    return try component(of: result)
  }

  /// `component@Train`: how the index remembers it, so that a collection keeps it.
  private var stateName: StepName { StepName(ComponentBuild.stateBase, variant: product.name) }

  /// What the names of components begin with where steps are remembered. No step can have such a
  /// name: a combination's has a '='.
  static let stateBase: Name = {
    guard let base = Name("component") else { preconditionFailure("'component' is a name") }
    return base
  }()

  private func component(of result: Result) throws -> ComponentLibrary.Component {
    guard result.outputs.count == 2,
      let identity = Digest(
        String(decoding: try machine.store.read(result.outputs[1].content.digest), as: UTF8.self))
    else { throw StorageError.missing(result.key.digest) }
    let folder = ComponentBuild.folder(of: identity)
    // A copy whose bytes are no longer those that were stored is made anew.
    if try contents.content(ofOutput: folder) != result.outputs[0].content {
      try machine.makeState()
      try machine.store.materialise(result.outputs[0].content, at: folder, in: machine.root)
    }
    machine.remember(component: stateName, identity, from: result.key)
    return ComponentLibrary.Component(
      identity: identity, executable: machine.root.path.appending(folder).appending(product.name),
      sources: result.fingerprint)
  }

  /// Copies what a build made to a place of our own: a build that starts now must not change it
  /// while it is stored.
  private func copyAside(_ built: BuiltComponent, beside folder: Path) throws -> Path {
    let staged = folder.parent.appending(".\(try machine.newExecutionID())~")
    for file in built.files {
      let place = staged.appending(file.name)
      try machine.root.makeDirectories(place.parent)
      let source = try machine.root.open(file.path)
      let permissions: UInt32 = source.status.isExecutable ? 0o777 : 0o666
      try machine.root.copy(from: source.descriptor, to: place, permissions: permissions)
    }
    return staged
  }

  private static func folder(of identity: Digest) -> Path {
    StateDirectory.name.appending("components").appending(identity.hex)
  }

  private static func fingerprint(
    _ product: PackageGraph.Product, _ graph: PackageGraph, _ toolchain: String,
    _ machine: MachineWorld, _ contents: Contents
  ) throws -> (fingerprint: Fingerprint, isKnowable: Bool) {
    let root = graph.package(graph.root)?.directory ?? machine.root.path
    let sources = try graph.sources(of: product, workspace: machine.root.path, .machine)
    var fields = [
      Field(.format, value: Fingerprint.format), Field(.component, product.name, value: "release"),
      Field(.tool, "swift", value: toolchain), Field(.platform, value: machine.platform),
    ]
    fields += sources.pins.map { Field(.component, "pin", path: $0, value: $0) }
    for file in sources.files {
      let content = try contents.content(ofInput: file)
      fields.append(
        Field(.source, file.seenAbsolutely(from: root), value: content?.description ?? "missing"))
    }
    for directory in sources.directories {
      for entry in try contents.listing(ofInput: directory).entries {
        fields.append(
          Field(
            .source, directory.appending(entry.path).seenAbsolutely(from: root),
            value: "\(entry.kind) \(entry.digest)"))
      }
    }
    return (Fingerprint(fields), sources.isKnowable)
  }
}

extension Path {
  /// How this absolute path is written from an absolute directory, so that equal trees in two
  /// places are written alike.
  fileprivate func seenAbsolutely(from directory: Path) -> String {
    guard isAbsolute, directory.isAbsolute else { return exact }
    return Path(bytes.dropFirst()).seen(from: Path(directory.bytes.dropFirst())).exact
  }
}
