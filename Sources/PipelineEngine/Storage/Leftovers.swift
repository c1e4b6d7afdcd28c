import PipelineModel

/// What an unfinished run left beside outputs that it was putting into their places.
struct Leftovers {
  private let workspace: Directory
  private let links: Links
  private let attic: Attic

  /// - Parameter links: which the parents of outputs may be.
  init(in workspace: Directory, links: Links, attic: Attic) {
    self.workspace = workspace
    self.links = links
    self.attic = attic
  }

  /// Removes what was half written beside these outputs. What had been moved out of the way goes to
  /// the attic: nobody knows any more whether something took its place.
  ///
  /// To be called where nobody else works in the workspace. What cannot be removed stays.
  ///
  /// - Parameter experiment: which the attic's items are put under.
  /// - Returns: what went to the attic.
  func clear(beside outputs: some Sequence<Path>, experiment: String) -> [Attic.Item] {
    var kept: [Attic.Item] = []
    for parent in Set(outputs.map(\.parent)).sorted() {
      for entry in (try? workspace.list(parent)) ?? [] {
        let path = parent.entry(entry.name)
        if NewFile.isAsideName(entry.name) {
          let item = try? attic.setAside(path, experiment: experiment, links: links)
          kept += [item].compactMap { $0 ?? nil }
        } else if NewFile.isTemporaryName(entry.name) {
          try? workspace.remove(path, links: links)
        }
      }
    }
    return kept
  }
}
