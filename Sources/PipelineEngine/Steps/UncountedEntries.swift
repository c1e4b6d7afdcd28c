import PipelineModel

/// What an output directory holds and nobody counts: entries that `ignore` names.
///
/// They are in no digest and in no store, so they are not removed with the directory, unless it is
/// certain that the step itself has written them.
struct UncountedEntries {
  private let machine: MachineWorld
  private let directory: Path

  /// - Parameter directory: an output's path; a file's holds none.
  init(_ machine: MachineWorld, in directory: Path) {
    self.machine = machine
    self.directory = directory
  }

  /// Moves what is not as the step has left it to the attic.
  ///
  /// - Returns: what the user has to know to get it back.
  func setAside() throws -> [String] {
    let entries = try machine.contents.uncounted(in: directory)
    if entries.isEmpty { return [] }
    let mark = try machine.contents.mark(of: entries)
    if machine.remembered(name) == mark.description { return [] }
    return try entries.flatMap { try machine.setAside($0) }
  }

  /// Remembers them as the step's own; to be called when it has just ended.
  func remember() throws {
    let entries = try machine.contents.uncounted(in: directory)
    if entries.isEmpty, machine.remembered(name) == nil { return }
    let mark = try machine.contents.mark(of: entries)
    machine.remember(mark.description, as: name)
  }

  private var name: String { "uncounted \(directory.exact)" }
}
