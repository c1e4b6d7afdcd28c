#if os(Linux)
  import Foundation
  import Testing

  /// The order in which a run writes, from a list of its calls: what would be lost if the machine
  /// lost its power at any of them.
  @Suite(
    "Durability",
    .enabled("Needs clang, which lies beside swift") {
      Fixtures.tool.flatMap(FaultyTool.init) != nil
    })
  struct DurabilityTests {
    typealias Call = FaultyTool.Call

    @Test(
      "Objects are on disk before their result, that before its row, and that before it is told",
      arguments: [FaultPlace.Story.first, .again])
    func order(_ story: FaultPlace.Story) async throws {
      let tool = try #require(Fixtures.tool.flatMap(FaultyTool.init))
      let place = try FaultPlace()
      defer { place.remove() }
      for words in story.before { _ = try await place.tell(tool.tool, words) }
      let ended = try await tool.run(story.words, in: place)
      #expect(ended.code == 0, "\(ended.output)")
      let calls = Calls(ended.calls)
      var told = ""
      var rest = ended.output[...]
      var results: Set<String> = []
      for call in ended.calls {
        if call.name == "rename", call.other.hasPrefix("/.pipeline/store/") {
          let isSafe = calls.isSafe(call.path, before: call.number)
          #expect(isSafe, "\(call)")
          guard call.other.hasPrefix("/.pipeline/store/results/") else { continue }
          results.insert(call.other)
          for object in try objects(of: call.other, in: place) {
            let isNamed = calls.hasDurableName(object, before: call.number)
            #expect(isNamed, "\(object), \(call)")
          }
        }
        guard call.name == "print" else { continue }
        let piece = rest.utf8.prefix(call.result)
        told += String(decoding: piece, as: UTF8.self)
        rest = rest[piece.endIndex...]
        for step in FaultPlace.told(told) {
          let place = try #require(try result(of: step, among: results, in: place))
          let named = calls.durableName(place, before: call.number)
          let isRecorded = named.map { calls.isRecorded(after: $0, before: call.number) }
          #expect(isRecorded == true, "\(step)")
        }
      }
      #expect(results.count == FaultPlace.told(ended.output).count)
    }

    /// Objects that a result names.
    private func objects(of result: String, in place: FaultPlace) throws -> [String] {
      let text = try String(contentsOf: place.workspace.appending(path: result), encoding: .utf8)
      let digests = Set(
        text.matches(of: /sha256:([0-9a-f]{2})([0-9a-f]{62})/).map {
          "/.pipeline/store/objects/\($0.1)/\($0.2)"
        })
      return digests.filter {
        FileManager.default.fileExists(atPath: place.workspace.appending(path: $0).path)
      }
    }

    private func result(
      of step: String, among results: Set<String>, in place: FaultPlace
    ) throws -> String? {
      try results.first { result in
        let text = try String(contentsOf: place.workspace.appending(path: result), encoding: .utf8)
        return text.contains(try Regex("\"step\" *: *\"\(step)\""))
      }
    }

    /// A run's calls, and what they say.
    private struct Calls {
      private let all: [Call]

      init(_ all: [Call]) {
        self.all = all.filter { $0.result >= 0 }
      }

      private func first(
        after: Int, before: Int, where isIt: (Call) -> Bool
      ) -> Call? {
        all.first { $0.number > after && $0.number < before && isIt($0) }
      }

      private static func syncs(_ path: String, _ call: Call) -> Bool {
        call.name == "sync-all" || (call.name == "sync" && call.path == path)
      }

      /// Whether all bytes of a file are on disk.
      func isSafe(_ path: String, before number: Int) -> Bool {
        let written = all.last { $0.name == "write" && $0.path == path && $0.number < number }
        let made = all.last { $0.name == "create" && $0.path == path && $0.number < number }
        guard let made else { return false }
        return first(after: written?.number ?? made.number, before: number) {
          Calls.syncs(path, $0)
        } != nil
      }

      /// The call after which a file that was renamed to this path has its name for good.
      func durableName(_ path: String, before number: Int) -> Int? {
        guard let named = all.last(where: { $0.other == path && $0.number < number }) else {
          return nil
        }
        let parent = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        var last = named.number
        // And so has its directory, where that is new.
        for directory in [parent, String(parent.dropLast(3))] {
          let isNew = all.contains { $0.name == "make" && $0.path == parent }
          if directory != parent, !isNew { continue }
          guard
            let synced = first(
              after: named.number, before: number, where: { Calls.syncs(directory, $0) })
          else { return nil }
          last = max(last, synced.number)
        }
        return last
      }

      /// The same of an object that may have been there before the run, made by an earlier one.
      func hasDurableName(_ object: String, before number: Int) -> Bool {
        if !all.contains(where: { $0.other == object }) { return true }
        return durableName(object, before: number) != nil
      }

      /// Whether history was written and is on disk.
      func isRecorded(after: Int, before: Int) -> Bool {
        let wal = "/.pipeline/history.db-wal"
        guard
          let written = first(
            after: after, before: before, where: { $0.name == "write" && $0.path == wal })
        else { return false }
        return first(after: written.number, before: before) { Calls.syncs(wal, $0) } != nil
      }
    }
  }
#endif
