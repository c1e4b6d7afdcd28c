import PipelineModel
import Seeds
import Testing

@testable import PipelineEngine

@Suite("Sightings") struct SightingTests {
  private static let names = ["", "a", "b", "a-b", "a0", "é", "..", "/", "a/b", "a/a", "b/a-/c"]

  private static func path(_ random: inout SplitMix64) -> Path {
    let depth = Int.random(in: 1...3, using: &random)
    let parts = (0..<depth).map { _ in names.randomElement(using: &random) ?? "" }
    return Path(parts.joined(separator: "/"))
  }

  private static func sighting(_ random: inout SplitMix64) -> Sighting {
    let time = FileTime(seconds: .random(in: 0...9, using: &random), nanoseconds: 1)
    let stamp = Stamp(
      sizeBytes: 1, modified: time, changed: time, inode: random.next(), device: 7)
    switch random.below(4) {
    case 0: return .absent(lastUse: 5)
    case 1: return Sighting(directory: stamp, lastUse: 5)
    default:
      return Sighting(
        kind: .file, stamp: stamp, digest: Digest(of: "\(random.next())"), lastUse: 5)
    }
  }

  @Test("Merged again and again, a table is what a dictionary would be")
  func merged() throws {
    for seed in 0..<200 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      var table = SightingTable.empty
      var model: [Path: Sighting] = [:]
      for _ in 0..<4 {
        var learnt = LearntSightings()
        for _ in 0..<random.below(12) {
          let sighting = random.below(4) == 0 ? nil : Self.sighting(&random)
          learnt.note(sighting, at: Self.path(&random))
        }
        let merge = SightingMerge(table, learnt: learnt, oldest: 0) { _ in 5 }
        for (path, place) in learnt.places { model[path] = learnt.sightings[Int(place)] }
        let next = try #require(merge.table)
        #expect(next.all == model, "seed \(seed)")
        for path in model.keys { #expect(next.index(of: path) != nil, "seed \(seed), \(path)") }
        for old in 0..<table.count {
          let place = merge.places[old]
          let path = table.path(ofEntry: old)
          #expect((place == SightingTable.none) == (model[path] == nil))
          if place != SightingTable.none { #expect(next.path(ofEntry: Int(place)) == path) }
        }
        for entry in 0..<next.count {
          let entries = next.entries(ofDirectory: next.directory(ofEntry: entry))
          #expect(entries.contains(entry), "seed \(seed)")
        }
        table = next
      }
    }
  }

  struct Edit: Sendable {
    let name: String
    let command: String
    let changes: [String]
  }

  static let edits = [
    Edit(name: "nothing", command: ":", changes: []),
    Edit(name: "content", command: "echo x >> d/one", changes: ["d/one"]),
    Edit(name: "same size", command: "printf 2 > d/one", changes: ["d/one"]),
    Edit(name: "times", command: "touch d/one", changes: ["d/one"]),
    Edit(name: "old times", command: "touch -d @5 d/one", changes: ["d/one"]),
    Edit(name: "mode", command: "chmod +x d/one", changes: ["d/one"]),
    Edit(name: "removed", command: "rm d/one", changes: ["d", "d/one"]),
    Edit(name: "added", command: "echo 1 > d/new", changes: ["d"]),
    Edit(name: "renamed", command: "mv d/one d/1", changes: ["d", "d/one"]),
    Edit(name: "appears", command: "echo 1 > none", changes: ["none"]),
    Edit(name: "appears deeper", command: "mkdir gone; echo 1 > gone/x", changes: ["gone"]),
    Edit(
      name: "a copy in its place", command: "cp -p d/one d/x; mv d/x d/one",
      changes: ["d", "d/one"]),
    Edit(
      name: "a link to it", command: "mv d/one kept; ln -s ../kept d/one", changes: ["d", "d/one"]),
    Edit(
      name: "a link on the way", command: "mv d real; ln -s real d",
      changes: ["d", "d/one", "d/sub/two"]),
    Edit(
      name: "a directory in its place", command: "rm d/one; mkdir d/one", changes: ["d", "d/one"]),
    Edit(name: "the directory gone", command: "rm -r d", changes: ["d", "d/one", "d/sub/two"]),
    Edit(name: "beside it", command: "echo 1 > beside; mkdir e", changes: []),
  ]

  @Test("A survey finds exactly what is not as it was", arguments: edits)
  func survey(_ edit: Edit) throws {
    let scratch = try StorageScratch()
    try scratch.write("d/one", "1")
    try scratch.write("d/sub/two", "2")
    let contents = Contents(
      of: scratch.directory,
      stamps: Stamps(clock: try StampClock(in: scratch.directory, file: "clock")))
    _ = try contents.content(ofInput: "d")
    for path in ["none", "gone"] as [Path] { _ = try contents.seenPaths(ofMissing: path) }
    // The directory below is listed too; only what was asked for is told.
    let table = try #require(contents.stamps.merged(oldest: 0) { _ in true }.table)
    try scratch.shell(edit.command)
    let survey = Survey(table: table, workspace: scratch.directory)
    let changes = survey.changes(among: [Bool](repeating: true, count: table.count))
    let paths = changes.map { table.path(ofEntry: $0).description }.filter { $0 != "d/sub" }
    #expect(paths.sorted() == edit.changes.sorted())
  }
}
