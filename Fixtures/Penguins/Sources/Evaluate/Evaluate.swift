import PenguinClassifier
import PenguinTable
import PipelineComponent

/// Measures, on penguins that training has not seen, how often each species is recognised.
@main enum Evaluate {
  static func main() {
    Component.run { component in
      let classifier = Classifier(
        encoding: try JSONFile.read(Encoding.self, from: component.input("encoding")),
        weights: try JSONFile.read(Weights.self, from: component.input("weights")))
      let test = try Table(reading: component.input("test"))
      let confusion = try Confusion(of: classifier, on: test.observations())

      try JSONFile.write(confusion.scores, to: component.output("scores"))
      try confusion.table.write(to: component.output("confusion"))
      try TextFile.write(confusion.picture(style: Style.text()), to: component.output("picture"))
      print("accuracy \(confusion.scores.accuracy) on \(confusion.scores.rows) penguins")
    }
  }
}
