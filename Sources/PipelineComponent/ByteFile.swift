#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Reading and appending whole files through the system's own calls.
enum ByteFile {
  /// What the system said no to.
  struct Failure: Error, CustomStringConvertible {
    /// What was to be done, with the path.
    let act: String
    /// The system's number for the reason.
    let number: Int32

    /// As in `open 'parameters.json': No such file or directory`.
    var description: String { "\(act): \(String(cString: strerror(number)))" }
  }

  /// The content of a file.
  static func content(of path: String) throws(Failure) -> [UInt8] {
    let file = try opened(path, O_RDONLY)
    defer { close(file) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &buffer, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure(act: "read '\(path)'", number: errno)
      }
      if count == 0 { return content }
      content += buffer.prefix(count)
    }
  }

  /// Adds a line to a file, made if need be.
  ///
  /// The line goes out in one call to a file opened for appending, so lines of processes and
  /// threads that write at once do not mix.
  static func append(_ line: [UInt8], to path: String) throws(Failure) {
    let file = try opened(path, O_WRONLY | O_APPEND | O_CREAT)
    defer { close(file) }
    try send(line, to: file)
  }

  /// Writes all bytes, in one call unless the system takes fewer.
  static func send(_ bytes: [UInt8], to file: Int32) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { bytes in
        write(file, bytes.baseAddress, bytes.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure(act: "write", number: errno)
      }
      rest = rest.dropFirst(count)
    }
  }

  private static func opened(_ path: String, _ flags: Int32) throws(Failure) -> Int32 {
    while true {
      // The permission is only looked at where the file is made.
      let file = open(path, flags | O_CLOEXEC, 0o644)
      if file >= 0 { return file }
      if errno != EINTR { throw Failure(act: "open '\(path)'", number: errno) }
    }
  }
}
