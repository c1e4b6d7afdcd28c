extension GraphReport {
  /// A drawing that needs nothing else: boxes in layers from left to right, curves between them.
  package var svg: String { Drawing(self).svg }
}

/// A graph in layers, measured in pixels.
private struct Drawing {
  private let graph: GraphReport
  private let layers: GraphLayers
  /// By layer: its left side, and the width of its widest box.
  private var columns: [(left: Int, width: Int)] = []
  private var width = 0
  private var height = 0

  private static let boxHeight = 40
  private static let row = 64
  private static let gap = 110
  private static let margin = 20

  init(_ graph: GraphReport) {
    self.graph = graph
    layers = GraphLayers(graph)
    var left = Drawing.margin
    for layer in layers.layers {
      let widest = layer.compactMap { layers.slots[$0].step }.map { boxWidth($0) }.max() ?? 0
      columns.append((left, widest))
      left += widest + Drawing.gap
    }
    width = max(2 * Drawing.margin, left - Drawing.gap + Drawing.margin)
    let tallest = layers.layers.map(\.count).max() ?? 0
    height = tallest * Drawing.row + 2 * Drawing.margin
  }

  var svg: String {
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\""
        + " viewBox=\"0 0 \(width) \(height)\" role=\"img\">",
      "  <title>\(Markup.xml(graph.pipeline.project))</title>", Drawing.style,
      "  <defs><marker id=\"end\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\""
        + " markerHeight=\"8\" orient=\"auto\"><path class=\"end\" d=\"M0 0L8 4L0 8z\"/>"
        + "</marker></defs>",
    ]
    for (edge, way) in zip(graph.edges, layers.ways) { lines += curve(edge, way) }
    for index in layers.slots.indices { lines += box(index) }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  /// Colours follow the reader's choice of a light or dark page.
  private static let style = """
      <style>
        svg { color: #1f2328; background: #ffffff; font: 13px sans-serif; }
        rect { fill: #f6f8fa; stroke: #8c959f; }
        text { fill: currentColor; text-anchor: middle; }
        .role, .label { font-size: 11px; fill: #656d76; }
        .label { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
        .edge { fill: none; stroke: #8c959f; }
        .after { stroke-dasharray: 4 4; }
        .end { fill: #8c959f; }
        @media (prefers-color-scheme: dark) {
          svg { color: #e6edf3; background: #0d1117; }
          rect { fill: #161b22; }
          .label { stroke: #0d1117; }
          .role, .label { fill: #9198a1; }
        }
      </style>
    """

  /// There is no font to measure by: a wide letter is about eight pixels.
  private func boxWidth(_ id: ID<Step>) -> Int {
    24 + 8 * (graph.caption(id).map(\.count).max() ?? 0)
  }

  /// The middle of a slot's height. Layers are centred on each other.
  private func middle(_ index: Int) -> Int {
    let slot = layers.slots[index]
    let lead = (height - layers.layers[slot.layer].count * Drawing.row) / 2
    return lead + slot.position * Drawing.row + Drawing.row / 2
  }

  private func box(_ index: Int) -> [String] {
    guard let id = layers.slots[index].step else { return [] }
    let column = columns[layers.slots[index].layer]
    let width = boxWidth(id)
    let x = column.left + (column.width - width) / 2
    let centre = column.left + column.width / 2
    let y = middle(index)
    let caption = graph.caption(id)
    let first = caption.count > 1 ? y - 2 : y + 4
    let text = caption.prefix(1).map {
      "<text x=\"\(centre)\" y=\"\(first)\">\(Markup.xml($0))</text>"
    }
    let role = caption.dropFirst().map {
      "<text class=\"role\" x=\"\(centre)\" y=\"\(y + 13)\">\(Markup.xml($0))</text>"
    }
    let rect =
      "<rect x=\"\(x)\" y=\"\(y - Drawing.boxHeight / 2)\" width=\"\(width)\""
      + " height=\"\(Drawing.boxHeight)\" rx=\"6\"/>"
    return ["  <g>\(rect)\(text.joined())\(role.joined())</g>"]
  }

  private func curve(_ edge: GraphReport.Edge, _ way: [Int]) -> [String] {
    guard let first = way.first, let last = way.last else { return [] }
    var x = columns[layers.slots[first].layer].left + columns[layers.slots[first].layer].width
    if let id = layers.slots[first].step {
      x -= (columns[layers.slots[first].layer].width - boxWidth(id)) / 2
    }
    var y = middle(first)
    var path = "M\(x) \(y)"
    for slot in way.dropFirst() {
      let column = columns[layers.slots[slot].layer]
      let inset = layers.slots[slot].step.map { (column.width - boxWidth($0)) / 2 } ?? 0
      let (nextX, nextY) = (column.left + inset, middle(slot))
      let bend = (nextX - x) / 2
      path += " C\(x + bend) \(y) \(nextX - bend) \(nextY) \(nextX) \(nextY)"
      (x, y) = (nextX, nextY)
      // Through a layer in which it ends at no box, straight on.
      if slot != last {
        x = column.left + column.width
        path += " H\(x)"
      }
    }
    let kind = edge.isOrderOnly ? "edge after" : "edge"
    var lines = ["  <path class=\"\(kind)\" marker-end=\"url(#end)\" d=\"\(path)\"/>"]
    if !edge.labels.isEmpty { lines.append(label(edge, way)) }
    return lines
  }

  /// The artifacts' names in the gap before the reader, where curves lie apart.
  private func label(_ edge: GraphReport.Edge, _ way: [Int]) -> String {
    guard let last = way.last, let previous = way.dropLast().last else { return "" }
    let x = columns[layers.slots[last].layer].left - Drawing.gap / 2
    let y = (middle(previous) + middle(last)) / 2
    let text = Markup.xml(Excerpt.clipped(edge.label, to: 16))
    return "  <text class=\"label\" x=\"\(x)\" y=\"\(y - 4)\">"
      + "<title>\(Markup.xml(edge.label))</title>\(text)</text>"
  }
}
