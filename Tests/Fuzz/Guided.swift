#if COVERAGE
  /// The same readings with inputs that libFuzzer makes: it keeps what reaches code that nothing
  /// before has reached.
  ///
  /// - SeeAlso: the manual of libFuzzer, "Using libFuzzer as a library".
  enum Guided {
    nonisolated(unsafe) private static var reading: Reading?

    @_silgen_name("LLVMFuzzerRunDriver")
    private static func drive(
      _ count: UnsafeMutablePointer<Int32>,
      _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
      _ attempt: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
    ) -> Int32

    /// Ends when libFuzzer does.
    ///
    /// - Parameter words: a reading's name, then libFuzzer's own arguments.
    static func run(_ words: [String]) {
      guard let name = words.first, let found = Reading.named(name) else {
        return print("usage: fuzz READING [libFuzzer's arguments]")
      }
      reading = found
      var count = Int32(words.count)
      var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        .advanced(by: 1)
      _ = drive(&count, &arguments) { start, count in
        Guided.attempt(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
      }
    }

    private static func attempt(_ bytes: [UInt8]) {
      guard let reading else { return }
      do {
        try reading.attempt(reading.seal?(bytes) ?? bytes)
      } catch {
        preconditionFailure("\(error)")
      }
    }
  }
#endif
