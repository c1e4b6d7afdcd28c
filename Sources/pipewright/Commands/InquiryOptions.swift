import ArgumentParser
import PipelineModel

/// Which rows of a listing, in which order, and what of each.
struct InquiryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only those that fulfil it: \"accuracy > 0.9 and train.rate = 0.1\".",
      valueName: "condition"))
  var `where`: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("In the order of a column; -NAME for the highest first.", valueName: "name"))
  var sort: String?

  @Option(help: ArgumentHelp("At most so many.", valueName: "count"))
  var limit: UInt32?

  @Option(
    help: ArgumentHelp(
      "What to show, in this order, with commas between: name,train.rate,accuracy.",
      valueName: "names"))
  var columns: String?

  /// - Throws: `ToolFailure` where the condition is none; where it is wrong has been shown.
  func inquiry() throws -> Inquiry {
    Inquiry(
      condition: try `where`.map { try ConditionArgument.read($0) }, order: sort,
      limit: limit.map(Int.init),
      columns: columns.map { $0.split(separator: ",").map(ConditionArgument.trimmed) })
  }
}

/// A condition on the command line.
enum ConditionArgument {
  /// - Throws: `ToolFailure` where it is none; where it is wrong has been shown.
  static func read(_ text: String) throws -> Condition {
    do {
      return try Condition.read(text)
    } catch {
      var sources = Sources()
      _ = sources.add(name: "--where", text: text)
      Invocation.shared.printError(error.diagnostic.text(in: sources))
      throw ToolFailure(code: .usage, fact: "1 mistake in the command line; nothing was executed")
    }
  }

  /// Without blanks around it.
  static func trimmed(_ part: Substring) -> String {
    String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
