import PipelineEngine
import PipelineModel
import Testing

@Suite("Sweep files") struct SweepFileTests {
  static func read(_ text: String) -> (space: SweepSpace?, text: String) {
    var sources = Sources()
    let index = sources.add(name: "sweep.yaml", text: text)
    let (syntax, problems) = YAMLReader.read(Array(text.utf8), text: index)
    guard let syntax else { return (nil, problems.map(\.fact).joined(separator: "\n")) }
    let (space, faults) = SweepReader.read(syntax)
    let texts = (problems + faults).map { problem in
      let place = problem.span.map { "\($0.line):\($0.column)+\($0.length)" } ?? ""
      return "\(place) \(problem.fact) [\(problem.code)]" + (problem.hint.map { " > \($0)" } ?? "")
    }
    return (space, texts.joined(separator: "\n"))
  }

  @Test("Every key arrives where it belongs")
  func accepted() throws {
    let (read, text) = SweepFileTests.read(
      """
      method: random
      seed: 7
      trials: 20
      parameters:
        train.rate: { log-uniform: [1e-4, 1e-1] }
        train.dropout: { uniform: [0, 0.5] }
        train.epochs: { integers: [10, 200] }
        train.layers: { range: [1, 3, 1] }
        train.kind: { values: [adam, "no", [64, 32]] }
        split.seed: [1, 2]
      stop: { metric: evaluate.scores.accuracy, at-least: 0.95 }
      """)
    #expect(text == "")
    let space = try #require(read)
    #expect(space.method == .drawn)
    #expect(space.seed == 7)
    #expect(space.limit == 20)
    #expect(space.stop == SweepStop(metric: "evaluate.scores.accuracy", bound: .atLeast(0.95)))
    #expect(
      space.axes.map(\.name.description) == [
        "train.rate", "train.dropout", "train.epochs", "train.layers", "train.kind", "split.seed",
      ])
    #expect(space.axes.map(\.choices.count) == [nil, nil, 191, 3, 3, 2])
    #expect(space.trials.count == 20)
  }

  @Test("A grid needs no more than parameters")
  func grid() throws {
    let space = try #require(
      SweepFileTests.read("parameters: { a: [1, 2], b: { integers: [1, 2] } }").space)
    #expect(space.method == .grid)
    #expect(space.limit == nil)
    #expect(space.trials.map(\.label) == ["a=1,b=1", "a=1,b=2", "a=2,b=1", "a=2,b=2"])
  }

  struct Refused: Sendable {
    let file: String
    let text: String
  }

  static let refused: [Refused] = [
    Refused(
      file: "[1]",
      text: """
        1:1+3 a list stands here, but a sweep file is a map [wrong-type] > write 'parameters:', \
        and below it a parameter with its values
        """),
    Refused(
      file: "parameters: {}",
      text: """
        1:13+2 'parameters' names no parameter, so there is nothing to try [bad-sweep] > write \
        'train.rate: [0.01, 0.1]'
        """),
    Refused(
      file: "method: rnd\nparameters: { a: [1] }",
      text: """
        1:9+3 'rnd' is nothing that 'method' can be [bad-value] > write grid or random
        """),
    Refused(
      file: "methods: grid\nparameters: { a: [1] }",
      text: """
        1:1+7 'methods' is no key of a sweep [unknown-key] > write method
        """),
    Refused(
      file: "method: grid",
      text: """
        1:1+12 'parameters' is missing; every sweep has it [missing-key] > write 'parameters:'
        """),
    Refused(
      file: "method: random\nparameters: { a: [1] }",
      text: """
        1:9+6 'trials' is missing; a random sweep has no other end [missing-key] > write \
        'trials: 20'
        """),
    Refused(
      file: "trials: 0\nparameters: { a: [1] }",
      text: """
        1:9+1 0 stands here, but 'trials' takes a whole number from 1 to 10000 [bad-number]
        """),
    Refused(
      file: "seed: x\nparameters: { a: [1] }",
      text: """
        1:7+1 text stands here, but 'seed' takes a whole number [wrong-type]
        """),
    Refused(
      file: "parameters: { a: 1 }",
      text: """
        1:18+1 a number stands here, but 'a' takes a list of values, or a map with one of \
        values, range, uniform, log-uniform or integers [wrong-type] > write [1]
        """),
    Refused(
      file: "parameters: { a: [] }",
      text: """
        1:18+2 'a' has no value, so nothing would be tried [bad-sweep] > give it one, or remove \
        it
        """),
    Refused(
      file: "parameters: { a: [1, 1] }",
      text: """
        1:22+1 1 stands twice among the values of 'a' [bad-sweep] > remove one
        """),
    Refused(
      file: "parameters: { a..b: [1] }",
      text: """
        1:15+4 'a..b' names no parameter [bad-sweep] > write it like train.rate
        """),
    Refused(
      file: "parameters: { a: [1], a: [2] }",
      text: """
        1:23+1 'a' stands twice in 'parameters', first on line 1 [duplicate-key] > remove one, \
        or rename it
        """),
    Refused(
      file: "parameters: { a: [1], a.b: [2] }",
      text: """
        1:23+3 parameters 'a' and 'a.b' hold each other [bad-sweep] > sweep one of them
        """),
    Refused(
      file: "parameters: { train: { rate: [1, 2] } }",
      text: """
        1:24+4 'rate' says nothing of what 'train' can be [bad-sweep] > write 'train.rate:' for \
        a parameter in a map, or one of values, range, uniform, log-uniform or integers
        """),
    Refused(
      file: "parameters: { a: { valeus: [1] } }",
      text: """
        1:20+6 'valeus' is no key of a swept parameter [unknown-key] > write values
        """),
    Refused(
      file: "parameters: { a: { values: [1], range: [1, 2, 1] } }",
      text: """
        1:18+33 'a' takes one of values, range, uniform, log-uniform or integers [bad-sweep] > \
        write 'a: [1, 2]'
        """),
    Refused(
      file: "parameters: { a: {} }",
      text: """
        1:18+2 'a' takes one of values, range, uniform, log-uniform or integers [bad-sweep] > \
        write 'a: [1, 2]'
        """),
    Refused(
      file: "parameters: { a: { range: [1, 2] } }",
      text: """
        1:27+6 'range' takes a list of 3 numbers [bad-sweep] > write range: [from, to, step]
        """),
    Refused(
      file: "parameters: { a: { range: [1, two, 1] } }",
      text: """
        1:31+3 text stands here, but 'range' takes a number [wrong-type]
        """),
    Refused(
      file: "parameters: { a: { range: [1, 2, 0] } }",
      text: """
        1:27+9 the range holds nothing: a step of 0 does not lead from 1 to 2 [bad-sweep] > \
        write another step than 0
        """),
    Refused(
      file: "parameters: { a: { range: [2, 1, 0.5] } }",
      text: """
        1:27+11 the range holds nothing: a step of 0.5 does not lead from 2 to 1 [bad-sweep] > \
        write -0.5 for the step
        """),
    Refused(
      file: "parameters: { a: { range: [1, 1e6, 1] } }",
      text: """
        1:27+11 the range has more than 10000 values [bad-sweep] > write a larger step
        """),
    Refused(
      file: "parameters: { a: { uniform: [0, 1] } }",
      text: """
        1:20+7 'uniform' has no end of values, so a grid cannot hold it [bad-sweep] > write \
        'method: random', or a range
        """),
    Refused(
      file:
        "method: random\ntrials: 2\nparameters: { a: { uniform: [1, 0] }, "
        + "b: { log-uniform: [0, 1] }, c: { integers: [2, 1] } }",
      text: """
        3:29+6 'uniform' holds nothing: its first number is not below its last [bad-sweep] > \
        write the smaller one first
        3:57+6 'log-uniform' begins at 0, but only what is above 0 has a logarithm [bad-sweep] \
        > begin above 0, or write 'uniform'
        3:82+6 'integers' holds nothing: its first number is not below its last [bad-sweep] > \
        write the smaller one first
        """),
    Refused(
      file: "parameters: { a: { integers: [1, 2.5] } }",
      text: """
        1:34+3 2.5 stands here, but 'integers' takes a whole number from -1000000000000000 to \
        1000000000000000 [bad-number]
        """),
    Refused(
      file: "parameters: { a: { range: [1, 1.0000000000000000001, 1] } }",
      text: """
        1:31+21 1.0000000000000000001 has more digits than 'range' takes [bad-number] > write \
        at most 18 digits
        """),
    Refused(
      file: "parameters: { a: [1] }\nstop: { metric: m }",
      text: """
        2:7+13 'stop' takes one bound: 'at-least' or 'at-most' [bad-sweep] > write one of \
        'at-least: 0.95' and 'at-most: 0.95'
        """),
    Refused(
      file: "parameters: { a: [1] }\nstop: { metric: m, at-least: 1, at-most: 2 }",
      text: """
        2:7+38 'stop' takes one bound: 'at-least' or 'at-most' [bad-sweep] > write one of \
        'at-least: 0.95' and 'at-most: 0.95'
        """),
    Refused(
      file: "parameters: { a: [1] }\nstop: { at-least: high }",
      text: """
        2:7+18 'metric' is missing in 'stop' [missing-key] > write 'metric: \
        evaluate.scores.accuracy'
        """),
    Refused(
      file: "parameters: { a: [1] }\nstop: { metric: m, at-least: high }",
      text: """
        2:30+4 text stands here, but 'at-least' takes a number [wrong-type]
        """),
    Refused(
      file: "parameters: { a: [1] }\nstop: m",
      text: """
        2:7+1 text stands here, but 'stop' takes a map [wrong-type]
        """),
  ]

  @Test("A mistake is told with its place and what to do", arguments: refused)
  func refusals(_ c: Refused) {
    let (space, text) = SweepFileTests.read(c.file)
    #expect(text == c.text)
    #expect(space == nil)
  }
}
