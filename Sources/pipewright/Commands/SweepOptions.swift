import ArgumentParser
import PipelineEngine
import PipelineModel

/// What is tried by a sweep.
struct SweepOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Try several values of a parameter, each combination beside the workspace: "
        + "train.rate=0.01,0.1 or train.epochs=range(100,500,100); may be given again.",
      valueName: "name=values"))
  var sweep: [String] = []

  @Option(
    help: ArgumentHelp("Try what a YAML file says: a grid or random draws.", valueName: "file"))
  var sweepFile: String?

  func validate() throws {
    if !sweep.isEmpty, sweepFile != nil {
      throw ValidationError("'--sweep' and '--sweep-file' exclude each other.")
    }
  }

  var isGiven: Bool { !sweep.isEmpty || sweepFile != nil }

  /// - Throws: `ToolFailure`, what is wrong having been shown.
  func space(for parameters: Parameters) throws -> SweepSpace {
    var sources = Sources()
    var (space, problems) = try read(&sources)
    if let read = space { problems += read.problems(in: parameters) }
    guard let space, problems.isEmpty else {
      let text = problems.map { $0.text(in: sources) }.joined(separator: "\n\n")
      Invocation.shared.printError(text)
      let count = Amount.count(problems.count, "mistake")
      let place = sweepFile.map { "'\($0)'" } ?? "the command line"
      throw ToolFailure(code: .usage, fact: "\(count) in \(place); nothing was executed")
    }
    return space
  }

  private func read(
    _ sources: inout Sources
  ) throws -> (space: SweepSpace?, problems: [Diagnostic]) {
    guard let sweepFile else { return SweepReader.read(sweep, in: &sources) }
    let bytes: [UInt8]
    do {
      bytes = try Directory(opening: .here).read(Path(sweepFile))
    } catch {
      throw ToolFailure(code: .usage, fact: error.description, hint: error.hint)
    }
    let text = sources.add(name: sweepFile, text: String(decoding: bytes, as: UTF8.self))
    let (syntax, problems) = YAMLReader.read(bytes, text: text)
    guard let syntax, problems.isEmpty else { return (nil, problems) }
    return SweepReader.read(syntax)
  }
}
