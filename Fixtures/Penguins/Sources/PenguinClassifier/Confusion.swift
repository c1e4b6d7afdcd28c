import PenguinTable

/// How often each species was taken for each, and how sure the answers were.
public struct Confusion: Equatable, Sendable {
  /// Of rows and columns.
  public let species: [String]
  /// Rows are what the penguins are, columns what they were taken for.
  public private(set) var counts: [[Int]]
  /// Mean cross-entropy in nats: 0 where every answer was right and certain.
  public let loss: Double

  /// Asks the classifier about each observation.
  public init(of classifier: Classifier, on observations: [Observation]) throws {
    let species = classifier.weights.species
    self.species = species
    counts = species.map { _ in species.map { _ in 0 } }
    var surprise = 0.0
    for observation in observations {
      let prediction = try classifier.predict(observation.penguin)
      guard let row = species.firstIndex(of: observation.species),
        let column = species.firstIndex(of: prediction.species)
      else { throw UnknownSpecies(species: observation.species, known: species) }
      counts[row][column] += 1
      surprise += Self.surprise(at: prediction.probabilities[row])
    }
    // Of nothing, as bad as can be: not-a-number would not even be JSON.
    loss = observations.isEmpty ? Self.surprise(at: 0) : surprise / Double(observations.count)
  }

  /// What it comes to.
  public var scores: Scores {
    let total = counts.joined().reduce(0, +)
    var precision: [String: Double] = [:]
    var recall: [String: Double] = [:]
    for (index, name) in species.enumerated() {
      let taken = counts.reduce(0) { $0 + $1[index] }
      let actual = counts[index].reduce(0, +)
      precision[name] = Self.share(counts[index][index], of: taken)
      recall[name] = Self.share(counts[index][index], of: actual)
    }
    let correct = species.indices.reduce(0) { $0 + counts[$1][$1] }
    return Scores(
      accuracy: Self.share(correct, of: total), loss: loss.rounded(decimals: 4), rows: total,
      precision: precision, recall: recall)
  }

  // A probability may be too small for a number; the surprise is large then, not infinite.
  private static func surprise(at probability: Double) -> Double {
    -Elementary.logarithm(max(probability, .leastNormalMagnitude))
  }

  // Of nothing, nothing was right: that shows.
  private static func share(_ part: Int, of whole: Int) -> Double {
    whole == 0 ? 0 : (Double(part) / Double(whole)).rounded(decimals: 4)
  }
}

/// How good a classifier is, rounded to four decimals; shares are from 0 to 1.
public struct Scores: Codable, Equatable, Sendable {
  /// The share of penguins that were taken for what they are.
  public let accuracy: Double
  /// How far its probabilities are from the truth: ``Confusion/loss``. It still tells two
  /// classifiers apart where both are right about every penguin.
  public let loss: Double
  /// How many penguins that was measured on.
  public let rows: Int
  /// By species: of those taken for it, the share that are.
  public let precision: [String: Double]
  /// By species: of those that are, the share that were taken for it.
  public let recall: [String: Double]
}
