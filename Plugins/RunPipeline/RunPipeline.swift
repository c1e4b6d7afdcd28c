import Foundation
import PackagePlugin

/// `swift package run-pipeline …`: builds `pipewright` for release, starts it, serves its requests.
///
/// What the two say to each other is written at `PluginBuilder`, on the tool's side.
@main struct RunPipeline: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) async throws {
    let package = context.package.directoryURL.path
    guard mayWrite(into: package) || arguments.contains("--help") else {
      return Diagnostics.error(
        "nothing may be written into \(package); try: swift package "
          + "--allow-writing-to-package-directory run-pipeline \(arguments.joined(separator: " "))")
    }
    let work = context.pluginWorkDirectoryURL
    let scratch = work.appendingPathComponent("../../..").standardizedFileURL.path
    let graph = work.appendingPathComponent("graph.json")
    if !FileManager.default.fileExists(atPath: graph.path) {
      Diagnostics.progress("building pipewright for release, which takes a while the first time")
    }
    let swift = try? context.tool(named: "swift").url
    let last = BuiltTool(of: context.package, swift: swift, in: work)
    var (built, log) = (last.executable, "")
    if built == nil {
      let answer = build(["pipewright"])
      (built, log) = (answer.products["pipewright"], answer.log)
      try built.map(last.keep)
    }
    guard let tool = built else { return Diagnostics.error(log) }
    // `.atomic` writes beside and renames: nobody reads half a graph.
    try packageGraph(of: context.package, swift: swift).write(to: graph, options: .atomic)

    var environment = ProcessInfo.processInfo.environment
    environment["LD_LIBRARY_PATH"] = libraryPath(environment["LD_LIBRARY_PATH"], less: swift)
    environment["PIPEWRIGHT_PLUGIN"] = "1"
    environment["PIPEWRIGHT_GRAPH"] = graph.path
    environment["PIPEWRIGHT_PACKAGE"] = package
    environment["PIPEWRIGHT_SCRATCH"] = scratch
    environment["PIPEWRIGHT_HOST_PID"] = String(getppid())
    var session = ToolSession(tool: tool, environment: environment, build: build)
    let status = try session.run(withoutSwiftPMFlags(arguments))
    let closing = session.closingLine
    if status.signal != 0 {
      _ = try session.run(["end-survivors"])
      Diagnostics.error(closing ?? "pipewright was ended by signal \(status.signal)")
    } else if status.code != 0 {
      Diagnostics.error(closing ?? "pipewright ended with exit code \(status.code)")
    }
  }

  /// Builds executable products for release; where one fails, there are none and the log says why.
  func build(_ names: [String]) -> (products: [String: String], log: String) {
    var products: [String: String] = [:]
    for name in names {
      do {
        let result = try packageManager.build(
          .product(name), parameters: .init(configuration: .release, logging: .concise))
        // All planned artifacts are listed, whether they were built or not.
        let artifact = result.builtArtifacts.first {
          $0.kind == .executable && $0.url.lastPathComponent == name
        }
        guard result.succeeded, let artifact else {
          return ([:], result.logText + "'\(name)' was not built")
        }
        products[name] = artifact.url.path
      } catch {
        return ([:], "'\(name)' was not built: \(error)")
      }
    }
    return (products, "")
  }
}

/// False in the sandbox of macOS, unless writing was allowed.
private func mayWrite(into package: String) -> Bool {
  #if os(macOS)
    let probe = package + "/.pipewright-probe-\(getpid())"
    defer { unlink(probe) }
    return FileManager.default.createFile(atPath: probe, contents: nil)
  #else
    return true
  #endif
}

/// SwiftPM hands over its own flags too, where they stand after the verb.
private func withoutSwiftPMFlags(_ arguments: [String]) -> [String] {
  var (kept, rest): ([String], ArraySlice) = ([], arguments[...])
  while let argument = rest.popFirst() {
    switch argument.prefix(while: { $0 != "=" }) {
    case "--": return kept + [argument] + rest
    case "--allow-writing-to-package-directory", "--disable-sandbox": break
    case "--allow-writing-to-directory", "--allow-network-connections", "--build-system":
      if !argument.contains("=") { rest = rest.dropFirst() }
    default: kept.append(argument)
    }
  }
  return kept
}

/// The user's value: SwiftPM appends the toolchain's libraries as the last entry. The tool finds
/// them by its own run path, and its steps shall not see them.
private func libraryPath(_ path: String?, less swift: URL?) -> String? {
  guard let path, let swift else { return path }
  let toolchain = swift.resolvingSymlinksInPath().appendingPathComponent("../..")
    .standardizedFileURL
  var entries = path.split(separator: ":", omittingEmptySubsequences: false)
  if entries.last?.hasPrefix(toolchain.path + "/") == true { entries.removeLast() }
  return entries.isEmpty ? nil : entries.joined(separator: ":")
}
