import Testing

@testable import PipelineEngine

@Suite("Occurrence") struct OccurrenceTests {
  @Test("Who waits goes on when it happens, or when it has happened")
  func happens() async {
    let occurrence = Occurrence()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await occurrence.wait() }
      group.addTask { occurrence.happen() }
    }
    await occurrence.wait()
    occurrence.happen()
    await occurrence.wait(atMost: .seconds(3600))
  }

  @Test("Who is cancelled goes on, and another can wait after that")
  func cancelled() async {
    let occurrence = Occurrence()
    for _ in 0..<100 {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await occurrence.wait() }
        group.cancelAll()
      }
      await occurrence.wait(atMost: .microseconds(1))
    }
    async let waiting: Void = occurrence.wait()
    occurrence.happen()
    await waiting
  }
}
