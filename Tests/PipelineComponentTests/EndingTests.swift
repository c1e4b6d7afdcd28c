import Foundation
import Testing

@testable import PipelineComponent

@Suite("Ending") struct EndingTests {
  struct TooFewRows: Error, CustomStringConvertible {
    var description: String { "3 rows are too few" }
  }

  @Test("An error becomes exit status 1 and a message")
  func failure() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) {
      Component.run { _ in throw TooFewRows() }
    }
    #expect(
      String(decoding: result.standardErrorContent, as: UTF8.self) == "error: 3 rows are too few\n")
  }

  @Test("Asynchronous work ends likewise")
  func asynchronousFailure() async {
    await #expect(processExitsWith: .exitCode(1)) {
      await Component.run { _ in
        await Task.yield()
        throw TooFewRows()
      }
    }
  }

  @Test("Work without an error goes on after it")
  func success() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.path
    Component.run { _ in try Data().write(to: URL(filePath: "\(path)/first")) }
    await Component.run { _ in
      await Task.yield()
      try Data().write(to: URL(filePath: "\(path)/second"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == 2)
  }
}
