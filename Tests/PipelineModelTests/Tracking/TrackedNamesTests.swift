import Testing

@testable import PipelineModel

@Suite("Tracked names") struct TrackedNamesTests {
  struct Case: Sendable {
    let written: String
    /// Nil where it has no one meaning.
    let name: TrackedName?
    /// Of the problem.
    var text = ""
  }

  static let names = TrackedNames(
    fixed: ["name", "outcome"],
    parameters: ["rate", "train.rate", "train.loss", "outcome", "train.epochs"],
    metrics: ["train.loss", "train.peak", "evaluate.scores.accuracy", "check.scores.accuracy"])

  static let cases = [
    Case(written: "outcome", name: .fixed("outcome")),
    Case(written: "parameters.outcome", name: .parameter("outcome")),
    Case(written: "rate", name: .parameter("rate")),
    Case(written: "train.rate", name: .parameter("train.rate")),
    Case(written: "epochs", name: .parameter("train.epochs")),
    Case(written: "peak", name: .metric("train.peak")),
    Case(written: "evaluate.scores.accuracy", name: .metric("evaluate.scores.accuracy")),
    Case(written: "metrics.train.loss", name: .metric("train.loss")),
    Case(written: "parameters.train.loss", name: .parameter("train.loss")),
    Case(
      written: "train.loss", name: nil,
      text: "may mean 'parameters.train.loss' or 'metrics.train.loss'"),
    Case(written: "loss", name: nil, text: "may mean 'parameters.train.loss'"),
    Case(written: "accuracy", name: nil, text: "may mean 'evaluate.scores.accuracy'"),
    Case(written: "train.epoch", name: nil, text: "write 'train.epochs'"),
    Case(written: "outcom", name: nil, text: "write 'outcome'"),
    Case(written: "", name: nil, text: "is named ''"),
    Case(written: "precision", name: nil, text: "no parameter, metric or column"),
  ]

  @Test("A name means one thing, or it is said what it may mean", arguments: cases)
  func name(_ c: Case) {
    do throws(TrackedNames.Fault) {
      #expect(try TrackedNamesTests.names.name(c.written) == c.name)
    } catch {
      #expect(c.name == nil)
      let text = "\(error.diagnostic.fact) \(error.diagnostic.hint ?? "")"
      #expect(text.contains(c.text), "\(text)")
    }
  }
}

@Suite("Inquiries") struct InquiryTests {
  struct Row: Tracked, Sendable {
    let name: String
    var value: Value?
    var tags: [String] = []

    func values(of tracked: TrackedName) -> [Value] {
      switch tracked {
      case .fixed("name"): [.text(name)]
      case .fixed: tags.map { .text($0) }
      case .parameter, .metric: value.map { [$0] } ?? []
      }
    }
  }

  static let all: [Row] = [
    Row(name: "nan", value: .text("NaN"), tags: ["old"]),
    Row(name: "two", value: .number("2"), tags: ["old", "new"]),
    Row(name: "none"),
    Row(name: "ten", value: .number("10"), tags: ["new"]),
    Row(name: "low", value: .text("-Infinity")),
    Row(name: "text", value: .text("ten")),
    Row(name: "again", value: .number("2.0")),
  ]

  struct Case: Sendable {
    let inquiry: Inquiry
    let names: [String]
  }

  static let cases: [Case] = [
    Case(inquiry: Inquiry(), names: all.map(\.name)),
    Case(
      inquiry: Inquiry(order: "loss"),
      names: ["low", "two", "again", "ten", "text", "nan", "none"]),
    Case(
      inquiry: Inquiry(order: "-loss"),
      names: ["ten", "two", "again", "low", "text", "nan", "none"]),
    Case(inquiry: Inquiry(order: "-loss", limit: 1), names: ["ten"]),
    Case(inquiry: Inquiry(limit: 0), names: []),
    Case(
      inquiry: Inquiry(order: "-name"),
      names: ["two", "text", "ten", "none", "nan", "low", "again"]),
  ]

  static let conditions: [(String, [String])] = [
    ("tag = new", ["two", "ten"]),
    ("tag != new", ["nan", "two"]),
    ("not tag = new", ["nan", "none", "low", "text", "again"]),
    ("loss >= 2 and tag = old", ["two"]),
    ("loss = NaN", ["nan"]),
  ]

  private func answer(_ inquiry: Inquiry) throws -> [String] {
    let names = TrackedNames(fixed: ["name", "tag"], parameters: [], metrics: ["train.loss"])
    let resolved = try ResolvedInquiry(inquiry, names: names, standard: [])
    return resolved.rows(of: InquiryTests.all).map(\.name)
  }

  @Test("Rows are sorted, what is missing or no number last in either order", arguments: cases)
  func rows(_ c: Case) throws { #expect(try answer(c.inquiry) == c.names) }

  @Test("Of several values under a name any may fulfil a comparison", arguments: conditions)
  func condition(_ text: String, names: [String]) throws {
    #expect(try answer(Inquiry(condition: Condition.read(text))) == names)
  }

  @Test("A column stands once, under the name that was written")
  func columns() throws {
    let names = TrackedNames(fixed: ["name"], parameters: ["loss"], metrics: ["train.loss"])
    let inquiry = Inquiry(columns: ["train.loss", "name", "loss", "metrics.train.loss"])
    let resolved = try ResolvedInquiry(inquiry, names: names, standard: [])
    #expect(resolved.columns.map(\.title) == ["train.loss", "name", "loss"])
    #expect(resolved.metrics == ["train.loss"])
    #expect(resolved.parameters == ["loss"])
  }
}
