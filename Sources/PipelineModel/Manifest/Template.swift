/// Text with references: `--rate=${{ parameters.train.rate }}`.
package struct Template: Sendable, Hashable {
  package enum Segment: Sendable, Hashable {
    case text(String)
    case reference(Located<Reference>)
  }

  package let segments: [Segment]

  package init(_ segments: [Segment]) {
    self.segments = segments
  }

  package init(text: String) {
    self.init([.text(text)])
  }

  package var references: [Located<Reference>] {
    segments.compactMap { if case .reference(let reference) = $0 { reference } else { nil } }
  }

  /// The one reference that is all of the template, where it is so.
  package var only: Reference? {
    guard segments.count == 1, case .reference(let reference) = segments[0] else { return nil }
    return reference.content
  }

  /// The template as its author would write it, references with one blank inside the braces.
  package var source: String {
    segments.map { segment in
      switch segment {
      case .text(let text): text.replacingOpenings()
      case .reference(let reference): "${{ \(reference.content) }}"
      }
    }.joined()
  }
}

extension String {
  /// `${{` as the literal `$${{`.
  fileprivate func replacingOpenings() -> String {
    var out: [UInt8] = []
    var rest = Array(utf8)[...]
    while let byte = rest.first {
      if rest.starts(with: "${{".utf8) { out.append(byte) }
      out.append(byte)
      rest.removeFirst()
    }
    return String(decoding: out, as: UTF8.self)
  }
}

/// What stands between `${{` and `}}`.
package enum Reference: Sendable, Hashable {
  case parameter(ParameterName)
  case input(Name)
  case output(Name)
  case matrix(Name)
  case stepName
}

extension Reference: CustomStringConvertible {
  package var description: String {
    switch self {
    case .parameter(let name): "parameters.\(name)"
    case .input(let name): "inputs.\(name)"
    case .output(let name): "outputs.\(name)"
    case .matrix(let name): "matrix.\(name)"
    case .stepName: "step.name"
    }
  }
}
