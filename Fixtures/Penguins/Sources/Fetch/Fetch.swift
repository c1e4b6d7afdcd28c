import PenguinTable
import PipelineComponent

/// Reads the data as it was published and writes it in the form that all other steps expect.
///
/// Fetch --from Data/penguins-raw.csv --to Data/raw.csv
@main enum Fetch {
  static func main() {
    Component.run { component in
      let paths = try Arguments(CommandLine.arguments.dropFirst())
      let published = try Table(reading: paths.from)
      let table = try Publication.normalised(published)
      try table.write(to: paths.to)
      component.log(["rows": Double(table.rows.count)])
      print("\(table.rows.count) penguins")
    }
  }
}
