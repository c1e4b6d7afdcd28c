import PipelineEngine
import PipelineModel
import Seeds

extension Reading {
  /// What comes in pieces, while a step is at work.
  static let streams = [
    Reading(name: "progress", attempt: progress),
    Reading(name: "output", attempt: output),
    Reading(
      name: "executable", isText: false, written: { [executable] },
      attempt: { bytes in
        _ = try? CodeIdentity.read(bytes, buildDirectory: "/home/me/project")
      }),
  ]

  /// The lines that a step appends to its metrics: it does not matter how they are cut.
  private static func progress(_ bytes: [UInt8]) throws {
    let (points, whole) = MetricSeries.read(bytes)
    var cut = MetricSeries()
    var found: [MetricSeries.Point] = []
    for piece in pieces(of: bytes) { found += cut.feed(Array(piece)) }
    found += cut.finish()
    try promise(same(points, found), "metrics in pieces give other points")
    try promise(
      whole.latest.elementsEqual(cut.latest, by: same) && whole.skippedLines == cut.skippedLines,
      "metrics in pieces have other last values")
    for point in points {
      _ = (point.step.description, Metric.brief(point.number))
      let again = MetricSeries.Moment(point.step.json)
      try promise(again == point.step, "moment \(point.step) is another when it is written")
    }
  }

  /// By their text: what is no number is not equal to itself.
  private static func same(_ a: [MetricSeries.Point], _ b: [MetricSeries.Point]) -> Bool {
    "\(a)" == "\(b)"
  }

  private static func same(_ a: Metric, _ b: Metric) -> Bool { "\(a)" == "\(b)" }

  /// What a step prints: nothing of it controls the terminal, no secret is shown, and it does not
  /// matter how it is cut.
  private static func output(_ bytes: [UInt8]) throws {
    let secret = "sekrit\nof two lines"
    let mask = SecretMask([secret, "abcabcabd", "aab"])
    var (atOnce, inPieces) = (mask, mask)
    let whole = atOnce.feed(bytes) + atOnce.flush()
    var cut: [UInt8] = []
    for piece in pieces(of: bytes) { cut += inPieces.feed(piece) }
    cut += inPieces.flush()
    try promise(whole == cut, "secrets are hidden otherwise where the output comes in pieces")
    for hidden in ["abcabcabd", "aab", "of two lines"] {
      try promise(!holds(whole, hidden), "secret '\(hidden)' is shown")
    }
    var splitter = LineSplitter(limit: 64)
    var lines: [[UInt8]] = []
    for piece in pieces(of: whole) { lines += splitter.feed(piece) }
    if let last = splitter.flush() { lines.append(last) }
    for line in lines {
      try promise(line.count <= 64, "a line of \(line.count) bytes was let through")
      let plain = Sanitiser(keepsColour: false).text(line)
      let isVisible = plain.unicodeScalars.allSatisfy { $0 == "\t" || !VisibleText.isControl($0) }
      try promise(isVisible, "a control character of \(line) is shown")
      let coloured = Sanitiser(keepsColour: true).text(line)
      try promise(onlyColours(coloured), "more than a colour of \(line) reaches the terminal")
    }
  }

  private static func holds(_ bytes: [UInt8], _ text: String) -> Bool {
    let wanted = Array(text.utf8)
    return bytes.indices.contains { bytes[$0...].starts(with: wanted) }
  }

  /// Whether every escape sequence is one of colour.
  private static func onlyColours(_ text: String) -> Bool {
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\u{1B}" else {
        if scalar != "\t", VisibleText.isControl(scalar) { return false }
        continue
      }
      guard rest.popFirst() == "[" else { return false }
      rest = rest.drop { "0123456789;:".unicodeScalars.contains($0) }
      guard rest.popFirst() == "m" else { return false }
    }
    return true
  }

  /// The bytes in pieces whose sizes follow from them.
  private static func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var random = SplitMix64(seed: UInt64(bytes.count))
    var pieces: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = 1 + random.below(random.oneIn(3) ? 200 : 5)
      pieces.append(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    return pieces
  }

  /// A small executable for Linux: one segment that is loaded, one with a library's name.
  private static var executable: [UInt8] {
    func number(_ value: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
    func segment(_ kind: UInt64, _ at: UInt64, _ size: UInt64) -> [UInt8] {
      number(kind, 4) + number(5, 4) + number(at, 8) + number(at, 8) + number(at, 8)
        + number(size, 8) + number(size, 8) + number(16, 8)
    }
    var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    bytes += number(2, 2) + number(62, 2) + number(1, 4) + number(0x40, 8) + number(64, 8)
    bytes += number(0, 8) + number(0, 4) + number(64, 2) + number(56, 2) + number(2, 2)
    bytes += number(64, 2) + number(0, 2) + number(0, 2)
    bytes += segment(1, 0, 320) + segment(2, 176, 48)
    for entry: (tag: UInt64, value: UInt64) in [(5, 224), (1, 1), (29, 8)] {
      bytes += number(entry.tag, 8) + number(entry.value, 8)
    }
    bytes += Array("\u{0}libm.6\u{0}/home/me/project/lib\u{0}".utf8)
    return bytes + [UInt8](repeating: 7, count: 320 - bytes.count)
  }
}
