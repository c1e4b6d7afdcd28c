/// The handle of one row of a `Table`. A step's handle cannot index the artifacts.
package struct ID<Entity>: Hashable, Sendable, Comparable {
  package let index: Int

  @inlinable package init(index: Int) {
    self.index = index
  }

  @inlinable package static func < (a: ID, b: ID) -> Bool { a.index < b.index }
}

/// Rows that are only ever added, each known by its handle.
package struct Table<Entity: Sendable>: Sendable {
  package var rows: ContiguousArray<Entity> = []

  @inlinable package init() {}

  @inlinable package var count: Int { rows.count }

  /// All handles, in the order in which the rows were added.
  @inlinable package var ids: LazyMapSequence<Range<Int>, ID<Entity>> {
    rows.indices.lazy.map { ID(index: $0) }
  }

  package mutating func add(_ entity: Entity) -> ID<Entity> {
    rows.append(entity)
    return ID(index: rows.count - 1)
  }

  /// Lends the row where it lies: to copy a step takes longer than what is mostly asked of it.
  @inlinable package subscript(id: ID<Entity>) -> Entity {
    _read { yield rows.span[id.index] }
    _modify { yield &rows[id.index] }
  }
}

extension Table: Equatable where Entity: Equatable {}
