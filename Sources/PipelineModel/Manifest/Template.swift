/// Text with references: `--rate=${{ parameters.train.rate }}`.
package struct Template: Sendable, Hashable {
  package enum Segment: Sendable, Hashable {
    case text(String)
    case reference(Located<Reference>)
  }

  /// Most are one text, which then needs no list; such a list never stands under `mixed`.
  private enum Form: Sendable, Hashable {
    case text(String)
    case mixed([Segment])
  }

  private let form: Form

  package init(_ segments: [Segment]) {
    if segments.count == 1, case .text(let text) = segments[0] {
      form = .text(text)
    } else {
      form = .mixed(segments)
    }
  }

  package init(text: String) {
    form = .text(text)
  }

  package var segments: [Segment] {
    switch form {
    case .text(let text): [.text(text)]
    case .mixed(let segments): segments
    }
  }

  /// The text of a template without references.
  package var literal: String? {
    switch form {
    case .text(let text): text
    case .mixed(let segments): segments.isEmpty ? "" : nil
    }
  }

  package var references: [Located<Reference>] {
    guard case .mixed(let segments) = form else { return [] }
    return segments.compactMap {
      if case .reference(let reference) = $0 { reference } else { nil }
    }
  }

  /// The one reference that is all of the template, where it is so.
  package var only: Reference? {
    guard case .mixed(let segments) = form, segments.count == 1,
      case .reference(let reference) = segments[0]
    else { return nil }
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
  /// Whether `${{` stands anywhere in it.
  package var hasOpening: Bool {
    var text = self
    return text.withUTF8 { bytes in
      bytes.indices.dropLast(2).contains { index in
        bytes[index] == UInt8(ascii: "$") && bytes[index + 1] == UInt8(ascii: "{")
          && bytes[index + 2] == UInt8(ascii: "{")
      }
    }
  }

  /// `${{` as the literal `$${{`.
  fileprivate func replacingOpenings() -> String {
    guard hasOpening else { return self }
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
