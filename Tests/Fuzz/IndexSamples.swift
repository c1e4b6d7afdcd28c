import PipelineEngine
import PipelineModel

/// Indexes as the tool writes them, and digests for others.
enum IndexSamples {
  /// An empty one, and one with something of everything.
  static func files() throws -> [[UInt8]] {
    let none = Stamps(clock: .thisMachine).merged(oldest: 0) { _ in false }
    return [
      try IndexFile.bytes(of: none, standing: [], states: [:], notes: [:], boot: ""), try full(),
    ]
  }

  private static func full() throws -> [UInt8] {
    let stamps = Stamps(clock: .thisMachine)
    let time = FileTime(seconds: 1_700_000_000, nanoseconds: 5)
    let stamp = Stamp(sizeBytes: 12, modified: time, changed: time, inode: 7, device: 1)
    let paths: [Path] = ["a", "Data/a.csv", "Data/part-1/file-1.csv", "/etc/x", "../up", "Out/o"]
    for path in paths {
      stamps.adopt(
        Sighting(kind: .file, stamp: stamp, digest: Digest(of: "\(path)"), lastUse: 20_000),
        of: path)
    }
    stamps.adopt(Sighting(directory: stamp, lastUse: 20_000), of: "Data")
    stamps.adopt(.absent(lastUse: 20_000), of: "Data/none")
    let merged = stamps.merged(oldest: 0) { _ in false }
    let draft = StandingDraft(
      question: Digest(of: "q"), isQuiet: true,
      manifest: .init(name: "", seen: .paths(["a"]), declaration: Digest(of: "all")),
      rows: [
        .init(
          name: "clean", seen: .paths(["Data", "Data/a.csv"]), declaration: Digest(of: "clean")),
        .init(name: "train@seed=1", seen: .paths(["Out/o"]), declaration: Digest(of: "train")),
      ])
    let standing = merged.table.flatMap {
      draft.bytes(in: $0, carrying: nil, places: merged.places)
    }
    var states: [StepName: StepState] = [:]
    if let name = StepName("train@seed=1") {
      states[name] = StepState(
        lastKey: ActionKey(digest: Digest(of: "k")), seconds: 0.25, finished: 1_700_000_000)
    }
    return try IndexFile.bytes(
      of: merged, standing: standing ?? [], states: states, notes: ["swiftc": "Swift 6"],
      boot: "b")
  }

  // The head, as `IndexFile` has it: its digest, its length, and at its end a digest of each MiB
  // behind it.

  private static let digest = 8..<40
  private static let pieceBytes = 1 << 20

  /// The same with digests that are right, as far as the head tells where they belong.
  static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > 60 else { return bytes }
    var bytes = bytes
    let headCount = (0..<4).reduce(0) { $0 | Int(bytes[40 + $1]) << (8 * $1) }
    guard headCount > 60, headCount <= bytes.count else { return bytes }
    let body = Array(bytes[headCount...])
    let pieces = stride(from: 0, to: body.count, by: pieceBytes).flatMap { start in
      SHA256.digest(Array(body[start..<min(body.count, start + pieceBytes)])).bytes
    }
    if headCount - pieces.count > 60 {
      bytes.replaceSubrange((headCount - pieces.count)..<headCount, with: pieces)
    }
    let head = SHA256.digest(Array(bytes[digest.upperBound..<headCount]))
    bytes.replaceSubrange(digest, with: head.bytes)
    return bytes
  }
}

extension IndexFile {
  /// The whole file.
  static func bytes(
    of sightings: SightingMerge, standing: [UInt8], states: [StepName: StepState],
    notes: [String: String], boot: String
  ) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try write(sightings, standing: standing, states: states, notes: notes, boot: boot) {
      bytes += $0
    }
    return bytes
  }
}
