extension StepPattern {
  /// Reads `train` or `train@seed=1,rate=${{ matrix.rate }}`.
  ///
  /// Values stay as written; `,` and, before an artifact's name, `.` have to be percent-encoded.
  ///
  /// - Returns: nil where the template has another form.
  package static func read(_ template: Template) -> StepPattern? {
    guard let first = template.segments.first, case .text(let text) = first else { return nil }
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let head = parts.first, let base = Name(String(head)) else { return nil }
    guard parts.count > 1 else {
      return template.segments.count == 1 ? StepPattern(base: base) : nil
    }
    let rest = [.text(String(parts[1]))] + template.segments.dropFirst()
    var bindings: [(dimension: Name, value: Template)] = []
    for part in StepPattern.split(rest) {
      guard let binding = binding(part) else { return nil }
      guard !bindings.contains(where: { $0.dimension == binding.dimension }) else { return nil }
      bindings.append(binding)
    }
    return StepPattern(base: base, bindings: bindings)
  }

  /// Reads `train.model` or `train@seed=1.model`; the artifact follows the last dot.
  ///
  /// - Returns: nil where the template has another form; then it can only be a path. Where it has
  ///   this form it is a path still if no step has that name and there is no `@`.
  package static func readArtifact(
    _ template: Template
  ) -> (pattern: StepPattern, artifact: Name)? {
    guard let last = template.segments.last, case .text(let text) = last,
      let dot = text.utf8.lastIndex(of: UInt8(ascii: ".")),
      let artifact = Name(String(text[text.utf8.index(after: dot)...]))
    else { return nil }
    let front = Array(template.segments.dropLast()) + [.text(String(text[..<dot]))]
    let kept = front.filter { if case .text(let text) = $0 { !text.isEmpty } else { true } }
    return read(Template(kept)).map { ($0, artifact) }
  }

  /// Whether `readArtifact` has to be asked: most inputs are paths, as their first bytes tell.
  static func mayBeArtifact(_ template: Template) -> Bool {
    guard let text = template.literal else { return true }
    for byte in text.utf8 where !Name.continues(byte) {
      return byte == UInt8(ascii: ".") || byte == UInt8(ascii: "@")
    }
    return false
  }

  /// What stands between commas; a reference never holds one.
  private static func split(_ segments: [Template.Segment]) -> [[Template.Segment]] {
    var parts: [[Template.Segment]] = [[]]
    for segment in segments {
      switch segment {
      case .reference: parts[parts.count - 1].append(segment)
      case .text(let text):
        let pieces = text.split(separator: ",", omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
          if index > 0 { parts.append([]) }
          if !piece.isEmpty { parts[parts.count - 1].append(.text(String(piece))) }
        }
      }
    }
    return parts
  }

  private static func binding(
    _ segments: [Template.Segment]
  ) -> (dimension: Name, value: Template)? {
    guard let first = segments.first, case .text(let text) = first else { return nil }
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let dimension = Name(String(parts[0])) else { return nil }
    let lead: [Template.Segment] = parts[1].isEmpty ? [] : [.text(String(parts[1]))]
    let value = lead + segments.dropFirst()
    return value.isEmpty ? nil : (dimension, Template(value))
  }
}

extension FormReader {
  mutating func stepPattern(_ syntax: Syntax, of key: String) -> Located<StepPattern>? {
    guard let template = template(syntax, of: key) else { return nil }
    if let pattern = StepPattern.read(template.content) {
      return Located(pattern, at: template.span)
    }
    report(
      "bad-pattern", "'\(template.content.source.clipped)' names no step",
      hint: "write STEP, or STEP@DIMENSION=VALUE for one of a matrix", at: template.span)
    return nil
  }
}
