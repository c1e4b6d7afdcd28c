/// Where the data comes from and where it goes.
struct Arguments {
  let from: String
  let to: String

  /// Reads `--from PATH --to PATH`, in any order.
  init(_ words: some Sequence<String>) throws(WrongArguments) {
    let words = Array(words)
    guard words.count == 4, let from = Self.value(after: "--from", in: words),
      let to = Self.value(after: "--to", in: words)
    else { throw WrongArguments(words: words) }
    self.from = from
    self.to = to
  }

  private static func value(after name: String, in words: [String]) -> String? {
    guard let index = words.firstIndex(of: name), index + 1 < words.count else { return nil }
    return words[index + 1]
  }
}

/// A command line that cannot be understood.
struct WrongArguments: Error, CustomStringConvertible {
  let words: [String]

  var description: String {
    "'\(words.joined(separator: " "))' is not '--from PATH --to PATH'"
  }
}
