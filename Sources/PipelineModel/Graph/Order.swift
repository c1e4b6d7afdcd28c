/// The order of execution, or the cycles that forbid one.
struct Order {
  /// Every step after all that it needs; ties in manifest order.
  private(set) var steps: [ID<Step>] = []
  /// Each a way from a step back to itself: every step needs the next.
  private(set) var cycles: [[ID<Step>]] = []

  /// - Parameter predecessors: per step, in table order.
  /// - SeeAlso: Kahn, "Topological sorting of large networks", 1962.
  init(predecessors: [[ID<Step>]], dependants: [[ID<Step>]]) {
    var waiting = predecessors.map(\.count)
    // The steps that can follow next; the smallest index first, so that ties keep the order.
    var ready = Heap<Int>(<)
    for index in waiting.indices where waiting[index] == 0 { ready.insert(index) }
    while let index = ready.removeFirst() {
      steps.append(ID(index: index))
      for dependant in dependants[index] {
        waiting[dependant.index] -= 1
        if waiting[dependant.index] == 0 { ready.insert(dependant.index) }
      }
    }
    if steps.count < waiting.count { findCycles(waiting, predecessors) }
  }

  /// Walks from each step that is left to some predecessor that is left, until a step comes again.
  private mutating func findCycles(_ waiting: [Int], _ predecessors: [[ID<Step>]]) {
    var isSeen = [Bool](repeating: false, count: waiting.count)
    for start in waiting.indices where waiting[start] > 0 && !isSeen[start] {
      var way: [ID<Step>] = []
      var place: [Int: Int] = [:]
      var current = ID<Step>(index: start)
      while place[current.index] == nil, !isSeen[current.index] {
        isSeen[current.index] = true
        place[current.index] = way.count
        way.append(current)
        guard let next = predecessors[current.index].first(where: { waiting[$0.index] > 0 }) else {
          break
        }
        current = next
      }
      if let first = place[current.index] { cycles.append(Array(way[first...])) }
    }
  }
}
