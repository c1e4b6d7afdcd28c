import PipelineModel

/// What an output of kind `metrics` says: JSON or YAML, nested as deep as it likes.
package enum MetricFile {
  /// The leaves by their dotted names, in the order of the file: `accuracy`, `precision.Adelie`.
  ///
  /// - Returns: nothing where the file is neither JSON nor YAML, or no map.
  package static func values(_ bytes: [UInt8]) -> [(name: String, value: Value)] {
    guard let value = (try? JSON.read(bytes)) ?? YAMLReader.read(bytes).syntax?.value else {
      return []
    }
    var leaves: [(name: String, value: Value)] = []
    var open = (value.map ?? []).reversed().map { (name: $0.key, value: $0.value) }
    while let (name, value) = open.popLast() {
      if case .map(let entries) = value {
        open += entries.reversed().map { (name: "\(name).\($0.key)", value: $0.value) }
      } else {
        leaves.append((name, value))
      }
    }
    return leaves
  }
}
