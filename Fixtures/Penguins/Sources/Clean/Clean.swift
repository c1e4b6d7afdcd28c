import PenguinTable
import PipelineComponent

/// Drops what cannot be used: rows that are there twice, and rows with something missing.
@main enum Clean {
  static func main() {
    Component.run { component in
      let raw = try Table(reading: component.input("raw"))
      var seen: Set<[String]> = []
      let unique = raw.rows.filter { seen.insert($0.fields).inserted }
      let complete = unique.filter { !$0.fields.contains("") }
      try raw.with(complete).write(to: component.output("clean"))

      let duplicates = raw.rows.count - unique.count
      let incomplete = unique.count - complete.count
      component.log([
        "rows": Double(complete.count), "duplicates": Double(duplicates),
        "incomplete": Double(incomplete),
      ])
      print("\(complete.count) penguins; dropped \(duplicates) duplicate, \(incomplete) incomplete")
    }
  }
}
