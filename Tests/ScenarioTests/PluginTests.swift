import Foundation
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// `swift package run-pipeline` in a package of its own.
///
/// Takes a minute, and some more where the tool has not been built for release before;
/// `PIPEWRIGHT_SKIP_PLUGIN_TESTS=1` leaves it out.
@Suite(
  "Plugin", .serialized,
  .enabled(if: ProcessInfo.processInfo.environment["PIPEWRIGHT_SKIP_PLUGIN_TESTS"] != "1"))
struct PluginTests {
  static let steps = [
    "check", "check-splits", "clean", "evaluate", "fetch", "package", "segregate", "train",
  ]

  let penguins = Penguins.shared

  @Test("The first run trains, and the second executes nothing")
  func trains() async throws {
    try await penguins.untouched()
    let first = try await penguins.run([])
    #expect(first.code == 0, "\(first.output)")
    #expect(first.steps("ran") == PluginTests.steps)
    let second = try await penguins.run([])
    #expect(second.steps("kept") == PluginTests.steps, "\(second.output)")
  }

  @Test("A comment in a component's code executes nothing")
  func comment() async throws {
    try await penguins.ready()
    try await penguins.append("Sources/Clean/Clean.swift", "// Checked by hand.\n")
    let run = try await penguins.run([])
    #expect(run.output.contains("compiling Clean"), "\(run.output)")
    #expect(run.steps("kept") == PluginTests.steps, "\(run.output)")
  }

  @Test("A resource is a part of the component that has it")
  func resource() async throws {
    try await penguins.ready()
    try await penguins.edit(
      "Sources/Evaluate/Resources/confusion.css", "#2a7f62", to: "#2a7f63")
    let run = try await penguins.run([])
    #expect(run.steps("ran") == ["evaluate"], "\(run.output)")
    #expect(run.steps("kept").count == 7)
  }

  @Test("The code of a library counts for the components that use it")
  func library() async throws {
    try await penguins.ready()
    try await penguins.edit(
      "Sources/PenguinClassifier/Training.swift", "rate * derivative",
      to: "0.5 * rate * derivative")
    let run = try await penguins.run([])
    #expect(run.steps("ran") == ["evaluate", "package", "train"], "\(run.output)")
    let back = try await penguins.ready()
    #expect(back.steps("ran") == [], "\(back.output)")
    #expect(!back.output.contains("compiling"), "\(back.output)")
  }

