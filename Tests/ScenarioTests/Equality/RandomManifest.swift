import Seeds

/// A pipeline that a seed has made up: its manifest, which can be changed, and the files that it
/// begins with.
///
/// What a step writes follows from what it reads and from what is declared of it, so an incremental
/// run can be compared with a clean one. Steps are shell functions, since a process takes longer
/// than all else.
struct RandomManifest {
  /// One step as it is declared.
  struct Declaration {
    enum Form {
      /// A shell script in the manifest.
      case script
      /// A shell script in a file, which counts by being named.
      case file
      /// A script that only looks; it has no outputs.
      case check
    }

    let name: String
    let form: Form
    var version = 0
    var isLossy = false
    var isTouchy = false
    /// What it is a matrix over.
    var values: [String] = []
    var inputs: [String] = []
    var outputs: [String: String] = [:]
    /// Further lines of its declaration.
    var lines: [String] = []
    var parameters: [Int] = []
    /// A path that it reads besides, now and then.
    var extraInput: String?
    var hasExtraOutput = false

    var isFrozen: Bool { lines.contains("frozen: true") }
    var isManual: Bool { lines.contains("manual: true") }
    var alwaysExecutes: Bool { lines.contains("always: true") }
  }

  private(set) var steps: [Declaration] = []
  private var parameters = [0, 0, 0]
  private var ignored: [String] = []
  private var isReversed = false
  private var comment = 0

  /// The files that it begins with, and that are put back where a run cannot do without them.
  private(set) var sources: [String: String] = [
    "Data/s0": "A", "Data/s 1é": "A", "Data/s2": "A", "Raw/r0.csv": "A", "Raw/r1.csv": "A",
    "Raw/deep/er/r2.csv": "A", "Raw/note.txt": "A", "Code/lib/part": "A",
    "Code/work.sh": RandomManifest.script,
  ]

  init(_ random: inout SplitMix64) {
    for index in 0..<(2 + random.below(7)) { addStep(index, &random) }
  }

  // MARK: What it makes

  private mutating func addStep(_ index: Int, _ random: inout SplitMix64) {
    let form: Declaration.Form =
      index == 0 ? .script : [.script, .script, .script, .file, .check][random.below(5)]
    var step = Declaration(name: "s\(index)", form: form)
    step.isLossy = random.oneIn(3)
    step.isTouchy = random.oneIn(4)
    step.inputs = inputs(&random)
    step.parameters = (0..<3).filter { _ in random.oneIn(4) }
    if form == .script, random.oneIn(5) { step.values = ["1", "b c", "2.50"] }
    addOutputs(to: &step, &random)
    addTraits(to: &step, &random)
    if step.isFrozen {
      for (name, path) in step.outputs { sources[path + (name == "d" ? "/f" : "")] = "by hand" }
    }
    steps.append(step)
  }

  private func addOutputs(to step: inout Declaration, _ random: inout SplitMix64) {
    let lead = "Out/\(step.name)" + (step.values.isEmpty ? "" : "/${{ matrix.m }}")
    switch step.form {
    case .check: break
    case .file: step.outputs["o"] = "\(lead)/o"
    case .script:
      step.outputs["o"] = "\(lead)/o"
      if random.oneIn(2) { step.outputs["d"] = "\(lead)/d" }
      if random.oneIn(3) { step.outputs["a"] = "\(lead)/z/a" }
    }
  }

  private func addTraits(to step: inout Declaration, _ random: inout SplitMix64) {
    if random.oneIn(10) { step.lines.append("allow-failure: true") }
    if random.oneIn(12) { step.lines.append("effects: true") }
    if random.oneIn(4), step.form != .file { step.lines.append("sources: [Code/lib]") }
    if random.oneIn(6) { step.lines.append("environment: { variables: { MODE: fast } }") }
    if random.oneIn(6), let other = steps.randomElement(using: &random), !other.isManual {
      step.lines.append("after: [\(other.name)]")
    }
    guard step.form == .script else { return }
    switch random.below(12) {
    case 0: step.lines.append("always: true")
    case 1: step.lines.append("manual: true")
    case 2 where step.values.isEmpty: step.lines.append("frozen: true")
    case 3: step.lines.append("directory: Code")
    default: break
    }
  }

  private func inputs(_ random: inout SplitMix64) -> [String] {
    let plain = [
      "Data/s0", "Data/s 1é", "./Data//s2", "Raw", "Raw/deep", "Raw/*.csv", "Raw/**",
      "Raw/**/*.csv", "Raw/r[12].csv",
    ]
    var found: Set<String> = []
    for _ in 0..<(1 + random.below(3)) {
      let writers = steps.filter { !$0.outputs.isEmpty && !$0.isManual }
      guard let writer = writers.randomElement(using: &random), !random.oneIn(3) else {
        found.insert(plain[random.below(plain.count)])
        continue
      }
      let output = writer.outputs.keys.sorted().randomElement(using: &random) ?? "o"
      let isMatrix = !writer.values.isEmpty
      let one = isMatrix && random.oneIn(2) ? ["@m=1", "@m=b%20c"][random.below(2)] : ""
      switch random.below(6) {
      case 0: found.insert("Out/\(writer.name)")
      case 1: found.insert("Out/\(writer.name)/**/f*")
      case 2: found.insert("Out/\(writer.name)/**")
      case 3 where !isMatrix: found.insert(writer.outputs[output] ?? "")
      case 4 where !isMatrix && output == "d": found.insert("Out/\(writer.name)/d/f")
      default: found.insert("\(writer.name)\(one).\(output)")
      }
    }
    return found.sorted()
  }

