import Testing

@testable import PipelineModel

@Suite("Name matches") struct NameMatchTests {
  static let names = [
    "evaluate.scores.accuracy", "evaluate.scores.recall", "check.scores.recall", "train.rate",
    "rate", "train.loss", "tune@rate=0.1.loss", "tune@rate=0.2.loss", "warm@seed=1.scores.f1",
    "train.epochs",
  ]

  static let cases: [(String, NameMatch)] = [
    ("evaluate.scores.accuracy", .found("evaluate.scores.accuracy")),
    ("scores.accuracy", .found("evaluate.scores.accuracy")),
    ("accuracy", .found("evaluate.scores.accuracy")),
    ("rate", .found("rate")),
    ("train.rate", .found("train.rate")),
    ("recall", .ambiguous(["evaluate.scores.recall", "check.scores.recall"])),
    ("check.scores.recall", .found("check.scores.recall")),
    ("train.loss", .found("train.loss")),
    ("tune.loss", .ambiguous(["tune@rate=0.1.loss", "tune@rate=0.2.loss"])),
    ("warm.scores.f1", .found("warm@seed=1.scores.f1")),
    ("tune@rate=0.2.loss", .found("tune@rate=0.2.loss")),
    ("curacy", .unknown(nearest: "evaluate.scores.accuracy")),
    ("acuracy", .unknown(nearest: "evaluate.scores.accuracy")),
    ("score.accuracy", .unknown(nearest: "evaluate.scores.accuracy")),
    ("train.epoch", .unknown(nearest: "train.epochs")),
    ("uracy", .unknown(nearest: nil)),
    ("", .unknown(nearest: nil)),
    (".", .unknown(nearest: nil)),
    ("precision", .unknown(nearest: nil)),
  ]

  @Test("A name is whole, or a suffix at a dot that only one has", arguments: cases)
  func match(_ written: String, match: NameMatch) {
    #expect(NameMatch.of(written, among: NameMatchTests.names) == match)
  }

  @Test("What has no one meaning says so")
  func problems() {
    func problem(_ match: NameMatch) -> String? {
      match.problem(of: "x", noun: "metric").map { "\($0.fact); \($0.hint ?? "")" }
    }
    #expect(problem(.found("a.x")) == nil)
    #expect(problem(.unknown(nearest: nil)) == "no metric is named 'x'; ")
    #expect(problem(.unknown(nearest: "a.y")) == "no metric is named 'x'; write 'a.y'")
    #expect(
      problem(.ambiguous(["a.x", "b.x"])) == "'x' may mean 'a.x' or 'b.x'; write more of the name")
    #expect(
      problem(.ambiguous(["a.x", "b.x", "c.x", "d.x", "e.x"]))
        == "'x' may mean 'a.x', 'b.x', 'c.x' or one of 2 more; write more of the name")
  }
}
