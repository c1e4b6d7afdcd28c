import PipelineComponent
import PipelineEngine
import PipelineModel

extension Reading {
  /// What steps, people and other programs write as text.
  static let texts = [
    Reading(name: "json", attempt: json),
    Reading(name: "metrics", attempt: metrics),
    Reading(name: "registry", attempt: registry),
    Reading(name: "words", attempt: words),
  ]

  /// The tool's own JSON and the components'.
  private static func json(_ bytes: [UInt8]) throws {
    let value: Value
    do throws(PipelineModel.JSON.Problem) {
      value = try PipelineModel.JSON.read(bytes)
    } catch {
      try promise((0...bytes.count).contains(error.offset), "\(error) lies outside of the text")
      _ = try? PipelineModel.JSON.read(bytes, allowsNonFinite: true)
      _ = try? PipelineComponent.JSON(parsing: bytes)
      return
    }
    for text in [PipelineModel.JSON.text(value), PipelineModel.JSON.pretty(value)] {
      try promise(try PipelineModel.JSON.read(text) == value, "JSON reads as something else")
    }
    let canonical = PipelineModel.JSON.canonical(value)
    let again = PipelineModel.JSON.canonical(try PipelineModel.JSON.read(canonical))
    try promise(again.utf8.elementsEqual(canonical.utf8), "canonical JSON is not canonical")
    let seen = try PipelineComponent.JSON(parsing: bytes)
    try promise(agrees(seen, with: value), "a component reads other JSON")
    _ = (value.leaves, value.argument)
  }

  /// An output of kind metrics.
  private static func metrics(_ bytes: [UInt8]) throws {
    let values = MetricFile.values(bytes)
    for (name, value) in values {
      guard let metric = Metric(name, value) else { continue }
      if let number = metric.number { _ = Metric.brief(number) }
      try promise(
        Metric(name, metric.json) == metric || metric.number?.isNaN == true,
        "metric '\(name)' does not survive being written")
    }
    // Two ways to one name are one key in JSON.
    guard Set(values.map { Array($0.name.utf8) }).count == values.count else { return }
    let text = PipelineModel.JSON.text(.map(values.map { (key: $0.name, value: $0.value) }))
    let again = MetricFile.values(Array(text.utf8))
    let isSame = values.elementsEqual(again) { $0.name == $1.name && $0.value == $1.value }
    try promise(isSame || values.isEmpty, "metrics written as JSON are others: \(text)")
  }

  /// The registry's file, line by line.
  private static func registry(_ bytes: [UInt8]) throws {
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      guard let read = try? RegistryLine(String(line)) else { continue }
      let again = try? RegistryLine(read.text)
      try promise(again == read, "a move is another when it is written: \(read.text)")
    }
  }

  /// What stands on the command line, and in single values of files.
  private static func words(_ bytes: [UInt8]) throws {
    for word in String(decoding: bytes, as: UTF8.self).split(separator: "\n").prefix(50) {
      try check(String(word))
    }
  }

  private static func check(_ word: String) throws {
    do throws(Condition.Problem) {
      let condition = try Condition.read(word)
      _ = condition.holds { .text($0) }
      _ = condition.holds { _ in .number("1") }
    } catch {
      let end = word.count + 1
      try promise(
        error.column >= 1 && error.column <= max(1, end), "column \(error.column) of '\(word)'")
    }
    if let reference = try? VersionReference.read(word) {
      let again = try? VersionReference.read("\(reference)")
      try promise(again == reference, "'\(word)' reads as '\(reference)', which reads as another")
    }
    var sources = Sources()
    let (space, problems) = SweepReader.read([word], in: &sources)
    for problem in problems { _ = problem.text(in: sources) }
    if let space { try check(space) }
    if let digest = Digest(word) {
      try promise(Digest(digest.description) == digest, "'\(word)' is another digest when written")
    }
    if let moment = Timestamp.nanoseconds(word) {
      let text = Timestamp.exactText(nanoseconds: moment)
      try promise(Timestamp.nanoseconds(text) == moment, "'\(word)' is \(text), another moment")
      _ = (Timestamp.text(nanoseconds: moment), Timestamp.shortText(nanoseconds: moment))
    }
    if let number = Decimal(word) {
      try promise(Decimal(number.text) == number, "'\(word)' is another number when written")
      _ = (number.double, number.rounded(digits: 3), number.rounded(to: -2), number.magnitude)
    }
    _ = (Quantity.duration(word), Quantity.bytes(word), MetricName(word), ParameterName(word))
    try checkPaths(word)
  }

  private static func checkPaths(_ word: String) throws {
    let path = Path(word)
    try promise(Path(path.bytes) == path, "path '\(path)' is not in normal form")
    let glob = Glob(path)
    _ = (glob.matches("a/b/c.txt"), glob.mayMatchBelow("a"), IgnoreRules([word]).ignores("a/b"))
    if let name = StepName(word) {
      try promise(StepName(name.description) == name, "step '\(name)' is another when written")
    }
  }
}
