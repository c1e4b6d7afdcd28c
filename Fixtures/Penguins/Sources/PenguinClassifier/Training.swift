import PenguinTable

/// Gradient descent over all examples at once, from weights of 0.
///
/// Nothing in it is random: the loss has one minimum, and it does not matter where one starts.
public struct Training {
  /// How well the weights did at the end of an epoch.
  public struct Epoch: Equatable, Sendable {
    /// Counted from 1.
    public let number: Int
    /// Mean cross-entropy of the training data, in nats.
    public let loss: Double
    /// Mean cross-entropy of the validation data, in nats.
    public let validationLoss: Double
    /// Share of the validation data that is predicted right.
    public let validationAccuracy: Double
  }

  /// How penguins become features.
  public let encoding: Encoding
  /// Those of the epoch that did best on the validation data, rounded.
  public private(set) var weights: Weights
  /// What has been learnt, ready to answer.
  public var classifier: Classifier { Classifier(encoding: encoding, weights: weights) }
  /// The epoch that ``weights`` are from.
  public private(set) var best: Epoch?

  private var current: Weights
  private let train: [Example]
  private let validation: [Example]

  /// A training that has not begun.
  ///
  /// - Parameters:
  ///   - train: what is learnt from; not empty.
  ///   - validation: what decides which epoch was best; not empty.
  /// - Throws: ``UnknownValue`` or ``UnknownSpecies`` if the validation data has a word that the
  ///   training data has not.
  public init(train: [Observation], validation: [Observation]) throws {
    encoding = Encoding(fitting: train.map(\.penguin))
    let species = Set(train.map(\.species)).sorted()
    current = Weights(species: species, features: encoding.names)
    weights = current
    self.train = try train.examples(encoding, species)
    self.validation = try validation.examples(encoding, species)
  }

  /// Goes one step of length `rate` downhill.
  public mutating func descend(rate: Double, epoch number: Int) -> Epoch {
    let gradient = current.fit(to: train).gradient
    for (row, derivatives) in gradient.enumerated() {
      for (column, derivative) in derivatives.enumerated() {
        current.rows[row][column] -= rate * derivative
      }
    }
    let validated = current.fit(to: validation)
    let epoch = Epoch(
      number: number, loss: current.fit(to: train).loss, validationLoss: validated.loss,
      validationAccuracy: validated.accuracy)
    // Later weights may know the training data by heart and penguins less well.
    if epoch.validationLoss < best?.validationLoss ?? .infinity {
      best = epoch
      weights = current.rounded()
    }
    return epoch
  }
}

/// A species that the training data does not have.
public struct UnknownSpecies: Error, Equatable, Sendable, CustomStringConvertible {
  let species: String
  let known: [String]

  /// As in `'Rockhopper' is no species of the training data, which has: Adelie, Gentoo`.
  public var description: String {
    "'\(species)' is no species of the training data, which has: "
      + known.joined(separator: ", ")
  }
}

extension [Observation] {
  /// As training needs them.
  fileprivate func examples(_ encoding: Encoding, _ species: [String]) throws -> [Example] {
    try map { observation in
      guard let label = species.firstIndex(of: observation.species) else {
        throw UnknownSpecies(species: observation.species, known: species)
      }
      return Example(features: try encoding.features(of: observation.penguin), label: label)
    }
  }
}
