import PenguinClassifier
import PenguinTable
import PipelineComponent

/// Puts beside the model what people have to know before they use it: its card.
@main enum Assemble {
  static func main() {
    Component.run { component in
      let card = Card(
        classifier: try Classifier(reading: component.input("model")),
        scores: try JSONFile.read(Scores.self, from: component.input("scores")))
      try TextFile.write(card.text, to: component.output("card"))
    }
  }
}
