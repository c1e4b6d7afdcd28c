/// URLs as text.
enum URLText {
  /// With everything escaped that could mean something in a query or a path's component.
  static func escaped(_ text: some StringProtocol) -> String {
    escaped(Array(text.utf8))
  }

  static func escaped(_ bytes: some Sequence<UInt8>) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~".utf8)
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in bytes {
      if plain.contains(byte) {
        out.append(byte)
      } else {
        out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// With everything escaped but slashes.
  static func escapedPath(_ bytes: some Sequence<UInt8>) -> String {
    Array(bytes).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { escaped($0) }.joined(separator: "/")
  }

  /// `%41` as `A`; what is no such escape stays.
  static func unescaped(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let byte = UInt8(
          String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        out.append(byte)
        index += 3
      } else {
        out.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The URL without what stands before its host's `@`.
  static func withoutCredentials(_ url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return url }
    let rest = url[scheme.upperBound...]
    let host = rest.prefix { $0 != "/" }
    guard let cut = host.lastIndex(of: "@") else { return url }
    return String(url[..<scheme.upperBound] + rest[rest.index(after: cut)...])
  }

  /// Whether something stands before its host's `@`.
  static func holdsCredentials(_ url: String) -> Bool { withoutCredentials(url) != url }

  /// The host and its port.
  static func host(of url: String) -> String {
    let clean = withoutCredentials(url)
    guard let scheme = clean.firstRange(of: "://") else { return "" }
    return String(clean[scheme.upperBound...].prefix { $0 != "/" })
  }
}
