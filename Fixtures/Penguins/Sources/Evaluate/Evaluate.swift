import PenguinClassifier
import PenguinTable
import PipelineComponent

/// Measures, on penguins that training has not seen, how often each species is recognised.
@main enum Evaluate {
  static func main() {
    Component.run { component in
      let classifier = try Classifier(reading: component.input("model"))
      let test = try Table(reading: component.input("test"))
      let confusion = try Confusion(of: classifier, on: test.observations())

      try JSONFile.write(confusion.scores, to: component.output("scores"))
      try confusion.table.write(to: component.output("confusion"))
      try TextFile.write(confusion.picture(style: Style.text()), to: component.output("picture"))
      let scores = confusion.scores
      print("accuracy \(scores.accuracy), loss \(scores.loss) on \(scores.rows) penguins")
    }
  }
}
