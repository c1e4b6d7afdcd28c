import PipelineModel

/// A version that a user has named.
package struct FoundVersion: Sendable {
  /// `train.model:v3`, `penguin-classifier:v2`.
  package let label: String
  package let content: Content
  /// As a version of an artifact; nil where only the registry knows it.
  package let entry: VersionEntry?

  package init(label: String, content: Content, entry: VersionEntry?) {
    self.label = label
    self.content = content
    self.entry = entry
  }

  init(_ entry: VersionEntry) {
    self.init(label: entry.label, content: entry.content, entry: entry)
  }
}

/// Finds the version that a reference means.
package struct VersionLookup {
  /// Why there is no such version.
  package struct Problem: Error, Equatable {
    package let fact: String
    package let hint: String?

    package init(_ fact: String, hint: String? = nil) {
      self.fact = fact
      self.hint = hint
    }
  }

  private let history: History

  package init(_ history: History) {
    self.history = history
  }

  /// - Throws: `Problem`, `HistoryFault`.
  package func find(_ reference: VersionReference) throws -> FoundVersion {
    switch reference.subject {
    case .model(let name):
      if let found = try history.registered(name, reference.version) { return found }
      throw try modelProblem(name, reference)
    case .artifact, .path:
      return FoundVersion(try artifactVersion(reference))
    }
  }

  private func artifactVersion(_ reference: VersionReference) throws -> VersionEntry {
    let name = reference.name
    let number: Int?
    switch reference.version {
    case .latest: number = nil
    case .number(let wanted): number = wanted
    case .alias(let alias):
      throw Problem(
        "'\(name)' is an artifact, and only models have an alias such as '\(alias)'",
        hint: "name a version of it, like '\(name):v1', or the model with '@\(alias)'")
    }
    if let found = try history.version(of: name, number) { return found }
    let latest = try history.version(of: name, nil)
    guard latest != nil else { throw try nameProblem(name) }
    let highest = try history.versions(of: name).first?.number ?? 1
    throw Problem(
      "'\(name)' has no version v\(number ?? 1); its last is v\(highest)",
      hint: "list them with 'artifacts list \(name)'")
  }

  /// Why no artifact is called so: with its variants where it is a matrix step's.
  private func nameProblem(_ name: String) throws -> Problem {
    let names = try history.artifacts().map(\.name)
    if let variant = names.first(where: { ArtifactVariants.contains($0, name) }) {
      return Problem(
        "'\(name)' is written by every combination of a matrix", hint: "name one: '\(variant)'")
    }
    let fact = "no version of '\(name)' was ever recorded"
    if let near = nearest(to: name, among: names) { return Problem(fact, hint: "write '\(near)'") }
    return Problem(fact, hint: "list what was recorded with 'artifacts list'")
  }

  private func modelProblem(_ name: Name, _ reference: VersionReference) throws -> Problem {
    let models = try history.modelNames()
    guard models.contains(name.text) else {
      let near = nearest(to: name.text, among: models)
      return Problem(
        "there is no registered model '\(name)'",
        hint: near.map { "write '\($0)'" } ?? "an artifact is named STEP.OUTPUT, like train.model")
    }
    switch reference.version {
    case .alias(let alias): return Problem("no version of '\(name)' has the alias '\(alias)'")
    case .number(let number): return Problem("the model '\(name)' has no version v\(number)")
    case .latest: return Problem("the model '\(name)' has no version")
    }
  }
}
