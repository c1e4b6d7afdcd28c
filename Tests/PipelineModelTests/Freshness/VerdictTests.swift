import Testing

@testable import PipelineModel

@Suite("Verdict") struct VerdictTests {
  enum Answer: Sendable, Equatable {
    case kept
    case restorable([Reason])
    case stale([Reason])
  }

  struct Case: Sendable {
    var name: String
    var edit: @Sendable (inout Evidence) -> Void
    var answer: Answer
  }

  // MARK: A step with two outputs whose result is known

  static let model: Path = "Models/model.json"
  static let scores: Path = "Reports/scores.json"

  static func content(_ text: String) -> Content {
    Content(kind: .file, digest: Digest(of: text), sizeBytes: text.utf8.count)
  }

  static func fingerprint(rate: String = "0.1") -> Fingerprint {
    Fingerprint([
      Field(.format, value: "1"), Field(.command, value: "train"),
      Field(.parameter, "rate", value: rate),
      Field(.output, "model", path: "Models/model.json", value: ""),
      Field(.output, "scores", path: "Reports/scores.json", value: ""),
    ])
  }

  static func result(
    _ fingerprint: Fingerprint = fingerprint(), from workspace: String = "here",
    model text: String = "model"
  ) -> Result {
    Result(
      key: fingerprint.key, step: StepName(name("train")), fingerprint: fingerprint,
      outputs: [
        .init(name: name("model"), path: model, content: content(text), isStored: true),
        .init(name: name("scores"), path: scores, content: content("scores"), isStored: true),
      ], log: nil, metrics: nil, workspace: workspace, finished: 0, usage: Usage())
  }

