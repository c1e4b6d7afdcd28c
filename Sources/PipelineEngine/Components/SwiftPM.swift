import PipelineModel

/// The SwiftPM that knows the package and builds its products: behind the plugin, or asked through
/// `swift package` and `swift build`.
package struct SwiftPM: Sendable {
  /// The plugin's `graph.json`; nil standalone.
  private let graphFile: Path?
  /// SwiftPM's build directory, where the plugin told it.
  private let scratch: Path?
  /// What answers for the plugin; nil standalone.
  private let plugin: PluginBuilder?
  private let environment: [EnvironmentVariable]

  package init(
    graphFile: Path?, scratch: Path?, plugin: PluginBuilder?, environment: [EnvironmentVariable]
  ) {
    self.graphFile = graphFile
    self.scratch = scratch
    self.plugin = plugin
    self.environment = environment
  }

  /// Whether this process lives inside a SwiftPM that has locked its build directory.
  package var isLocked: Bool { plugin != nil }

  /// The package at a directory or above it, with all that it depends on.
  ///
  /// - Parameter remembered: what an earlier call gave to `remember`; answers while no manifest
  ///   has changed.
  /// - Throws: `StepProblem` where there is no package or its manifest does not compile.
  package func graph(
    of workspace: Path, loop: ProcessLoop, remembered: String? = nil,
    remember: @Sendable (String) -> Void = { _ in }
  ) async throws -> PackageGraph {
    if let graphFile {
      do {
        return try PackageGraph.read(try Directory(opening: "/").read(graphFile))
      } catch let problem as PackageGraph.Problem {
        throw StepProblem("bad-graph", "the plugin's package graph cannot be read: \(problem.fact)")
      }
    }
    let root = try SwiftPM.packageRoot(from: workspace)
    if let remembered, let known = try DescribedPackages(remembered), try known.isCurrent() {
      return known.graph(swift: swift)
    }
    let described = try await DescribedPackages(root) { words in
      try await answer(
        to: [swift.description, "package", "--package-path", root.description] + words,
        in: root, loop)
    }
    if described.isRememberable { remember(described.text) }
    return described.graph(swift: swift)
  }

  /// What builds products of the package at `root` for release.
  package func builder(root: Path, loop: ProcessLoop) -> any ProductBuilder {
    if let plugin { return plugin }
    return SwiftBuilder(swift: swift, package: root, scratch: scratch) { words, directory in
      let isQuestion = words.contains("--show-bin-path")
      let (exit, output) = try await run(words, in: directory, loop, keepsErrors: !isQuestion)
      return (exit, output, [])
    }
  }

  /// `swift --version`, first line: what tells toolchains apart.
  package func versionLine(_ swift: Path, loop: ProcessLoop) async throws -> String {
    let output = try await answer(to: [swift.description, "--version"], in: "/", loop)
    return String(decoding: output.prefix { $0 != 10 }, as: UTF8.self)
  }

  /// The `swift` of PATH; a name where there is none, which then fails with a message.
  package var swift: Path {
    let here = try? Directory(opening: "/")
    let program = here.flatMap {
      try? Launch([Array("swift".utf8)], environment: environment, directory: $0).program()
    }
    return Path(program ?? Array("swift".utf8))
  }

  private static func packageRoot(from workspace: Path) throws -> Path {
    let top = try Directory(opening: "/")
    var folder = workspace
    while try !top.exists(folder.appending("Package.swift")) {
      guard folder != "/" else {
        throw StepProblem(
          "no-package", "there is no Package.swift here or in a directory above",
          hint: "a Swift component is a product of the package that holds the manifest")
      }
      folder = folder.parent
    }
    return folder
  }

  /// What a command prints to standard output.
  ///
  /// - Throws: `StepProblem` with all that it said, where it fails.
  private func answer(
    to words: [String], in directory: Path, _ loop: ProcessLoop
  ) async throws -> [UInt8] {
    let (exit, output) = try await run(words, in: directory, loop, keepsErrors: false)
    if exit == 0 { return output }
    let (_, everything) = try await run(words, in: directory, loop, keepsErrors: true)
    let log = String(decoding: everything.suffix(8_000), as: UTF8.self)
    throw StepProblem(
      "swiftpm-failed", "'\(words.joined(separator: " "))' failed:\n\(log)",
      hint: "see that 'swift package describe' works")
  }

  /// - Parameter keepsErrors: whether standard error is part of the output; what is parsed must
  ///   not have it.
  private func run(
    _ words: [String], in directory: Path, _ loop: ProcessLoop, keepsErrors: Bool
  ) async throws -> (exit: Int32, output: [UInt8]) {
    let quiet = ["sh", "-c", "exec \"$@\" 2>/dev/null", "sh"]
    let arguments = (keepsErrors ? words : quiet + words).map { Array($0.utf8) }
    let output = Locked<[UInt8]>([])
    let launch = Launch(
      arguments, environment: environment, directory: try Directory(opening: directory))
    let exit = try await loop.run(launch) { bytes in output.withLock { $0 += bytes } }
    let status: Int32 = if case .code(let code) = exit.status { code } else { 128 }
    return (exit.cancelled ? 130 : status, output.withLock { $0 })
  }
}