  // MARK: What is changed of it

  /// Changes a parameter, a command, or what else the manifest says.
  ///
  /// - Returns: what was done.
  mutating func edit(_ random: inout SplitMix64) -> String {
    let index = random.below(steps.count)
    let name = steps[index].name
    switch random.below(9) {
    case 0, 1:
      let parameter = random.below(3)
      parameters[parameter] = random.below(3)
      return "p\(parameter) is \(parameters[parameter])"
    case 2, 3:
      steps[index].version = random.below(2)
      return "\(name) is at version \(steps[index].version)"
    case 4:
      steps[index].extraInput = random.oneIn(2) ? nil : ["Data/s0", "Raw"][random.below(2)]
      return "\(name) also reads \(steps[index].extraInput ?? "nothing")"
    case 5:
      let mayWrite = steps[index].form == .script && !steps[index].isFrozen
      steps[index].hasExtraOutput = mayWrite && random.oneIn(2)
      return "\(name) also writes \(steps[index].hasExtraOutput)"
    case 6:
      ignored = [[], ["*.tmp"], ["*.tmp", "Raw/note.txt"]][random.below(3)]
      return "\(ignored) is ignored"
    case 7:
      isReversed.toggle()
      return "steps are written the other way round"
    default:
      comment += 1
      return "comment \(comment)"
    }
  }

  // MARK: What is written

  /// The combinations of a step by name, and what each writes.
  func variants(of step: Declaration) -> [(name: String, paths: [String])] {
    var templates = step.outputs.values.sorted()
    if step.hasExtraOutput { templates.append(extraOutput(of: step)) }
    if step.values.isEmpty { return [(step.name, templates)] }
    return step.values.map { value in
      (
        "\(step.name)@m=\(value.replacing(" ", with: "%20"))",
        templates.map { $0.replacing("${{ matrix.m }}", with: value) }
      )
    }
  }

  /// What is written by steps that execute.
  var outputs: [String] {
    steps.filter { !$0.isFrozen }.flatMap(variants).flatMap(\.paths)
  }

  /// Those of them that follow from what can be seen: what was at a persistent one counts, too.
  var predictableOutputs: [String] { outputs.filter { !$0.hasPrefix("Out/s2/") } }

  private func extraOutput(of step: Declaration) -> String {
    "Out/\(step.name)/" + (step.values.isEmpty ? "" : "${{ matrix.m }}/") + "x"
  }

  /// The manifest as it is now.
  var text: String {
    var lines = ["project: random", "parameters:"]
    lines += parameters.enumerated().map { "  p\($0): \($1)" }
    if !ignored.isEmpty { lines.append("ignore: [\(RandomManifest.quoted(ignored))]") }
    lines.append("steps:")
    for step in isReversed ? steps.reversed() : steps { lines += self.lines(of: step) }
    if comment > 0 { lines.append("# \(comment)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(of step: Declaration) -> [String] {
    var lines = ["  \(step.name):"]
    let inputs =
      step.inputs
      + [step.extraInput].compactMap { $0 }.filter {
        !step.inputs.contains($0)
      }
    let words = inputs.indices.map { "${{ inputs.i\($0) }}" }.joined(separator: " ")
    let values = step.parameters.map { "${{ parameters.p\($0) }}" }.joined(separator: " ")
    switch step.form {
    case .file:
      lines.append("    run: sh Code/work.sh v\(step.version) ${{ outputs.o }} \(words)")
    case .script, .check:
      lines.append("    run: |")
      lines += script(of: step, words, values).map { "      " + $0 }
    }
    lines += step.lines.map { "    " + $0 }
    if !step.values.isEmpty {
      lines.append("    matrix: { m: [\(step.values.joined(separator: ", "))] }")
    }
    lines.append("    inputs:")
    lines += inputs.enumerated().map { "      i\($0): \"\($1)\"" }
    var outputs = step.outputs
    if step.hasExtraOutput { outputs["x"] = extraOutput(of: step) }
    if outputs.isEmpty { return lines }
    lines.append("    outputs:")
    let more = step.name == "s1" ? ", store: false" : step.name == "s2" ? ", persist: true" : ""
    lines += outputs.sorted { $0.key < $1.key }.map {
      "      \($0.key): { path: \"\($0.value)\"\($0.key == "o" ? more : "") }"
    }
    return lines
  }

  private static func quoted(_ texts: [String]) -> String {
    texts.map { "\"\($0)\"" }.joined(separator: ", ")
  }
}
