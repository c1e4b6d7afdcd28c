extension GraphReport {
  /// For Graphviz: an edge per pair of steps, dashed where the later one only waits.
  package var dot: String {
    var lines = [
      "digraph \(GraphReport.dotQuoted(pipeline.project)) {",
      "  rankdir=LR;",
      "  node [shape=box, style=rounded, fontname=\"sans-serif\"];",
      "  edge [fontname=\"sans-serif\", fontsize=10];",
    ]
    for id in steps {
      let name = GraphReport.dotQuoted("\(step(id).name)")
      let caption = caption(id)
      let label = caption.count > 1 ? " [label=\(GraphReport.dotQuoted(caption))]" : ""
      lines.append("  \(name)\(label);")
    }
    for edge in edges {
      var attributes: [String] = []
      if !edge.labels.isEmpty { attributes.append("label=\(GraphReport.dotQuoted(edge.label))") }
      if edge.isOrderOnly { attributes.append("style=dashed") }
      let ends = [edge.from, edge.to].map { GraphReport.dotQuoted("\(step($0).name)") }
      let suffix = attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
      lines.append("  \(ends[0]) -> \(ends[1])\(suffix);")
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  /// For Mermaid: a flowchart from left to right, as Markdown pages show it.
  package var mermaid: String {
    var lines = ["flowchart LR"]
    // Words such as `end` break the grammar as names, so names are only labels.
    for id in steps {
      let caption = caption(id).map(Markup.mermaid).joined(separator: "<br/>")
      lines.append("  s\(id.index)[\"\(caption)\"]")
    }
    for edge in edges {
      let arrow = edge.isOrderOnly ? "-.->" : "-->"
      let label = edge.labels.isEmpty ? "" : "|\"\(Markup.mermaid(edge.label))\"|"
      lines.append("  s\(edge.from.index) \(arrow)\(label) s\(edge.to.index)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A quoted text whose lines stand under each other.
  ///
  /// The language itself only knows `\"`; in labels a backslash begins an escape as well, so it is
  /// doubled, and one at the end would otherwise take the closing quote.
  private static func dotQuoted(_ lines: [String]) -> String {
    let escaped = lines.map { line in
      var out = ""
      for scalar in Excerpt.shown(line).unicodeScalars {
        if scalar == "\"" || scalar == "\\" { out += "\\" }
        out.unicodeScalars.append(scalar)
      }
      return out
    }
    return "\"\(escaped.joined(separator: "\\n"))\""
  }

  private static func dotQuoted(_ text: String) -> String { dotQuoted([text]) }
}
