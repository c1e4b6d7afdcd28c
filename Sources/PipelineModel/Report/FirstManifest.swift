/// A manifest to begin with, from what a directory already holds.
package struct FirstManifest: Sendable {
  package var project: String
  /// Executable products of the package, in the order in which their steps shall stand.
  package var executables: [String] = []
  /// Programs that an interpreter executes.
  package var scripts: [Path] = []
  /// Files that look like data.
  package var data: [Path] = []

  package init(project: String) {
    self.project = project
  }

  /// The manifest, with comments that teach. It is valid as it stands.
  package var text: String {
    var lines = [
      "# The pipeline of this project. 'validate' says what is wrong with it, 'status' what would",
      "# run and why, 'run' executes what is stale.",
      "project: \(FirstManifest.quoted(project))",
      "",
      "# Values that steps use as ${{ parameters.seed }}. -P seed=8 gives another for one run.",
      "parameters:",
      "  seed: 7",
      "",
      "steps:",
    ]
    var names: Set<String> = []
    for executable in executables { lines += step(executable: executable, &names) }
    for script in scripts { lines += step(script: script, &names) }
    if names.isEmpty { lines += example }
    return lines.joined(separator: "\n") + "\n"
  }

  private var example: [String] {
    [
      "  hello:",
      "    # Text is a shell script (sh -eu). References become environment variables, never text.",
      "    run: echo \"the seed is ${{ parameters.seed }}\" > ${{ outputs.greeting }}",
      "    outputs: { greeting: Data/greeting.txt }",
    ] + wiringExample
  }

  private var wiringExample: [String] {
    // Without a slash a name with a dot could mean another step's artifact.
    let input = data.first.map { $0.parent.isHere ? "./\($0)" : "\($0)" } ?? "Data/raw.csv"
    return [
      "    # An input is a file, a directory, a glob, or what another step writes (step.artifact):",
      "    # inputs: { raw: \(FirstManifest.quoted(input)) }",
      "    # Order without data:",
      "    # after: [other-step]",
      "    # One step for each value, with ${{ matrix.seed }} in the paths of its outputs:",
      "    # matrix: { seed: [1, 2, 3] }",
    ]
  }

  private func step(executable: String, _ names: inout Set<String>) -> [String] {
    let isFirst = names.isEmpty
    guard let name = FirstManifest.name(from: executable, &names) else { return [] }
    return [
      "  \(name):",
      "    component: \(FirstManifest.quoted("swift:\(executable)"))  # an executable product",
      "    parameters: [seed]",
      "    # arguments: [\"--to\", \"${{ outputs.clean }}\"]",
      "    # outputs: { clean: Data/clean.csv }",
    ] + (isFirst ? wiringExample : []) + [""]
  }

  private func step(script: Path, _ names: inout Set<String>) -> [String] {
    let isFirst = names.isEmpty
    let file = String(decoding: script.name, as: UTF8.self)
    let parts = file.split(separator: ".")
    guard let stem = parts.first,
      let interpreter = FirstManifest.interpreters[String(parts.last ?? "")],
      let name = FirstManifest.name(from: String(stem), &names)
    else { return [] }
    let words = [interpreter, script.description].map { FirstManifest.quoted($0) }
    return [
      "  \(name):",
      "    run: [\(words.joined(separator: ", "))]  # the script counts as a source",
      "    # outputs: { clean: Data/clean.csv }",
    ] + (isFirst ? wiringExample : []) + [""]
  }

  /// By a script's ending.
  package static let interpreters = [
    "py": "python3", "sh": "sh", "R": "Rscript", "r": "Rscript", "js": "node", "pl": "perl",
    "rb": "ruby", "jl": "julia",
  ]

  /// A step's name: what of the text can stand in one, in small letters; nil where that is nothing
  /// or is taken.
  private static func name(from text: String, _ names: inout Set<String>) -> String? {
    let kept = text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    let name = String(kept.drop { !$0.isLetter })
    guard Name(name) != nil, names.insert(name).inserted else { return nil }
    return name
  }

  /// In double quotes, unless it is surely read as the same text without.
  private static func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): true
      default: "-_./:".utf8.contains(byte)
      }
    }
    guard isPlain, let first = text.first, first.isLetter, !text.hasSuffix(":"),
      case .text = Value(plain: text)
    else { return JSON.text(.text(text)) }
    return text
  }
}
