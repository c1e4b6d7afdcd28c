import PipelineModel

/// Reads YAML into `Syntax`, with the place of every part, and without trust.
///
/// Every limit is far above what people write, and keeps a hostile text from costing more than a
/// moment: nothing here takes time or memory beyond the order of the text and 1,000,000 parts.
package enum YAMLReader {
  /// Bytes of a text.
  static let largestText = 16 << 20
  /// Bytes of one scalar.
  static let largestScalar = 1 << 20
  /// Maps and lists within each other, aliases followed.
  static let deepest = 64
  static let mostAliases = 100
  /// Parts, aliases followed.
  static let mostParts = 1_000_000

  /// - Parameter text: what the spans call this text: its index in `Sources`.
  /// - Returns: a syntax wherever the text could be read to its end. It then lacks only what the
  ///   problems name, so it can be searched for further mistakes.
  package static func read(
    _ bytes: [UInt8], text: Int = 0
  ) -> (syntax: Syntax?, problems: [Diagnostic]) {
    read(Lines(bytes), text: text)
  }

  /// The same, of a text whose lines are known.
  package static func read(
    _ lines: Lines, text: Int
  ) -> (syntax: Syntax?, problems: [Diagnostic]) {
    let bytes = lines.bytes
    guard bytes.count <= largestText else {
      let fact = "the text has \(bytes.count) bytes; at most \(largestText) are read"
      return (nil, [Diagnostic("too-large", fact, at: Span(text: text, line: 1, column: 1))])
    }
    if !lines.isPlain, let problem = encodingProblem(bytes, text: text) { return (nil, [problem]) }
    var builder = SyntaxBuilder(TextMap(lines, text: text))
    do throws(YAMLEvents.Failure) {
      try bytes.withUnsafeBufferPointer { (bytes) throws(YAMLEvents.Failure) in
        var events = try YAMLEvents(bytes)
        while !builder.isFinished {
          builder.take(try events.next())
        }
      }
    } catch {
      builder.stop(YAMLFault.diagnostic(error, in: &builder.map))
    }
    return (builder.syntax, builder.problems)
  }

  private static func encodingProblem(_ bytes: [UInt8], text: Int) -> Diagnostic? {
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    var decoder = UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var valid = 0
    scan: while true {
      switch decoder.parseScalar(from: &iterator) {
      case .valid(let scalar): valid += scalar.count
      case .emptyInput, .error: break scan
      }
    }
    var map = TextMap(Lines(Array(bytes[..<valid])), text: text)
    let digits = String(bytes[valid], radix: 16, uppercase: true)
    return Diagnostic(
      "bad-encoding", "byte \(valid) (0x\(digits)) is not UTF-8, which a manifest is written in",
      hint: "save the file as UTF-8", at: map.span(valid, valid))
  }
}
