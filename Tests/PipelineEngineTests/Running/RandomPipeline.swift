import PipelineEngine
import PipelineModel
import Seeds

/// A pipeline, its source files and what can be done to them, all from one seed.
struct RandomPipeline {
  private(set) var sources: [Path: String] = [:]
  private var parameters: [Int]
  private var steps: [Declaration] = []

  private struct Declaration {
    var name: String
    var version = 0
    var words: [String] = []
    var inputs: [String] = []
    var outputs: [(name: String, path: String, more: String)] = []
    var lines: [String] = []
    var isFrozen = false
  }

  init(_ random: inout SplitMix64) {
    parameters = (0..<3).map { _ in 0 }
    for index in 0..<3 { sources[Path("Data/s\(index)")] = "A" }
    for index in 0..<3 { sources[Path("Raw/r\(index).csv")] = "A" }
    for index in 0..<2 { sources[Path("Code/lib/c\(index)")] = "A" }
    for index in 0..<(2 + random.below(7)) { addStep(index, &random) }
  }

  /// The manifest as it is now.
  var text: String {
    var lines = ["project: random", "parameters:"]
    lines += parameters.enumerated().map { "  p\($0): \($1)" }
    lines.append("steps:")
    for step in steps {
      lines += [
        "  \(step.name):",
        "    run: \((["work v\(step.version)"] + step.words).joined(separator: " "))",
      ]
      lines += step.lines.map { "    " + $0 }
      if !step.inputs.isEmpty {
        lines.append("    inputs: [\(step.inputs.joined(separator: ", "))]")
      }
      if step.outputs.isEmpty { continue }
      lines.append("    outputs:")
      lines += step.outputs.map { "      \($0.name): { path: \"\($0.path)\"\($0.more) }" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// - Throws: where the generator has made a manifest that is refused.
  func pipeline() throws -> Pipeline {
    let bound = BoundText(text)
    guard let pipeline = bound.pipeline, bound.problems.isEmpty else {
      throw Refused(facts: bound.problems.map(\.fact))
    }
    return pipeline
  }

  struct Refused: Error {
    let facts: [String]
  }

  private mutating func addStep(_ index: Int, _ random: inout SplitMix64) {
    var step = Declaration(name: "s\(index)")
    if random.oneIn(3) { step.words.append("lossy") }
    let isMatrix = random.oneIn(5)
    let lead = "Out/\(step.name)" + (isMatrix ? "/${{ matrix.m }}" : "")
    if isMatrix { step.lines.append("matrix: { m: [1, b c, 2.50] }") }
    if !random.oneIn(8) || index == 0 {
      let more = ["", "", "", "", ", store: false", ", persist: true"]
      step.outputs.append(("o", "\(lead)/o", more[random.below(more.count)]))
      if random.oneIn(2) { step.outputs.append(("d", "\(lead)/d", "")) }
      if random.oneIn(3) { step.outputs.append(("a", "\(lead)/z/a", "")) }
    }
    step.inputs = inputs(&random)
    let used = (0..<parameters.count).filter { _ in random.oneIn(4) }.map { "p\($0)" }
    if !used.isEmpty { step.lines.append("parameters: [\(used.joined(separator: ", "))]") }
    if random.oneIn(4) { step.words.append("${{ parameters.p\(random.below(3)) }}") }
    if random.oneIn(4) {
      step.lines.append("sources: [\(["Code/lib", "Code/lib/c1"][random.below(2)])]")
    }
    // What grows at every run would never come to rest.
    let grows = step.outputs.contains { $0.more.contains("persist") }
    if random.oneIn(12), !grows { step.lines.append("always: true") }
    if random.oneIn(10) { step.lines.append("allow-failure: true") }
    if random.oneIn(12) { step.lines.append("effects: true") }
    if random.oneIn(6), let other = steps.randomElement(using: &random) {
      step.lines.append("after: [\(other.name)]")
    }
    if random.oneIn(12), !isMatrix, !step.outputs.isEmpty, !step.lines.contains("always: true") {
      step.lines.append("frozen: true")
      step.isFrozen = true
      for output in step.outputs {
        sources[Path(output.path + (output.name == "d" ? "/f0" : ""))] = "by hand"
      }
    }
    steps.append(step)
  }

  private func inputs(_ random: inout SplitMix64) -> [String] {
    var found: Set<String> = []
    for _ in 0..<(1 + random.below(3)) {
      let writers = steps.filter { !$0.outputs.isEmpty }
      guard let writer = writers.randomElement(using: &random), !random.oneIn(3) else {
        let plain = [
          "Data/s0", "Data/s1", "./Data//s2", "Raw", "\"Raw/*.csv\"", "\"Raw/r[12].csv\"",
        ]
        found.insert(plain[random.below(plain.count)])
        continue
      }
      let isMatrix = writer.lines.contains { $0.hasPrefix("matrix") }
      let output = writer.outputs[random.below(writer.outputs.count)].name
      let variant =
        isMatrix && random.oneIn(2) ? ["@m=1", "@m=b%20c", "@m=2.50"][random.below(3)] : ""
      switch random.below(6) {
      case 0: found.insert("Out/\(writer.name)")
      case 1: found.insert("\"Out/\(writer.name)/**/f?\"")
      case 2: found.insert("\"Out/\(writer.name)/**\"")
      case 3 where !isMatrix: found.insert("Out/\(writer.name)/\(output == "a" ? "z/a" : output)")
      case 4 where !isMatrix && writer.outputs.contains { $0.name == "d" }:
        found.insert("Out/\(writer.name)/d/f0")
      default: found.insert("\(writer.name)\(variant).\(output)")
      }
    }
    return found.sorted()
  }

  /// The steps whose outputs do not follow from what can be seen now, and all that depends on them.
  func unpredictable(in pipeline: Pipeline) -> Set<ID<Step>> {
    var found = Set<ID<Step>>()
    for id in pipeline.order {
      let step = pipeline.steps[id]
      let isOwn = step.outputs.contains { pipeline.artifacts[$0].isPersistent }
      if isOwn || step.needs.contains(where: found.contains) { found.insert(id) }
    }
    return found
  }

  /// The outputs that people have put there.
  var frozenFiles: [Path] {
    steps.filter(\.isFrozen).flatMap(\.outputs).map { Path($0.path) }
  }

  /// One thing that people do between two runs.
  mutating func edit(_ world: MemoryWorld, _ random: inout SplitMix64) throws {
    let pipeline = try self.pipeline()
    let frozen = frozenFiles
    let outputs = pipeline.artifacts.rows.map(\.path).filter { path in
      !frozen.contains { $0.overlaps(path) }
    }
    let written = world.files.keys.filter { file in outputs.contains { $0.holds(file) } }.sorted()
    let content = ["A", "B", "C"][random.below(3)]
    switch random.below(10) {
    case 0, 1:
      // Small choice, so that an edit often goes back to what was there before.
      if let path = sources.keys.sorted().randomElement(using: &random) { sources[path] = content }
    case 2: sources[Path("Raw/r\(random.below(5)).csv")] = random.oneIn(2) ? content : nil
    case 3: parameters[random.below(parameters.count)] = random.below(3)
    case 4:
      let index = random.below(steps.count)
      steps[index].version = random.below(2)
    case 5, 6: if let path = written.randomElement(using: &random) { world.put(path, nil) }
    case 7: if let path = written.randomElement(using: &random) { world.put(path, content) }
    case 8:
      if let path = outputs.filter({ $0.name.last == UInt8(ascii: "d") }).randomElement(
        using: &random)
      {
        world.put(path.appending("by-hand"), content)
      }
    default:
      world.store.state.withLock { store in
        let objects = store.objects.keys.sorted()
        if let object = objects.randomElement(using: &random) { store.objects[object] = nil }
        if random.oneIn(4) { store.results = [:] }
      }
    }
    if sources.keys.allSatisfy({ !Path("Raw").holds($0) }) { sources["Raw/r0.csv"] = "A" }
    for file in world.files.keys where Path("Raw").holds(file) { world.put(file, nil) }
    for (path, text) in sources { world.put(path, text) }
  }
}
