import PipelineModel

/// What a run could not bring to its end.
struct Unfinished: Sendable {
  /// Steps that have executed and could not be recorded, and what kept them from it.
  var steps: [(places: OutputPlaces, fault: any Error)] = []
}

extension MachineWorld {
  package func abandonUnrecorded() {
    let steps = unfinished.withLock { unfinished in
      defer { unfinished.steps = [] }
      return unfinished.steps
    }
    for (places, fault) in steps {
      var places = places
      places.abandon(after: fault)
      places.putBack()
    }
  }
}
