import PenguinClassifier
import PenguinTable
import PipelineComponent

/// Puts everything that answering takes into one file, and makes sure that it answers as
/// was measured.
@main enum Assemble {
  static func main() {
    Component.run { component in
      let scores = try JSONFile.read(Scores.self, from: component.input("scores"))
      let path = try component.output("classifier")
      try JSONFile.write(
        Classifier(
          encoding: try JSONFile.read(Encoding.self, from: component.input("encoding")),
          weights: try JSONFile.read(Weights.self, from: component.input("weights")),
          scores: scores),
        to: path)

      // What goes out is the file, so it is the file that is asked.
      let test = try Table(reading: component.input("test"))
      let answers = try Confusion(of: Classifier(reading: path), on: test.observations())
      guard answers.scores == scores else {
        Component.fail("'\(path)' does not answer as the parts that it was made of")
      }
    }
  }
}
