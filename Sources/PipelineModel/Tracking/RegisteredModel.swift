/// A model of the registry: what it has been, and which of that the aliases have meant.
package struct RegisteredModel: Sendable {
  package let name: String
  /// By number.
  package let versions: [ModelVersionEntry]
  /// As they happened: by time, then by global id.
  package let moves: [MoveEntry]

  package init(name: String, versions: [ModelVersionEntry], moves: [MoveEntry]) {
    self.name = name
    self.versions = versions.sorted { $0.number < $1.number }
    self.moves = moves.sorted { ($0.time, $0.globalID) < ($1.time, $1.globalID) }
  }

  package func version(_ number: Int) -> ModelVersionEntry? {
    versions.first { $0.number == number }
  }

  /// The version that an alias points to: that of its last move.
  package func version(having alias: String) -> ModelVersionEntry? {
    moves.last { $0.alias == alias }.flatMap { version($0.version) }
  }

  /// The aliases that point to a version, sorted.
  package func aliases(of number: Int) -> [String] {
    aliases.filter { version(having: $0)?.number == number }
  }

  /// All aliases, sorted.
  package var aliases: [String] { Set(moves.map(\.alias)).sorted() }

  /// `penguin-classifier:v3`.
  package func label(_ number: Int) -> String { "\(name):v\(number)" }

  /// The version that a rollback leads to; nil where the alias has had no other.
  ///
  /// Promotions pile up, and a rollback takes the topmost away: so the second rollback leads to
  /// what was there before the first one's, not back again.
  package func version(before alias: String) -> ModelVersionEntry? {
    var pile: [Int] = []
    for move in moves where move.alias == alias {
      // What a rollback led to may lie deeper than one, where two histories were merged.
      if move.act == .rollback, let place = pile.lastIndex(of: move.version) {
        pile.removeSubrange((place + 1)...)
      } else if pile.last != move.version {
        pile.append(move.version)
      }
    }
    return pile.dropLast().last.flatMap { version($0) }
  }
}

/// One of the contents that a model has been.
package struct ModelVersionEntry: Sendable, Equatable {
  package let number: Int
  package let content: Content
  /// When it was first recorded: nanoseconds since 1970.
  package let created: Int
  /// The artifact that it was first seen as: `train.model`.
  package let artifact: String

  package init(number: Int, content: Content, created: Int, artifact: String) {
    self.number = number
    self.content = content
    self.created = created
    self.artifact = artifact
  }
}

/// An alias was made to point to a version.
package struct MoveEntry: Sendable, Equatable {
  /// What somebody wanted.
  package enum Act: String, Sendable, CaseIterable {
    case promote, rollback
  }

  /// What it is called in every history: 32 hexadecimal digits.
  package var globalID: String
  package var act: Act
  package var alias: String
  /// The number of the version.
  package var version: Int
  /// That of the version before; nil where none had the alias.
  package var from: Int?
  /// Nanoseconds since 1970; later than all moves that were known then.
  package var time: Int
  package var who: String
  package var why: String
  /// What was measured of the version at that time, by the metrics' names.
  package var metrics: [Metric] = []
  /// The name of the experiment that made the version, or promoted it.
  package var experiment: String?
  /// Of the workspace's repository.
  package var commit: String?

  package init(
    globalID: String, act: Act, alias: String, version: Int, from: Int?, time: Int, who: String,
    why: String
  ) {
    self.globalID = globalID
    self.act = act
    self.alias = alias
    self.version = version
    self.from = from
    self.time = time
    self.who = who
    self.why = why
  }
}
