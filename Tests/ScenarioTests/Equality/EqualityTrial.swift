import Foundation
import Seeds

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One random pipeline through many edits and runs.
struct EqualityTrial {
  /// What does not hold.
  struct Wrong: Error {
    let fact: String
  }

  private(set) var manifest: RandomManifest
  /// What was done, and what came of it.
  private(set) var diary: [String] = []
  private var random: SplitMix64
  private let place: URL
  private var here: any Workplace
  private let store: URL?
  private var overrides: [String] = []
  /// Whether an object may have been damaged in a way that only reading it tells.
  private var hasHiddenDamage = false
  /// Whether steps of a killed run may be at work.
  private var hasSurvivors = false

  /// - Parameter make: a workplace by its directory, its home and its store.
  init(seed: UInt64, make: (URL, URL, URL?) -> any Workplace) throws {
    random = SplitMix64(seed: seed)
    manifest = RandomManifest(&random)
    place = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appending(path: "equality-\(UUID().uuidString.prefix(8))")
    let home = place.appending(path: "home")
    store = random.oneIn(3) ? place.appending(path: "store") : nil
    here = make(place.appending(path: "here"), home, store)
    for folder in [home, here.directory] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    try edits.repair()
    try writeManifest()
  }

  /// - Returns: what is wrong, nil where nothing is.
  mutating func play(rounds: Int) async throws -> String? {
    defer { try? FileManager.default.removeItem(at: place) }
    do {
      for round in 1...rounds {
        if round > 1 {
          for _ in 0..<[0, 1, 1, 2, 4, 8][random.below(6)] { try edit() }
          if random.oneIn(4) { try await act() }
        }
        diary.append("round \(round)")
        try await self.round()
      }
      return nil
    } catch let wrong as Wrong {
      return wrong.fact
    }
  }

  // MARK: What happens between runs

  private var edits: RandomEdits {
    RandomEdits(
      workspace: here.directory,
      store: store ?? here.directory.appending(path: ".pipeline/store"),
      sources: manifest.sources, outputs: manifest.predictableOutputs)
  }

  private mutating func edit() throws {
    if random.oneIn(4) {
      diary.append("  " + manifest.edit(&random))
      return try writeManifest()
    }
    if random.oneIn(20) {
      overrides = overrides.isEmpty ? ["p0=\(random.below(3))"] : []
      return diary.append("  overridden with \(overrides)")
    }
    let edit = RandomEdits.all[random.below(RandomEdits.all.count)]
    guard let done = try edit.make(edits, &random) else { return }
    if edit.name == "damage an object" { hasHiddenDamage = true }
    diary.append("  \(edit.name): \(done)")
  }

  private func writeManifest() throws {
    try edits.write("pipeline.yaml", manifest.text)
  }

  /// Runs that are not the one that is looked at, and what else is done with a whole workspace.
  private mutating func act() async throws {
    let step = manifest.steps[random.below(manifest.steps.count)]
    var request = Request(verb: .run, overrides: overrides)
    switch random.below(7) {
    case 0: request.steps = [step.name]
    case 1: (request.steps, request.isOnly) = ([step.name], true)
    case 2: request.isForced = true
    case 3:
      let obstacle = RandomManifest.obstacle(of: step.name)
      try edits.write(obstacle, "")
      try await ask(request)
      return edits.remove(obstacle)
    case 4: return try await interrupt(request)
    case 5: return try await tell([["gc"], ["verify"], ["repair"]][random.below(3)])
    default:
      let other = place.appending(path: "moved-\(diary.count)")
      try FileManager.default.moveItem(at: here.directory, to: other)
      here = here.at(other, store: store)
      return diary.append("  moved")
    }
    try await ask(request)
  }

  @discardableResult
  private mutating func ask(_ request: Request) async throws -> Answer {
    let answer = try await here.answer(request)
    diary.append("  \(request.words.joined(separator: " ")): \(answer)")
    guard (0...2).contains(answer.code) else { throw Wrong(fact: answer.output) }
    return answer
  }

  private mutating func interrupt(_ request: Request) async throws {
    guard let tool = here as? ToolWorkplace else { return }
    let program = try tool.start(request.words)
    let microseconds = random.below(60_000)
    usleep(UInt32(microseconds))
    kill(program.processID, SIGKILL)
    let ended = await program.ended(within: 60)
    diary.append("  a run, killed after \(microseconds) µs: \(ended.code)")
    hasSurvivors = true
  }

  private mutating func tell(_ words: [String]) async throws {
    guard let tool = here as? ToolWorkplace else { return }
    let ended = try await tool.start(words).ended(within: 60)
    diary.append("  \(words): \(ended.code)")
    guard [0, 4].contains(ended.code) else { throw Wrong(fact: ended.output) }
  }

  // MARK: What is looked at

  private mutating func round() async throws {
    let forecast = hasSurvivors || random.oneIn(3) ? nil : try await forecast()
    var run = try await ask(Request(verb: .run, overrides: overrides))
    if let forecast { try compare(run, with: forecast) }
    hasSurvivors = false
    if run.code == 1 {
      run = try await ask(Request(verb: .run, keepsGoing: true, overrides: overrides))
    }
    try await compareWithClean(run)
    if run.code == 2 {
      try edits.repair()
    } else {
      try await checkRest(after: run)
    }
  }

