import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Metrics seen live") struct MetricWatchTests {
  @Test("What a step appends is told while it works, masked")
  func live() throws {
    let bench = try Workbench("steps: {}\n")
    let told = Locked<[StepProgress]>([])
    let watch = MetricWatch(
      "metrics.jsonl", in: bench.directory, mask: SecretMask(["hush"])
    ) { progress in
      told.withLock { $0.append(progress) }
    }
    watch.look()
    let writer = try bench.directory.openForAppending("metrics.jsonl")
    try writer.write(Array(#"{"epoch":1,"loss":0.5,"hush-x":2,"at":"home"}"#.utf8) + [10])
    watch.look()
    watch.look()
    // Far more than a look understands: only the end of it is seen.
    let long = (0..<20_000).map { #"{"epoch":\#($0),"loss":0.25}"# }.joined(separator: "\n") + "\n"
    try writer.write(Array(long.utf8))
    watch.look()
    let all = told.withLock { $0 }
    #expect(all.count == 2)
    #expect(
      all.first
        == StepProgress(
          moment: "epoch 1", metrics: [Metric("loss", 0.5), Metric("***-x", 2)]))
    #expect(all.last?.moment == "epoch 19999")
    #expect(all.last?.metrics.first == Metric("loss", 0.25))
  }
  @Test("What is no file is not read", .timeLimit(.minutes(1)))
  func noFile() throws {
    let bench = try Workbench("steps: {}\n")
    try bench.directory.makeLink("metrics.jsonl", to: Array("/dev/zero".utf8))
    let watch = MetricWatch("metrics.jsonl", in: bench.directory, mask: SecretMask([])) { _ in }
    watch.look()
    watch.look()
  }
}
