/// A changing set of items of which the first is wanted, in logarithmic time.
struct Heap<Item>: Sendable where Item: Sendable {
  private var items: [Item] = []
  private let precedes: @Sendable (Item, Item) -> Bool

  /// - Parameter precedes: a strict order.
  init(_ precedes: @escaping @Sendable (Item, Item) -> Bool) {
    self.precedes = precedes
  }

  mutating func insert(_ item: Item) {
    items.append(item)
    var child = items.count - 1
    while child > 0, precedes(items[child], items[(child - 1) / 2]) {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() -> Item? {
    guard let first = items.first, let last = items.popLast() else { return nil }
    if items.isEmpty { return first }
    items[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < items.count {
        if precedes(items[child], items[least]) { least = child }
      }
      if least == parent { return first }
      items.swapAt(parent, least)
      parent = least
    }
  }
}
