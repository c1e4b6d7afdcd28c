/// What came of a promotion that a run was asked for.
package struct PromotionEnding: Sendable {
  package enum Outcome: Sendable, Equatable {
    /// The version that had the alias before is nil where none had.
    case moved(version: Int, from: Int?)
    case already(version: Int)
    /// By the gate, which says why.
    case refused
    case failed(String)
    /// The run, or a promotion before this one, did not succeed.
    case skipped
  }

  package let model: String
  package let alias: String
  package var outcome: Outcome
  /// What was looked at; nil where it did not come to that.
  package var gate: GateReport?

  package init(
    model: String, alias: String, _ outcome: Outcome = .skipped, gate: GateReport? = nil
  ) {
    self.model = model
    self.alias = alias
    self.outcome = outcome
    self.gate = gate
  }

  /// `penguin-classifier@production is v3 now, and was v2`.
  package var sentence: String {
    switch outcome {
    case .moved(let version, let from):
      "\(model)@\(alias) is v\(version) now" + (from.map { ", and was v\($0)" } ?? "")
    case .already(let version): "\(model):v\(version) is \(alias) already"
    case .refused: "\(gate?.candidate ?? model) was not promoted to \(alias)"
    case .failed(let fact): "\(model)@\(alias) is what it was: \(fact)"
    case .skipped: "\(model)@\(alias) is what it was: the run did not succeed"
    }
  }

  /// One of the `promotions` of a run's report.
  package var json: Value {
    var entries: [(key: String, value: Value)] = [
      ("model", .text(model)), ("alias", .text(alias)), ("outcome", .text(word)),
    ]
    switch outcome {
    case .moved(let version, let from):
      entries.append(("version", .number("\(version)")))
      entries.append(("from", from.map { .number("\($0)") } ?? .null))
    case .already(let version): entries.append(("version", .number("\(version)")))
    case .failed(let fact): entries.append(("message", .text(fact)))
    case .refused, .skipped: break
    }
    entries.append(("gate", gate?.json ?? .null))
    return .map(entries)
  }

  private var word: String {
    switch outcome {
    case .moved: "moved"
    case .already: "already"
    case .refused: "refused"
    case .failed: "failed"
    case .skipped: "skipped"
    }
  }

  /// The sentence, and the gate's table below it.
  package var markdown: [String] {
    let text = Markup.markdown(sentence)
    let table = gate.map { [$0.markdown] } ?? []
    switch outcome {
    case .moved, .already: return [text, ""] + table
    // The table begins with it.
    case .refused: return table
    case .failed, .skipped: return ["**\(text)**", ""] + table
    }
  }
}
