/// What reading the objects of versions found, for `artifacts verify`.
package struct VersionVerification: Sendable {
  /// What is true of one version.
  package enum Condition: String, Sendable {
    case sound, damaged, missing, collected
    case unstored = "not stored"
  }

  /// The versions that were looked at, in order.
  package let versions: [(label: String, condition: Condition)]

  package init(_ versions: [(label: String, condition: Condition)]) {
    self.versions = versions
  }

  /// Whether nothing is lost that should be there.
  package var isSound: Bool {
    !versions.contains { $0.condition == .damaged || $0.condition == .missing }
  }

  /// For people: what is wrong, and how many are what.
  package var lines: [StyledLine] {
    var lines: [StyledLine] = []
    for (label, condition) in versions where condition == .damaged || condition == .missing {
      var line = StyledLine(label, .strong)
      line.append("  \(condition.rawValue)", .bad)
      lines.append(line)
    }
    let counts: [String] = [Condition.sound, .damaged, .missing, .collected, .unstored]
      .compactMap { condition in
        let count = versions.count { $0.condition == condition }
        return count == 0 ? nil : "\(count) \(condition.rawValue)"
      }
    let total = Amount.count(versions.count, "version")
    lines.append(StyledLine(counts.isEmpty ? total : "\(total): \(counts.joined(separator: ", "))"))
    return lines
  }

  /// What `artifacts verify --json` prints, schema 1.
  package var json: Value {
    .map([
      ("schema", .number("1")), ("sound", .boolean(isSound)),
      (
        "versions",
        .list(
          versions.map {
            .map([("name", .text($0.label)), ("condition", .text($0.condition.rawValue))])
          })
      ),
    ])
  }
}
