import PipelineModel

/// One execution of the pipeline as another tracking server is told of it.
package struct ExportedExperiment: Sendable {
  /// How it ended; `running` where that is not known yet.
  package enum Outcome: String, Sendable {
    case running, succeeded, failed, cancelled, killed
  }

  /// The state of the code that it worked on.
  package struct Code: Sendable {
    package var commit: String
    package var branch: String?
    /// Whether there were changes that nobody had committed.
    package var isChanged: Bool

    package init(commit: String, branch: String? = nil, isChanged: Bool = false) {
      self.commit = commit
      self.branch = branch
      self.isChanged = isChanged
    }
  }

  /// What no other experiment has, wherever it was made.
  package var gid: String
  package var name: String
  /// Milliseconds since 1970.
  package var started: Int64
  package var ended: Int64?
  package var outcome: Outcome
  package var tags: [ExportedText] = []
  package var parameters: [ExportedText] = []
  /// What it came to as a whole, also of steps that made no run in it.
  package var metrics: [ExportedMetric] = []
  package var command: String = ""
  package var code: Code?
  package var runs: [ExportedRun] = []

  package init(
    gid: String, name: String, started: Int64, ended: Int64? = nil, outcome: Outcome
  ) {
    self.gid = gid
    self.name = name
    self.started = started
    self.ended = ended
    self.outcome = outcome
  }
}

/// One execution of one step.
package struct ExportedRun: Sendable {
  package enum Ending: String, Sendable {
    case running, ran, failed, cancelled
  }

  package var gid: String
  package var step: StepName
  package var role: String?
  /// Milliseconds since 1970.
  package var started: Int64
  package var ended: Int64?
  package var ending: Ending
  package var parameters: [ExportedText] = []
  package var metrics: [ExportedMetric] = []
  package var tags: [ExportedText] = []
  package var artifacts: [ExportedArtifact] = []

  package init(
    gid: String, step: StepName, role: String? = nil, started: Int64, ended: Int64? = nil,
    ending: Ending
  ) {
    self.gid = gid
    self.step = step
    self.role = role
    self.started = started
    self.ended = ended
    self.ending = ending
  }
}

/// A tag or a parameter.
package struct ExportedText: Sendable, Equatable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// A number with its history; one that was measured once has one point.
package struct ExportedMetric: Sendable {
  package struct Point: Sendable {
    package let step: Int
    /// Milliseconds since 1970.
    package let time: Int64
    package let value: Double

    package init(step: Int = 0, time: Int64, value: Double) {
      self.step = step
      self.time = time
      self.value = value
    }
  }

  package let name: String
  package let points: [Point]

  package init(_ name: String, _ points: [Point]) {
    self.name = name
    self.points = points
  }
}

/// A file or directory that a run has written.
package struct ExportedArtifact: Sendable {
  /// One file of it.
  package struct File: Sendable {
    /// Seen from the artifact; empty where the artifact is this file.
    package let path: Path
    /// Where its bytes are, absolute; nil where nobody has them any more.
    package let bytes: Path?
    package let sizeBytes: Int

    package init(path: Path = .here, bytes: Path?, sizeBytes: Int) {
      self.path = path
      self.bytes = bytes
      self.sizeBytes = sizeBytes
    }
  }

  /// Where it lies in the workspace.
  package let path: Path
  package let digest: Digest
  /// Of a directory those at any depth; empty directories are lost.
  package let files: [File]

  package init(path: Path, digest: Digest, files: [File]) {
    self.path = path
    self.digest = digest
    self.files = files
  }
}

/// A model of the registry, with its versions and what its aliases point to.
package struct ExportedModel: Sendable {
  package struct Version: Sendable {
    package let number: Int
    package let digest: Digest
    /// The gid of the run that made it, and where it lies in that run's artifacts.
    package let run: String?
    package let path: Path?

    package init(number: Int, digest: Digest, run: String?, path: Path?) {
      self.number = number
      self.digest = digest
      self.run = run
      self.path = path
    }
  }

  /// An alias that was moved; to no version where it was taken away.
  package struct Move: Sendable {
    package let alias: String
    package let number: Int?

    package init(alias: String, number: Int?) {
      self.alias = alias
      self.number = number
    }
  }

  package let name: String
  package let versions: [Version]
  /// In the order in which they were made.
  package let moves: [Move]

  package init(name: String, versions: [Version], moves: [Move]) {
    self.name = name
    self.versions = versions
    self.moves = moves
  }
}
