import PenguinTable

/// What multinomial logistic regression has learnt.
///
/// The probability of a species is proportional to e to the power of its score, and the score is
/// the sum of the features, each times a weight.
///
/// - SeeAlso: C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4.
public struct Weights: Codable, Equatable, Sendable {
  /// What is told apart, in alphabetical order.
  public let species: [String]
  /// Names of the features.
  public let features: [String]
  /// A row for each species with a weight for each feature.
  var rows: [[Double]]

  /// Weights that know nothing: every species is as likely as the others.
  init(species: [String], features: [String]) {
    self.species = species
    self.features = features
    rows = species.map { _ in features.map { _ in 0 } }
  }

  /// The probability of each species, in the order of ``species``; their sum is 1.
  public func probabilities(_ features: [Double]) -> [Double] {
    let scores = rows.map { weights in zip(weights, features).reduce(0) { $0 + $1.0 * $1.1 } }
    // Scores count from the largest, or the powers could exceed all numbers.
    let largest = scores.max() ?? 0
    let powers = scores.map { Elementary.exponential($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// Rounded to what is worth keeping.
  func rounded() -> Weights {
    var result = self
    result.rows = rows.map { row in row.map { $0.rounded(decimals: 6) } }
    return result
  }
}

/// A penguin ready for training.
struct Example: Equatable, Sendable {
  /// As the encoding gives them.
  let features: [Double]
  /// The index of its species.
  let label: Int
}

extension Weights {
  /// How badly the weights explain the examples, and in which direction they would do worse.
  ///
  /// - Returns: the mean cross-entropy in nats, its derivative by each weight in the shape of
  ///   `rows`, and the share of examples whose most probable species is right.
  /// - SeeAlso: Bishop, equations 4.108 and 4.109.
  func fit(to examples: [Example]) -> (loss: Double, gradient: [[Double]], accuracy: Double) {
    var loss = 0.0
    var correct = 0
    var gradient = rows.map { row in row.map { _ in 0.0 } }
    for example in examples {
      let probabilities = probabilities(example.features)
      // A probability may be too small for a number; its loss is large, not infinite.
      loss -= Elementary.logarithm(max(probabilities[example.label], .leastNormalMagnitude))
      if probabilities.indexOfLargest == example.label { correct += 1 }
      for (index, probability) in probabilities.enumerated() {
        let error = probability - (index == example.label ? 1 : 0)
        for (feature, value) in example.features.enumerated() {
          gradient[index][feature] += error * value
        }
      }
    }
    let count = Double(examples.count)
    return (loss / count, gradient.map { $0.map { $0 / count } }, Double(correct) / count)
  }
}

extension [Double] {
  /// Where the largest stands, the first of equals; 0 where there is none.
  var indexOfLargest: Int {
    indices.reduce(0) { self[$1] > self[$0] ? $1 : $0 }
  }
}
