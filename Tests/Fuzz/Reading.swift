/// One way in for bytes that somebody else may have written, with what holds whatever they are.
struct Reading: Sendable {
  /// As on the command line, and as its folder in the corpus is called.
  let name: String
  /// Whether mutations speak the language of text files, or that of numbers and offsets.
  var isText = true
  /// Whether what this program writes itself is among what mutations begin with.
  var written: @Sendable () throws -> [[UInt8]] = { [] }
  /// Makes the digests inside right again, so that what lies behind them is read.
  var seal: (@Sendable ([UInt8]) -> [UInt8])?
  /// Reads the bytes, and asks of what came of it all that was promised.
  let attempt: @Sendable ([UInt8]) throws -> Void

  /// All there are.
  static let all = manifests + texts + stored + streams

  /// - Returns: nil where none is called so.
  static func named(_ name: String) -> Reading? { all.first { $0.name == name } }
}

/// A promise that did not hold.
struct Broken: Error, CustomStringConvertible {
  let description: String
}

/// Says which promise does not hold.
func promise(_ holds: Bool, _ text: @autoclosure () -> String) throws(Broken) {
  if !holds { throw Broken(description: text()) }
}
