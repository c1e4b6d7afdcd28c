import PipelineModel

/// What steps need of the workspace beside its contents.
extension MachineWorld {
  /// Makes the directories on the way to an output.
  ///
  /// - Throws: where one of them is a link that leads nowhere the manifest allows.
  func makeParents(of path: Path) throws {
    try root.makeDirectories(path.parent, links: contents.links)
  }

  /// Renames what the user, or somebody else than the step, has put at an output's place.
  ///
  /// - Returns: what the user has to know to get it back.
  func setAside(_ path: Path) throws -> [String] {
    if isShadow {
      // Nothing of the user's is there: a copy, or what a step of the shadow has written.
      try root.remove(path, links: contents.links)
      return []
    }
    guard let item = try attic.setAside(path, experiment: run, links: contents.links) else {
      return ["nothing was at '\(path)' any more"]
    }
    return ["what was at '\(path)' is kept for 30 days; to bring it back: \(item.command)"]
  }

  /// Whether what lies at an output's path can be had again: the store has it.
  func isReplaceable(_ path: Path) throws -> Bool {
    guard let present = try readableContent(ofOutput: path) else { return false }
    return try store.contains(present)
  }

  /// What an output holds; nil where nothing is, or something that cannot be one or be read.
  ///
  /// - Throws: where it is the machine that cannot read it, and nothing is known of it.
  func readableContent(ofOutput path: Path) throws -> Content? {
    do {
      return try content(ofOutput: path)
    } catch let error as SystemError where error.isOfMachine {
      throw error
    } catch {
      return nil
    }
  }

  /// Moves an output beside the logs, in the place of what is there.
  func move(_ path: Path, toLogs place: Path) throws {
    try home.root.makeDirectories(place.parent)
    try home.root.remove(place)
    let destination = isShadow ? home.root.path.appending(place) : place
    try root.rename(path, to: destination, links: contents.links)
  }

  /// What a recorder needs of this machine; a history that is not there is made.
  package func place(ofHistory file: Path) -> ExperimentRecorder.Place {
    ExperimentRecorder.Place(workspace: workspace, store: store, mask: mask) { [warnings] in
      try History.make(file, warnings: warnings)
    } git: { [root, environment, loop] in
      await GitState.read(root, environment: environment.all, loop: loop)
    } registryFile: { [root, warnings] pipeline in
      pipeline.registry.map { RegistryFile($0, in: root, warnings: warnings) }
    }
  }

  /// The history, to be written; made if there is none.
  package func openHistory(_ file: Path) throws -> History {
    try History.make(file, warnings: warnings)
  }

  /// The same with a history that is open, and stays so.
  package func place(of history: History) -> ExperimentRecorder.Place {
    ExperimentRecorder.Place(
      workspace: workspace, store: store, mask: mask, sharesHistory: true
    ) {
      history
    } git: { [root, environment, loop] in
      await GitState.read(root, environment: environment.all, loop: loop)
    } registryFile: { [root, warnings] pipeline in
      pipeline.registry.map { RegistryFile($0, in: root, warnings: warnings) }
    }
  }

  func newExecutionID() throws -> String {
    let bytes = try Machine.randomBytes(8)
    return "\(run)-\(SHA256.digest(bytes).short)"
  }

  /// The executable of a Swift component: a copy that no build swaps meanwhile.
  func executable(of product: String) async throws -> Path {
    try await components.component(product, home).executable
  }

  /// Begins to store what a step has written.
  ///
  /// - Returns: what the artifacts hold, in their order.
  func take(_ artifacts: [Artifact], into deposit: Deposit) throws -> [Content] {
    try artifacts.map { artifact in
      if artifact.isStored { return try deposit.add([artifact.path], from: contents)[0] }
      guard let content = try content(ofOutput: artifact.path) else {
        throw StorageError.missingOutput(artifact.path)
      }
      return content
    }
  }

  /// Says for whom a step waits: whoever executes the same key.
  func tellWaiting(for holder: FileLock.Holder?, about step: StepName) {
    let isOwn = holder?.processID == Machine.processID && holder?.host == Machine.hostName
    let who =
      isOwn
      ? "a step beside this one"
      : holder.map { "process \($0.processID) on \($0.host) (\($0.command))" } ?? "another run"
    hear(step, Array("waiting for \(who), which executes the same\n".utf8))
  }
}

extension ExperimentRecorder {
  /// Makes the experiment, and lets the steps of a machine know its name.
  package func begin(on machine: MachineWorld) async throws {
    try await begin()
    guard let experiment else { return }
    machine.tracking.withLock {
      $0 = TrackingContext(
        project: experiment.project, experiment: experiment.name,
        // A shadow and all in it is gone after its trial.
        folder: machine.home.root.path.appending(StateDirectory.name))
    }
  }
}

extension MachineWorld {
  /// Removes what an unfinished run has left half-written in the user's directories.
  func clearLeftovers(of pipeline: Pipeline) {
    let leftovers = Leftovers(in: root, links: contents.links, attic: attic)
    for item in leftovers.clear(beside: pipeline.artifacts.rows.map(\.path), experiment: run) {
      warnings.add(
        StorageWarning(
          item.from.description, "was put aside by a run that did not end well",
          action: "kept for 30 days in '\(item.to)'"))
    }
  }
}
