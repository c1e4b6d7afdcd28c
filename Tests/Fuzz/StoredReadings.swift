import PipelineEngine
import PipelineModel

extension Reading {
  /// What this program keeps for itself, in folders that others may write to.
  static let stored = [
    Reading(
      name: "result", written: { results.map(ResultFile.bytes) }, seal: sealedResult,
      attempt: result),
    Reading(name: "listing", isText: false, written: { [listing.bytes] }, attempt: listing),
    Reading(
      name: "index", isText: false, written: IndexSamples.files, seal: IndexSamples.sealed,
      attempt: index),
    Reading(
      name: "bound", isText: false, written: BoundFile.written, seal: BoundFile.sealed,
      attempt: BoundFile.attempt),
  ]

  // MARK: Results

  private static func result(_ bytes: [UInt8]) throws {
    guard case .result(let result) = ResultFile.read(bytes, key: key(in: bytes)) else { return }
    let again = ResultFile.read(ResultFile.bytes(of: result), key: result.key)
    try promise(again == .result(result), "a result is another when it is written")
    for output in result.outputs {
      try promise(output.path.isInside, "output '\(output.path)' would leave the workspace")
    }
    let paths = Set(result.outputs.map(\.path))
    try promise(paths.count == result.outputs.count, "two outputs of one path")
    _ = result.fingerprint.changes(since: Fingerprint([]))
  }

  /// The key that the result itself names: what a file is called is not in its bytes.
  private static func key(in bytes: [UInt8]) -> ActionKey {
    let body = bytes.split(separator: UInt8(ascii: "\n")).dropFirst().first.map { Array($0) }
    let key = body.flatMap { try? JSON.read($0) }?["key"]?.text.flatMap { Digest($0) }
    return ActionKey(digest: key ?? Digest(of: ""))
  }

  /// With the key that follows from its fields, and the digest that follows from all.
  private static func sealedResult(_ bytes: [UInt8]) -> [UInt8] {
    guard let cut = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return bytes }
    var body = Array(bytes[(cut + 1)...].prefix { $0 != UInt8(ascii: "\n") })
    if case .map(var entries)? = try? JSON.read(body),
      let fields = entries.first(where: { $0.key == "fields" })?.value.list,
      let place = entries.firstIndex(where: { $0.key == "key" })
    {
      let fingerprint = Fingerprint(fields.compactMap { Field(json: $0) })
      entries[place].value = .text(fingerprint.key.digest.description)
      body = Array(JSON.text(.map(entries)).utf8)
    }
    let head = "{\"schema\":1,\"digest\":\"\(SHA256.digest(body))\"}\n"
    return Array(head.utf8) + body + [UInt8(ascii: "\n")]
  }

  private static let results: [Result] = {
    let digest = Digest(of: "x")
    let fingerprint = Fingerprint([
      Field(.format, value: Fingerprint.format), Field(.command, value: "cat 'a' > \"b\""),
      Field(.parameter, "rate", value: "number 0.1"),
      Field(.input, "raw", path: "Data/raw.csv", value: digest.description),
      Field(.output, "model", path: "Out/model", value: ""),
      Field(.output, path: "Out/\u{e9}", value: "persist"),
    ])
    let outputs = [
      Result.Output(
        name: Name("model"), path: "Out/model",
        content: Content(kind: .file, digest: digest, sizeBytes: 1), isStored: true),
      Result.Output(
        name: nil, path: "Out/\u{e9}",
        content: Content(kind: .directory, digest: digest, sizeBytes: .max), isStored: false),
    ]
    return StepName("train@seed=1").map { step in
      [
        Result(
          key: fingerprint.key, step: step, fingerprint: fingerprint, outputs: outputs,
          log: digest, metrics: nil, workspace: "w", finished: 1_700_000_000_000_000_000,
          usage: Usage(seconds: 0.5, cpuSeconds: 0.25, peakMemoryBytes: 1 << 20, attempts: 2))
      ]
    } ?? []
  }()

  // MARK: Listings

  private static func listing(_ bytes: [UInt8]) throws {
    guard let listing = Listing(reading: bytes) else { return }
    try promise(listing.bytes == bytes, "a listing is another when it is written")
    try promise(listing.content.sizeBytes >= 0, "a directory of \(listing.content.sizeBytes) bytes")
    for entry in listing.entries {
      try promise(entry.path.isInside, "'\(entry.path)' would leave its directory")
    }
  }

  private static let listing = Listing(
    [("a", .file), ("b/c", .executable), ("b/d", .link), ("e", .directory), ("f\n x", .file)]
      .map { (path: Path, kind: Listing.Kind) in
        Listing.Entry(path: path, kind: kind, digest: Digest(of: "\(path)"), sizeBytes: 3)
      })

  // MARK: The index

  /// Everything that the tool does with an index.
  private static func index(_ bytes: [UInt8]) throws {
    guard let content = IndexFile.read(MappedFile(copying: bytes)) else { return }
    let index = content.index
    let table = index.sightings
    let here = try Directory(opening: "/")
    _ = Survey(table: table, workspace: here)
      .changes(among: [Bool](repeating: true, count: table.count))
    for place in 0..<table.count {
      _ = (table.path(ofEntry: place), table.sighting(place), table.lastUse(ofEntry: place))
    }
    for place in 0..<table.directoryCount { _ = table.lastName(ofDirectory: place) }
    _ = table.index(of: "Data/part-1/file-1.csv")
    let merged = Stamps(table, clock: .thisMachine).merged(oldest: 0) { _ in false }
    if let standing = index.standing {
      let marks = standing.marks(count: table.count)
      _ = standing.isUntouched(by: marks.indices.filter { $0 % 2 == 0 }, among: table.count)
      for place in -1..<standing.count { _ = standing.declaration(ofStep: place) }
      let names = standing.stepNames
      try promise(names.count == standing.count, "\(names.count) names of \(standing.count) steps")
    }
    let again = try IndexFile.bytes(
      of: merged, standing: [], states: index.states, notes: index.notes, boot: content.boot)
    let read = IndexFile.read(MappedFile(copying: again))?.index
    try promise(read != nil, "an index that was read cannot be written")
    try promise(
      shown(index.states) == shown(read?.states ?? [:]) && read?.notes == index.notes,
      "an index is another when it is written")
  }

  /// By their text: a duration that is no number is not equal to itself.
  private static func shown(_ states: [StepName: StepState]) -> [String] {
    states.map { "\($0.key) \($0.value)" }.sorted()
  }
}
