import PenguinTable

/// How a penguin becomes numbers to calculate with.
///
/// It is fitted to the training data once and kept with the model, so that whoever predicts does
/// exactly what training did.
public struct Encoding: Codable, Equatable, Sendable {
  /// A measurement that is brought to mean 0 and deviation 1, so that grams do not outweigh
  /// millimetres.
  public struct Scale: Codable, Equatable, Sendable {
    /// Which one.
    public let measurement: Penguin.Measurement
    /// Of the training data.
    public let mean: Double
    /// Of the training data; 1 where all were equal.
    public let deviation: Double
  }

  /// A trait that becomes one number for each of its values: 1 for the value it has, 0 for others.
  public struct Code: Codable, Equatable, Sendable {
    /// Which one.
    public let trait: Penguin.Trait
    /// What the training data had, in alphabetical order; other values are refused.
    public let values: [String]
  }

  /// Of all measurements.
  public let scales: [Scale]
  /// Of all traits.
  public let codes: [Code]

  /// The encoding for penguins like these.
  ///
  /// - Parameter penguins: of the training data only, or the test would know what it is to judge;
  ///   not empty.
  public init(fitting penguins: [Penguin]) {
    scales = Penguin.Measurement.allCases.map { measurement in
      let values = penguins.map { $0[measurement] }
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      // Where all are equal the measurement tells nothing, and must not divide by 0.
      let deviation = variance > 0 ? variance.squareRoot() : 1
      return Scale(
        measurement: measurement, mean: mean.rounded(decimals: 6),
        deviation: deviation.rounded(decimals: 6))
    }
    codes = Penguin.Trait.allCases.map { trait in
      Code(trait: trait, values: Set(penguins.map { $0[trait] }).sorted())
    }
  }

  /// Names of the numbers that ``features(of:)`` gives, in its order.
  public var names: [String] {
    ["constant"] + scales.map(\.measurement.rawValue)
      + codes.flatMap { code in code.values.map { "\(code.trait.rawValue)=\($0)" } }
  }

  /// The penguin as numbers, the first of which is always 1.
  ///
  /// - Throws: ``UnknownValue`` if a trait has a value that the training data did not have.
  public func features(of penguin: Penguin) throws(UnknownValue) -> [Double] {
    var features = [1.0]
    for scale in scales {
      features.append((penguin[scale.measurement] - scale.mean) / scale.deviation)
    }
    for code in codes {
      let value = penguin[code.trait]
      guard code.values.contains(value) else {
        throw UnknownValue(trait: code.trait, value: value, known: code.values)
      }
      features += code.values.map { $0 == value ? 1 : 0 }
    }
    return features
  }
}

/// A word that the model has never met, so that it cannot tell what follows from it.
public struct UnknownValue: Error, Equatable, Sendable, CustomStringConvertible {
  let trait: Penguin.Trait
  let value: String
  let known: [String]

  /// As in `'Ross' is no island of the training data, which has: Biscoe, Dream`.
  public var description: String {
    "'\(value)' is no \(trait.rawValue) of the training data, which has: "
      + known.joined(separator: ", ")
  }
}
