import PipelineModel

extension Verification {
  /// For people.
  package func lines(heals: Bool) -> [String] {
    let action = heals ? ", set aside" : ""
    var lines = damagedObjects.map { "damaged object \($0.digest)\($0.users)\(action)" }
    lines += missingObjects.map { "missing object \($0.digest)\($0.users)" }
    lines += damagedResults.map { "damaged result \($0.digest)\(action)" }
    let objects = Amount.count(objectCount, "object")
    let results = Amount.count(resultCount, "result")
    lines += history.map { ["damaged history: \($0)\(action)"] } ?? []
    if isIndexDamaged { lines.append("damaged index\(heals ? ", made anew" : "")") }
    lines.append("\(objects) and \(results) read: \(isSound ? "all sound" : "not sound")")
    lines += storedAgain.map { "stored again: \($0)" }
    if recordedAgain > 0 {
      lines.append("recorded again from results: \(Amount.count(recordedAgain, "run"))")
    }
    if mirroredAgain > 0 {
      lines.append("added to the registry again: \(Amount.count(mirroredAgain, "move"))")
    }
    return lines
  }

  /// What `verify --json` and `repair --json` print, schema 1: as it was found.
  package var json: Value {
    func faults(_ faults: [Fault]) -> Value {
      .list(
        faults.map { fault in
          .map([
            ("digest", .text("\(fault.digest)")),
            ("steps", .list(fault.steps.map(Value.text))),
          ])
        })
    }
    return .map([
      ("schema", .number("1")),
      ("sound", .boolean(isSound)),
      ("objects", .number("\(objectCount)")),
      ("results", .number("\(resultCount)")),
      ("damagedObjects", faults(damagedObjects)),
      ("missingObjects", faults(missingObjects)),
      ("damagedResults", .list(damagedResults.map { .text("\($0.digest)") })),
      ("history", history.map { .text($0) } ?? .null),
      ("indexDamaged", .boolean(isIndexDamaged)),
      ("storedAgain", .list(storedAgain.map { .text($0.exact) })),
      ("recordedAgain", .number("\(recordedAgain)")),
      ("mirroredAgain", .number("\(mirroredAgain)")),
    ])
  }
}

extension Verification.Fault {
  fileprivate var users: String {
    steps.isEmpty ? "" : " of \(steps.joined(separator: ", "))"
  }
}

extension CollectionReport {
  /// For people.
  package func lines(isDryRun: Bool) -> [String] {
    let results = Amount.count(removedResults.count, "result")
    let objects = Amount.count(removedObjects.count, "object")
    let verb = isDryRun ? "would remove" : "removed"
    var lines = ["\(verb) \(results) and \(objects), \(Amount.size(bytes: removedBytes))"]
    let keptResults = Amount.count(self.keptResults, "result")
    let keptObjects = Amount.count(self.keptObjects, "object")
    lines.append("kept \(keptResults) and \(keptObjects), \(Amount.size(bytes: keptBytes))")
    if let note { lines.append(note) }
    return lines
  }

  /// What `gc --json` prints, schema 1.
  package var json: Value {
    .map([
      ("schema", .number("1")),
      ("removedResults", .list(removedResults.map { .text("\($0.digest)") })),
      ("removedObjects", .list(removedObjects.map { .text("\($0)") })),
      ("removedBytes", .number("\(removedBytes)")),
      ("keptResults", .number("\(keptResults)")),
      ("keptObjects", .number("\(keptObjects)")),
      ("keptBytes", .number("\(keptBytes)")),
    ])
  }
}
