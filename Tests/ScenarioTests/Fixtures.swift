import Foundation

/// What the tests play with: the tool that was built beside them, and files of the package.
enum Fixtures {
  static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let folder = package.appending(path: "Fixtures/scenarios")

  /// The executable that was built together with the tests, beside their bundle; another one where
  /// `PIPEWRIGHT_TOOL` names it.
  static let tool: URL? = {
    if let named = ProcessInfo.processInfo.environment["PIPEWRIGHT_TOOL"], !named.isEmpty {
      return URL(filePath: named)
    }
    return built("pipewright")
  }()

  /// An executable that was built together with the tests.
  static func built(_ name: String) -> URL? {
    let places = [CommandLine.arguments[0], Bundle.main.bundlePath] + CommandLine.arguments
    let bundles = Bundle.allBundles.map(\.bundlePath)
    for place in places + bundles where place.hasPrefix("/") {
      var folder = URL(filePath: place).resolvingSymlinksInPath()
      for _ in 1...5 {
        let tool = folder.appending(path: name)
        var isDirectory: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: tool.path, isDirectory: &isDirectory)
        if isThere, !isDirectory.boolValue { return tool }
        folder.deleteLastPathComponent()
      }
    }
    return nil
  }

  /// Whether expectations are rewritten.
  static let isRecording = ProcessInfo.processInfo.environment["RECORD"] == "1"

  /// Files or folders of a folder, sorted by name.
  static func list(_ folder: URL) -> [URL] {
    let found = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
    return (found ?? []).sorted { $0.lastPathComponent < $1.lastPathComponent }
  }

  /// So many processes at once as leave a small machine its breath.
  static let turnstile = Turnstile(2)
}
