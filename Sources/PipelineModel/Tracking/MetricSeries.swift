/// What a step's metrics file says: lines of JSON that are appended while the step works.
///
/// Takes the file in pieces, as they come. A line that is no JSON object, as one that a killed step
/// has torn, is passed over and counted: losing a metric is no reason to lose the rest.
package struct MetricSeries: Sendable {
  /// What a value belongs to: the 30th epoch, say.
  package enum Moment: Sendable, Hashable {
    case whole(Int)
    case fraction(Double)
  }

  /// One number of a series.
  package struct Point: Sendable, Equatable {
    package let name: String
    /// Where in the series; of a line that does not say, how many points its name had before.
    package let step: Moment
    package let number: Double
    /// How many points stand before this one in the file, whatever their names.
    package let position: Int
    /// Seconds since 1970, where the line has it.
    package let time: Double?
  }

  /// The last value of each name, texts too, in the order in which the names first came.
  package private(set) var latest: [Metric] = []
  /// What the last line belongs to, with the word it used: `epoch`, 30; nil where it says nothing.
  package private(set) var moment: (word: String, step: Moment)?
  /// Lines that could not be read.
  package private(set) var skippedLines = 0
  /// Points so far.
  package private(set) var count = 0

  /// Of each name, its place in `latest` and how many points it has.
  private var known: [[UInt8]: (place: Int, points: Int)] = [:]
  /// The beginning of a line whose end has not come.
  private var pending: [UInt8] = []
  /// Whether the line that is coming is already too long.
  private var isOverlong = false

  package init() {}

  /// A file as a whole.
  package static func read(_ bytes: [UInt8]) -> (points: [Point], series: MetricSeries) {
    var series = MetricSeries()
    var points = series.feed(bytes)
    points += series.finish()
    return (points, series)
  }

  /// Takes the next piece.
  ///
  /// - Returns: the points of the lines that it completes.
  package mutating func feed(_ bytes: [UInt8]) -> [Point] {
    var points: [Point] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      gather(rest[..<end])
      points += line()
      rest = rest[(end + 1)...]
    }
    gather(rest)
    return points
  }

  /// Takes what stands behind the last line feed: a whole line, or one that was torn.
  package mutating func finish() -> [Point] {
    line()
  }

  private mutating func gather(_ piece: ArraySlice<UInt8>) {
    if pending.count + piece.count > MetricSeries.longestLine {
      isOverlong = true
      pending = []
    }
    if !isOverlong { pending += piece }
  }

  private mutating func line() -> [Point] {
    defer {
      pending = []
      isOverlong = false
    }
    if isOverlong {
      skippedLines += 1
      return []
    }
    if pending.allSatisfy(MetricSeries.isBlank) { return [] }
    guard let entries = (try? JSON.read(pending, allowsNonFinite: true))?.map else {
      skippedLines += 1
      return []
    }
    return take(entries)
  }

  private mutating func take(_ entries: [(key: String, value: Value)]) -> [Point] {
    let index = MetricSeries.words.lazy.compactMap { word in
      entries.first { $0.key == word }.flatMap { entry in
        Moment(entry.value).map { (word: word, step: $0) }
      }
    }.first
    moment = index
    let time = entries.first { $0.key == MetricSeries.time }?.value.double
    let own = entries.filter { entry in
      entry.key != index?.word && (entry.key != MetricSeries.time || time == nil)
    }
    var points: [Point] = []
    for (name, value) in Value.map(own).leaves {
      guard let metric = Metric(name, value) else { continue }
      let before = note(metric)
      guard let number = metric.number else { continue }
      points.append(
        Point(
          name: name, step: index?.step ?? .whole(before), number: number, position: count,
          time: time))
      count += 1
    }
    return points
  }

  /// Makes it the last value of its name.
  ///
  /// - Returns: how many points the name has had before.
  private mutating func note(_ metric: Metric) -> Int {
    let name = Array(metric.name.utf8)
    let isPoint = metric.number == nil ? 0 : 1
    guard let (place, points) = known[name] else {
      known[name] = (latest.count, isPoint)
      latest.append(metric)
      return 0
    }
    known[name] = (place, points + isPoint)
    latest[place] = metric
    return points
  }

  /// The keys that can say what a line's values belong to; the first that is there counts.
  private static let words = ["step", "epoch", "iteration", "batch"]
  private static let time = "time"
  /// Bytes of a line.
  private static let longestLine = 1 << 20

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }
}

extension MetricSeries.Moment {
  /// - Returns: nil where the value is no finite number.
  package init?(_ value: Value) {
    guard let number = value.double, number.isFinite else { return nil }
    self =
      value.integer.map(Self.whole) ?? Int(exactly: number).map(Self.whole) ?? .fraction(number)
  }

  /// Exact up to 2^53.
  package var double: Double {
    switch self {
    case .whole(let number): Double(number)
    case .fraction(let number): number
    }
  }

  /// As JSON.
  package var json: Value {
    switch self {
    case .whole(let number): .number("\(number)")
    case .fraction(let number): Metric.json(number)
    }
  }
}

extension MetricSeries.Moment: CustomStringConvertible {
  package var description: String { json.argument }
}

extension Value {
  /// What is no map, by dotted names, in order: `precision.Adelie`. An empty map has none.
  package var leaves: [(name: String, value: Value)] {
    var leaves: [(name: String, value: Value)] = []
    var open = (map ?? []).reversed().map { (name: $0.key, value: $0.value) }
    while let (name, value) = open.popLast() {
      if case .map(let entries) = value {
        open += entries.reversed().map { (name: "\(name).\($0.key)", value: $0.value) }
      } else {
        leaves.append((name, value))
      }
    }
    return leaves
  }
}
