#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Sees that no input ends the process unseen, takes for ever, or takes all memory.
enum Watch {
  /// Of processor time, for one input. The slowest are those that make the 100,000 steps which one
  /// manifest may have.
  private static let mostSeconds = 180
  /// That one input may add to the most the process ever had.
  private static let mostBytes = 512 << 20

  #if canImport(Darwin)
    private static let processorTime = ITIMER_VIRTUAL
    private static let thisProcess = RUSAGE_SELF
    private static let memoryUnit = 1
  #else
    private static let processorTime = Int32(ITIMER_VIRTUAL.rawValue)
    private static let thisProcess = Int32(RUSAGE_SELF.rawValue)
    private static let memoryUnit = 1024
  #endif

  /// The seed that is tried.
  nonisolated(unsafe) private static var seed: UInt64 = 0
  /// What a dying process prints before its seed: in memory that is there already.
  nonisolated(unsafe) private static var name = [UInt8]()

  /// As in `seed 17`.
  static var place: String { "seed \(seed)" }

  /// From now on a trap names the seed.
  static func begin(_ reading: String) {
    name = Array(reading.utf8)
    // Where a stack has overflown there is none left to handle that on.
    let size = 1 << 16
    var stack = stack_t()
    stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    stack.ss_size = size
    sigaltstack(&stack, nil)
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGVTALRM] {
      var action = sigaction()
      action.sa_flags = SA_ONSTACK | Int32(bitPattern: UInt32(SA_RESETHAND))
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = { Watch.dying($0) }
      #else
        action.__sigaction_handler.sa_handler = { Watch.dying($0) }
      #endif
      sigaction(number, &action, nil)
    }
  }

  /// Tries one input.
  static func over(_ seed: UInt64, _ attempt: () throws -> Void) throws {
    self.seed = seed
    let before = peak
    limit(seconds: mostSeconds)
    try attempt()
    limit(seconds: 0)
    try promise(
      peak - before < mostBytes, "took \((peak - before) >> 20) MB that it did not have before")
  }

  private static func limit(seconds: Int) {
    var limit = itimerval()
    limit.it_value.tv_sec = seconds
    setitimer(Watch.processorTime, &limit, nil)
  }

  private static var peak: Int {
    var usage = rusage()
    getrusage(Watch.thisProcess, &usage)
    return usage.ru_maxrss * Watch.memoryUnit
  }

  /// Writes the seed and the signal without allocating anything, and dies of it.
  private static func dying(_ number: Int32) {
    name.withUnsafeBytes { _ = write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    say(": seed ")
    say(seed)
    say(number == SIGVTALRM ? ": takes for ever, signal " : ": signal ")
    say(UInt64(number))
    say("\n")
    raise(number)
  }

  private static func say(_ text: StaticString) {
    _ = write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }

  private static func say(_ number: UInt64) {
    var divisor: UInt64 = 1
    while number / divisor > 9 { divisor *= 10 }
    while divisor > 0 {
      var digit = UInt8(ascii: "0") + UInt8(number / divisor % 10)
      _ = write(STDOUT_FILENO, &digit, 1)
      divisor /= 10
    }
  }
}
