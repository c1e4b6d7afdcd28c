#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Glibc
#endif

/// The environment variables that this process was started with.
enum ProcessEnvironment {
  /// Name to value; of a name given twice, the first, as `getenv` has it.
  static func variables() -> [String: String] {
    // The type is said because the systems disagree on whether the list may be missing.
    let list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    #if canImport(Darwin)
      list = _NSGetEnviron().pointee
    #else
      list = environ
    #endif
    guard var entry = list else { return [:] }
    var result: [String: String] = [:]
    while let text = entry.pointee {
      let pair = String(cString: text).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2, result[String(pair[0])] == nil {
        result[String(pair[0])] = String(pair[1])
      }
      entry += 1
    }
    return result
  }
}
