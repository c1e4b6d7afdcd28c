import Foundation
import Seeds

/// What is done to what the tool and the steps have written.
extension RandomEdits {
  /// A file that a step has written.
  private func output(_ random: inout SplitMix64) -> String? {
    Tree.files(in: workspace, below: outputs).randomElement(using: &random)
  }

  static let ofOutputs: [(name: String, make: Edit)] = [
    (
      "write an output",
      { edits, random in
        guard let path = edits.output(&random) else { return nil }
        try edits.write(path, text(&random))
        return path
      }
    ),
    (
      "delete an output",
      { edits, random in
        guard let path = edits.outputs.randomElement(using: &random) else { return nil }
        edits.remove(path)
        return path
      }
    ),
    (
      "delete all outputs",
      { edits, random in
        edits.remove("Out")
        return "Out"
      }
    ),
    (
      "delete a file of an output",
      { edits, random in
        guard let path = edits.output(&random) else { return nil }
        edits.remove(path)
        return path
      }
    ),
    (
      "add to an output",
      { edits, random in
        guard let path = edits.outputs.filter({ $0.hasSuffix("/d") }).randomElement(using: &random)
        else { return nil }
        try? edits.write("\(path)/by hand", text(&random))
        return path
      }
    ),
    (
      "change the mode of an output",
      { edits, random in
        guard let path = edits.output(&random) else { return nil }
        let mode = [0o644, 0o755][random.below(2)]
        try FileManager.default.setAttributes(
          [.posixPermissions: mode], ofItemAtPath: edits.url(path).path)
        return path
      }
    ),
    (
      "put a directory in an output's place",
      { edits, random in
        guard let path = edits.outputs.randomElement(using: &random) else { return nil }
        edits.remove(path)
        try? edits.write("\(path)/by hand", text(&random))
        return path
      }
    ),
    (
      "put a link in an output's place",
      { edits, random in
        guard let path = edits.output(&random) else { return nil }
        edits.remove(path)
        try FileManager.default.createSymbolicLink(
          at: edits.url(path), withDestinationURL: edits.url("Data/s0"))
        return path
      }
    ),
  ]

  static let ofState: [(name: String, make: Edit)] = [
    ("lose a result", { $0.lose($0.store, "results", &$1) }),
    ("damage a result", { try $0.damage($0.store, "results", &$1) }),
    ("lose an object", { $0.lose($0.store, "objects", &$1) }),
    ("damage an object", { try $0.damage($0.store, "objects", &$1) }),
    ("lose the index", { $0.lose($0.workspace, ".pipeline/index", &$1) }),
    ("damage the index", { try $0.damage($0.workspace, ".pipeline/index", &$1) }),
    ("lose the history", { $0.lose($0.workspace, ".pipeline/history.db", &$1) }),
  ]

  private func lose(_ root: URL, _ place: String, _ random: inout SplitMix64) -> String? {
    let path = Tree.files(in: root, below: [place]).randomElement(using: &random)
    if let path { try? FileManager.default.removeItem(at: root.appending(path: path)) }
    return path
  }

  /// Cuts a file short, or changes one of its bits.
  private func damage(
    _ root: URL, _ place: String, _ random: inout SplitMix64
  ) throws -> String? {
    guard let path = Tree.files(in: root, below: [place]).randomElement(using: &random) else {
      return nil
    }
    let file = root.appending(path: path)
    var bytes = try Data(contentsOf: file)
    guard !bytes.isEmpty else { return nil }
    let index = random.below(bytes.count)
    if random.oneIn(2) { bytes = bytes.prefix(index) } else { bytes[index] ^= 1 << random.below(8) }
    // Objects are read-only.
    try FileManager.default.removeItem(at: file)
    try bytes.write(to: file)
    return path
  }
}
