import PipelineModel

extension SecretMask {
  /// Hides secrets as they are and as JSON may write them.
  ///
  /// Writers of JSON differ: in whether they escape what is not ASCII (as Python does), `<`, `>` and
  /// `&` (Go), or `/` (Foundation, PHP), and in the case of hexadecimal digits.
  package init(hiding secrets: [String]) {
    var forms = Set(secrets)
    for secret in secrets {
      for form in JSONForm.all { forms.insert(form.text(secret)) }
    }
    self.init(forms)
  }

  /// Lines of JSON with secrets hidden in what they mean, however they are escaped.
  ///
  /// - Parameter lines: with the secrets hidden that can be seen; a line without a backslash means
  ///   what it says.
  func maskedMeaning(ofLines lines: [UInt8]) -> [UInt8] {
    let backslash = UInt8(ascii: "\\")
    guard hidesSomething, lines.contains(backslash) else { return lines }
    let feed = UInt8(ascii: "\n")
    return Array(
      lines.split(separator: feed, omittingEmptySubsequences: false).map { line in
        guard line.contains(backslash),
          let value = try? JSON.read(Array(line), allowsNonFinite: true)
        else { return Array(line) }
        let masked = masked(value)
        return masked == value ? Array(line) : Array(JSON.text(masked).utf8)
      }.joined(separator: [feed]))
  }

  /// A value with secrets hidden in its keys and texts.
  package func masked(_ value: Value) -> Value {
    guard hidesSomething else { return value }
    switch value {
    case .null, .boolean, .number: return value
    case .text(let text): return .text(masked(text))
    // No deeper than JSON and YAML are read.
    case .list(let items): return .list(items.map(masked))
    case .map(let entries):
      return .map(entries.map { (key: masked($0.key), value: masked($0.value)) })
    }
  }

  func masked(_ metric: Metric) -> Metric {
    guard hidesSomething else { return metric }
    return metric.with(name: masked(metric.name), text: metric.text.map(masked))
  }

  /// What is told of a step: its failure, its notes and what it has logged.
  func masked(_ outcome: Outcome) -> Outcome {
    guard hidesSomething else { return outcome }
    var masked = outcome
    if let failure = outcome.failure { masked.failure = self.masked(failure) }
    masked.notes = outcome.notes.map { self.masked($0) }
    return masked
  }

  func masked(_ failure: Failure) -> Failure {
    var shown = failure
    shown.fact = masked(failure.fact)
    shown.hint = failure.hint.map(masked)
    shown.excerpt = failure.excerpt.map(masked)
    return shown
  }
}

/// One way to write a text in JSON, without its quotes.
private struct JSONForm {
  /// Whether what is not ASCII is escaped.
  let isASCII: Bool
  /// Whether `<`, `>` and `&` are.
  let isForHTML: Bool
  let escapesSlash: Bool
  let hexadecimalDigits: [Character]

  static let all: [JSONForm] = {
    let digits = ["0123456789abcdef", "0123456789ABCDEF"].map(Array.init)
    return [false, true].flatMap { isASCII in
      [false, true].flatMap { isForHTML in
        [false, true].flatMap { escapesSlash in
          digits.map {
            JSONForm(
              isASCII: isASCII, isForHTML: isForHTML, escapesSlash: escapesSlash,
              hexadecimalDigits: $0)
          }
        }
      }
    }
  }()

  func text(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\\(scalar)"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{8}": out += "\\b"
      case "\u{C}": out += "\\f"
      case "/" where escapesSlash: out += "\\/"
      case "<" where isForHTML, ">" where isForHTML, "&" where isForHTML: out += escaped(scalar)
      case "\u{2028}" where isForHTML, "\u{2029}" where isForHTML: out += escaped(scalar)
      default:
        let isEscaped = scalar.value < 0x20 || isASCII && scalar.value >= 0x7F
        out += isEscaped ? escaped(scalar) : String(scalar)
      }
    }
    return out
  }

  private func escaped(_ scalar: Unicode.Scalar) -> String {
    String(scalar).utf16.map { unit in
      let digits = [12, 8, 4, 0].map { hexadecimalDigits[Int(unit >> $0 & 15)] }
      return "\\u" + String(digits)
    }.joined()
  }
}
