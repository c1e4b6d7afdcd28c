import PipelineModel

/// What was learnt at paths since the index was read; nil for what is not to be believed any more.
///
/// A run may learn of every file. A dictionary of sightings would have room for twice as many as
/// there are, and for three times as many while it grows; so it holds only where each lies.
package struct LearntSightings: Sendable {
  /// By path: where in `sightings` it lies.
  private(set) var places: [Path: Int32] = [:]
  private(set) var sightings: [Sighting?] = []

  /// Nothing.
  package init() {}

  /// What was learnt at a path; nil where nothing was.
  subscript(path: Path) -> Sighting?? {
    places[path].map { sightings[Int($0)] }
  }

  /// What is to be believed, in no order.
  package var believed: [(path: Path, sighting: Sighting)] {
    places.compactMap { path, place in sightings[Int(place)].map { (path, $0) } }
  }

  /// Keeps what was learnt at a path, in the place of what was learnt there before.
  package mutating func note(_ sighting: Sighting?, at path: Path) {
    if let place = places[path] {
      sightings[Int(place)] = sighting
    } else {
      places[path] = Int32(sightings.count)
      sightings.append(sighting)
    }
  }
}
