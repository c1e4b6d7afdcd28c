import PenguinTable

/// A trained model, with everything that answering takes: how a penguin becomes numbers, and what
/// the numbers say.
public struct Classifier: Codable, Equatable, Sendable {
  /// An answer.
  public struct Prediction: Equatable, Sendable {
    /// The most probable one.
    public let species: String
    /// In the order of the classifier's species; their sum is 1.
    public let probabilities: [Double]
  }

  /// The only format that this code reads; it changes whenever old code would misread new files.
  public static let format = "penguin-classifier/1"

  /// Which format the file has.
  public let format: String
  /// How a penguin becomes numbers.
  public let encoding: Encoding
  /// What the numbers say.
  public let weights: Weights

  /// A classifier of parts that belong together.
  public init(encoding: Encoding, weights: Weights) {
    format = Self.format
    self.encoding = encoding
    self.weights = weights
  }

  /// The classifier of a file.
  ///
  /// - Throws: ``UnknownFormat`` if another version of this code wrote it.
  public init(reading path: String) throws {
    struct Head: Decodable { let format: String }
    let format = try JSONFile.read(Head.self, from: path).format
    guard format == Self.format else { throw UnknownFormat(path: path, format: format) }
    self = try JSONFile.read(Self.self, from: path)
  }

  /// What the penguin most probably is.
  ///
  /// - Throws: ``UnknownValue`` if a trait has a value that the training data did not have.
  public func predict(_ penguin: Penguin) throws(UnknownValue) -> Prediction {
    let probabilities = weights.probabilities(try encoding.features(of: penguin))
    return Prediction(
      species: weights.species[probabilities.indexOfLargest], probabilities: probabilities)
  }
}

/// A file that some other version of the classifier wrote.
public struct UnknownFormat: Error, Equatable, Sendable, CustomStringConvertible {
  let path: String
  let format: String

  /// Names the file and both formats.
  public var description: String {
    "'\(path)' has the format '\(format)'; this program reads '\(Classifier.format)'"
  }
}
