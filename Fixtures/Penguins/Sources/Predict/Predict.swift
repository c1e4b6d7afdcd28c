import PenguinClassifier
import PenguinTable
import PipelineComponent

/// Tells the species of penguins, from a model that `Train` wrote and nothing else.
///
/// Predict Models/penguins.json --culmen-length 39.1 --culmen-depth 18.7 --flipper-length 181 \
///   --body-mass 3750 --island Torgersen --sex male
/// Predict Models/penguins.json <penguins.csv
///
/// It answers in CSV: a line for each penguin, with its species and the probability of each.
@main enum Predict {
  static func main() {
    Component.run { _ in
      let question = try Question(CommandLine.arguments.dropFirst())
      let classifier = try Classifier(reading: question.classifier)
      let penguins: [Penguin]
      if let penguin = question.penguin {
        penguins = [penguin]
      } else {
        var text = ""
        while let line = readLine(strippingNewline: false) { text += line }
        let table = try Table(name: "standard input", csv: text)
        penguins = try table.rows.map { try Penguin($0, of: table) }
      }

      print((["species"] + classifier.weights.species).joined(separator: ","))
      for penguin in penguins {
        let answer = try classifier.predict(penguin)
        let probabilities = answer.probabilities.map { $0.text(decimals: 4) }
        print(([answer.species] + probabilities).joined(separator: ","))
      }
    }
  }
}
