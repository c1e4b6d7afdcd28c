import Testing

@testable import PipelineModel

@Suite("Sweep spaces") struct SweepSpaceTests {
  static func read(_ assignments: [String]) -> (space: SweepSpace?, text: String) {
    var sources = Sources()
    let (space, problems) = SweepReader.read(assignments, in: &sources)
    return (space, problems.map { $0.text(in: sources) }.joined(separator: "\n"))
  }

  struct Accepted: Sendable {
    let written: [String]
    let labels: String
  }

  static let accepted = [
    Accepted(
      written: ["train.rate=0.01,0.1", "train.epochs=range(100,300,100)"],
      labels: """
        rate=0.01,epochs=100 rate=0.01,epochs=200 rate=0.01,epochs=300 \
        rate=0.1,epochs=100 rate=0.1,epochs=200 rate=0.1,epochs=300
        """),
    Accepted(
      written: ["rate=range(0.1,0.5,0.1)"],
      labels: "rate=0.1 rate=0.2 rate=0.3 rate=0.4 rate=0.5"),
    Accepted(written: ["a=1.10, true ,null,~no"], labels: "a=1.10 a=true a=null a=%7Eno"),
    Accepted(written: ["a=[1,\"x,y\"]"], labels: "a=1 a=x%2Cy"),
    Accepted(written: ["a=x=1,x=2"], labels: "a=x%3D1 a=x%3D2"),
    Accepted(
      written: ["train.rate=1", "test.rate=2", "seed=3", "deep.er.n=4"],
      labels: "train.rate=1,test.rate=2,seed=3,n=4"),
    Accepted(written: ["rate=1", "train.rate=2"], labels: "rate=1,train.rate=2"),
  ]

  @Test("What is written becomes trials, the first parameter slowest", arguments: accepted)
  func trials(_ c: Accepted) throws {
    let (space, text) = SweepSpaceTests.read(c.written)
    #expect(text == "")
    let labels = try #require(space).trials.map(\.label)
    #expect(labels.joined(separator: " ") == c.labels)
  }

  @Test("A trial has the values as they are written")
  func values() throws {
    let space = try #require(SweepSpaceTests.read(["a.b=1.10", "c=[\"1\"]"]).space)
    let parameters = space.trials[0].parameters
    #expect(parameters.map(\.name.description) == ["a.b", "c"])
    #expect(parameters.map(\.value) == [.number("1.10"), .text("1")])
  }

  struct Refused: Sendable {
    let written: [String]
    let text: String
  }

  static let refused: [Refused] = [
    Refused(
      written: ["a"],
      text: """
        --sweep:1:1: error: 'a' gives no parameter its values [bad-sweep]
            1 | a
              | ^
         hint: write '--sweep train.rate=0.01,0.1'
        """),
    Refused(
      written: ["=1"],
      text: """
        --sweep:1:1: error: '=1' gives no parameter its values [bad-sweep]
            1 | =1
              | ^^
         hint: write '--sweep train.rate=0.01,0.1'
        """),
    Refused(
      written: ["a..b=1"],
      text: """
        --sweep:1:1: error: 'a..b' names no parameter [bad-sweep]
            1 | a..b=1
              | ^^^^
         hint: write it like train.rate
        """),
    Refused(
      written: ["a="],
      text: """
        --sweep:1:3: error: a value is missing here [bad-sweep]
            1 | a=
              |   ^
         hint: write values with single commas between them, an empty text as [""]
        """),
    Refused(
      written: ["a=1,,2"],
      text: """
        --sweep:1:5: error: a value is missing here [bad-sweep]
            1 | a=1,,2
              |     ^
         hint: write values with single commas between them, an empty text as [""]
        """),
    Refused(
      written: ["a=1,1"],
      text: """
        --sweep:1:5: error: 1 stands twice among the values of 'a' [bad-sweep]
            1 | a=1,1
              |     ^
         hint: remove one
        """),
    Refused(
      written: ["a=1", "a=2"],
      text: """
        --sweep:1:1: error: parameter 'a' is swept twice [bad-sweep]
            1 | a=2
              | ^
         hint: give all its values at once
        """),
    Refused(
      written: ["a=1", "a.b=2"],
      text: """
        --sweep:1:1: error: parameters 'a' and 'a.b' hold each other [bad-sweep]
            1 | a.b=2
              | ^^^
         hint: sweep one of them
        """),
    Refused(
      written: ["a=[1,"],
      text: """
        --sweep:1:5: error: this is no list in JSON: a value is missing [bad-sweep]
            1 | a=[1,
              |     ^
         hint: write ["a", "b"], or values with commas between them
        """),
    Refused(
      written: ["a=[]"],
      text: """
        --sweep:1:3: error: 'a' has no value, so nothing would be tried [bad-sweep]
            1 | a=[]
              |   ^^
         hint: give it one, or remove it
        """),
    Refused(
      written: ["rate=range(1,2)"],
      text: """
        --sweep:1:6: error: a range has three numbers: from, to and step [bad-sweep]
            1 | rate=range(1,2)
              |      ^^^^^^^^^^
         hint: write range(100,500,100)
        """),
    Refused(
      written: ["rate=range(1,x,1)"],
      text: """
        --sweep:1:14: error: 'x' is no number that a range can have [bad-sweep]
            1 | rate=range(1,x,1)
              |              ^
         hint: write range(0.1,0.5,0.1)
        """),
    Refused(
      written: ["rate=range(1,5,1"],
      text: """
        --sweep:1:6: error: a range has three numbers: from, to and step [bad-sweep]
            1 | rate=range(1,5,1
              |      ^^^^^^^^^^^
         hint: write range(100,500,100)
        """),
    Refused(
      written: ["rate=range(5,1,1)"],
      text: """
        --sweep:1:6: error: the range holds nothing: a step of 1 does not lead from 5 to 1 \
        [bad-sweep]
            1 | rate=range(5,1,1)
              |      ^^^^^^^^^^^^
         hint: write -1 for the step
        """),
    Refused(
      written: ["rate=range(1,5,0)"],
      text: """
        --sweep:1:6: error: the range holds nothing: a step of 0 does not lead from 1 to 5 \
        [bad-sweep]
            1 | rate=range(1,5,0)
              |      ^^^^^^^^^^^^
         hint: write another step than 0
        """),
    Refused(
      written: ["é=range(1,1e9,1)"],
      text: """
        --sweep:1:3: error: the range has more than 10000 values [bad-sweep]
            1 | é=range(1,1e9,1)
              |   ^^^^^^^^^^^^^^
         hint: write a larger step
        """),
    Refused(
      written: ["a=range(1,2,1),5"],
      text: """
        --sweep:1:3: error: a range has three numbers: from, to and step [bad-sweep]
            1 | a=range(1,2,1),5
              |   ^^^^^^^^^^^^^^
         hint: write range(100,500,100)
        """),
  ]

