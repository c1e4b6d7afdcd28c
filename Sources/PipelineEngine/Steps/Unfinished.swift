import PipelineModel

/// What a run could not bring to its end.
struct Unfinished: Sendable {
  /// Steps that have executed and could not be recorded, and what kept them from it.
  var steps: [(places: OutputPlaces, fault: any Error)] = []
  /// Whether the next run has to see to something; nil where that is as it was before this one.
  var isLeft: Bool?
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

  /// Says how a run in this workspace has ended.
  ///
  /// - Parameter isWhole: whether nothing is wanting: neither in history, nor in any place of an
  ///   output, through a fault of the machine.
  func noteEnd(isWhole: Bool) {
    unfinished.withLock { $0.isLeft = !isWhole }
  }

  /// Whether the next run has to see to something. A run that came to nothing passes on what it has
  /// found.
  var leavesUnfinished: Bool {
    unfinished.withLock { $0.isLeft } ?? access.isAfterUnfinished
  }
}
