/// A row of a listing: what has values under names.
package protocol Tracked {
  /// The values under a name: none where there is none, several where it has several tags.
  func values(of name: TrackedName) -> [Value]
}

/// What somebody asks of a listing: which rows, in which order, and what of each.
package struct Inquiry: Sendable {
  package var condition: Condition?
  /// As written: `accuracy`, `-accuracy` for the highest first.
  package var order: String?
  /// How many rows at most.
  package var limit: Int?
  /// As written; nil for the ones that a listing has by itself.
  package var columns: [String]?

  package init(
    condition: Condition? = nil, order: String? = nil, limit: Int? = nil, columns: [String]? = nil
  ) {
    self.condition = condition
    self.order = order
    self.limit = limit
    self.columns = columns
  }

  /// Every name that was written.
  package var writtenNames: [String] {
    (condition?.names ?? []) + (order.map { [Inquiry.name(ofOrder: $0)] } ?? []) + (columns ?? [])
  }

  fileprivate static func name(ofOrder order: String) -> String {
    order.hasPrefix("-") ? String(order.dropFirst()) : order
  }
}

/// An inquiry whose names have a meaning.
package struct ResolvedInquiry: Sendable {
  /// A column: what it speaks of, and what people read above it.
  package struct Column: Sendable, Equatable {
    package let name: TrackedName
    package let title: String

    package init(_ name: TrackedName, title: String? = nil) {
      self.name = name
      self.title = title ?? name.text
    }
  }

  private let condition: Condition?
  private let meanings: [String: TrackedName]
  private let order: (name: TrackedName, isDescending: Bool)?
  private let limit: Int?
  /// Each once.
  package let columns: [Column]

  /// - Parameter standard: the columns where none are asked for.
  /// - Throws: `TrackedNames.Fault` for the first name without one meaning.
  package init(
    _ inquiry: Inquiry, names: TrackedNames, standard: [Column]
  ) throws(TrackedNames.Fault) {
    var meanings: [String: TrackedName] = [:]
    for written in inquiry.writtenNames where meanings[written] == nil {
      meanings[written] = try names.name(written)
    }
    self.meanings = meanings
    condition = inquiry.condition
    order = inquiry.order.flatMap { written in
      meanings[Inquiry.name(ofOrder: written)].map { ($0, written.hasPrefix("-")) }
    }
    limit = inquiry.limit
    let asked = inquiry.columns.map { written in
      written.compactMap { name in meanings[name].map { Column($0, title: name) } }
    }
    var seen: Set<TrackedName> = []
    columns = (asked ?? standard).filter { seen.insert($0.name).inserted }
  }

  /// The metrics that are spoken of, by their full names.
  package var metrics: [String] {
    spoken { name in if case .metric(let metric) = name { metric } else { nil } }
  }

  /// The parameters that are spoken of, by their full names.
  package var parameters: [String] {
    spoken { name in if case .parameter(let parameter) = name { parameter } else { nil } }
  }

  private func spoken(_ choice: (TrackedName) -> String?) -> [String] {
    Set((Array(meanings.values) + columns.map(\.name)).compactMap(choice)).sorted()
  }

  /// The rows that fulfil the condition, in the order asked for, at most as many as asked for.
  ///
  /// What is missing or not a number stands last in either order; equals stay as they stand.
  ///
  /// - Complexity: O(n log n).
  package func rows<Row: Tracked>(of all: [Row]) -> [Row] {
    var rows = all
    if let condition {
      rows = rows.filter { row in
        condition.holds(any: { name in meanings[name].map { row.values(of: $0) } ?? [] })
      }
    }
    if let order {
      let keys = rows.map { SortKey($0.values(of: order.name).first) }
      rows = rows.indices.sorted { a, b in
        switch keys[a].rank(before: keys[b], isDescending: order.isDescending) {
        case .some(let isBefore): isBefore
        case nil: a < b
        }
      }.map { rows[$0] }
    }
    return limit.map { Array(rows.prefix($0)) } ?? rows
  }
}

/// A value as it is sorted: numbers, then texts, then what is nothing.
private enum SortKey {
  case number(Double)
  case text([UInt8])
  case nothing

  init(_ value: Value?) {
    guard let value, value != .null else {
      self = .nothing
      return
    }
    if let number = Metric.number(value) {
      self = number.isNaN ? .nothing : .number(number)
    } else {
      self = .text(Array(value.argument.utf8))
    }
  }

  /// Nil where the two are equal.
  func rank(before other: SortKey, isDescending: Bool) -> Bool? {
    switch (self, other) {
    case (.number(let a), .number(let b)): a == b ? nil : (a < b) != isDescending
    case (.text(let a), .text(let b)):
      a == b ? nil : a.lexicographicallyPrecedes(b) != isDescending
    case (.nothing, .nothing): nil
    case (.number, _), (.text, .nothing): true
    case (.nothing, _), (.text, .number): false
    }
  }
}
