import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Metrics seen live") struct MetricWatchTests {
  @Test("What a step appends is told while it works, masked")
  func live() async throws {
    let bench = try Workbench("steps: {}\n")
    try bench.scratch.write("metrics.jsonl", "")
    let file = try bench.directory.open("metrics.jsonl").descriptor
    let told = Locked<[StepProgress]>([])
    let watch = MetricWatch(file, mask: SecretMask(["hush"])) { progress in
      told.withLock { $0.append(progress) }
    }
    let watching = Task { await watch.follow() }
    let writer = try bench.directory.openForAppending("metrics.jsonl")
    func isTold(_ count: Int) async throws {
      for _ in 0..<200 where told.withLock({ $0.count }) < count {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
    try writer.write(Array(#"{"epoch":1,"loss":0.5,"hush-x":2,"at":"home"}"#.utf8) + [10])
    try await isTold(1)
    // Far more than a look understands: only the end of it is seen.
    let long = (0..<20_000).map { #"{"epoch":\#($0),"loss":0.25}"# }.joined(separator: "\n") + "\n"
    try writer.write(Array(long.utf8))
    try await isTold(2)
    watching.cancel()
    await watching.value
    let all = told.withLock { $0 }
    #expect(
      all.first
        == StepProgress(
          moment: "epoch 1", metrics: [Metric("loss", 0.5), Metric("***-x", 2)]))
    #expect(all.last?.moment == "epoch 19999")
    #expect(all.last?.metrics.first == Metric("loss", 0.25))
  }
}
