extension VersionReference {
  /// Why a text is no reference, and what to write instead.
  package struct Problem: Error, Equatable {
    package let fact: String
    package let hint: String

    /// The problem of a text that was given on the command line, or stands at `span`.
    package func diagnostic(at span: Span? = nil) -> Diagnostic {
      Diagnostic("bad-version", fact, hint: hint, at: span)
    }
  }

  /// Reads `NAME`, `NAME:v3`, `NAME:latest` and `NAME@ALIAS`, where the name is that of an
  /// artifact (`train.model`, `train@seed=1.model`), of an output in list form (`STEP:PATH`) or of
  /// a model (no dot).
  ///
  /// A colon and `v3` at the end are always a version; a file that is named so is written
  /// `STEP:./v3`. Behind `@` stands an alias unless it has a `=`, as the values of a matrix step
  /// always do. In list form `@` is a character of the path.
  package static func read(_ text: String) throws(Problem) -> VersionReference {
    let (front, suffix) = cut(text, atLast: ":")
    guard let suffix else { return try unnumbered(text) }
    guard looksLikeVersion(suffix) else { return VersionReference(try subject(text)) }
    return VersionReference(try subject(front), try version(suffix, of: front))
  }

  private static func unnumbered(_ text: String) throws(Problem) -> VersionReference {
    let (front, alias) = cut(text, atLast: "@")
    guard let alias, !alias.utf8.contains(UInt8(ascii: "=")) else {
      return VersionReference(try subject(text))
    }
    if looksLikeVersion(alias) {
      throw Problem(
        fact: "'\(alias)' is a version, an alias stands behind '@'",
        hint: "write '\(front):\(normal(alias))'")
    }
    guard let alias = Name(alias) else {
      throw Problem(
        fact: "'\(alias.clipped)' is no alias: letters, digits, '-' and '_', a letter first",
        hint: "write it like '\(front.isEmpty ? "penguin-classifier" : front)@production'")
    }
    return VersionReference(try subject(front), .alias(alias))
  }

  private static func version(_ suffix: String, of front: String) throws(Problem) -> Version {
    if suffix == "latest" { return .latest }
    if suffix == normal(suffix), let number = Int(suffix.dropFirst()) { return .number(number) }
    throw Problem(
      fact: "'\(suffix.clipped)' is no version: versions are v1, v2 … and latest",
      hint: "write '\(front):\(normal(suffix))'")
  }

  /// The version that was meant: `3`, `V3` and `v03` are `v3`.
  private static func normal(_ version: String) -> String {
    let lower = version.lowercased()
    if lower == "latest" { return lower }
    let digits = (lower.hasPrefix("v") ? lower.dropFirst() : lower[...]).drop { $0 == "0" }
    if digits.isEmpty { return "v1" }
    return digits.utf8.count > 18 ? "latest" : "v\(digits)"
  }

  private static func subject(_ text: String) throws(Problem) -> Subject {
    if let colon = text.firstIndex(of: ":") {
      let (front, back) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
      if let step = StepName(checked: front) { return .path(step, try path(back, in: text)) }
      _ = try subject(front)
      throw Problem(
        fact: "'\(back.clipped)' is no version: versions are v1, v2 … and latest",
        hint: Name(back) == nil
          ? "write '\(front):latest'" : "write '\(front)@\(back)' where it is an alias")
    }
    if let name = Name(text) { return .model(name) }
    let (front, output) = cut(text, atLast: ".")
    if let output, let output = Name(output), let step = StepName(checked: front) {
      return .artifact(step, output)
    }
    if let step = StepName(checked: text) {
      throw Problem(
        fact: "'\(text.clipped)' is a step: an artifact has a name of its own",
        hint: "write '\(step).' and the name of its output")
    }
    let parts = text.split(separator: ".").map(String.init)
    if parts.count > 2, let step = Name(parts[0]), let output = Name(parts[1]) {
      throw Problem(
        fact: "'\(text.clipped)' has too many parts: an artifact is named STEP.OUTPUT",
        hint: "write '\(step).\(output)'")
    }
    throw Problem(
      fact: text.isEmpty
        ? "the name of an artifact or a model is missing"
        : "'\(text.clipped)' names neither an artifact nor a model",
      hint: "write it like train.model:v3 or penguin-classifier@production")
  }

  private static func path(_ written: String, in text: String) throws(Problem) -> Path {
    let path = Path(written)
    guard path.isInside else {
      throw Problem(
        fact: "'\(text.clipped)' names no artifact: outputs lie inside the workspace",
        hint: "write the path as the manifest has it")
    }
    return path
  }

  private static func cut(
    _ text: String, atLast mark: Character
  ) -> (front: String, back: String?) {
    guard let place = text.lastIndex(of: mark) else { return (text, nil) }
    return (String(text[..<place]), String(text[text.index(after: place)...]))
  }
}

extension StepName {
  /// Reads the name of a step whose variant is written as a matrix writes it: `train@seed=1`.
  fileprivate init?(checked text: String) {
    self.init(text)
    guard text.utf8.contains(UInt8(ascii: "@")) else { return }
    let entries = variant.split(separator: ",", omittingEmptySubsequences: false)
    guard entries.allSatisfy(StepName.isEntry) else { return nil }
  }

  private static func isEntry(_ entry: Substring) -> Bool {
    let sides = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, Name(String(sides[0])) != nil else { return false }
    return sides[1].utf8.allSatisfy { byte in
      let lower = byte | 0x20
      return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z"))
        || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || "._+-%".utf8.contains(byte)
    }
  }
}
