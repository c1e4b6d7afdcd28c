import PenguinClassifier
import PenguinTable

extension Confusion {
  /// A row for each species that penguins are, a column for each that they were taken for.
  var table: Table {
    Table(
      name: "confusion", columns: ["species"] + species,
      rows: zip(species, counts).enumerated().map { index, row in
        Table.Row(line: index + 2, fields: [row.0] + row.1.map(String.init))
      })
  }

  /// The table as an SVG picture: the more of a species in a cell, the stronger its colour.
  func picture(style: String) -> String {
    let cell = 90
    let left = 110
    let top = 70
    var shapes: [String] = []
    for (row, name) in species.enumerated() {
      let y = top + row * cell
      shapes.append("<text class=\"row\" x=\"\(left - 10)\" y=\"\(y + cell / 2)\">\(name)</text>")
      shapes.append("<text x=\"\(left + row * cell + cell / 2)\" y=\"\(top - 16)\">\(name)</text>")
      let total = max(counts[row].reduce(0, +), 1)
      for (column, count) in counts[row].enumerated() {
        let x = left + column * cell
        let share = Double(count) / Double(total)
        let opacity = (0.05 + 0.95 * share).text(decimals: 3)
        shapes.append(
          """
          <rect class="cell \(row == column ? "right" : "wrong")" x="\(x)" y="\(y)" \
          width="\(cell)" height="\(cell)" fill-opacity="\(opacity)"/>
          <text\(share > 0.5 ? " class=\"dark\"" : "") x="\(x + cell / 2)" \
          y="\(y + cell / 2)">\(count)</text>
          """)
      }
    }
    let side = species.count * cell
    let size = "width=\"\(left + side + 20)\" height=\"\(top + side + 20)\""
    return """
      <svg xmlns="http://www.w3.org/2000/svg" \(size)>
      <style>
      \(style)</style>
      <text class="title" x="\(left + side / 2)" y="20">is (row), taken for (column)</text>
      \(shapes.joined(separator: "\n"))
      </svg>

      """
  }
}
