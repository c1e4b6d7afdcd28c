#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What random tests are tried on.
package enum Seeds {
  /// Whether `PIPEWRIGHT_SEEDS` asks for some: then there is time.
  package static var areAsked: Bool { getenv("PIPEWRIGHT_SEEDS") != nil }

  /// The seeds that `PIPEWRIGHT_SEEDS` asks for: so many, `500`, or from one to another,
  /// `1000-1499`; by default the first few.
  package static func asked(or count: UInt64) -> Range<UInt64> {
    guard let text = getenv("PIPEWRIGHT_SEEDS").map({ String(cString: $0) }) else {
      return 0..<count
    }
    let numbers = text.split(separator: "-").compactMap { UInt64($0) }
    switch numbers.count {
    case 1: return 0..<numbers[0]
    case 2 where numbers[0] <= numbers[1]: return numbers[0]..<(numbers[1] + 1)
    default: return 0..<count
    }
  }
}