  @Test("What cannot be tried is refused, with its place", arguments: refused)
  func refusals(_ c: Refused) {
    let (space, text) = SweepSpaceTests.read(c.written)
    #expect(text == c.text)
    #expect(space == nil)
  }

  @Test("Ten thousand combinations are the most without a limit")
  func most() throws {
    let (whole, _) = SweepSpaceTests.read(["a=range(1,100,1)", "b=range(1,100,1)"])
    #expect(try #require(whole).trials.count == 10_000)
    let (more, text) = SweepSpaceTests.read(["a=range(1,101,1)", "b=range(1,100,1)"])
    #expect(more == nil)
    #expect(text.contains("10100 combinations would be tried; without a limit, 10000 are the most"))
    let wide = (0..<9).map { "p\($0)=range(1,10000,1)" }
    #expect(SweepSpaceTests.read(wide).text.contains("more combinations than can be counted"))
  }

  @Test("A limit takes the first of a grid")
  func limit() throws {
    var space = try #require(SweepSpaceTests.read(["a=1,2", "b=1,2"]).space)
    space.limit = 3
    #expect(space.trials.map(\.label) == ["a=1,b=1", "a=1,b=2", "a=2,b=1"])
    space.limit = 30
    #expect(space.trials.count == 4)
  }

  @Test("Equal sweeps have one digest, others another")
  func digest() throws {
    let base = try #require(SweepSpaceTests.read(["a=1,2", "b=3"]).space)
    let turned = try #require(SweepSpaceTests.read(["b=3", "a=1,2"]).space)
    #expect(base.digest == turned.digest)
    #expect(
      base.digest.description
        == "sha256:205bfdd045e718c175f1f92963201e0ea9e81da942181ce234ec8dfb17139b7f")
    var others = [base.digest]
    for written in [["a=1,2", "b=4"], ["a=2,1", "b=3"], ["a=1,2.0", "b=3"], ["a=1,2", "c=3"]] {
      others.append(try #require(SweepSpaceTests.read(written).space).digest)
    }
    var limited = base
    limited.limit = 1
    others.append(limited.digest)
    var limitedTurned = turned
    limitedTurned.limit = 1
    others.append(limitedTurned.digest)
    var drawn = limited
    drawn.method = .drawn
    others.append(drawn.digest)
    drawn.seed = 2
    others.append(drawn.digest)
    #expect(Set(others).count == others.count)
    drawn.stop = SweepStop(metric: "loss", bound: .atMost(1))
    #expect(drawn.digest == others.last)
  }

  @Test("A sweep varies single parameters that the manifest has")
  func known() throws {
    let space = try #require(SweepSpaceTests.read(["train.rat=1", "model=2", "seed=3"]).space)
    let parameters = Parameters(try JSON.read(#"{"train":{"rate":1},"model":{"n":1},"seed":1}"#))
    let problems = space.problems(in: parameters)
    #expect(problems.map(\.code) == ["unknown-parameter", "not-a-scalar"])
    #expect(problems.map(\.hint) == ["write 'train.rate'", "write 'model.n'"])
    #expect(problems.map(\.span?.length) == [9, 5])
  }

  @Test("The bound of a stop")
  func stop() {
    let least = SweepStop(metric: "a", bound: .atLeast(0.95))
    #expect([0.95, 1, .infinity].allSatisfy(least.isReached))
    #expect(![0.94, .nan, -.infinity].contains(where: least.isReached))
    let most = SweepStop(metric: "a", bound: .atMost(0.1))
    #expect([0.1, -.infinity].allSatisfy(most.isReached))
    #expect(![0.11, .nan].contains(where: most.isReached))
  }
}
