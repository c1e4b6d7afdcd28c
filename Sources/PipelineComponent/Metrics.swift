extension Component {
  /// Records metrics while the component works, such as the loss after an epoch.
  ///
  /// They are seen at once by whoever watches the run, and are kept with it. Losing a metric is no
  /// reason to lose the work: where one cannot be written, that is said on standard error. Outside
  /// a pipeline nothing is written.
  ///
  /// May be called from several tasks at once: each call appends one whole line.
  ///
  /// - Parameters:
  ///   - step: what the values belong to (an epoch, a batch), usually counting up; `nil` for values
  ///     of the whole run.
  ///   - values: by name. NaN and infinities are kept as such. With a `step`, the name `step` is
  ///     taken and a value under it is left out.
  public func log(step: Int? = nil, _ values: [String: Double]) {
    guard let path = environment[Wiring.metrics], !path.isEmpty else { return }
    do {
      try ByteFile.append(Array(MetricLine.text(step: step, values).utf8), to: path)
    } catch {
      StandardError.write("warning: a metric is lost: \(error)")
    }
  }
}

/// One line of a metrics file: a JSON object.
enum MetricLine {
  /// `{"step":3,"loss":0.5}` and a line end; names sorted, `step` first.
  ///
  /// What JSON has no number for is a string: `"NaN"`, `"Infinity"`, `"-Infinity"`.
  static func text(step: Int?, _ values: [String: Double]) -> String {
    var values = values
    var fields: [String] = []
    if let step {
      values["step"] = nil
      fields.append("\"step\":\(step)")
    }
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      fields.append("\(quoted(name)):\(number(value))")
    }
    return "{\(fields.joined(separator: ","))}\n"
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "\"NaN\"" }
    if value.isInfinite { return value < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
    // The shortest text that reads back as the same number; it is a JSON number for all the rest.
    return value.description
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
