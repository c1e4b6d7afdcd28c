import PenguinTable
import PipelineComponent

/// Sets aside penguins that training does not see: some to validate each epoch, some to test the
/// end.
@main enum Segregate {
  static func main() {
    Component.run { component in
      let shares = try component.parameters(as: Shares.self, at: "split")
      guard shares.validation > 0, shares.test > 0, shares.validation + shares.test < 1 else {
        Component.fail("split.validation and split.test have to be above 0, and their sum below 1")
      }
      let table = try Table(reading: component.input("clean"))
      let split = Split(
        stratifying: try table.rows.map { try table.text(Penguin.speciesColumn, of: $0) },
        validation: shares.validation, test: shares.test, seed: shares.seed)
      let parts = [("train", split.train), ("validation", split.validation), ("test", split.test)]
      for (name, indices) in parts {
        try table.with(indices.map { table.rows[$0] }).write(to: component.output(name))
        print("\(name): \(indices.count) penguins")
      }
    }
  }
}

private struct Shares: Decodable {
  let validation: Double
  let test: Double
  let seed: Int
}