  /// What `status` says, on each of three ways: deciding every step, by what the last run has left
  /// standing, and deciding without the index.
  private mutating func forecast() async throws -> Answer {
    let file = here.directory.appending(path: ".pipeline/index")
    let index = try? Data(contentsOf: file)
    let full = try await here.answer(Request(verb: .status, isFull: true, overrides: overrides))
    diary.append("  status: \(full)")
    let short = try await here.answer(Request(verb: .status, overrides: overrides))
    try? FileManager.default.removeItem(at: file)
    let bare = try await here.answer(Request(verb: .status, isFull: true, overrides: overrides))
    if random.oneIn(2) { try index?.write(to: file) }
    for (other, way) in [(short, "by what is standing"), (bare, "without the index")]
    where other.code != full.code || other.words != full.words {
      throw Wrong(fact: "deciding \(way): \(other)\n\(other.output)\n\(full.output)")
    }
    return full
  }

  /// Endings that a verdict allows.
  private static let endings: [String: Set<String>] = [
    "undecided": ["kept", "restored", "ran", "failed"], "stale": ["ran", "failed"],
    "fresh": ["kept"], "restore": ["restored"], "frozen": ["kept", "restored"],
  ]

  private func compare(_ run: Answer, with forecast: Answer) throws {
    guard forecast.code == 0 else {
      if run.code == 0 { throw Wrong(fact: "it ran, but status said\n\(forecast.output)") }
      return
    }
    for (step, verdict) in forecast.words {
      let ending = run.words[step] ?? "nothing"
      var allowed = EqualityTrial.endings[verdict] ?? []
      if hasHiddenDamage, verdict == "restore" { allowed.formUnion(["ran", "failed"]) }
      // What follows a failure is left out.
      if run.code != 0 { allowed.formUnion(["skipped", "cancelled", "nothing"]) }
      if run.words.values.contains("failed") { allowed.insert("skipped") }
      if !allowed.contains(ending) {
        throw Wrong(fact: "'\(step)' was \(verdict), and it \(ending)\n\(run.output)")
      }
    }
  }

  /// Nothing is left to be done.
  private mutating func checkRest(after run: Answer) async throws {
    let again = try await ask(Request(verb: .run, overrides: overrides))
    if run.code == 1 { return }
    let restless = manifest.steps.filter(\.alwaysExecutes).flatMap(manifest.variants).map(\.name)
    for (step, ending) in again.words where ending != "kept" && !restless.contains(step) {
      if ["failed", "skipped"].contains(ending), run.words[step] == ending { continue }
      throw Wrong(fact: "'\(step)' \(ending), though nothing had changed\n\(again.output)")
    }
  }

  /// Runs all in a fresh directory and compares what there is.
  private mutating func compareWithClean(_ run: Answer) async throws {
    let clean = here.at(place.appending(path: "clean-\(diary.count)"), store: nil)
    try copyUnmade(to: clean.directory)
    defer { try? FileManager.default.removeItem(at: clean.directory) }
    let other = try await clean.answer(
      Request(verb: .run, keepsGoing: true, overrides: overrides))
    guard other.code == run.code else {
      throw Wrong(fact: "\(run.code), but \(other.code) when clean\n\(run.output)\n\(other.output)")
    }
    if run.code == 2 { return }
    let succeeded = { (answer: Answer, step: String) in
      ["kept", "restored", "ran"].contains(answer.words[step] ?? "")
    }
    var made: [String] = []
    var unmade: [String] = []
    for step in manifest.steps where !step.isFrozen {
      for (name, paths) in manifest.variants(of: step) {
        guard succeeded(run, name) == succeeded(other, name) else {
          throw Wrong(fact: "'\(name)' differs when clean\n\(run.output)\n\(other.output)")
        }
        if succeeded(run, name) { made += paths } else { unmade += paths }
      }
    }
    let (mine, theirs) = (
      try Tree(here.directory, isCounted: Tree.counts),
      try Tree(clean.directory, isCounted: Tree.counts)
    )
    let lies = { (path: String, places: [String]) in
      places.contains { path == $0 || path.hasPrefix("\($0)/") }
    }
    let differences = mine.differences(from: theirs) { path in
      // Directories on the way to what steps write may stay without it.
      if lies(path, unmade) { return false }
      return lies(path, made) || mine.entries[path] ?? theirs.entries[path] != .directory
    }
    if !differences.isEmpty {
      throw Wrong(fact: "not as a clean run makes it:\n" + differences.joined(separator: "\n"))
    }
    if let half = mine.entries.keys.first(where: { $0.contains(".pipewright-") }) {
      throw Wrong(fact: "left behind: \(half)")
    }
  }

  /// Copies all that no step has made.
  private func copyUnmade(to folder: URL) throws {
    let files = FileManager.default
    let made = Set(manifest.outputs)
    let tree = try Tree(here.directory) { $0 != ".pipeline" && !made.contains($0) }
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    for (path, entry) in tree.entries.sorted(by: { $0.key < $1.key }) {
      let (from, to) = (here.directory.appending(path: path), folder.appending(path: path))
      if entry == .directory {
        try files.createDirectory(at: to, withIntermediateDirectories: true)
      } else {
        try files.copyItem(at: from, to: to)
      }
    }
  }
}
