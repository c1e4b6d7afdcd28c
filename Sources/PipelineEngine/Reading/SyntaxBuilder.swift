import PipelineModel

/// Makes a `Syntax` from YAML's events, without recursion.
struct SyntaxBuilder {
  var map: TextMap
  private(set) var problems: [Diagnostic] = []
  private(set) var syntax: Syntax?
  private(set) var isFinished = false
  private var open: [Collection] = []
  private var anchors: [String: Built] = [:]
  private var documents = 0
  private var aliases = 0
  private var parts = 0

  /// A part that is complete, with what it counts for wherever an alias repeats it.
  private struct Built {
    let syntax: Syntax
    let parts: Int
    let height: Int
  }

  private struct Collection {
    let isMap: Bool
    let start: Int
    let place: Span
    let anchor: String?
    var items: [Syntax] = []
    var entries: [Syntax.Entry] = []
    var key: Key = .awaited
    var parts = 1
    var height = 1
  }

  private enum Key {
    case awaited
    case read(String, Span)
    /// Refused: its value is read and dropped.
    case refused
  }

  init(_ map: TextMap) {
    self.map = map
  }

  /// Ends the reading at a fault that nothing can be read behind.
  mutating func stop(_ diagnostic: Diagnostic) {
    problems.append(diagnostic)
    syntax = nil
    isFinished = true
  }

  mutating func take(_ part: YAMLEvents.Part) {
    let start = map.offset(ofPoint: part.start)
    let end = map.offset(ofPoint: part.end)
    checkTag(part, at: start)
    switch part.event {
    case .documentStart: beginDocument(at: start, end)
    case .alias(let name): alias(name, at: start, end)
    case .scalar(let text, let style):
      scalar(text, style: style, anchor: part.anchor, at: start, end)
    case .listStart: begin(isMap: false, anchor: part.anchor, at: start)
    case .mapStart: begin(isMap: true, anchor: part.anchor, at: start)
    case .listEnd, .mapEnd: finish(at: end)
    case .end: finishText()
    }
  }

  private mutating func beginDocument(at start: Int, _ end: Int) {
    documents += 1
    guard documents > 1 else { return }
    problems.append(
      Diagnostic(
        "many-documents", "a second document begins here; a manifest is one",
        hint: "remove the line '---' and what follows it", at: map.span(start, end)))
    isFinished = true
  }

  private mutating func finishText() {
    isFinished = true
    guard syntax == nil, problems.isEmpty else { return }
    stop(
      Diagnostic(
        "empty-manifest", "the manifest says nothing", hint: "write 'project:' and 'steps:'",
        at: map.span(0, 0)))
  }

  private mutating func checkTag(_ part: YAMLEvents.Part, at start: Int) {
    guard let tag = part.tag else { return }
    problems.append(
      Diagnostic(
        "bad-tag", "tag '\(tag.clipped)' means nothing here: no tag does",
        hint: "remove it; quotes make a text of anything", at: map.span(start, start + 1)))
  }

  private mutating func scalar(
    _ text: UnsafeBufferPointer<UInt8>, style: YAMLEvents.Style, anchor: String?, at start: Int,
    _ end: Int
  ) {
    let begin = pastProperties(from: start, to: end, skips: anchor != nil)
    guard text.count <= YAMLReader.largestScalar else {
      let fact = "a text has \(text.count) bytes; at most \(YAMLReader.largestScalar) are read"
      return stop(
        Diagnostic(
          "too-large", fact, hint: "put it into a file of its own", at: map.span(begin, begin)))
    }
    let isBlock = style == .literal || style == .folded
    let span = map.span(begin, isBlock ? begin + 1 : end)
    let scalar = Syntax.Scalar(
      text: String(decoding: text, as: UTF8.self), isPlain: style == .plain,
      literalOffset: literalOffset(text, style: style, at: begin, end),
      block: style == .literal ? block(text, header: begin, at: span) : nil)
    let built = Built(syntax: Syntax(.scalar(scalar), at: span), parts: 1, height: 0)
    add(built, counting: 1, anchor: anchor)
  }

