import Foundation
import PackagePlugin

/// `swift package run-pipeline …`: builds `pipewright` for release, starts it, and serves its requests.
///
/// Protocol 1, between this plugin and the tool:
/// - The tool's arguments are the plugin's, less SwiftPM's own permission flags; its working
///   directory is the user's.
/// - Its environment has `PIPEWRIGHT_PLUGIN` (the protocol's version), `PIPEWRIGHT_GRAPH` (the file
///   that `PackageGraphFile` writes), `PIPEWRIGHT_PACKAGE` (the root package's directory),
///   `PIPEWRIGHT_SCRATCH` (SwiftPM's build directory) and `PIPEWRIGHT_HOST_PID` (`swift package`).
///   `LD_LIBRARY_PATH` is as the user had it: the tool finds Swift's runtime by its own run path.
/// - Its standard output goes to SwiftPM, which prints whole lines. `poll` on it gives `POLLERR`
///   once SwiftPM is gone.
/// - A line of its standard error that starts with the byte 0x1E is a request: a verb, a blank, a
///   payload. Other lines are printed as they are.
///   - `progress TEXT`: shown at once, on standard error.
///   - `error TEXT`: the closing line, in place of the plugin's own.
///   - `build ["PRODUCT", …]`: builds for release and answers with one line on the tool's standard
///     input, `{"ok":true,"products":{"PRODUCT":"/path"}}` or `{"ok":false,"log":"…"}`. Answers
///     come in the order of the requests.
/// - End of its standard input means that the plugin is gone.
/// - SIGINT and SIGTERM are passed on to it. Where a signal ended the tool itself, it is started once
///   more as `pipewright end-survivors`, which ends the steps that were left behind.
@main struct RunPipeline: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) async throws {
    let package = context.package.directoryURL
    guard mayWrite(into: package) || arguments.contains("--help") else {
      let line = "swift package --allow-writing-to-package-directory run-pipeline"
      Diagnostics.error(
        "nothing may be written into \(package.path); try: "
          + ([line] + arguments).joined(separator: " "))
      return
    }
    let scratch = context.pluginWorkDirectoryURL
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    if !FileManager.default.fileExists(atPath: scratch.path + "/release/pipewright") {
      Diagnostics.progress("building pipewright for release, which takes a while the first time")
    }
    let tool: URL
    switch build("pipewright") {
    case .success(let built): tool = built
    case .failure(let problem): return Diagnostics.error(problem.log)
    }
    let swift = try? context.tool(named: "swift").url
    let graph = context.pluginWorkDirectoryURL.appendingPathComponent("graph.json")
    // `.atomic` writes beside and renames: two plugins never show each other half a file.
    try PackageGraphFile(root: context.package, swift: swift).json.write(to: graph, options: .atomic)

    var environment = ProcessInfo.processInfo.environment
    environment["PIPEWRIGHT_PLUGIN"] = "1"
    environment["PIPEWRIGHT_GRAPH"] = graph.path
    environment["PIPEWRIGHT_PACKAGE"] = package.path
    environment["PIPEWRIGHT_SCRATCH"] = scratch.path
    environment["PIPEWRIGHT_HOST_PID"] = String(getppid())
    environment["LD_LIBRARY_PATH"] = libraryPath(environment["LD_LIBRARY_PATH"], less: swift)

    let session = ToolSession(tool: tool, environment: environment) { answer(toBuild: $0) }
    let end = try session.run(withoutPermissionFlags(arguments))
    if end.bySignal { try session.run(["end-survivors"]) }
    if end.bySignal || end.code != 0 {
      let cause = end.bySignal ? "was ended by signal \(end.code)" : "ended with exit code \(end.code)"
      Diagnostics.error(end.error ?? "pipewright \(cause)")
    }
  }

  struct BuildProblem: Error {
    let log: String
  }

  func build(_ product: String) -> Result<URL, BuildProblem> {
    do {
      let result = try packageManager.build(
        .product(product), parameters: .init(configuration: .release, logging: .concise))
      // All planned artifacts are listed, whether they were built or not.
      let built = result.builtArtifacts.first {
        $0.kind == .executable && $0.url.lastPathComponent == product
      }
      if result.succeeded, let built { return .success(built.url) }
      let cause = result.succeeded ? "\nno executable product '\(product)' was built" : ""
      return .failure(BuildProblem(log: result.logText + cause))
    } catch {
      return .failure(BuildProblem(log: "building '\(product)' failed: \(error)"))
    }
  }

  func answer(toBuild payload: String) -> [String: Any] {
    guard let names = try? JSONDecoder().decode([String].self, from: Data(payload.utf8)) else {
      return ["ok": false, "log": "the request to build is not a list of names: \(payload)"]
    }
    var products: [String: String] = [:]
    for name in names {
      switch build(name) {
      case .success(let built): products[name] = built.path
      case .failure(let problem): return ["ok": false, "log": problem.log]
      }
    }
    return ["ok": true, "products": products]
  }
}

/// False in the sandbox of macOS, unless writing was allowed.
func mayWrite(into package: URL) -> Bool {
  #if os(macOS)
    let probe = package.appendingPathComponent(".pipewright-probe-\(getpid())")
    guard FileManager.default.createFile(atPath: probe.path, contents: nil) else { return false }
    try? FileManager.default.removeItem(at: probe)
  #endif
  return true
}

/// SwiftPM hands its own flags to the plugin as well, where they stand after the verb.
func withoutPermissionFlags(_ arguments: [String]) -> [String] {
  let flags = ["--allow-writing-to-package-directory", "--disable-sandbox"]
  let valued = ["--allow-writing-to-directory", "--allow-network-connections", "--build-system"]
  var kept: [String] = []
  var rest = arguments[...]
  while let argument = rest.popFirst() {
    if argument == "--" { return kept + [argument] + rest }
    if valued.contains(argument) {
      rest = rest.dropFirst()
    } else if !flags.contains(argument), !valued.contains(where: { argument.hasPrefix($0 + "=") }) {
      kept.append(argument)
    }
  }
  return kept
}

/// The user's value: SwiftPM appends the toolchain's libraries as the last entry.
func libraryPath(_ path: String?, less swift: URL?) -> String? {
  guard let path, let swift else { return path }
  let toolchain = swift.resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().path
  var entries = path.split(separator: ":", omittingEmptySubsequences: false)
  if entries.last?.hasPrefix(toolchain + "/") == true { entries.removeLast() }
  return entries.isEmpty ? nil : entries.joined(separator: ":")
}
