/// The parameters of one execution: defaults, files and the command line laid over each other.
package struct Parameters: Sendable, Equatable {
  /// A map.
  package private(set) var values: Value

  package init(_ values: Value = .map([])) {
    self.values = values
  }

  /// Lays `over` on top: maps are merged key by key, anything else is replaced.
  package mutating func merge(_ over: Value) {
    // A map that is laid over an empty one, as the first is, needs no search.
    if case .map(let entries) = values, entries.isEmpty {
      values = over
      return
    }
    var tree = ValueTree(values)
    tree.lay(over, at: [])
    values = tree.value
  }

  /// Sets one known parameter.
  ///
  /// - Returns: false where no parameter has that name; nothing has changed then.
  package mutating func set(_ name: ParameterName, to value: Value) -> Bool {
    guard self[name] != nil else { return false }
    merge(name.components.reversed().reduce(value) { .map([(key: $1, value: $0)]) })
    return true
  }

  package subscript(name: ParameterName) -> Value? {
    name.components.reduce(Optional(values)) { $0?[$1] }
  }

  /// Every name that can be referred to: leaves and the maps that hold them.
  package var names: [ParameterName] {
    var names: [ParameterName] = []
    var open: [(path: [String], value: Value)] = [([], values)]
    while let (path, value) = open.popLast() {
      if !path.isEmpty { names.append(ParameterName(path)) }
      for entry in (value.map ?? []).reversed() { open.append((path + [entry.key], entry.value)) }
    }
    return names
  }

  /// The leaves at and below a name: scalars, lists and empty maps.
  package func leaves(of name: ParameterName) -> [(name: ParameterName, value: Value)] {
    guard let value = self[name] else { return [] }
    var leaves: [(name: ParameterName, value: Value)] = []
    var open = [(path: name.components, value: value)]
    while let (path, value) = open.popLast() {
      if case .map(let entries) = value, !entries.isEmpty {
        for entry in entries.reversed() { open.append((path + [entry.key], entry.value)) }
      } else {
        leaves.append((ParameterName(path), value))
      }
    }
    return leaves
  }
}

extension Value {
  /// Nested maps that hold these leaves and nothing else.
  package init(leaves: [(name: ParameterName, value: Value)]) {
    var tree = ValueTree(.map([]))
    for leaf in leaves { tree.lay(leaf.value, at: leaf.name.components) }
    self = tree.value
  }
}

/// A value that others are laid over: each key is found at once, however many there are.
private struct ValueTree {
  private struct Branch {
    let key: String
    /// Nil for a map.
    var leaf: Value?
    /// Of a map, in their order.
    var children: [Int] = []
    var places: [[UInt8]: Int] = [:]
  }

  /// The whole first; every map before what is in it.
  private var branches = [Branch(key: "")]

  init(_ value: Value) {
    lay(value, at: [])
  }

  /// Maps are merged key by key, anything else is replaced.
  mutating func lay(_ value: Value, at path: [String]) {
    var open = [(place: path.reduce(0) { child($1, of: $0) }, value: value)]
    while let (place, value) = open.popLast() {
      guard case .map(let entries) = value else {
        branches[place].leaf = value
        branches[place].children = []
        branches[place].places = [:]
        continue
      }
      branches[place].leaf = nil
      let below = entries.map { (place: child($0.key, of: place), value: $0.value) }
      open += below.reversed()
    }
  }

  private mutating func child(_ key: String, of place: Int) -> Int {
    branches[place].leaf = nil
    let bytes = Array(key.utf8)
    if let known = branches[place].places[bytes] { return known }
    branches.append(Branch(key: key))
    branches[place].children.append(branches.count - 1)
    branches[place].places[bytes] = branches.count - 1
    return branches.count - 1
  }

  var value: Value {
    var values = [Value](repeating: .null, count: branches.count)
    for index in branches.indices.reversed() {
      let branch = branches[index]
      values[index] = branch.leaf ?? .map(branch.children.map { (branches[$0].key, values[$0]) })
    }
    return values[0]
  }
}
