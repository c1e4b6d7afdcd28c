import Foundation
import PenguinTable
import Testing

@testable import PenguinClassifier

@Suite("Confusion") struct ConfusionTests {
  /// Island A and island B are as many penguins each, of which A's are auks.
  static let observations = [("A", "Auk"), ("A", "Auk"), ("B", "Booby"), ("B", "Auk")]
    .map { island, species in
      Observation(
        Penguin(measurement: { _ in 1 }, trait: { $0 == .sex ? "male" : island }),
        species: species)
    }

  /// Takes each penguin for what its island suggests, with the odds of e to the power of `score`.
  static func classifier(score: Double) -> Classifier {
    let encoding = Encoding(fitting: observations.map(\.penguin))
    var weights = Weights(species: ["Auk", "Booby"], features: encoding.names)
    for (row, island) in ["A", "B"].enumerated() {
      for (column, name) in encoding.names.enumerated() where name == "island=\(island)" {
        weights.rows[row][column] = score
      }
    }
    return Classifier(encoding: encoding, weights: weights)
  }

  @Test("Answers are counted by species, and shares are of these counts")
  func counts() throws {
    let confusion = try Confusion(of: Self.classifier(score: 2), on: Self.observations)
    #expect(confusion.counts == [[2, 1], [0, 1]])
    #expect(confusion.scores.accuracy == 0.75)
    #expect(confusion.scores.precision == ["Auk": 1, "Booby": 0.5])
    #expect(confusion.scores.recall == ["Auk": 0.6667, "Booby": 1])
    #expect(confusion.scores.rows == 4)
  }

  @Test("The loss is the mean negative logarithm of what the truth was given", arguments: 0...4)
  func loss(score: Int) throws {
    let confusion = try Confusion(
      of: Self.classifier(score: Double(score)), on: Self.observations)
    let right = 1 / (1 + exp(-Double(score)))
    let expected = -(3 * log(right) + log(1 - right)) / 4
    #expect(abs(confusion.loss - expected) < 1e-12)
    #expect(confusion.scores.loss == expected.rounded(decimals: 4))
  }

  @Test("Of an answer that was sure and wrong, and of none, the loss is large and a number")
  func extremes() throws {
    let sure = try Confusion(of: Self.classifier(score: 5000), on: Self.observations)
    #expect(sure.loss.isFinite && sure.loss > 100)
    let nothing = try Confusion(of: Self.classifier(score: 1), on: [])
    #expect(nothing.loss.isFinite && nothing.loss > 100)
    #expect(nothing.scores.accuracy == 0)
  }

  @Test("A classifier is the same when it is read again, and one of another format is refused")
  func file() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "classifier-\(UUID().uuidString).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let classifier = Self.classifier(score: 2)
    try JSONFile.write(classifier, to: path)
    #expect(try Classifier(reading: path) == classifier)
    let text = try TextFile.read(path)
    let other = text.replacing(Classifier.format, with: "penguin-classifier/0")
    #expect(text != other)
    try TextFile.write(other, to: path)
    #expect(throws: UnknownFormat(path: path, format: "penguin-classifier/0")) {
      try Classifier(reading: path)
    }
  }
}
