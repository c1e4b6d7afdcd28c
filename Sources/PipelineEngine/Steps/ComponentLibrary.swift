import PipelineModel

/// The Swift components of a pipeline: what their code is, and the copies that steps execute.
///
/// From a component's sources follows its code; the pair is a result in the store, so that known
/// sources are never compiled again, on any machine that shares the store. Where it cannot be said
/// what goes into a build, the build system is asked each time.
package actor ComponentLibrary {
  /// A component as steps use it.
  struct Component: Sendable {
    let identity: Digest
    /// A copy under `.pipeline/components`, which no build swaps.
    let executable: Path
    /// The files that count, by their path from the root package.
    let sources: Fingerprint
  }

  private let swiftPM: SwiftPM
  private var graph: PackageGraph?
  private var versionLine: String?
  /// By product; valid as long as no step has executed since.
  private var known: [String: (generation: Int, component: Component)] = [:]

  package init(_ swiftPM: SwiftPM) {
    self.swiftPM = swiftPM
  }

  /// The component as its sources are now; compiled if nobody knows what they make.
  ///
  /// - Throws: `StepProblem` where there is no such product, or it does not compile.
  func component(_ name: String, _ machine: MachineWorld) async throws -> Component {
    try await components([name], machine) { _ in }[0]
  }

  /// The same for several, which are compiled by one request.
  ///
  /// - Parameter note: told, in words, what is compiled.
  func components(
    _ names: [String], _ machine: MachineWorld, note: @Sendable (String) -> Void
  ) async throws -> [Component] {
    let generation = machine.generation
    var found: [String: Component] = [:]
    var open: [ComponentBuild] = []
    for name in names where found[name] == nil {
      if let known = known[name], known.generation == generation {
        found[name] = known.component
        continue
      }
      let build = try await build(of: name, machine)
      if let component = try build.knownComponent() {
        found[name] = component
      } else {
        open.append(build)
      }
    }
    if !open.isEmpty {
      note("compiling \(open.map(\.product.name).joined(separator: ", "))")
      found.merge(try await compile(open, machine)) { $1 }
    }
    for (name, component) in found { known[name] = (generation, component) }
    return names.compactMap { found[$0] }
  }

  /// All products that a step may name.
  func executableNames(_ machine: MachineWorld) async throws -> [String] {
    try await graph(machine).executableNames
  }

  private func compile(
    _ builds: [ComponentBuild], _ machine: MachineWorld
  ) async throws -> [String: Component] {
    try machine.makeState()
    // Two runs with one store compile the same only once.
    var locks: [KeyLock?] = []
    for key in Set(builds.map(\.key)).sorted(by: { $0.digest < $1.digest }) {
      locks.append(
        try await machine.store.lock(key, isForAll: true, command: machine.command) { _ in })
    }
    defer { withExtendedLifetime(locks) {} }
    var found: [String: Component] = [:]
    var open: [ComponentBuild] = []
    for build in builds {
      if let component = try build.knownComponent() {
        found[build.product.name] = component
      } else {
        open.append(build)
      }
    }
    guard !open.isEmpty, let root = graph?.package(graph?.root ?? "")?.directory else {
      return found
    }
    let builder = swiftPM.builder(root: root, loop: machine.loop)
    let executables: [String: Path]
    do {
      executables = try await builder.build(open.map(\.product.name))
    } catch {
      throw StepProblem(compiling: open.map(\.product.name), error)
    }
    for build in open {
      guard let executable = executables[build.product.name] else { continue }
      found[build.product.name] = try build.record(executable)
    }
    return found
  }

  private func build(of name: String, _ machine: MachineWorld) async throws -> ComponentBuild {
    let graph = try await graph(machine)
    guard let product = graph.executable(named: name) else {
      throw StepProblem(unknownProduct: name, among: graph.executableNames)
    }
    let toolchain = try await toolchain(graph, machine)
    return try ComponentBuild(product, in: graph, toolchain: toolchain, machine)
  }

  private func graph(_ machine: MachineWorld) async throws -> PackageGraph {
    if let graph { return graph }
    let graph = try await swiftPM.graph(
      of: machine.root.path, loop: machine.loop, remembered: machine.remembered("package-graph")
    ) { machine.remember($0, as: "package-graph") }
    self.graph = graph
    return graph
  }

  /// The version line, asked for again only when the executable has changed.
  private func toolchain(_ graph: PackageGraph, _ machine: MachineWorld) async throws -> String {
    if let versionLine { return versionLine }
    let swift = graph.swift ?? swiftPM.swift
    let status = try machine.root.status(of: swift, followingLinks: true)
    let stamp = status.map { "\($0.sizeBytes) \($0.modified) \($0.inode)" } ?? ""
    let note = "toolchain \(swift.exact) \(stamp)"
    if let known = machine.remembered(note) {
      versionLine = known
      return known
    }
    let line = try await swiftPM.versionLine(swift, loop: machine.loop)
    machine.remember(line, as: note)
    versionLine = line
    return line
  }
}

extension StepProblem {
  init(unknownProduct name: String, among names: [String]) {
    let listed = names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"
    self.init(
      "unknown-product", "'swift:\(name)' is no executable product of the package",
      hint: nearest(to: name, among: names).map { "write 'swift:\($0)'" } ?? listed)
  }

  fileprivate init(compiling names: [String], _ problem: BuildProblem) {
    let products = names.map { "'\($0)'" }.joined(separator: ", ")
    switch problem {
    case .failed(let log): self.init("build-failed", "\(products) cannot be compiled", hint: log)
    case .unreachable(let fact):
      self.init("build-failed", "\(products) cannot be compiled: \(fact)")
    }
  }
}
