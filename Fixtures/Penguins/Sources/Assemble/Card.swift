import PenguinClassifier
import PenguinTable

/// What a classifier is for, how good it is and where it must not be believed.
///
/// - SeeAlso: M. Mitchell and others, "Model Cards for Model Reporting", FAT* 2019.
struct Card {
  let classifier: Classifier
  let scores: Scores

  /// In Markdown.
  var text: String {
    """
    # Penguin classifier

    Tells the species of an adult penguin: \(list(classifier.weights.species)).
    Multinomial logistic regression; the format of the file is `\(classifier.format)`.

    ## How good it is

    On \(scores.rows) penguins that training has not seen: \
    accuracy \(scores.accuracy.text(decimals: 4)), \
    loss \(scores.loss.text(decimals: 4)) (mean cross-entropy in nats).

    | species | precision | recall |
    |---|---|---|
    \(classifier.weights.species.map(row).joined(separator: "\n"))

    ## What it has learnt from

    | measurement | mean | deviation |
    |---|---|---|
    \(classifier.encoding.scales.map(row).joined(separator: "\n"))

    \(classifier.encoding.codes.map(line).joined(separator: "\n"))

    ## Limits

    An island or a sex that is not listed above is refused. A penguin of any other species is taken
    for one of these, so measurements far from the means are no ground for an answer.

    """
  }

  private func row(_ species: String) -> String {
    let shares = [scores.precision[species], scores.recall[species]]
      .map { $0?.text(decimals: 4) ?? "not measured" }
    return "| \(species) | \(shares.joined(separator: " | ")) |"
  }

  private func row(_ scale: Encoding.Scale) -> String {
    let numbers = [scale.mean, scale.deviation].map { $0.text(decimals: 1) }
    return "| \(scale.measurement.rawValue) | \(numbers.joined(separator: " | ")) |"
  }

  private func line(_ code: Encoding.Code) -> String {
    "- \(code.trait.rawValue): \(list(code.values))"
  }

  private func list(_ words: [String]) -> String { words.joined(separator: ", ") }
}
