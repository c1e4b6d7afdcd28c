import CPipelineSystem

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The clocks of this machine.
package enum SystemClock {
  /// Nanoseconds since 1970; may be set back.
  package static var now: Int64 { pipeline_wall_clock() }

  /// Nanoseconds since some moment; never set back, stands still while the machine sleeps on
  /// some platforms.
  package static var steady: Int64 { pipeline_steady_clock() }
}

/// What this process knows of itself and its machine.
package enum Machine {
  /// The name of this machine; empty where it has none.
  package static var hostName: String {
    var name = [CChar](repeating: 0, count: 1025)
    guard pipeline_host_name(&name, name.count) == 0 else { return "" }
    return String(
      decoding: name.prefix { $0 != 0 }.map(UInt8.init(truncatingIfNeeded:)), as: UTF8.self)
  }

  /// How many processors this process may use; at least 1.
  package static var processorCount: Int { Int(pipeline_processor_count()) }

  /// Of the whole machine; a large number where that is not known.
  package static var memoryBytes: Int {
    let bytes = Int(pipeline_memory_bytes())
    return bytes > 0 ? bytes : .max
  }

  /// Has the threads of this process allocate from places that they share, so that one takes what
  /// another has let go. To be called before there are any.
  package static func shareMemory() { pipeline_share_memory() }

  /// Where a limit on memory leaves no room for threads: that limit, and what is needed beside what
  /// this process has already. Whoever asks for a thread then waits for ever, so this is to be asked
  /// before anybody does.
  package static func missingMemory() -> (limitBytes: Int64, neededBytes: Int64)? {
    var limit: Int64 = 0
    // One for each processor, for the processes, the clock and signals.
    let needed = pipeline_missing_memory(processorCount + 4, &limit)
    return needed > 0 ? (limit, needed) : nil
  }

  /// The id of this process.
  package static var processID: Int32 { getpid() }

  /// What tells one start of this machine from another; empty where that is not known.
  package static let boot: String = {
    var text = [CChar](repeating: 0, count: 128)
    guard pipeline_boot(&text, text.count) == 0 else { return "" }
    return String(
      decoding: text.prefix { $0 != 0 }.map(UInt8.init(truncatingIfNeeded:)), as: UTF8.self)
  }()

  /// What tells the executable that this process is from one that was compiled at another time;
  /// empty where that is not known.
  package static var program: String {
    var status = pipeline_status()
    guard pipeline_status_of_program(&status) == 0 else { return "" }
    let numbers = [
      status.size, Int64(bitPattern: status.inode), status.modified_seconds,
      Int64(status.modified_nanoseconds),
    ]
    return numbers.map(String.init).joined(separator: " ")
  }

  /// The environment of this process, in its order. Entries without `=` are left out.
  package static func environment() -> [EnvironmentVariable] {
    guard var next = pipeline_environment() else { return [] }
    var variables: [EnvironmentVariable] = []
    while let entry = next.pointee {
      let bytes = UnsafeRawBufferPointer(start: entry, count: strlen(entry))
      if let cut = bytes.firstIndex(of: UInt8(ascii: "=")) {
        variables.append(
          EnvironmentVariable(name: Array(bytes[..<cut]), value: Array(bytes[(cut + 1)...])))
      }
      next = next.advanced(by: 1)
    }
    return variables
  }

  /// Bytes that nobody can foretell.
  package static func randomBytes(_ count: Int) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let result = bytes.withUnsafeMutableBytes { pipeline_random($0.baseAddress, $0.count) }
    guard result >= 0 else { throw SystemError("get", "random bytes", code: -result) }
    return bytes
  }
}

/// One variable of an environment. Bytes, since neither need be UTF-8.
package struct EnvironmentVariable: Hashable, Sendable {
  package let name: [UInt8]
  package let value: [UInt8]

  /// A variable of any bytes.
  package init(name: [UInt8], value: [UInt8]) {
    self.name = name
    self.value = value
  }

  /// A variable whose name and value are text.
  package init(_ name: String, _ value: String) {
    self.init(name: Array(name.utf8), value: Array(value.utf8))
  }
}
