/// Names for experiments that nobody named: `sunny-spring-21`.
package enum ExperimentName {
  /// A readable name, which no other number gives.
  ///
  /// - Parameters:
  ///   - number: counts up from experiment to experiment.
  ///   - seed: chooses the words.
  package static func make(number: Int, seed: UInt64) -> String {
    let adjective = adjectives[Int(seed % UInt64(adjectives.count))]
    let noun = nouns[Int(seed / 4_096 % UInt64(nouns.count))]
    return "\(adjective)-\(noun)-\(number)"
  }

  /// Whether a user may call an experiment so: what a path, a step or a version could be is not a
  /// name.
  package static func isValid(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetterOrDigit(first), text.utf8.count <= 100 else {
      return false
    }
    return text.utf8.allSatisfy { isLetterOrDigit($0) || "-_.+=,".utf8.contains($0) }
  }

  /// Whether a text could come from `make`.
  package static func isMade(_ text: String) -> Bool {
    let parts = text.split(separator: "-").map(String.init)
    return parts.count == 3 && adjectives.contains(parts[0]) && nouns.contains(parts[1])
      && Int(parts[2]) != nil
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z"))
      || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
  }

  private static let adjectives = [
    "amber", "bold", "brave", "breezy", "bright", "brisk", "calm", "clear", "cosy", "crisp",
    "curious", "daring", "dewy", "eager", "early", "easy", "fair", "fleet", "fresh", "frosty",
    "gentle", "gilded", "glad", "golden", "green", "happy", "hardy", "hazy", "honest", "jolly",
    "keen", "kind", "late", "light", "lively", "lucky", "mellow", "merry", "mild", "misty",
    "neat", "nimble", "noble", "patient", "plain", "proud", "quick", "quiet", "ready", "rosy",
    "shady", "silent", "silver", "smooth", "snowy", "soft", "steady", "still", "sunny", "swift",
    "tidy", "vivid", "warm", "wise",
  ]

  private static let nouns = [
    "autumn", "bay", "beach", "birch", "bloom", "breeze", "bridge", "brook", "canyon", "cedar",
    "cliff", "cloud", "coast", "creek", "dale", "dawn", "delta", "dune", "dusk", "fern",
    "field", "fjord", "forest", "garden", "glade", "grove", "harbour", "haven", "heath", "hill",
    "island", "lagoon", "lake", "lane", "leaf", "maple", "marsh", "meadow", "moon", "moor",
    "morning", "oak", "orchard", "path", "pine", "pond", "prairie", "rain", "reef", "ridge",
    "river", "shore", "sky", "spring", "star", "stone", "stream", "summer", "tide", "valley",
    "willow", "wind", "winter", "wood",
  ]
}
