/// Where the steps of a graph stand in a drawing: in layers from left to right.
///
/// - SeeAlso: Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system
///   structures", 1981.
struct GraphLayers {
  /// A step, or the place where an edge passes through a layer.
  struct Slot: Equatable {
    let step: ID<Step>?
    var layer: Int
    /// The place in its layer, from above.
    var position = 0
  }

  private(set) var slots: [Slot] = []
  /// By layer, from above: indices of slots.
  private(set) var layers: [[Int]] = []
  /// By edge: the slots that it passes, from its first step to its last.
  private(set) var ways: [[Int]] = []
  private var before: [[Int]] = []
  private var behind: [[Int]] = []

  init(_ graph: GraphReport) {
    var place: [ID<Step>: Int] = [:]
    var depth: [ID<Step>: Int] = [:]
    for edge in graph.edges {
      depth[edge.to] = max(depth[edge.to] ?? 0, (depth[edge.from] ?? 0) + 1)
    }
    for id in graph.steps {
      place[id] = slots.count
      slots.append(Slot(step: id, layer: depth[id] ?? 0))
    }
    for edge in graph.edges {
      guard let first = place[edge.from], let last = place[edge.to] else { continue }
      ways.append(way(from: first, to: last))
    }
    layers = [[Int]](repeating: [], count: (slots.map(\.layer).max() ?? -1) + 1)
    for index in slots.indices { layers[slots[index].layer].append(index) }
    before = [[Int]](repeating: [], count: slots.count)
    behind = before
    for way in ways {
      for (a, b) in zip(way, way.dropFirst()) {
        behind[a].append(b)
        before[b].append(a)
      }
    }
    number()
    for _ in 0..<4 {
      for layer in layers.indices { arrange(layer, by: before) }
      for layer in layers.indices.reversed() { arrange(layer, by: behind) }
    }
  }

  private mutating func way(from first: Int, to last: Int) -> [Int] {
    var way = [first]
    // Edges lead to later layers, since steps come in the order of the pipeline.
    for layer in (slots[first].layer + 1)..<max(slots[first].layer + 1, slots[last].layer) {
      way.append(slots.count)
      slots.append(Slot(step: nil, layer: layer))
    }
    return way + [last]
  }

  private mutating func number() {
    for layer in layers {
      for (position, slot) in layer.enumerated() { slots[slot].position = position }
    }
  }

  /// Orders one layer by the mean position of what its slots are joined to on one side.
  private mutating func arrange(_ layer: Int, by neighbours: [[Int]]) {
    let wanted = layers[layer].map { slot -> (slot: Int, mean: Double) in
      let joined = neighbours[slot]
      guard !joined.isEmpty else { return (slot, Double(slots[slot].position)) }
      return (slot, Double(joined.reduce(0) { $0 + slots[$1].position }) / Double(joined.count))
    }
    let sorted = wanted.enumerated().sorted { a, b in
      a.element.mean == b.element.mean ? a.offset < b.offset : a.element.mean < b.element.mean
    }
    layers[layer] = sorted.map(\.element.slot)
    for (position, slot) in layers[layer].enumerated() { slots[slot].position = position }
  }
}
