import Foundation
import Seeds

/// What people, other programs and accidents do to a workspace between two runs.
///
/// Each edit says what it was done to, or nil where there was nothing to do it to.
struct RandomEdits {
  typealias Edit = @Sendable (RandomEdits, inout SplitMix64) throws -> String?

  static let all: [(name: String, make: Edit)] = ofSources + ofPlaces + ofOutputs + ofState

  let workspace: URL
  let store: URL
  /// Files that a seed began with.
  let sources: [String: String]
  /// What steps write, and is edited by hand.
  let outputs: [String]

  /// Puts back what is missing of the files that a seed began with.
  func repair() throws {
    for (path, text) in sources {
      let place = workspace.appending(path: path)
      if (try? Data(contentsOf: place)) != nil { continue }
      // A link that leads nowhere, or a directory in the way of the file.
      try? FileManager.default.removeItem(at: place)
      try write(path, text)
    }
  }

  func write(_ path: String, _ text: String) throws {
    let place = workspace.appending(path: path)
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    // Over what is there, so that the file stays the same one.
    guard let file = FileHandle(forWritingAtPath: place.path) else {
      return try Data(text.utf8).write(to: place)
    }
    defer { try? file.close() }
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: Data(text.utf8))
  }

  func remove(_ path: String) { try? FileManager.default.removeItem(at: url(path)) }

  func url(_ path: String) -> URL { workspace.appending(path: path) }

  /// A file that people have written and a run may read.
  func source(_ random: inout SplitMix64) -> String? {
    Tree.files(in: workspace, below: ["Data", "Raw", "Code/lib"]).randomElement(using: &random)
  }

  /// A choice so small that an edit often goes back to what was there before.
  static func text(_ random: inout SplitMix64) -> String {
    ["A", "B", "C", "A", "B", "FAIL"][random.below(6)]
  }
}

// MARK: Files that are read

extension RandomEdits {
  private static let ofSources: [(name: String, make: Edit)] = [
    ("write", rewrite), ("write", rewrite), ("write", rewrite),
    (
      "rewrite at the same time and size",
      { edits, random in
        guard let path = edits.source(&random) else { return nil }
        let times = try FileTimes(of: edits.url(path))
        let old = try String(contentsOf: edits.url(path), encoding: .utf8)
        try edits.write(path, old == "A" ? "B" : old == "B" ? "C" : "A")
        times.set(on: edits.url(path))
        return path
      }
    ),
    (
      "write with the clock set back",
      { edits, random in
        guard let path = edits.source(&random) else { return nil }
        try edits.write(path, text(&random))
        FileTimes(seconds: 1_500_000_000 + random.below(3)).set(on: edits.url(path))
        return path
      }
    ),
    (
      "touch",
      { edits, random in
        guard let path = edits.source(&random) else { return nil }
        FileTimes(seconds: 1_700_000_000 + random.below(3)).set(on: edits.url(path))
        return path
      }
    ),
    (
      "delete",
      { edits, random in
        guard let path = edits.source(&random) else { return nil }
        edits.remove(path)
        return path
      }
    ),
    (
      "rename",
      { edits, random in
        guard let path = edits.source(&random) else { return nil }
        let new = path + ["r.csv", ".tmp", "~"][random.below(3)]
        try? FileManager.default.moveItem(at: edits.url(path), to: edits.url(new))
        return "\(path) to \(new)"
      }
    ),
    (
      "replace by the same",
      { edits, random in
        guard let path = edits.source(&random) else { return nil }
        try Data(contentsOf: edits.url(path)).write(to: edits.url(path), options: .atomic)
        return path
      }
    ),
    (
      "change the mode",
      { edits, random in
        guard let path = edits.source(&random) else { return nil }
        let mode = [0o644, 0o755, 0o600][random.below(3)]
        try FileManager.default.setAttributes(
          [.posixPermissions: mode], ofItemAtPath: edits.url(path).path)
        return path
      }
    ),
    (
      "put a link in its place",
      { edits, random in
        guard let path = edits.source(&random) else { return nil }
        let real = "Elsewhere/" + path.replacing("/", with: "-")
        try edits.write(real, try String(contentsOf: edits.url(path), encoding: .utf8))
        edits.remove(path)
        let ascent = String(repeating: "../", count: path.split(separator: "/").count - 1)
        try FileManager.default.createSymbolicLink(
          atPath: edits.url(path).path, withDestinationPath: ascent + real)
        return path
      }
    ),
    (
      "write where links lead",
      { edits, random in
        let files = Tree.files(in: edits.workspace, below: ["Elsewhere"])
        guard let path = files.randomElement(using: &random) else { return nil }
        try edits.write(path, text(&random))
        return path
      }
    ),
    (
      "write the script",
      { edits, random in
        guard let old = edits.sources["Code/work.sh"] else { return nil }
        try edits.write("Code/work.sh", random.oneIn(2) ? old : old + "printf . >>\"$out\"\n")
        return "Code/work.sh"
      }
    ),
  ]

  private static let rewrite: Edit = { edits, random in
    guard let path = edits.source(&random) else { return nil }
    try edits.write(path, text(&random))
    return path
  }

  private static let ofPlaces: [(name: String, make: Edit)] = [
    (
      "add",
      { edits, random in
        let folder = ["Raw", "Raw/deep", "Raw/new", "Code/lib", "Data"][random.below(5)]
        let path = "\(folder)/\(["n1.csv", "n2", "n3.tmp", ".hidden"][random.below(4)])"
        try? edits.write(path, text(&random))
        return path
      }
    ),
    (
      "add what does not count",
      { edits, random in
        let folder = ["Raw", "Raw/deep", "Out/s0", "Out/s1/d"][random.below(4)]
        let path = "\(folder)/\([".DS_Store", "x~", "y.pyc"][random.below(3)])"
        guard FileManager.default.fileExists(atPath: edits.url(folder).path) else { return nil }
        try edits.write(path, text(&random))
        return path
      }
    ),
    (
      "add a directory",
      { edits, random in
        let path = ["Raw/empty", "Raw/deep/empty", "Code/lib/empty"][random.below(3)]
        try? FileManager.default.createDirectory(
          at: edits.url(path), withIntermediateDirectories: true)
        return path
      }
    ),
    (
      "remove a directory",
      { edits, random in
        let path = ["Raw/empty", "Raw/deep/empty", "Code/lib/empty", "Raw/new", "Raw/deep/er"][
          random.below(5)]
        edits.remove(path)
        return path
      }
    ),
  ]
}