  static func name(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("'\(text)' is no name") }
    return name
  }

  static func output(
    _ path: Path, _ present: String?, inStore: Bool = true, persist: Bool = false
  ) -> Evidence.Output {
    .init(
      path: path, present: present.map(content), isRestorable: inStore, isPersistent: persist)
  }

  /// All is as the last run left it.
  static var settled: Evidence {
    Evidence(
      fingerprint: fingerprint(), workspace: "here", result: result(),
      outputs: [output(model, "model"), output(scores, "scores")], last: result())
  }

  static let rateChanged = Reason.changed(
    from: Field(.parameter, "rate", value: "0.1"), to: Field(.parameter, "rate", value: "0.2"))
  static let rateChangedBack = Reason.changed(
    from: Field(.parameter, "rate", value: "0.2"), to: Field(.parameter, "rate", value: "0.1"))
  static let modelChanged = Reason.outputChanged(model, from: content("model"), to: content("mine"))

  static let cases = [
    Case(name: "nothing changed", edit: { _ in }, answer: .kept),
    Case(
      name: "known from another workspace", edit: { $0.result = result(from: "there") },
      answer: .kept),
    Case(
      name: "outputs are there, and this workspace never ran it",
      edit: {
        $0.result = result(from: "there"); $0.last = nil; $0.lastKey = nil
      }, answer: .kept),
    Case(
      name: "present with the right digest, not in the store",
      edit: { $0.outputs[0] = output(model, "model", inStore: false) }, answer: .kept),
    Case(
      name: "output missing", edit: { $0.outputs[0] = output(model, nil) },
      answer: .restorable([.outputMissing(model)])),
    Case(
      name: "output changed by hand", edit: { $0.outputs[0] = output(model, "mine") },
      answer: .restorable([modelChanged])),
    Case(
      name: "one output changed, one missing",
      edit: { $0.outputs = [output(model, "mine"), output(scores, nil)] },
      answer: .restorable([modelChanged, .outputMissing(scores)])),
    Case(
      name: "both missing in a fresh clone with a warm store",
      edit: {
        $0.result = result(from: "there")
        $0.last = nil; $0.lastKey = nil
        $0.outputs = [output(model, nil), output(scores, nil)]
      }, answer: .restorable([.outputMissing(model), .outputMissing(scores)])),
    Case(
      name: "output missing, and not in the store",
      edit: { $0.outputs[0] = output(model, nil, inStore: false) },
      answer: .stale([.outputMissing(model), .outputNotStored(model)])),
    Case(
      name: "output changed, and not in the store",
      edit: { $0.outputs[0] = output(model, "mine", inStore: false) },
      answer: .stale([modelChanged, .outputNotStored(model)])),
    Case(
      name: "two missing, one in the store: all is told",
      edit: { $0.outputs = [output(model, nil, inStore: false), output(scores, nil)] },
      answer: .stale([.outputMissing(model), .outputMissing(scores), .outputNotStored(model)])),
    Case(
      name: "store false, present",
      edit: { $0.outputs[1] = output(scores, "scores", inStore: false) },
      answer: .kept),
    Case(
      name: "store false, absent", edit: { $0.outputs[1] = output(scores, nil, inStore: false) },
      answer: .stale([.outputMissing(scores), .outputNotStored(scores)])),
    Case(
      name: "persist, present", edit: { $0.outputs[0] = output(model, "model", persist: true) },
      answer: .kept),
    Case(
      name: "persist, present, from elsewhere",
      edit: {
        $0.result = result(from: "there")
        $0.outputs[0] = output(model, "model", persist: true)
      }, answer: .kept),
    Case(
      name: "persist, gone, this workspace's last",
      edit: { $0.outputs[0] = output(model, nil, persist: true) },
      answer: .restorable([.outputMissing(model)])),
    Case(
      name: "persist, gone, from elsewhere",
      edit: {
        $0.result = result(from: "there")
        $0.outputs[0] = output(model, nil, persist: true)
      }, answer: .stale([.outputMissing(model)])),
    Case(
      name: "persist, other content, not this workspace's last",
      edit: {
        $0.last = result(fingerprint(rate: "0.2"))
        $0.outputs[0] = output(model, "mine", persist: true)
      }, answer: .stale([rateChangedBack, modelChanged])),
    Case(
      name: "gone back: what lies there is explained by what changed",
      edit: {
        $0.last = result(fingerprint(rate: "0.2"), model: "other")
        $0.outputs[0] = output(model, "other")
      }, answer: .restorable([rateChangedBack])),
    Case(
      name: "gone back, and a missing output is told all the same",
      edit: {
        $0.last = result(fingerprint(rate: "0.2"), model: "other")
        $0.outputs = [output(model, "other"), output(scores, nil)]
      }, answer: .restorable([rateChangedBack, .outputMissing(scores)])),
    Case(
      name: "gone back, and what lies there is nobody's",
      edit: {
        $0.last = result(fingerprint(rate: "0.2"), model: "other")
        $0.outputs[0] = output(model, "mine")
      }, answer: .restorable([rateChangedBack, modelChanged])),
    Case(
      name: "gone back to what the store has lost",
      edit: {
        $0.last = result(fingerprint(rate: "0.2"), model: "other")
        $0.outputs[0] = output(model, "other", inStore: false)
      }, answer: .stale([rateChangedBack, .outputNotStored(model)])),
    Case(
      name: "the same key has another result by now",
      edit: {
        $0.last = result(model: "mine")
        $0.outputs[0] = output(model, "mine")
      }, answer: .restorable([modelChanged])),
    Case(
      name: "persist, gone, and not in the store either",
      edit: { $0.outputs[0] = output(model, nil, inStore: false, persist: true) },
      answer: .stale([.outputMissing(model), .outputNotStored(model)])),
    Case(name: "always", edit: { $0.traits = [.always] }, answer: .stale([.always])),
    Case(
      name: "always, first run",
      edit: {
        $0.traits = [.always]; $0.result = nil; $0.last = nil; $0.lastKey = nil
      },
      answer: .stale([.always, .firstRun])),
    Case(
      name: "effects, own result", edit: { $0.traits = [.effects] }, answer: .kept),
    Case(
      name: "effects, from elsewhere",
      edit: {
        $0.traits = [.effects]; $0.result = result(from: "there"); $0.last = nil; $0.lastKey = nil
      },
      answer: .stale([.resultElsewhere])),
    Case(
      name: "effects, done here, then recorded anew elsewhere",
      edit: {
        $0.traits = [.effects]; $0.result = result(from: "there")
      }, answer: .kept),
    Case(
      name: "the last result is gone",
      edit: {
        $0.result = nil; $0.last = nil; $0.lastKey = fingerprint().key
      }, answer: .stale([.resultMissing])),
    Case(
      name: "effects, own result, output missing",
      edit: {
        $0.traits = [.effects]; $0.outputs[0] = output(model, nil)
      },
      answer: .restorable([.outputMissing(model)])),
    Case(name: "forced", edit: { $0.isForced = true }, answer: .stale([.forced])),
    Case(
      name: "forced and always, from elsewhere with effects",
      edit: {
        $0.isForced = true; $0.traits = [.always, .effects]; $0.result = result(from: "there")
        $0.lastKey = nil
      },
      answer: .stale([.forced, .always, .resultElsewhere])),
    Case(
      name: "forced, and an output is lost",
      edit: {
        $0.isForced = true; $0.outputs[0] = output(model, nil, inStore: false)
      },
      answer: .stale([.forced, .outputMissing(model), .outputNotStored(model)])),
    Case(
      name: "first run",
      edit: {
        $0.result = nil; $0.last = nil; $0.lastKey = nil
      }, answer: .stale([.firstRun])),
    Case(
      name: "never succeeded",
      edit: {
        $0.result = nil; $0.last = nil; $0.lastKey = nil; $0.hasFailed = true
      },
      answer: .stale([.neverSucceeded])),
    Case(
      name: "failed after a success",
      edit: {
        $0.result = nil; $0.hasFailed = true
      },
      answer: .stale([.resultMissing])),
    Case(name: "result collected", edit: { $0.result = nil }, answer: .stale([.resultMissing])),
    Case(
      name: "parameter changed",
      edit: {
        $0.fingerprint = fingerprint(rate: "0.2"); $0.result = nil
      },
      answer: .stale([rateChanged])),
    Case(
      name: "parameter changed and forced",
      edit: {
        $0.fingerprint = fingerprint(rate: "0.2"); $0.result = nil; $0.isForced = true
      },
      answer: .stale([.forced, rateChanged])),
    Case(
      name: "parameter changed to what is known",
      edit: {
        $0.fingerprint = fingerprint(rate: "0.2")
        $0.result = result(fingerprint(rate: "0.2"))
      }, answer: .kept),
    Case(name: "no output, known", edit: { withoutOutputs(&$0) }, answer: .kept),
    Case(
      name: "no output, always",
      edit: {
        withoutOutputs(&$0); $0.traits = [.always]
      },
      answer: .stale([.always])),
    Case(
      name: "no output, effects, from elsewhere",
      edit: {
        withoutOutputs(&$0, from: "there"); $0.traits = [.effects]; $0.lastKey = nil
      },
      answer: .stale([.resultElsewhere])),
  ]

  static func withoutOutputs(_ evidence: inout Evidence, from workspace: String = "here") {
    evidence.outputs = []
    evidence.result = Result(
      key: fingerprint().key, step: StepName(name("check")), fingerprint: fingerprint(),
      outputs: [], log: nil, metrics: nil, workspace: workspace, finished: 0, usage: Usage())
  }

  @Test("One rule for three endings, with all reasons", arguments: cases.indices)
  func verdict(_ index: Int) {
    let c = VerdictTests.cases[index]
    var evidence = VerdictTests.settled
    c.edit(&evidence)
    let verdict = Verdict(evidence)
    switch c.answer {
    case .kept: #expect(evidence.result.map { verdict == .kept($0) } == true, "\(c.name)")
    case .restorable(let reasons):
      #expect(evidence.result.map { verdict == .restorable($0, reasons) } == true, "\(c.name)")
      #expect(verdict.reasons == reasons, "\(c.name)")
    case .stale(let reasons): #expect(verdict == .stale(reasons), "\(c.name)")
    }
    #expect(verdict.isFresh == !(verdict == .stale(verdict.reasons)), "\(c.name)")
  }
}
