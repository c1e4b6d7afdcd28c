import PenguinTable

/// What the command line asks.
struct Question {
  /// The path of the classifier.
  let classifier: String
  /// The penguin in question; `nil` if they come on standard input.
  let penguin: Penguin?

  /// Reads the path of a classifier, then either nothing or all properties of one penguin.
  init(_ words: some Sequence<String>) throws {
    var words = Array(words)
    guard !words.isEmpty else { throw Misunderstood("the path of a classifier is missing") }
    classifier = words.removeFirst()
    guard !words.isEmpty else {
      penguin = nil
      return
    }
    let given = try Self.properties(words)
    penguin = try Penguin(
      measurement: { measurement in
        let text = try Self.value(measurement.flag, in: given)
        guard let number = Double(text), number.isFinite else {
          throw Misunderstood("\(measurement.flag) is '\(text)', no number")
        }
        return number
      },
      trait: { try Self.value($0.flag, in: given) })
  }

  private static func properties(_ words: [String]) throws -> [String: String] {
    let flags =
      Penguin.Measurement.allCases.map(\.flag) + Penguin.Trait.allCases.map(\.flag)
    var given: [String: String] = [:]
    for index in stride(from: 0, to: words.count, by: 2) {
      guard flags.contains(words[index]) else {
        throw Misunderstood("'\(words[index])' is none of: \(flags.joined(separator: " "))")
      }
      guard index + 1 < words.count else { throw Misunderstood("\(words[index]) has no value") }
      given[words[index]] = words[index + 1]
    }
    return given
  }

  private static func value(_ flag: String, in given: [String: String]) throws -> String {
    guard let value = given[flag] else { throw Misunderstood("\(flag) is missing") }
    return value
  }
}

/// Why a command line asks nothing.
struct Misunderstood: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension Penguin.Measurement {
  /// `--culmen-length`: the column less its unit.
  var flag: String { "--" + rawValue.split(separator: "_").dropLast().joined(separator: "-") }
}

extension Penguin.Trait {
  /// `--island`
  var flag: String { "--\(rawValue)" }
}
