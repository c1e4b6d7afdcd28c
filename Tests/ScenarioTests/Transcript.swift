import Foundation

/// A session as it is written down: comments, commands, and what they are expected to print.
struct Transcript: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    /// Lines of comment and blank lines that stand before the command.
    var lead: [String]
    var command: String
    /// Without blank lines at its end; `[exit 2]` as its last line where the command failed.
    var output: [String] = []
  }

  var entries: [Entry] = []
  /// Comments behind the last command.
  var tail: [String] = []

  /// - Parameter text: as `text` gives it; what is expected may be missing.
  init(_ text: String) {
    var lead: [String] = []
    for line in text.components(separatedBy: "\n") {
      if line.hasPrefix("$ ") {
        entries.append(Entry(lead: lead, command: String(line.dropFirst(2))))
        lead = []
      } else if line.hasPrefix("#") || (lead.contains { $0.hasPrefix("#") } || entries.isEmpty) {
        lead.append(line)
      } else {
        entries[entries.count - 1].output.append(line)
      }
    }
    // A blank line is part of the layout where a comment or a command follows.
    for index in entries.indices {
      var blanks: [String] = []
      while entries[index].output.last == "" { blanks.append(entries[index].output.removeLast()) }
      if index + 1 < entries.count {
        entries[index + 1].lead = (blanks.isEmpty ? [] : [""]) + entries[index + 1].lead
      }
    }
    while lead.last == "" { lead.removeLast() }
    tail = lead
  }

  var text: String {
    let lines = entries.flatMap { $0.lead + ["$ \($0.command)"] + $0.output } + tail
    return lines.joined(separator: "\n") + "\n"
  }
}
