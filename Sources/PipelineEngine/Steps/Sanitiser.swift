import PipelineModel

/// Makes a line that a step wrote safe to show: it can neither move the cursor nor ask the terminal
/// anything.
///
/// Tabs stay. Of escape sequences only colours do, where wanted, and they end with the line. Of
/// what a progress bar wrote over itself only the last remains. What is no UTF-8 is replaced.
package struct Sanitiser: Sendable {
  package let keepsColour: Bool
  /// Characters after which the line is cut.
  package var limit: Int

  package init(keepsColour: Bool, limit: Int = 4_000) {
    self.keepsColour = keepsColour
    self.limit = limit
  }

  /// What of the line is shown.
  ///
  /// - Parameter line: without its line feed.
  package func text(_ line: some Collection<UInt8>) -> String {
    text(Array(line))
  }

  /// The same for a line as it was read.
  package func text(_ line: [UInt8]) -> String {
    // Nearly every line: nothing in it but what is shown.
    if line.allSatisfy({ ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x09 }) {
      let shown = String(decoding: line.prefix(limit), as: UTF8.self)
      return line.count > limit ? shown + "…" : shown
    }
    let scalars = Array(String(decoding: Sanitiser.lastDrawn(line), as: UTF8.self).unicodeScalars)
    var out = String.UnicodeScalarView()
    var shown = 0
    var isInColour = false
    var rest = scalars[...]
    while let scalar = rest.first {
      if scalar == escape || scalar == controlSequence {
        if let colour = Sanitiser.takeSequence(&rest), keepsColour {
          out.append(contentsOf: colour)
          isInColour = !(colour.elementsEqual("\u{1B}[0m".unicodeScalars) || colour.count == 3)
        }
        continue
      }
      rest.removeFirst()
      guard !Sanitiser.isControl(scalar) else { continue }
      if shown == limit {
        out.append("…")
        break
      }
      out.append(scalar)
      shown += 1
    }
    return String(out) + (isInColour ? "\u{1B}[0m" : "")
  }

  /// What stands behind the last carriage return that something follows.
  private static func lastDrawn(_ line: [UInt8]) -> ArraySlice<UInt8> {
    line.split(separator: 13).last ?? []
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar != "\t" && VisibleText.isControl(scalar)
  }

  /// Removes the escape sequence at the front; one that does not end takes all.
  ///
  /// - Returns: the sequence where it is a colour.
  /// - SeeAlso: ECMA-48, "Control Functions for Coded Character Sets", 5.4 and 5.6.
  private static func takeSequence(_ rest: inout ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar]? {
    var kind = rest.removeFirst()
    if kind == escape {
      // Only what can go on a sequence is taken with it.
      guard let next = rest.first, (0x20..<0x7F).contains(next.value) else { return nil }
      kind = next
      rest.removeFirst()
    }
    switch kind {
    case "[", controlSequence: return takeControlSequence(&rest)
    case "]", "P", "X", "^", "_":
      takeString(&rest)
      return nil
    case " ", "!", "\"", "#", "$", "%", "&", "'", "(", ")", "*", "+", ",", "-", ".", "/":
      // Intermediate bytes, then a final one.
      rest = rest.drop { (0x20..<0x30).contains($0.value) }.dropFirst()
      return nil
    default: return nil
    }
  }

  private static func takeControlSequence(
    _ rest: inout ArraySlice<Unicode.Scalar>
  ) -> [Unicode.Scalar]? {
    let parameters = rest.prefix { (0x30..<0x40).contains($0.value) }
    rest = rest[parameters.endIndex...]
    let intermediates = rest.prefix { (0x20..<0x30).contains($0.value) }
    rest = rest[intermediates.endIndex...]
    // Anything but a final byte breaks the sequence off, and stands for itself.
    guard let last = rest.first, (0x40..<0x7F).contains(last.value) else { return nil }
    rest.removeFirst()
    let isColour =
      last == "m" && intermediates.isEmpty
      && parameters.allSatisfy { (0x30..<0x3C).contains($0.value) }
    return isColour ? ["\u{1B}", "["] + parameters + ["m"] : nil
  }

  /// Removes what a title, a link or a query says, up to its end: BEL, or ESC and a backslash.
  private static func takeString(_ rest: inout ArraySlice<Unicode.Scalar>) {
    while let scalar = rest.popFirst() {
      if scalar.value == 0x07 || scalar.value == 0x9C { return }
      guard scalar == escape else { continue }
      if rest.first == "\\" { rest.removeFirst() }
      return
    }
  }
}

private let escape: Unicode.Scalar = "\u{1B}"
private let controlSequence: Unicode.Scalar = "\u{9B}"
