/// One line of a registry file: a move with all that a history needs which has never seen the
/// version.
package struct RegistryLine: Sendable, Equatable {
  package var project: String
  package var model: String
  package var move: MoveEntry
  package var content: Content
  package var artifact: String
  /// The content of the version before.
  package var from: Content?

  package init(
    project: String, model: String, move: MoveEntry, content: Content, artifact: String,
    from: Content?
  ) {
    self.project = project
    self.model = model
    self.move = move
    self.content = content
    self.artifact = artifact
    self.from = from
  }

  /// What this program writes and reads.
  package static let schema = 1

  /// Why a line says nothing.
  package enum Fault: Error, Equatable {
    case noJSON
    /// The key that is missing or of no use.
    case broken(String)
    case newer(schema: Int)
    case conflict

    package var fact: String {
      switch self {
      case .noJSON: "is no JSON"
      case .broken(let key): "says nothing usable under '\(key)'"
      case .newer(let schema): "has schema \(schema), which only a later version understands"
      case .conflict: "is the mark of a merge conflict"
      }
    }

    package var hint: String {
      switch self {
      case .noJSON, .broken: "bring the line back with git, or remove it"
      case .newer: "use that version"
      case .conflict: "remove the marks and keep the lines of both sides: none replaces another"
      }
    }
  }

  // MARK: Writing

  /// Without the line feed.
  package var text: String {
    JSON.text(
      .map([
        ("schema", .number("\(RegistryLine.schema)")),
        ("id", .text(move.globalID)),
        ("time", .text(Timestamp.exactText(nanoseconds: move.time))),
        ("who", .text(move.who)),
        ("project", .text(project)),
        ("model", .text(model)),
        ("act", .text(move.act.rawValue)),
        ("alias", .text(move.alias)),
        ("version", .number("\(move.version)")),
        ("digest", .text(content.digest.description)),
        ("kind", .text(content.kind.rawValue)),
        ("size", .number("\(content.sizeBytes)")),
        ("artifact", .text(artifact)),
        ("from", from.map { RegistryLine.json($0, move.from) } ?? .null),
        ("why", .text(move.why)),
        ("metrics", .map(move.metrics.map { ($0.name, $0.json) })),
        ("experiment", move.experiment.map { .text($0) } ?? .null),
        ("commit", move.commit.map { .text($0) } ?? .null),
      ]))
  }

  private static func json(_ content: Content, _ number: Int?) -> Value {
    .map([
      ("version", number.map { .number("\($0)") } ?? .null),
      ("digest", .text(content.digest.description)),
      ("kind", .text(content.kind.rawValue)),
    ])
  }

  // MARK: Reading

  package init(_ line: String) throws(Fault) {
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].contains(where: line.hasPrefix) {
      throw .conflict
    }
    guard let value = try? JSON.read(line), value.map != nil else { throw .noJSON }
    let schema = value["schema"]?.integer ?? 0
    guard schema <= RegistryLine.schema else { throw .newer(schema: schema) }
    func text(_ key: String) throws(Fault) -> String {
      guard let text = value[key]?.text, !text.isEmpty else { throw .broken(key) }
      return text
    }
    guard let act = MoveEntry.Act(rawValue: try text("act")) else { throw .broken("act") }
    guard let number = value["version"]?.integer, number > 0 else { throw .broken("version") }
    guard let time = Timestamp.nanoseconds(try text("time")) else { throw .broken("time") }
    guard let content = RegistryLine.content(value) else { throw .broken("digest") }
    project = value["project"]?.text ?? ""
    model = try text("model")
    artifact = try text("artifact")
    from = value["from"].flatMap { RegistryLine.content($0) }
    self.content = content
    move = MoveEntry(
      globalID: try text("id"), act: act, alias: try text("alias"), version: number,
      from: from.flatMap { _ in value["from"]?["version"]?.integer }, time: time,
      who: value["who"]?.text ?? "", why: value["why"]?.text ?? "")
    move.metrics = (value["metrics"]?.map ?? []).compactMap { Metric($0.key, $0.value) }
    move.experiment = value["experiment"]?.text
    move.commit = value["commit"]?.text
  }

  private static func content(_ value: Value) -> Content? {
    guard let digest = value["digest"]?.text.flatMap({ Digest($0) }),
      let kind = value["kind"]?.text.flatMap(Content.Kind.init(rawValue:))
    else { return nil }
    return Content(kind: kind, digest: digest, sizeBytes: value["size"]?.integer ?? 0)
  }
}
