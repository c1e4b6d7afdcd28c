import PipelineModel

/// What an output of kind `metrics` says: JSON or YAML, nested as deep as it likes.
package enum MetricFile {
  /// The leaves by their dotted names, in the order of the file: `accuracy`, `precision.Adelie`.
  ///
  /// What is not finite is the text `NaN`, `Infinity` or `-Infinity`, however the file has it: as
  /// Python writes it into JSON, or as YAML does (`.nan`, `-.inf`).
  ///
  /// - Returns: nothing where the file is neither JSON nor YAML, or no map.
  package static func values(_ bytes: [UInt8]) -> [(name: String, value: Value)] {
    let json = try? JSON.read(bytes, allowsNonFinite: true)
    guard let value = json ?? YAMLReader.read(bytes).syntax.map(value) else { return [] }
    return value.leaves.map { leaf in
      // A number beyond what a computer's holds would be read back as anything.
      guard case .number = leaf.value, let number = leaf.value.double, !number.isFinite else {
        return leaf
      }
      return (leaf.name, Metric.json(number))
    }
  }

  /// The same as data, by YAML's own words for what is not finite.
  private static func value(_ syntax: Syntax) -> Value {
    switch syntax.content {
    case .scalar(let scalar):
      scalar.isPlain ? nonFinite[scalar.text].map(Value.text) ?? syntax.value : syntax.value
    case .list(let items): .list(items.map(value))
    case .map(let entries): .map(entries.map { (key: $0.key, value: value($0.value)) })
    }
  }

  private static let nonFinite: [String: String] = {
    var words: [String: String] = [:]
    for word in [".nan", ".NaN", ".NAN"] { words[word] = "NaN" }
    for word in [".inf", ".Inf", ".INF"] {
      words[word] = "Infinity"
      words["+\(word)"] = "Infinity"
      words["-\(word)"] = "-Infinity"
    }
    return words
  }()
}
