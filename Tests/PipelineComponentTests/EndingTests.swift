import Foundation
import Testing

@testable import PipelineComponent

@Suite("Ending") struct EndingTests {
  /// In a process of their own that this one waits for by itself: the library's own way to do that
  /// waits for ever where others have left processes behind.
  @Test(
    "An error becomes exit status 1 and a message, of asynchronous work too",
    arguments: ["synchronous", "asynchronous"])
  func failure(_ way: String) throws {
    let component = Process()
    component.executableURL = Bundle.main.executableURL?.deletingLastPathComponent()
      .appending(path: "ending")
    #if os(macOS)
      component.executableURL = Bundle(for: Marker.self).bundleURL.deletingLastPathComponent()
        .appending(path: "ending")
    #endif
    component.arguments = [way]
    let messages = Pipe()
    component.standardError = messages
    try component.run()
    let message = try messages.fileHandleForReading.readToEnd() ?? Data()
    component.waitUntilExit()
    #expect(component.terminationStatus == 1)
    #expect(String(decoding: message, as: UTF8.self) == "error: 3 rows are too few\n")
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

/// Tells where the tests were built.
private final class Marker {}
