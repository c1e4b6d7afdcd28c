import PipelineModel

extension VersionInspection {
  /// Reads every object that the store has of these versions; writes nothing.
  package func verify(_ versions: [FoundVersion]) async throws -> VersionVerification {
    guard try store.isThere else {
      return VersionVerification(try versions.map { ($0.label, try absence($0)) })
    }
    let needs = try versions.map { Set(try store.objects(of: $0.content)) }
    let all = needs.reduce(into: Set<Digest>()) { $0.formUnion($1) }
    let there = try all.filter { try store.objects.exists(Store.place(of: $0)) }.sorted()
    let damaged = try await store.damaged(of: there)
    let sound = Set(there).subtracting(damaged)
    return VersionVerification(
      try zip(versions, needs).map { version, needed in
        if !needed.isDisjoint(with: damaged) { return (version.label, .damaged) }
        if needed.isSubset(of: sound) { return (version.label, .sound) }
        return (version.label, try absence(version))
      })
  }

  /// What it means that a version is not there.
  private func absence(_ version: FoundVersion) throws -> VersionVerification.Condition {
    switch try presence(of: version) {
    case .stored, .missing: .missing
    case .collected: .collected
    case .unstored: .unstored
    }
  }
}

extension History {
  /// All versions of an artifact, or of every one: by name, the oldest first.
  package func everyVersion(of artifact: String? = nil) throws -> [FoundVersion] {
    let names = try artifact.map { [$0] } ?? artifacts().map(\.name)
    return try names.flatMap { try versions(of: $0).reversed().map { FoundVersion($0) } }
  }
}

extension Store {
  /// Makes a content appear outside of the workspace, where nothing is yet.
  ///
  /// - Parameter place: absolute.
  /// - Throws: `damaged` or `missing` where the store cannot give it; nothing is there then.
  package func copyOut(_ content: Content, to place: Path) throws {
    let root = try Directory(opening: "/")
    try root.makeDirectories(place.parent, links: .followed)
    let parent = try Directory(opening: place.parent)
    try materialise(content, at: Path(Array(place.name)), in: parent)
  }
}
