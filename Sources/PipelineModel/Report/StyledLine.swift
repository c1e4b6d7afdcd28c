/// What a stretch of text is, for whoever chooses how it looks.
package enum Tone: Sendable, Equatable {
  case plain, strong, dim, good, bad, caution
}

/// One line for people: text whose parts have a tone.
package struct StyledLine: Sendable, Equatable {
  /// A stretch of one tone.
  package struct Part: Sendable, Equatable {
    package let text: String
    package let tone: Tone

    package init(_ text: String, _ tone: Tone = .plain) {
      self.text = text
      self.tone = tone
    }
  }

  /// From left to right.
  package private(set) var parts: [Part]

  package init(_ parts: [Part] = []) {
    self.parts = parts
  }

  package init(_ text: String, _ tone: Tone = .plain) {
    self.init([Part(text, tone)])
  }

  /// Adds a part at the end.
  package mutating func append(_ text: String, _ tone: Tone = .plain) {
    parts.append(Part(text, tone))
  }

  /// The text alone.
  package var text: String { parts.map(\.text).joined() }
}

extension String {
  /// With blanks after it until it has `width` characters.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
