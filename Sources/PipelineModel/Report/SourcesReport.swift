/// What `status --sources` says: the files that count as the code of each step.
package struct SourcesReport: Sendable {
  /// Why a file counts.
  package enum Origin: String, Sendable, CaseIterable {
    /// The manifest names it, or a directory that holds it.
    case explicit
    /// A word of the command.
    case implicit
    /// It belongs to the Swift component.
    case component
  }

  /// What counts as code of a step.
  package struct Source: Sendable, Equatable {
    /// A file's path, or the name of a product for a component that is known as a whole.
    package let name: String
    package let origin: Origin
    /// Nil where it was not read.
    package let digest: Digest?

    package init(name: String, origin: Origin, digest: Digest? = nil) {
      self.name = name
      self.origin = origin
      self.digest = digest
    }
  }

  /// One selected step with all that counts as its code.
  package struct Row: Sendable, Equatable {
    package let step: StepName
    /// In the order given.
    package let sources: [Source]

    package init(step: StepName, sources: [Source]) {
      self.step = step
      self.sources = sources
    }
  }

  package let project: String
  package let rows: [Row]

  package init(project: String, rows: [Row]) {
    self.project = project
    self.rows = rows
  }

  /// Each step, and below it a line per file with the reason why it counts.
  package var lines: [StyledLine] {
    rows.flatMap { row -> [StyledLine] in
      let head = StyledLine("\(row.step)", .strong)
      guard !row.sources.isEmpty else {
        return [head, StyledLine("  no file counts: only the command itself", .dim)]
      }
      return [head]
        + row.sources.map { source in
          var line = StyledLine("  " + source.origin.rawValue.padded(to: 11), .dim)
          line.append(Excerpt.shown(source.name))
          if let digest = source.digest { line.append("  \(digest.short)", .dim) }
          return line
        }
    }
  }

  /// What `status --sources --json` writes, schema 1.
  package var json: Value {
    .map([
      ("schema", .number("1")),
      ("project", .text(project)),
      (
        "steps",
        .list(
          rows.map { row in
            .map([
              ("name", .text("\(row.step)")),
              ("sources", .list(row.sources.map(SourcesReport.json))),
            ])
          })
      ),
    ])
  }

  private static func json(_ source: Source) -> Value {
    .map([
      ("name", .text(source.name)),
      ("origin", .text(source.origin.rawValue)),
      ("digest", source.digest.map { .text($0.description) } ?? .null),
    ])
  }
}
