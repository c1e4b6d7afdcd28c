extension SweepReader {
  /// What `--sweep` gives, each as written: `train.rate=0.01,0.1`,
  /// `train.epochs=range(100,500,100)`, or a JSON list, `net.layers=[[64],[64,32]]`.
  ///
  /// - Parameter sources: gets the texts, so that the problems can show their places.
  /// - Returns: a space where nothing is wrong; all problems.
  package static func read(
    _ assignments: [String], in sources: inout Sources
  ) -> (space: SweepSpace?, problems: [Diagnostic]) {
    var form = FormReader()
    var space = SweepSpace()
    var last: Span?
    for written in assignments {
      let assignment = SweepAssignment(written, text: sources.add(name: "--sweep", text: written))
      last = assignment.whole
      if let axis = assignment.axis(&form) { space.axes.append(axis) }
    }
    if let last { form.checkSweep(space, isLimited: false, at: last) }
    return (form.problems.isEmpty ? space : nil, form.problems)
  }
}

/// One `NAME=VALUES` of the command line.
private struct SweepAssignment {
  private let bytes: [UInt8]
  private let text: Int

  init(_ written: String, text: Int) {
    bytes = Array(written.utf8)
    self.text = text
  }

  var whole: Span { span(bytes.indices) }

  func axis(_ form: inout FormReader) -> SweepSpace.Axis? {
    guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")), equals > 0 else {
      form.report(
        "bad-sweep", "'\(string(bytes.indices).clipped)' gives no parameter its values",
        hint: "write '--sweep train.rate=0.01,0.1'", at: whole)
      return nil
    }
    let name = form.parameterName(string(0..<equals), at: span(0..<equals))
    let right = trimmed(equals + 1..<bytes.count)
    let choices: SweepSpace.Choices?
    if string(right).hasPrefix("[") {
      choices = list(right, &form, of: string(0..<equals))
    } else if string(right).hasPrefix("range(") {
      choices = range(right, &form)
    } else {
      choices = items(right, &form, of: string(0..<equals))
    }
    guard let name, let choices else { return nil }
    return SweepSpace.Axis(name, choices, at: span(0..<equals))
  }

  private func items(
    _ range: Range<Int>, _ form: inout FormReader, of name: String
  ) -> SweepSpace.Choices? {
    var values: [Located<Value>] = []
    for item in split(range) {
      guard !item.isEmpty else {
        form.report(
          "bad-sweep", "a value is missing here",
          hint: "write values with single commas between them, an empty text as [\"\"]",
          at: span(item))
        return nil
      }
      values.append(Located(Value(plain: string(item)), at: span(item)))
    }
    return form.choices(values, of: name, at: whole)
  }

  private func list(
    _ range: Range<Int>, _ form: inout FormReader, of name: String
  ) -> SweepSpace.Choices? {
    do throws(JSON.Problem) {
      let values = try JSON.read(Array(bytes[range])).list ?? []
      return form.choices(values.map { Located($0, at: span(range)) }, of: name, at: span(range))
    } catch {
      let at = min(range.lowerBound + error.offset, max(0, bytes.count - 1))
      form.report(
        "bad-sweep", "this is no list in JSON: \(error.fact)",
        hint: "write [\"a\", \"b\"], or values with commas between them", at: span(at..<at + 1))
      return nil
    }
  }

  private func range(_ range: Range<Int>, _ form: inout FormReader) -> SweepSpace.Choices? {
    let inside = range.lowerBound + 6..<max(range.lowerBound + 6, range.upperBound - 1)
    let items = split(inside)
    guard bytes[range.upperBound - 1] == UInt8(ascii: ")"), items.count == 3 else {
      form.report(
        "bad-sweep", "a range has three numbers: from, to and step",
        hint: "write range(100,500,100)", at: span(range))
      return nil
    }
    var numbers: [Decimal] = []
    for item in items {
      guard let number = Decimal(string(item)) else {
        form.report(
          "bad-sweep", "'\(string(item).clipped)' is no number that a range can have",
          hint: "write range(0.1,0.5,0.1)", at: span(item))
        return nil
      }
      numbers.append(number)
    }
    return form.range(numbers, at: span(range))
  }

  /// What stands between commas, without blanks around it.
  private func split(_ range: Range<Int>) -> [Range<Int>] {
    bytes[range].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      .map { trimmed($0.startIndex..<$0.endIndex) }
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var range = range
    while let first = bytes[range].first, first == 32 { range = range.dropFirst() }
    while let last = bytes[range].last, last == 32 { range = range.dropLast() }
    return range
  }

  private func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  private func span(_ range: Range<Int>) -> Span {
    Span(
      text: text, line: 1, column: 1 + Places.characters(bytes[..<range.lowerBound]),
      length: Places.characters(bytes[range]))
  }
}
