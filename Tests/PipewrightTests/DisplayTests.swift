import PipelineEngine
import PipelineModel
import Testing

@testable import pipewright

/// What a display wrote, and the time it is told. Only ever used by one thread.
private final class Stage: @unchecked Sendable {
  var writes: [[UInt8]] = []
  var now = 0.0
  var size = (columns: 40, rows: 10)

  func display(_ form: Display.Form, style: Style = .plain, jobs: Int = 8) -> Display {
    var display = Display(form, style: style, jobs: jobs) { self.writes.append($0) }
    display.clock = { self.now }
    display.size = { self.size }
    return display
  }

  var text: String { String(decoding: writes.joined(), as: UTF8.self) }

  func screen() -> Screen {
    var screen = Screen(columns: size.columns, rows: size.rows)
    for bytes in writes { screen.write(bytes) }
    return screen
  }
}

@Suite("Display") struct DisplayTests {
  @Test("Without a terminal there are lines and nothing else")
  func plain() {
    let stage = Stage()
    var display = stage.display(.plain)
    display.nameWidth = 5
    display.stepStarted("clean")
    display.output("clean", Array("50%\r100%\u{1B}[2J".utf8))
    display.stepEnded("clean", .ran, detail: "first run", seconds: 2)
    display.stepEnded("train", .kept)
    display.tick()
    display.finish()
    #expect(
      stage.text == """
        clean | 100%
        ran       clean  first run  2.0 s
        kept      train

        """)
  }

  @Test("A secret is hidden whose letters were kept apart, and only then does colour go")
  func hidden() {
    let stage = Stage()
    var display = stage.display(.plain, style: Style(isColoured: true))
    display.mask = SecretMask(hiding: ["sekrit-12345"])
    let lines = ["sek\u{1B}[0mrit-12345 \u{1B}[1mb", "junk\rsekrit-\u{7}12345", "\u{1B}[1mb"]
    display.output("a", lines: lines.map { Array($0.utf8) })
    let name = Style(isColoured: true).paintedName("a")
    #expect(stage.text == "\(name) | *** b\n\(name) | ***\n\(name) | \u{1B}[1mb\u{1B}[0m\n")
    #expect(stage.writes.count == 1)
  }

  @Test("What a failed step printed is no command to GitHub's runner")
  func workflowCommands() {
    let stage = Stage()
    var display = stage.display(.plain)
    display.warn(excerpt: ["a", "  ::error::b", "c::d"])
    #expect(stage.text == "    a\n    |   ::error::b\n    c::d\n")
  }

  @Test("Quiet says what failed and what is warned of")
  func quiet() {
    let stage = Stage()
    var display = stage.display(.quiet)
    display.stepStarted("a")
    display.output("a", Array("text".utf8))
    display.stepEnded("a", .ran)
    display.stepEnded("b", .failed, detail: "exit code 1")
    display.print("done")
    display.warn(StyledLine("careful"))
    display.finish()
    #expect(stage.text == "failed    b  exit code 1\ncareful\n")
  }

  @Test("A terminal shows what is at work below the lines")
  func live() {
    let stage = Stage()
    var display = stage.display(.live)
    display.total = 5
    display.stepStarted("clean")
    stage.now += 1
    display.stepStarted("train@seed=1")
    stage.now += 61
    display.secondsLeft = 130
    display.stepEnded("fetch", .kept)
    #expect(
      stage.screen().lines == [
        "kept      fetch",
        "[1/5] 2 running, about 2 min left",
        "  clean         1 min 02 s",
        "  train@seed=1  1 min 01 s",
      ])
    stage.now += 1
    display.stepEnded("clean", .ran, detail: String(repeating: "long ", count: 12), seconds: 63)
    stage.now += 1
    display.output("train@seed=1", Array("epoch 1".utf8))
    let screen = stage.screen()
    #expect(
      screen.lines == [
        "kept      fetch",
        "ran       clean  long long long long lon",
        "g long long long long long long long   1",
        " min 03 s",
        "train@seed=1 | epoch 1",
        "[2/5] 1 running, about 2 min left",
        "  train@seed=1  1 min 03 s",
      ])
    #expect(screen.faults == [])
    display.finish()
    #expect(stage.screen().lines.last == "train@seed=1 | epoch 1")
  }

  static func progress(_ moment: String?, _ values: (String, Double)...) -> StepProgress {
    StepProgress(moment: moment, metrics: values.map { Metric($0.0, $0.1) })
  }

  @Test("A terminal shows a step's newest metrics beside its time")
  func liveMetrics() {
    let stage = Stage()
    var display = stage.display(.live)
    display.stepStarted("train")
    stage.now += 12
    display.stepProgressed("train", DisplayTests.progress("epoch 29", ("loss", 0.4)))
    stage.now += 1
    display.stepProgressed("train", DisplayTests.progress("epoch 30", ("loss", 0.314159)))
    display.stepProgressed("gone", DisplayTests.progress("epoch 1", ("loss", 1)))
    #expect(
      stage.screen().lines == ["[0/1] 1 running", "  train  13 s  epoch 30 · loss 0.3142"])
    stage.now += 1
    display.stepProgressed("train", DisplayTests.progress(nil, ("\u{1B}[2Jx", .nan), ("y", 2)))
    #expect(stage.screen().lines == ["[0/1] 1 running", "  train  14 s  x NaN · y 2"])
    #expect(stage.screen().faults == [])
  }

  @Test("Without a terminal a line tells of metrics every ten seconds, and quiet never")
  func plainMetrics() {
    for form in [Display.Form.plain, .quiet] {
      let stage = Stage()
      var display = stage.display(form)
      display.stepStarted("train")
      for index in 0..<50 {
        stage.now = Double(index) / 2
        display.stepProgressed("train", DisplayTests.progress("step \(index)", ("loss", 0.31)))
      }
      let many = (0..<7).map { Metric("m\($0)", 1) }
      stage.now = 40
      display.stepProgressed("train", StepProgress(moment: nil, metrics: many))
      let expected = """
        train | metrics: step 0, loss 0.31
        train | metrics: step 20, loss 0.31
        train | metrics: step 40, loss 0.31
        train | metrics: m0 1, m1 1, m2 1, m3 1, m4 1, …

        """
      #expect(stage.text == (form == .plain ? expected : ""))
    }
  }

  @Test("It is drawn ten times a second at most, in one write, and nothing is lost")
  func throttled() {
    let stage = Stage()
    var display = stage.display(.live)
    display.stepStarted("train")
    for index in 0..<1_000 {
      stage.now = Double(index) / 1_000
      display.output("train", Array("\(index)".utf8))
    }
    #expect(stage.writes.count <= 11)
    display.finish()
    #expect(stage.screen().lines == (0..<1_000).map { "train | \($0)" })
    #expect(stage.screen().faults == [])
  }

  @Test("What gathers between two drawings is bounded")
  func bounded() {
    let stage = Stage()
    var display = stage.display(.live)
    display.stepStarted("train")
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000)
    for _ in 0..<1_000 { display.output("train", line) }
    #expect(stage.writes.allSatisfy { $0.count < 70_000 })
    #expect(stage.writes.count > 10)
  }

  @Test("The region fits the window: no wider, no higher, at most a line per job")
  func narrow() {
    let stage = Stage()
    stage.size = (12, 5)
    var display = stage.display(.live, jobs: 100)
    for index in 0..<20 {
      stage.now += 1
      display.stepStarted("漢字の名前\(index)")
    }
    #expect(
      stage.screen().lines == ["[0/20] 20 …", "  漢字の名…", "  漢字の名…", "  漢字の名…"])
    #expect(stage.screen().faults == [])
    stage.size = (40, 50)
    stage.now += 1
    display.tick()
    #expect(stage.screen().lines.count == 9)
  }

  @Test("Names have colours where colours are wanted, and always the same")
  func colours() {
    let stage = Stage()
    var display = stage.display(.plain, style: Style(isColoured: true))
    display.output("train", Array("a".utf8))
    display.output("train", Array("\u{1B}[1mb".utf8))
    display.stepEnded("train", .failed)
    let lines = stage.text.split(separator: "\n")
    #expect(lines[0].hasPrefix("\u{1B}["))
    #expect(lines[0].dropLast() == lines[1].prefix(lines[0].count - 1))
    #expect(lines[1].hasSuffix("\u{1B}[1mb\u{1B}[0m"))
    #expect(lines[2].hasPrefix("\u{1B}[31mfailed  \u{1B}[0m"))
  }

  @Test("Any order of events leaves the lines in order and the screen clean", arguments: 0..<50)
  func seeds(seed: UInt64) {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    func random(_ bound: UInt64) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % bound)
    }
    let stage = Stage()
    stage.size = (30, 6)
    var display = stage.display(.live, jobs: 4)
    var running: [String] = []
    var expected: [String] = []
    for index in 0..<200 {
      stage.now += Double(random(20)) / 100
      switch random(4) {
      case 0:
        running.append("s\(index)")
        display.stepStarted("s\(index)")
      case 1:
        guard let name = running.popLast() else { continue }
        display.stepEnded(name, .ran)
        expected.append("ran       \(name)")
      case 2:
        display.print("line \(index)")
        expected.append("line \(index)")
      default: display.tick()
      }
    }
    display.finish()
    #expect(stage.screen().lines == expected)
    #expect(stage.screen().faults == [])
  }
}
