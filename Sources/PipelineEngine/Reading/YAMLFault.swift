import PipelineModel

/// Says in our words what libyaml found wrong, and what to do about it.
enum YAMLFault {
  static func diagnostic(_ failure: YAMLEvents.Failure, in map: inout TextMap) -> Diagnostic {
    let offset =
      failure.isByte
      ? min(failure.position, map.bytes.count) : map.offset(ofPoint: failure.position)
    if failure.isByte { return character(at: offset, in: &map) }
    if failure.problem.hasPrefix("Maximum nesting level") {
      return SyntaxBuilder.tooDeep(map.span(offset, offset))
    }
    if let diagnostic = opening(at: offset, in: &map) { return diagnostic }
    var known = words[failure.problem]
    if failure.problem.hasPrefix("mapping values are not"), goesOn(at: offset, in: map) {
      known = continuation
    }
    var place = offset
    if known?.isAtBeginning == true, let began = failure.began {
      place = map.offset(ofPoint: began)
    }
    if failure.problem.hasPrefix("found character that cannot start") {
      return start(at: offset, in: &map)
    }
    return Diagnostic(
      "bad-yaml", known?.fact ?? "no YAML: \(failure.problem)", hint: known?.hint,
      at: map.span(place, place))
  }

  private struct Words {
    let fact: String
    let hint: String?
    var isAtBeginning = false
  }

  private static let words: [String: Words] = [
    "could not find expected ':'": Words(
      fact: "a key is not followed by ': '",
      hint: "put a colon and a blank after the key, or indent the line under what it belongs to",
      isAtBeginning: true),
    "mapping values are not allowed in this context": Words(
      fact: "a second ': ' stands on the line", hint: "put the text into quotes"),
    "did not find expected key": Words(
      fact: "a key of the map should begin here",
      hint: "indent all keys of one map alike, and close quotes and brackets above"),
    "did not find expected ',' or ']'": Words(
      fact: "the list that begins with '[' is not closed before this",
      hint: "close it with ']', or put ',' between its items"),
    "did not find expected ',' or '}'": Words(
      fact: "the map that begins with '{' is not closed before this",
      hint: "close it with '}', or put ',' between its entries"),
    "did not find expected '-' indicator": Words(
      fact: "an item of the list should begin here",
      hint: "begin each item with '- ', all in one column"),
    "block sequence entries are not allowed in this context": Words(
      fact: "a list begins on the line of its key",
      hint: "put the first '- ' on the line below the key"),
    "found unexpected end of stream": Words(
      fact: "a quoted text is not closed", hint: "close it with the quote it begins with",
      isAtBeginning: true),
    "found unexpected document indicator": Words(
      fact: "a quoted text is not closed", hint: "close it with the quote it begins with",
      isAtBeginning: true),
    "found unknown escape character": Words(
      fact: "no character is written like this after a backslash",
      hint: "write '\\\\' for a backslash, or use single quotes"),
    "found a tab character that violates indentation": tab,
    "found a tab character where an indentation space is expected": tab,
    "found undefined tag handle": Words(fact: "a tag is not known", hint: "remove the tag"),
  ]

  /// `project:p` and, below it, `steps:`: without a blank the first is text that goes on.
  private static let continuation = Words(
    fact: "this line goes on with the text above it, so no key can stand here",
    hint: "put a blank after the colon above, or the text above into quotes")

  /// Whether a colon is the first of its line.
  private static func goesOn(at offset: Int, in map: TextMap) -> Bool {
    let line = map.bytes(ofLine: map.line(of: offset))
    guard line.startIndex <= offset, offset < line.endIndex else { return false }
    return !line[..<offset].contains(UInt8(ascii: ":"))
  }

  private static let tab = Words(
    fact: "a tab stands where lines are indented", hint: "indent with blanks")

  private static func start(at offset: Int, in map: inout TextMap) -> Diagnostic {
    let span = map.span(offset, offset + 1)
    guard offset < map.bytes.count, map.bytes[offset] != UInt8(ascii: "\t") else {
      return Diagnostic("bad-yaml", tab.fact, hint: tab.hint, at: span)
    }
    let character = String(decoding: [map.bytes[offset]], as: UTF8.self)
    return Diagnostic(
      "bad-yaml", "'\(character)' cannot begin a text", hint: "put the text into quotes", at: span)
  }

  /// `{ data: ${{ … }} }`: between brackets YAML takes the braces for its own.
  private static func opening(at offset: Int, in map: inout TextMap) -> Diagnostic? {
    let line = map.bytes(ofLine: map.line(of: offset))
    guard offset >= line.startIndex, offset <= line.endIndex else { return nil }
    let front = line[..<min(offset + 2, line.endIndex)]
    guard offset > line.startIndex, line[offset...].starts(with: "{".utf8),
      line[offset - 1] == UInt8(ascii: "$")
    else { return nil }
    return Diagnostic(
      "bad-yaml", "'${{' stands without quotes between brackets",
      hint: "put the text that has the reference into quotes",
      at: map.span(offset - 1, front.endIndex))
  }

  private static func character(at offset: Int, in map: inout TextMap) -> Diagnostic {
    let code =
      String(decoding: map.bytes[offset...].prefix(4), as: UTF8.self).unicodeScalars.first?.value
    let digits = String(code ?? 0, radix: 16, uppercase: true)
    let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return Diagnostic(
      "bad-character", "U+\(padded) is a control character, which no manifest may have",
      hint: "remove it, or write it as an escape in double quotes",
      at: map.span(offset, offset + 1))
  }
}
