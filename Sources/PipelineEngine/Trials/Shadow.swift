import PipelineModel

/// A small workspace beside the real one, in which a plan executes without touching the outputs
/// that are there.
///
/// It lies in `.pipeline/shadows/<name>/`. Sources in it are copies, since scripts look for their
/// neighbours from where they really lie; outputs are its own; all else is links to the workspace.
/// So relative paths, and hence keys, are the same: what is made here is restored there, and the
/// other way round. `ShadowTree` says what is where.
///
/// Whoever makes one has the workspace to himself; several may be used at once. One that a killed
/// run leaves is removed when the next run takes the workspace.
package final class Shadow: Sendable {
  /// To be given to a `Runner`, with the plan that the shadow was made for.
  package let world: MachineWorld
  /// Names the shadow and its logs, `.pipeline/logs/<name>/`.
  package let name: String
  private let place: Path
  private let before: OutputMarks

  private init(_ world: MachineWorld, at place: Path, before: OutputMarks) {
    self.world = world
    name = world.run
    self.place = place
    self.before = before
  }

  /// Makes the shadow for a plan, of whatever parameters.
  ///
  /// - Parameters:
  ///   - replacing: what artifacts hold instead of what their steps would write; the plan was made
  ///     without those.
  ///   - gate: shared by all that executes at once; nil where the runner's pools say enough.
  /// - Throws: `StepProblem` where the store lacks a replacing content; `SystemError`.
  package static func make(
    for plan: Plan, beside home: MachineWorld, replacing: [ID<Artifact>: Content] = [:],
    gate: ResourceGate? = nil
  ) throws -> Shadow {
    precondition(Set(replacing.keys).isSubset(of: plan.replaced), "the plan was made without them")
    for (id, content) in replacing.sorted(by: { $0.key < $1.key }) {
      guard try !home.store.contains(content) else { continue }
      let artifact = plan.pipeline.artifacts[id]
      throw StepProblem(
        "missing-version",
        "the store no longer has \(content.digest.short), which is to be read as "
          + "'\(artifact.path)'", hint: "give another version, or run what made it again")
    }
    let before = try OutputMarks(of: plan.pipeline, beside: home)
    let name = home.nextShadowName()
    let place = StateDirectory.shadows.appending(name)
    do {
      var tree = try ShadowTree(of: plan, beside: home, in: place)
      try tree.fill()
      for (id, content) in replacing {
        try home.store.materialise(
          content, at: plan.pipeline.artifacts[id].path, in: tree.root)
      }
      let world = try MachineWorld(
        shadowOf: home, at: tree.root, named: name, pipeline: plan.pipeline, gate: gate)
      try tree.noteCopies(in: world.contents)
      return Shadow(world, at: place, before: before)
    } catch {
      try? home.root.remove(place)
      throw error
    }
  }

  /// Removes the shadow, its steps having ended. Its logs are the workspace's and stay.
  ///
  /// - Throws: `StepProblem` where outputs of the workspace are not as they were: whatever the
  ///   steps have made is not to be believed.
  package func finish() throws {
    let home = world.home
    passOnStamps(to: home)
    try home.root.remove(place)
    let changed = try before.changes(in: home)
    guard !changed.isEmpty else { return }
    let paths = changed.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
    let more = changed.count > 3 ? " and \(changed.count - 3) more" : ""
    throw StepProblem(
      "wrote-outside",
      "\(paths)\(more) in the workspace changed while steps worked beside it: a step wrote "
        + "outside of its place",
      hint: "let steps write where ${{ outputs }} says, through no absolute path and no link")
  }

  /// Files that both have need not be read again by the next shadow.
  private func passOnStamps(to home: MachineWorld) {
    for (path, found) in world.contents.stamps.learnt.believed {
      guard home.contents.stamps.sighting(at: path) == nil,
        let status = try? home.root.status(of: path, followingLinks: true),
        Stamp(status) == found.stamp
      else { continue }
      home.contents.stamps.adopt(found, of: path)
    }
  }
}
