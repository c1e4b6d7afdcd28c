import PipelineEngine
import PipelineModel
import Seeds

/// What the inputs of one reading are made from, each by its seed.
struct Samples {
  /// Real ones: of the corpus, of the fixtures, and what this program writes.
  let real: [[UInt8]]
  private let reading: Reading

  /// Larger inputs find little that small ones do not, and take the time of many.
  static let largest = 16_384

  /// - Parameter corpus: a folder with one for each reading; empty for the project's own.
  init(of reading: Reading, in corpus: String) throws {
    self.reading = reading
    let fixtures = Samples.fixtures
    let folder = corpus.isEmpty ? fixtures.appending("Corpus") : Path(corpus)
    var real = try Samples.files(in: folder.appending(reading.name)) { _ in true }
    if reading.name == "manifest" {
      for name in ["manifests", "scenarios", "ETL", "Penguins"] {
        real += try Samples.files(in: fixtures.appending(name)) { $0.hasSuffix(".yaml") }
      }
    }
    real += try reading.written()
    self.real = real.filter { $0.count <= Samples.largest }
  }

  /// The input that follows from a seed: the first are the samples as they are.
  func input(_ seed: UInt64) -> [UInt8] {
    if let place = Int(exactly: seed), place < real.count { return real[place] }
    var random = SplitMix64(seed: seed)
    guard !real.isEmpty else { return [] }
    var mutation = Mutation(
      real[random.below(real.count)], isText: reading.isText, donor: real[random.below(real.count)])
    for _ in 0..<[1, 1, 1, 2, 3, 8][random.below(6)] { mutation.change(&random) }
    let input = Array(mutation.bytes.prefix(Samples.largest))
    // Behind a wrong digest nothing is read; that it is wrong has to be seen, too.
    if let seal = reading.seal, !random.oneIn(8) { return seal(input) }
    return input
  }

  // MARK: Files

  private static let fixtures = Path(#filePath).parent.parent.parent.appending("Fixtures")

  /// The contents of all files below a folder, sorted by path; none where there is no folder.
  private static func files(in folder: Path, where isWanted: (String) -> Bool) throws -> [[UInt8]] {
    guard let top = try? Directory(opening: folder) else { return [] }
    var found: [Path] = []
    var open = [Path.here]
    while let next = open.popLast() {
      for entry in try top.list(next) where entry.name.first != UInt8(ascii: ".") {
        let path = next.entry(entry.name)
        if entry.kind == .directory { open.append(path) }
        if entry.kind == .file, isWanted(path.description) { found.append(path) }
      }
    }
    return try found.sorted().map { try top.read($0) }
  }

  /// What a file holds, which the command line names.
  static func content(of file: String) throws -> [UInt8] {
    try Directory(opening: .here).read(Path(file))
  }

  /// Keeps an input for whoever wants to look at it.
  static func write(_ input: [UInt8], to file: String) throws {
    try Directory(opening: .here).replace(Path(file), with: input)
  }
}