  @Test("A parameter counts for the steps that use it, and going back restores")
  func parameter() async throws {
    try await penguins.ready()
    let other = try await penguins.run(["-P", "train.epochs=\(Int.random(in: 20...150))"])
    #expect(
      other.steps("kept") == ["check", "check-splits", "clean", "fetch", "segregate"],
      "\(other.output)")
    #expect(other.steps("ran").contains("train"))
    let back = try await penguins.run([])
    #expect(back.steps("ran") == [], "\(back.output)")
    #expect(back.endings["train"] == "restored")
  }

  @Test("Without anything compiled nothing is compiled, and nothing executes")
  func forgotten() async throws {
    try await penguins.ready()
    try await penguins.forgetComponents()
    let run = try await penguins.run([])
    #expect(run.steps("kept") == PluginTests.steps, "\(run.output)")
    #expect(!run.output.contains("compiling"))
    await penguins.remove("Models")
    let restored = try await penguins.run([])
    #expect(restored.steps("ran") == [], "\(restored.output)")
    #expect(!restored.output.contains("compiling"))
  }

  @Test("The trained model answers")
  func predicts() async throws {
    try await penguins.ready()
    let answer = try await penguins.shell(
      """
      swift run -c release Predict Models/penguins.json --culmen-length 39.1 --culmen-depth 18.7 \
      --flipper-length 181 --body-mass 3750 --island Torgersen --sex male
      """)
    #expect(answer.code == 0 && answer.output.contains("\nAdelie,"), "\(answer.output)")
  }

  @Test("What is manual executes when it is named, and the model answers where it was brought")
  func deploys() async throws {
    try await penguins.ready()
    await penguins.remove("server")
    let run = try await penguins.shell(
      """
      PENGUINS_SERVER="$PWD/server" swift package run-pipeline run deploy
      swift run -c release Predict server/penguins.json <Data/test.csv | cut -d, -f1 | sort | uniq -c
      """)
    #expect(run.code == 0, "\(run.output)")
    #expect(run.output.contains("ran       deploy        always executes"), "\(run.output)")
    for answer in ["29 Adelie", "14 Chinstrap", "24 Gentoo"] {
      #expect(run.output.contains(answer), "\(run.output)")
    }
    await penguins.remove("server")
  }

  @Test("Other data makes another model")
  func otherData() async throws {
    try await penguins.ready()
    let first = try await penguins.run(["-P", "data.path=Data/penguins-2007.csv"])
    #expect(first.code == 0, "\(first.output)")
    #expect(first.steps("kept") == [], "\(first.output)")
    let all = try await penguins.run([])
    #expect(all.steps("restored").contains("train"), "\(all.output)")
    #expect(all.steps("ran") == [], "\(all.output)")
  }

  @Test("A failure ends with one line that says what failed")
  func failure() async throws {
    try await penguins.ready()
    try await penguins.append("pipeline.yaml", "  broken:\n    run: echo bad; exit 3\n")
    let run = try await penguins.run([])
    #expect(run.code == 1)
    #expect(run.endings["broken"] == "failed", "\(run.output)")
    let errors = run.output.split(separator: "\n").filter { $0.contains("error:") }
    #expect(errors.count == 1, "\(run.output)")
    #expect(errors.first?.contains("step 'broken' failed; log: .pipeline/logs/") == true)
  }

  @Test("SwiftPM is asked for the tool only where what it was built of, or it itself, has changed")
  func builtTool() async throws {
    try await penguins.ready()
    #expect(try await penguins.settledRunAsksForTheTool() == false)
    let page = "swift-argument-parser/Sources/ArgumentParser/Documentation.docc/ArgumentParser.md"
    try await penguins.shell("touch '.build/checkouts/\(page)'")
    #expect(try await penguins.asksForTheTool())
    #expect(try await penguins.settledRunAsksForTheTool() == false)
    try await penguins.shell("echo damaged > .build/release/pipewright")
    #expect(try await penguins.asksForTheTool())
    #expect(try await penguins.settledRunAsksForTheTool() == false)
    try await penguins.shell("touch Package.swift")
    #expect(try await penguins.asksForTheTool())
  }

  @Test("A step that would wait for SwiftPM, which waits for it, is ended with a hint")
  func locked() async throws {
    try await penguins.ready()
    try await penguins.append("pipeline.yaml", "  build:\n    run: swift build --product Clean\n")
    let run = try await penguins.run(["run", "build"])
    #expect(run.code == 1)
    #expect(run.endings["build"] == "failed", "\(run.output)")
    #expect(run.output.contains("it waited for a SwiftPM that itself waits for this step"))
    #expect(run.output.contains("hint: while 'swift package' runs the pipeline"))
  }

  @Test(
    "Whatever ends `swift package`, nothing is left at work", arguments: [SIGINT, SIGTERM, SIGKILL])
  func ended(_ signal: Int32) async throws {
    try await penguins.ready()
    try await penguins.append(
      "pipeline.yaml", "  slow:\n    run: touch slow.started; sleep 4247 & wait\n")
    await penguins.remove("slow.started")
    let program = try await penguins.start(["run", "slow"])
    for _ in 1...300 where await !penguins.exists("slow.started") {
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(await penguins.exists("slow.started"), "\(program.printed)")
    kill(program.processID, signal)
    _ = await program.ended(within: 20)
    var left = ""
    for _ in 1...50 {
      left = try await penguins.shell(
        "pgrep -fl '[s]leep 4247|release/[p]ipewright run slow'"
      ).output
      if left.isEmpty { break }
      try await Task.sleep(for: .milliseconds(100))
    }
    #expect(left == "", "\(program.printed)")
    await penguins.remove("slow.started")
  }

  @Test(
    "A flood is logged whole and not held, nobody answers a step, and Ctrl-C ends one that is deaf")
  func flood() async throws {
    try await penguins.ready()
    try await penguins.append(
      "pipeline.yaml",
      """
        flood:
          run: |
            yes words | head -c 20000000 >&2; yes other | head -c 20000000
            cat > flood.stdin
            trap '' TERM
            touch flood.started; sleep 4248; sleep 4248

      """)
    for name in ["flood.stdin", "flood.started"] { await penguins.remove(name) }
    let program = try await penguins.start(["run", "flood"])
    for _ in 1...1200 where await !penguins.exists("flood.started") {
      try await Task.sleep(for: .milliseconds(50))
    }
    let held = try await penguins.shell(
      "ps -o rss= -p $(pgrep -f 'release/[p]ipewright run flood')")
    let kilobytes = Int(held.output.filter { !$0.isWhitespace }) ?? .max
    #expect(kilobytes < 100_000, "\(held.output) \(program.printed.suffix(500))")
    kill(program.processID, SIGINT)
    let ended = await program.ended(within: 30)
    #expect(ended.code != 0)
    let found = try await penguins.shell(
      """
      for i in $(seq 200); do pgrep -fx 'sleep 4248' > left || break; sleep 0.1; done; cat left
      wc -c < flood.stdin; wc -c < "$(ls -d .pipeline/logs/*/flood.log | tail -n 1)"
      """)
    let numbers = found.output.split(whereSeparator: \.isWhitespace)
    #expect(numbers == ["0", "40000000"], "\(found.output) \(ended.output.suffix(500))")
    for name in ["flood.stdin", "flood.started", "left"] { await penguins.remove(name) }
  }
}
