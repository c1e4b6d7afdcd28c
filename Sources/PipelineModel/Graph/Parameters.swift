/// The parameters of one execution: defaults, files and the command line laid over each other.
package struct Parameters: Sendable, Equatable {
  /// A map.
  package private(set) var values: Value

  package init(_ values: Value = .map([])) {
    self.values = values
  }

  /// Lays `over` on top: maps are merged key by key, anything else is replaced.
  package mutating func merge(_ over: Value) {
    values = Parameters.merged(values, over)
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

  private static func merged(_ under: Value, _ over: Value) -> Value {
    guard case .map(var entries) = under, case .map(let new) = over else { return over }
    // A map that is laid over an empty one, as the first is, needs no search.
    if entries.isEmpty { return over }
    for entry in new {
      if let index = entries.firstIndex(where: { $0.key.utf8.elementsEqual(entry.key.utf8) }) {
        entries[index].value = merged(entries[index].value, entry.value)
      } else {
        entries.append(entry)
      }
    }
    return .map(entries)
  }
}

extension Value {
  /// Nested maps that hold these leaves and nothing else.
  package init(leaves: [(name: ParameterName, value: Value)]) {
    var tree = Parameters()
    for leaf in leaves {
      tree.merge(
        leaf.name.components.reversed().reduce(leaf.value) { .map([(key: $1, value: $0)]) })
    }
    self = tree.values
  }
}
