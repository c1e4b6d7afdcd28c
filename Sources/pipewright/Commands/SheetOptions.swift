import ArgumentParser
import PipelineModel

/// How a listing is written.
struct SheetOptions: ParsableArguments {
  @Flag(help: "Print JSON, schema 1.")
  var json = false

  @Flag(help: "Print comma-separated values.")
  var csv = false

  @Flag(help: "Print a Markdown table.")
  var markdown = false

  func validate() throws {
    if [json, csv, markdown].count(where: \.self) > 1 {
      throw ValidationError("of '--json', '--csv' and '--markdown' only one can be given.")
    }
  }

  /// Prints a listing; in JSON its rows stand under `name`.
  func print(_ sheet: Sheet, as name: String, style: Style) {
    let text =
      if json {
        JSON.pretty(.map([("schema", .number("1")), (name, sheet.json)]))
      } else if csv {
        sheet.csv
      } else if markdown {
        sheet.markdown
      } else {
        sheet.lines(width: Columns.width).map(style.text).joined(separator: "\n")
      }
    Invocation.shared.print(text)
  }
}