  /// Where the text itself begins: libyaml counts `&anchor` to what it names.
  private func pastProperties(from start: Int, to end: Int, skips: Bool) -> Int {
    guard skips else { return start }
    let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }
    let word = map.bytes[start..<end].prefix { !isBlank($0) }
    let rest = map.bytes[word.endIndex..<end].prefix(while: isBlank)
    return rest.endIndex
  }

  private func literalOffset(
    _ text: UnsafeBufferPointer<UInt8>, style: YAMLEvents.Style, at start: Int, _ end: Int
  ) -> Int? {
    let margin: Int
    switch style {
    case .plain: margin = 0
    case .quoted: margin = 1
    case .literal, .folded: return nil
    }
    guard end - start == text.count + 2 * margin, !text.contains(10), !text.contains(13) else {
      return nil
    }
    return map.bytes.withUnsafeBufferPointer { bytes in
      let written = UnsafeBufferPointer(rebasing: bytes[start + margin..<end - margin])
      return written.elementsEqual(text) ? margin : nil
    }
  }

  /// Where the text of a `|` block begins, if every line of it stands in the file as it is read.
  private func block(
    _ text: UnsafeBufferPointer<UInt8>, header: Int, at span: Span
  ) -> Span? {
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let first = map.line(of: header) + 1
    guard let example = lines.firstIndex(where: { !$0.isEmpty }) else { return nil }
    let indent = map.bytes(ofLine: first + example).count - lines[example].count
    guard indent >= 0 else { return nil }
    for (number, line) in lines.enumerated() where !line.isEmpty {
      let source = map.bytes(ofLine: first + number)
      guard source.count == line.count + indent, source.suffix(line.count).elementsEqual(line)
      else {
        return nil
      }
    }
    return Span(text: span.text, line: first + 1, column: indent + 1)
  }

  private mutating func alias(_ name: String, at start: Int, _ end: Int) {
    let span = map.span(start, end)
    aliases += 1
    guard aliases <= YAMLReader.mostAliases else {
      return stop(
        Diagnostic(
          "too-many-aliases", "more than \(YAMLReader.mostAliases) aliases stand in the text",
          hint: "write the values out", at: span))
    }
    guard let built = anchors[name] else {
      let isOpen = open.contains { $0.anchor == name }
      let fact =
        isOpen
        ? "alias '*\(name.clipped)' stands inside what it names"
        : "alias '*\(name.clipped)' has no anchor '&\(name.clipped)' before it"
      let hint = nearest(to: name, among: anchors.keys.sorted()).map { "write '*\($0)'" }
      return stop(
        Diagnostic("bad-alias", fact, hint: hint ?? "write the value out, or quote it", at: span))
    }
    if let top = open.last, top.isMap, case .awaited = top.key {
      return refuseKey("an alias", at: span)
    }
    guard open.count + built.height <= YAMLReader.deepest else {
      return stop(SyntaxBuilder.tooDeep(map.span(start, start)))
    }
    add(built, counting: built.parts, anchor: nil)
  }

  private mutating func begin(isMap: Bool, anchor: String?, at start: Int) {
    guard open.count < YAMLReader.deepest else {
      return stop(SyntaxBuilder.tooDeep(map.span(start, start)))
    }
    let place = map.span(start, start)
    open.append(Collection(isMap: isMap, start: start, place: place, anchor: anchor))
  }

  static func tooDeep(_ span: Span) -> Diagnostic {
    Diagnostic(
      "too-deep", "more than \(YAMLReader.deepest) maps and lists stand within each other",
      at: span)
  }

  private mutating func finish(at end: Int) {
    guard let top = open.popLast() else { return }
    // Long maps hold many spans: their own need not be longer than a line that is shown.
    let place = top.place
    let span = Span(
      text: place.text, line: place.line, column: place.column,
      length: map.length(top.start, min(end, top.start + 400)))
    let content: Syntax.Content = top.isMap ? .map(top.entries) : .list(top.items)
    let built = Built(syntax: Syntax(content, at: span), parts: top.parts, height: top.height)
    add(built, counting: 1, anchor: top.anchor)
  }

  private mutating func add(_ built: Built, counting new: Int, anchor: String?) {
    if let anchor { anchors[anchor] = built }
    parts += new
    guard parts <= YAMLReader.mostParts else {
      let fact = "the text has more than \(YAMLReader.mostParts) parts, aliases followed"
      return stop(Diagnostic("too-large", fact, at: built.syntax.span))
    }
    guard var top = open.popLast() else {
      syntax = built.syntax
      return
    }
    defer { open.append(top) }
    top.parts += built.parts
    top.height = max(top.height, built.height + 1)
    guard top.isMap else {
      top.items.append(built.syntax)
      return
    }
    switch top.key {
    case .awaited: top.key = key(built.syntax)
    case .refused: top.key = .awaited
    case .read(let text, let span):
      top.entries.append(Syntax.Entry(key: text, keySpan: span, value: built.syntax))
      top.key = .awaited
    }
  }

  private mutating func key(_ syntax: Syntax) -> Key {
    guard let scalar = syntax.scalar else {
      problems.append(badKey(syntax.items == nil ? "a map" : "a list", at: syntax.span))
      return .refused
    }
    guard !(scalar.isPlain && scalar.text == "<<") else {
      problems.append(
        Diagnostic(
          "merge-key", "'<<' would merge maps, which manifests do not",
          hint: "write the keys out, or repeat a whole value with an alias", at: syntax.span))
      return .refused
    }
    return .read(scalar.text, syntax.span)
  }

  private mutating func refuseKey(_ kind: String, at span: Span) {
    problems.append(badKey(kind, at: span))
    open[open.count - 1].key = .refused
  }

  private func badKey(_ kind: String, at span: Span) -> Diagnostic {
    Diagnostic(
      "bad-key", "\(kind) stands as the key of a map; keys are text",
      hint: "write the key as text, in quotes where it needs them", at: span)
  }
}
