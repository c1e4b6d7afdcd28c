import PipelineModel

/// The bytes of a large file on their way, piece by piece, from whoever reads them to all who work
/// on them, each at the same time on a thread of its own.
///
/// Hashing alone keeps a processor busy: while it does, the next piece is read and the last one
/// written.
struct PieceRelay {
  /// Fills a buffer, from its beginning; answers how many bytes came, 0 after the last.
  typealias Source = (UnsafeMutableRawBufferPointer) throws -> Int
  /// Is given every piece, in order.
  typealias Worker = (UnsafeRawBufferPointer) throws -> Void

  let pieceBytes: Int
  /// How many pieces there can be at once.
  let room: Int

  private struct State {
    /// Of each place in the room, the bytes of the piece that was last put there.
    var counts: [Int]
    /// How many pieces came so far.
    var come = 0
    /// Whether none comes any more.
    var isEnd = false
    /// How many of them each worker has done.
    var done: [Int]
    var fault: (any Error)?
    var threads = 0
  }

  /// What a thread is to do next.
  private enum Turn {
    case piece(Int, count: Int)
    case end
  }

  /// Returns when all workers have done all pieces, the first of them on this thread.
  ///
  /// - Throws: what the source or a worker throws first; the others then stop.
  func run(from source: @escaping Source, to workers: [Worker]) throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: room * pieceBytes, alignment: 4096)
    defer { memory.deallocate() }
    let state = Monitor(
      State(counts: [Int](repeating: 0, count: room), done: workers.map { _ in 0 }))
    // Whatever happens, nobody may reach for the memory after it is gone.
    defer { state.wait { $0.threads == 0 ? () : nil } }
    try start(state) { try read(source, into: memory, state) }
    for index in workers.indices.dropFirst() {
      try start(state) { work(index, workers[index], on: memory, state) }
    }
    work(0, workers[0], on: memory, state)
    try state.wait { state -> Swift.Result<Void, any Error>? in
      if let fault = state.fault { return .failure(fault) }
      return state.isEnd && state.done.allSatisfy { $0 == state.come } ? .success(()) : nil
    }.get()
  }

  private func start(_ state: Monitor<State>, _ body: @escaping () throws -> Void) throws {
    // What it captures is used by that one thread, and outlived by `run`.
    nonisolated(unsafe) let body = body
    state.change { $0.threads += 1 }
    let started = startThread {
      do {
        try body()
      } catch {
        state.change { $0.fault = $0.fault ?? error }
      }
      state.change { $0.threads -= 1 }
    }
    if started >= 0 { return }
    let error = SystemError("start", "thread", code: -started)
    state.change { state in
      state.threads -= 1
      state.fault = state.fault ?? error
    }
    throw error
  }

  private func read(
    _ source: Source, into memory: UnsafeMutableRawBufferPointer, _ state: Monitor<State>
  ) throws {
    while true {
      let turn = state.wait { state -> Turn? in
        if state.fault != nil { return .end }
        let slowest = state.done.min() ?? 0
        if state.come - slowest < room { return .piece(state.come, count: pieceBytes) }
        return nil
      }
      guard case .piece(let next, _) = turn else { return }
      let count = try source(piece(next, pieceBytes, in: memory))
      state.change { state in
        if count == 0 {
          state.isEnd = true
        } else {
          state.counts[next % room] = count
          state.come += 1
        }
      }
      if count == 0 { return }
    }
  }

  private func work(
    _ index: Int, _ worker: Worker, on memory: UnsafeMutableRawBufferPointer,
    _ state: Monitor<State>
  ) {
    while true {
      let turn = state.wait { state -> Turn? in
        let done = state.done[index]
        if state.fault != nil { return .end }
        if done < state.come { return .piece(done, count: state.counts[done % room]) }
        return state.isEnd ? .end : nil
      }
      guard case .piece(let next, let count) = turn else { return }
      do {
        try worker(UnsafeRawBufferPointer(piece(next, count, in: memory)))
      } catch {
        state.change { $0.fault = $0.fault ?? error }
        return
      }
      state.change { $0.done[index] += 1 }
    }
  }

  private func piece(
    _ index: Int, _ count: Int, in memory: UnsafeMutableRawBufferPointer
  ) -> UnsafeMutableRawBufferPointer {
    let start = (index % room) * pieceBytes
    return UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + count])
  }
}
