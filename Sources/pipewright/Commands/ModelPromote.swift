import ArgumentParser
import PipelineEngine
import PipelineModel

/// `models promote`.
struct ModelPromote: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote", abstract: "Let an alias point to a version.",
    discussion: """
      Steps under the model's 'deploy:' execute first, with that version as their input; only when \
      all have succeeded does the alias move. With '--if-better' it moves only if the version \
      passes what the manifest asks for under 'better:' and 'require:', compared with the version \
      that has the alias on the same data; else this exits with 4. Without it a word of warning \
      is all. A version that has the alias already is left alone.
      """)

  @OptionGroup var manifest: ManifestOptions

  @Argument(
    help: ArgumentHelp(
      "MODEL, MODEL:v3, MODEL@ALIAS, or an artifact that it is made from: train.model:v7.",
      valueName: "version"))
  var version: String

  @Argument(help: "The alias: production.")
  var alias: String

  @Flag(help: "Only if it passes the model's gate.")
  var ifBetter = false

  @Option(help: ArgumentHelp("Why, for the log.", valueName: "text"))
  var why: String?

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func validate() throws { _ = try AliasArgument.name(alias) }

  func run() async throws {
    let promotion = try await PromotionExecution(
      Session.open(manifest), to: AliasArgument.name(alias), why: why, asJSON: json)
    let (model, choice) = try promotion.models.choice(version)
    try await promotion.run(model, mayExecute: ifBetter) {
      try await $0.promote(choice, isGated: ifBetter)
    }
  }
}

/// `models rollback`.
struct ModelRollback: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Let an alias point to the version that had it before.",
    discussion: """
      Promotions pile up and each rollback takes the topmost away: a second one leads to what was \
      there before the first one's version. Steps under the model's 'deploy:' execute first, with \
      that version as their input.
      """)

  @OptionGroup var manifest: ManifestOptions

  @Argument(help: "The model.")
  var name: String

  @Argument(help: "The alias: production.")
  var alias: String

  @Option(help: ArgumentHelp("Why, for the log.", valueName: "text"))
  var why: String?

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func validate() throws { _ = try AliasArgument.name(alias) }

  func run() async throws {
    let promotion = try await PromotionExecution(
      Session.open(manifest), to: AliasArgument.name(alias), why: why, asJSON: json)
    try await promotion.run(promotion.models.declared(name), mayExecute: false) {
      try await $0.rollback()
    }
  }
}

/// An alias as it is given on the command line.
enum AliasArgument {
  /// - Throws: where the text cannot be one.
  static func name(_ text: String) throws -> Name {
    guard let name = Name(text), VersionReference.isAlias(name) else {
      throw ValidationError(
        "'\(text)' is no alias: letters, digits, '-' and '_', a letter first, and no version.")
    }
    return name
  }
}

extension ModelSession {
  /// - Throws: `ToolFailure` where the manifest declares no such model.
  func declared(_ name: String) throws -> Model {
    if let model = declared.first(where: { $0.name.text == name }) { return model }
    let names = declared.map(\.name.text)
    throw ToolFailure(
      code: .usage, fact: "no model of the manifest is named '\(name)'",
      hint: nearest(to: name, among: names).map { "write '\($0)'" }
        ?? (names.isEmpty
          ? "'models:' in the manifest declares models"
          : "it has " + names.map { "'\($0)'" }.joined(separator: ", ")))
  }

  /// What a user names for promotion.
  func choice(_ text: String) throws -> (model: Model, choice: Promotion.Choice) {
    let reference: VersionReference
    do {
      reference = try VersionReference.read(text)
    } catch {
      throw ToolFailure(code: .usage, fact: error.fact, hint: error.hint)
    }
    guard case .model(let name) = reference.subject else {
      return try choice(artifact: reference)
    }
    let model = try declared(name.text)
    switch reference.version {
    case .latest: return (model, .latest)
    case .number(let number): return (model, .number(number))
    case .alias(let alias):
      let known = try registered(named: name.text)
      guard let version = known.version(having: alias.text) else {
        let aliases = known.aliases.map { "'\($0)'" }.joined(separator: ", ")
        throw ToolFailure(
          code: .usage, fact: "model '\(name)' has no alias '\(alias)'",
          hint: aliases.isEmpty ? "no alias was ever given" : "it has \(aliases)")
      }
      return (model, .number(version.number))
    }
  }

  private func choice(
    artifact reference: VersionReference
  ) throws -> (model: Model, choice: Promotion.Choice) {
    let models = declared.filter { model in
      model.from.contains { pipeline?.trackedName(of: $0) == reference.name }
    }
    guard let model = models.first else {
      throw ToolFailure(
        code: .usage, fact: "no model is made from '\(reference.name)'",
        hint: declared.first.map { "write '\($0.name)' or '\(source(of: $0))'" })
    }
    guard models.count == 1 else {
      let names = models.map { "'\($0.name)'" }.joined(separator: " and ")
      throw ToolFailure(
        code: .usage, fact: "'\(reference.name)' is what \(names) are made from",
        hint: "name the model")
    }
    let number: Int?
    switch reference.version {
    case .latest: number = nil
    case .number(let wanted): number = wanted
    case .alias(let alias):
      throw ToolFailure(
        code: .usage, fact: "'\(reference.name)' is an artifact, and only models have aliases",
        hint: "write '\(model.name)@\(alias)'")
    }
    do {
      guard let version = try history?.version(of: reference.name, number) else {
        throw ToolFailure(
          code: .usage, fact: "there is no \(reference)", hint: "run what makes it first")
      }
      return (model, .among([version.content]))
    } catch {
      throw Session.failure(error)
    }
  }
}
