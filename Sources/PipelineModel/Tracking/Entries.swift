/// One execution of the pipeline, as history keeps it.
package struct ExperimentEntry: Sendable, Equatable {
  /// How an experiment ended.
  package enum Outcome: String, Sendable, CaseIterable {
    /// It goes on, or it was killed and nobody has noticed yet.
    case running
    case succeeded, failed, cancelled
    /// It ended without a word; what it had finished stands.
    case killed
  }

  /// Its number in this history.
  package var id: Int64
  /// What it is called in every history: 32 hexadecimal digits.
  package var globalID: String
  package var name: String
  package var project: String
  /// Nanoseconds since 1970.
  package var started: Int
  /// Nil as long as it goes on, and after it was killed.
  package var ended: Int?
  package var outcome: Outcome
  package var origin: ExperimentOrigin
  package var tags: [String] = []
  /// The sweep that it is a trial of.
  package var sweep: String?
  /// Leaves, by their dotted names, in the manifest's order.
  package var parameters: [(name: String, value: Value)] = []
  /// How many of its steps ended how.
  package var endings: [Ending: Int] = [:]

  package init(
    id: Int64 = 0, globalID: String, name: String, project: String, started: Int,
    ended: Int? = nil, outcome: Outcome = .running, origin: ExperimentOrigin
  ) {
    self.id = id
    self.globalID = globalID
    self.name = name
    self.project = project
    self.started = started
    self.ended = ended
    self.outcome = outcome
    self.origin = origin
  }

  package static func == (a: ExperimentEntry, b: ExperimentEntry) -> Bool {
    a.globalID == b.globalID
  }
}

/// Where an experiment was made, and from which code.
package struct ExperimentOrigin: Sendable, Equatable {
  /// As the user typed it, without the tool's own name.
  package var command: String
  /// Nil outside of git.
  package var commit: String?
  package var branch: String?
  /// Whether files that git knows were changed.
  package var isModified: Bool?
  package var user: String
  package var host: String
  /// `linux-x86_64`.
  package var platform: String
  package var processorCount: Int
  /// The tool's version.
  package var tool: String

  package init(
    command: String, commit: String? = nil, branch: String? = nil, isModified: Bool? = nil,
    user: String = "", host: String = "", platform: String = "", processorCount: Int = 0,
    tool: String = ""
  ) {
    self.command = command
    self.commit = commit
    self.branch = branch
    self.isModified = isModified
    self.user = user
    self.host = host
    self.platform = platform
    self.processorCount = processorCount
    self.tool = tool
  }
}

/// How one step of an experiment ended.
package struct StepEntry: Sendable {
  package var name: String
  package var ending: Ending
  /// As reports write them; nil for a step that was kept.
  package var reasons: Value?
  /// The run that made its result, or that failed; nil where nothing ever executed.
  package var run: Int64?

  package init(name: String, ending: Ending, reasons: Value?, run: Int64?) {
    self.name = name
    self.ending = ending
    self.reasons = reasons
    self.run = run
  }
}

/// One execution of one step, as history keeps it.
package struct RunEntry: Sendable {
  /// Its number in this history.
  package var id: Int64
  /// What it is called in every history: 32 hexadecimal digits.
  package var globalID: String
  /// The experiment that it was a part of; nil where its result came from elsewhere, or the
  /// experiment was removed.
  package var experiment: String?
  package var step: String
  package var role: String?
  package var ending: Ending
  /// Whether its result was recorded: not so where it failed, or an input changed meanwhile.
  package var isRecorded: Bool
  /// Of its fingerprint; nil where it was never known.
  package var key: String?
  /// Nanoseconds since 1970.
  package var started: Int?
  package var ended: Int
  package var usage: Usage
  /// The exit status; 128 + N for death by signal N.
  package var status: Int?
  package var failure: String?
  /// Where its log lies, from the workspace.
  package var log: String?
  /// Its log in the store, which outlives the file.
  package var logDigest: String?

  package init(
    id: Int64 = 0, globalID: String, experiment: String? = nil, step: String, role: String? = nil,
    ending: Ending, isRecorded: Bool, key: String? = nil, started: Int? = nil, ended: Int,
    usage: Usage
  ) {
    self.id = id
    self.globalID = globalID
    self.experiment = experiment
    self.step = step
    self.role = role
    self.ending = ending
    self.isRecorded = isRecorded
    self.key = key
    self.started = started
    self.ended = ended
    self.usage = usage
  }

  /// `sunny-spring-21/train`, by which a user names it.
  package var label: String { "\(experiment ?? String(globalID.prefix(8)))/\(step)" }
}

/// One of an artifact's contents.
package struct VersionEntry: Sendable, Equatable {
  /// Its number in this history.
  package var id: Int64
  /// `train.model`.
  package var artifact: String
  package var number: Int
  package var kind: ArtifactKind
  package var content: Content
  /// When it was first recorded: nanoseconds since 1970.
  package var created: Int
  /// The run that first made it.
  package var run: Int64?
  package var isLatest: Bool

  package init(
    id: Int64, artifact: String, number: Int, kind: ArtifactKind, content: Content, created: Int,
    run: Int64?, isLatest: Bool
  ) {
    self.id = id
    self.artifact = artifact
    self.number = number
    self.kind = kind
    self.content = content
    self.created = created
    self.run = run
    self.isLatest = isLatest
  }

  /// `train.model:v3`.
  package var label: String { "\(artifact):v\(number)" }
}
