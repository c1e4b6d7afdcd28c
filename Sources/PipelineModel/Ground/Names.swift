/// A name that a manifest gives to a step, an artifact, an input, a parameter or a dimension.
///
/// `[A-Za-z][A-Za-z0-9_-]*`, hence ASCII, hence compared by bytes.
package struct Name: Hashable, Sendable {
  package let text: String

  /// - Returns: nil where the text is no name.
  package init?(_ text: String) {
    guard let first = text.utf8.first, Name.isLetter(first), text.utf8.allSatisfy(Name.continues)
    else { return nil }
    self.text = text
  }

  /// How the name appears in an environment variable: upper case, `-` as `_`.
  package var variable: String {
    String(
      decoding: text.utf8.map { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
        case UInt8(ascii: "-"): UInt8(ascii: "_")
        default: byte
        }
      }, as: UTF8.self)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
  }

  /// Whether a name may have this byte anywhere but at its front.
  static func continues(_ byte: UInt8) -> Bool {
    isLetter(byte) || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }
}

extension Name: Comparable, CustomStringConvertible {
  package static func < (a: Name, b: Name) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }

  package var description: String { text }
}

/// The name of a bound step: `train`, or `train@seed=1` where a matrix made it.
package struct StepName: Hashable, Sendable {
  /// The step as the manifest names it.
  package let base: Name
  /// `dim=value,…`, dimensions sorted by name, values percent-encoded; empty without a matrix.
  package let variant: String

  package init(_ base: Name, variant: String = "") {
    self.base = base
    self.variant = variant
  }

  /// Reads what `description` writes.
  package init?(_ text: String) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let base = Name(String(first)) else { return nil }
    self.init(base, variant: parts.count > 1 ? String(parts[1]) : "")
  }
}

extension StepName: CustomStringConvertible {
  package var description: String { variant.isEmpty ? base.text : "\(base)@\(variant)" }
}

/// `train.rate`: the way to a parameter through nested maps.
///
/// Components are compared by bytes: names that only look alike are two names.
package struct ParameterName: Hashable, Sendable {
  package let components: [String]

  package init(_ components: [String]) {
    self.components = components
  }

  /// Splits at dots; a component may be any text without a dot.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !parts.contains("") else { return nil }
    self.init(parts)
  }
}

extension ParameterName: Comparable, CustomStringConvertible {
  package static func == (a: ParameterName, b: ParameterName) -> Bool {
    a.components.elementsEqual(b.components) { $0.utf8.elementsEqual($1.utf8) }
  }

  package func hash(into hasher: inout Hasher) {
    for byte in description.utf8 { hasher.combine(byte) }
  }

  /// By bytes, component by component.
  package static func < (a: ParameterName, b: ParameterName) -> Bool {
    a.description.utf8.lexicographicallyPrecedes(b.description.utf8)
  }

  package var description: String { components.joined(separator: ".") }
}

/// `evaluate.scores.accuracy`: a step, one of its outputs of kind metrics, the way into that file.
///
/// The step is named without its matrix. What a file calls its metrics may be any text; a dot in it
/// is read as one more step of the way.
package struct MetricName: Hashable, Sendable {
  package let step: Name
  package let output: Name
  /// Not empty.
  package let path: [String]

  /// - Returns: nil where the text has fewer than three parts, or one that is empty.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 2, !parts.contains(""), let step = Name(parts[0]),
      let output = Name(parts[1])
    else { return nil }
    self.step = step
    self.output = output
    path = Array(parts[2...])
  }
}

extension MetricName: Comparable, CustomStringConvertible {
  package static func == (a: MetricName, b: MetricName) -> Bool {
    a.description.utf8.elementsEqual(b.description.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for byte in description.utf8 { hasher.combine(byte) }
  }

  /// By bytes.
  package static func < (a: MetricName, b: MetricName) -> Bool {
    a.description.utf8.lexicographicallyPrecedes(b.description.utf8)
  }

  package var description: String { "\(step).\(output)." + path.joined(separator: ".") }
}
