import CPipelineSystem
import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Pieces on their way") struct PieceRelayTests {
  private struct Fault: Error, Equatable {
    let who: String
  }

  /// Pieces of these lengths, whose bytes count on.
  private final class Source: Sendable {
    private let state: Locked<(lengths: [Int], next: UInt8)>

    init(_ lengths: [Int]) {
      state = Locked((lengths, 0))
    }

    func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
      state.withLock { state in
        guard !state.lengths.isEmpty else { return 0 }
        let count = state.lengths.removeFirst()
        for index in 0..<count {
          buffer[index] = state.next
          state.next &+= 1
        }
        return count
      }
    }
  }

  @Test("Every worker is given all bytes in order, however slow one of them is", arguments: 0..<3)
  func order(_ slow: Int) throws {
    let lengths = [4, 1, 4, 4, 3, 4, 2, 4, 4, 4, 4, 1]
    let source = Source(lengths)
    let seen = (0..<3).map { _ in Locked<[UInt8]>([]) }
    try PieceRelay(pieceBytes: 4, room: 3).run(
      from: source.read,
      to: seen.enumerated().map { index, seen in
        { piece in
          if index == slow { pipeline_sleep(1_000_000) }
          seen.withLock { $0 += piece }
        }
      })
    let all = (0..<lengths.reduce(0, +)).map { UInt8($0) }
    #expect(seen.map { $0.withLock { $0 } } == [all, all, all])
  }

  @Test("Nothing comes of nothing")
  func empty() throws {
    let count = Locked(0)
    let worker: PieceRelay.Worker = { _ in count.withLock { $0 += 1 } }
    try PieceRelay(pieceBytes: 4, room: 2).run(from: { _ in 0 }, to: [worker, worker])
    #expect(count.withLock { $0 } == 0)
  }

  @Test("Whoever fails stops the others, and its fault is told", arguments: 0..<4)
  func failing(_ who: Int) throws {
    let source = Source([Int](repeating: 4, count: 100))
    let fault = #expect(throws: Fault.self) {
      try PieceRelay(pieceBytes: 4, room: 2).run(
        from: { buffer in
          let count = source.read(buffer)
          if who == 3, count == 0 || buffer[0] == 40 { throw Fault(who: "source") }
          return count
        },
        to: (0..<3).map { index in
          { piece in if index == who, piece[0] == 40 { throw Fault(who: "\(index)") } }
        })
    }
    #expect(fault == Fault(who: who == 3 ? "source" : "\(who)"))
  }
}
