import PenguinTable
import PipelineComponent

/// Fails, and thereby stops all that comes after it, if the data is not what is expected of it.
///
/// Check table     the rows of one table
/// Check splits    that training, validation and test data tell of the same penguins' world
@main enum Check {
  static func main() {
    Component.run { component in
      let expectations = try JSONFile.read(
        Expectations.self, from: component.input("expectations"))
      let problems: [TableProblem]
      switch CommandLine.arguments.dropFirst().joined(separator: " ") {
      case "table":
        let table = try Table(reading: component.input("clean"))
        problems = try expectations.problems(of: table)
        print("\(table.rows.count) rows looked at")
      case "splits":
        let train = try Table(reading: component.input("train"))
        let others = try ["validation", "test"].map { try Table(reading: component.input($0)) }
        let drift = try others.map { try Drift(from: train, to: $0, expecting: expectations) }
        problems = drift.flatMap(\.problems)
        try JSONFile.write(
          Dictionary(uniqueKeysWithValues: zip(["validation", "test"], drift.map(\.measures))),
          to: component.output("drift"))
      default:
        Component.fail("write 'arguments: [table]' or 'arguments: [splits]' in the step")
      }
      if !problems.isEmpty {
        Component.fail(problems.map(\.description).joined(separator: "\n"))
      }
    }
  }
}
