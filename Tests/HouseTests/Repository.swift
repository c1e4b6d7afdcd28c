import Foundation

/// The project's own files, found from where this file was when it was compiled.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Every Swift file of the product and of its plugin.
  static let sources = swiftFiles(in: ["Sources", "Plugins"])

  /// Every Swift file that we write, with tests and fixtures.
  static let everySwiftFile = swiftFiles(in: ["Sources", "Plugins", "Tests", "Fixtures"])

  /// Every text file that belongs to the project, by its path.
  static let texts: [(path: String, text: String)] = files(in: "").compactMap { path in
    (try? String(contentsOf: root.appending(path: path), encoding: .utf8)).map { (path, $0) }
  }

  /// Paths of all files below a folder, sorted, without what tools make.
  static func files(in folder: String) -> [String] {
    var found: [String] = []
    var open = [folder]
    while let next = open.popLast() {
      for name in entries(of: next) where !isMade(name) {
        let path = next.isEmpty ? name : "\(next)/\(name)"
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(
          atPath: root.appending(path: path).path, isDirectory: &isFolder)
        guard isThere else { continue }
        if isFolder.boolValue { open.append(path) } else { found.append(path) }
      }
    }
    return found.sorted()
  }

  /// Names in a folder, sorted.
  static func entries(of folder: String) -> [String] {
    let path = folder.isEmpty ? root.path : root.appending(path: folder).path
    return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  private static func isMade(_ name: String) -> Bool {
    name.hasPrefix(".build") || name.hasSuffix(".pyc")
      || [".git", ".pipeline", ".swiftpm", "Package.resolved", "__pycache__", ".DS_Store"]
        .contains(name)
  }

  private static func swiftFiles(in folders: [String]) -> [SourceFile] {
    folders.flatMap(files).filter { $0.hasSuffix(".swift") }.compactMap { path in
      (try? String(contentsOf: root.appending(path: path), encoding: .utf8))
        .map { SourceFile(path: path, text: $0) }
    }
  }
}

/// One Swift file.
struct SourceFile: Sendable, CustomStringConvertible {
  let path: String
  let text: String
  let code: String
  let comments: String
  let literals: [SwiftText.Literal]

  init(path: String, text: String) {
    self.path = path
    self.text = text
    let scanned = SwiftText(text)
    code = scanned.code
    comments = scanned.comments
    literals = scanned.literals
  }

  var description: String { path }

  /// The folder below `Sources` or `Plugins`.
  var target: String { part(1) }

  /// The folder inside the target; empty where a target has none.
  var folder: String { path.split(separator: "/").count > 3 ? part(2) : "" }

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  var codeLines: [Substring] { code.split(separator: "\n", omittingEmptySubsequences: false) }

  private func part(_ index: Int) -> String {
    let parts = path.split(separator: "/")
    return parts.indices.contains(index) ? String(parts[index]) : ""
  }
}
