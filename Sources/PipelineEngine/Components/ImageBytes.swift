/// An executable file's bytes, read with every bound checked.
struct ImageBytes {
  let bytes: [UInt8]

  /// A little-endian number.
  func number<Number: FixedWidthInteger & UnsignedInteger>(
    _ type: Number.Type, at offset: Int
  ) throws(CodeIdentity.Problem) -> Number {
    let place = try range(UInt64(offset), UInt64(MemoryLayout<Number>.size))
    return bytes[place].reversed().reduce(0) { $0 << 8 | Number($1) }
  }

  func number32(_ offset: Int) throws(CodeIdentity.Problem) -> Int {
    Int(try number(UInt32.self, at: offset))
  }

  /// A range of the file, by offset and length as the file states them.
  func range(_ offset: UInt64, _ count: UInt64) throws(CodeIdentity.Problem) -> Range<Int> {
    let (end, overflow) = offset.addingReportingOverflow(count)
    guard !overflow, end <= UInt64(bytes.count) else { throw .malformed }
    return Int(offset)..<Int(end)
  }

  /// The bytes up to the next zero byte.
  func text(at offset: UInt64) throws(CodeIdentity.Problem) -> String {
    guard offset < UInt64(bytes.count), let end = bytes[Int(offset)...].firstIndex(of: 0) else {
      throw .malformed
    }
    return String(decoding: bytes[Int(offset)..<end], as: UTF8.self)
  }
}
