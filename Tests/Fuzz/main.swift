#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Tries one reading on inputs that follow from seeds:
//
//     fuzz READING [FROM-TO | COUNT] [--corpus FOLDER] [--save FILE]
//     fuzz READING --file FILE
//     fuzz --list
//     fuzz --samples READING FOLDER
//
// Ends with 0 and says how many were tried, or names the first seed that breaks a promise. Built by
// `Tests/Fuzz/guided`, it is libFuzzer's driver: `fuzz READING` and libFuzzer's own arguments.

/// What the command line asks for.
struct Order {
  var reading: Reading
  var seeds: Range<UInt64> = 0..<1000
  var corpus = ""
  var file: String?
  var save: String?

  /// - Returns: nil where it makes no sense.
  init?(_ words: [String]) {
    guard let name = words.first, let reading = Reading.named(name) else { return nil }
    self.reading = reading
    var rest = words.dropFirst()
    while let word = rest.popFirst() {
      switch word {
      case "--corpus": corpus = rest.popFirst() ?? ""
      case "--file": file = rest.popFirst()
      case "--save": save = rest.popFirst()
      default:
        let numbers = word.split(separator: "-").compactMap { UInt64($0) }
        guard let first = numbers.first else { return nil }
        seeds = numbers.count == 1 ? 0..<first : first..<(numbers[1] + 1)
      }
    }
  }
}

/// Tries all that was asked for.
func play(_ words: [String]) throws {
  guard let order = Order(words) else {
    print("usage: fuzz READING [FROM-TO | COUNT] [--corpus FOLDER] [--file FILE] [--save FILE]")
    exit(2)
  }
  let samples = try Samples(of: order.reading, in: order.corpus)
  Watch.begin(order.reading.name)
  if let file = order.file {
    try order.reading.attempt(Samples.content(of: file))
    return print("\(order.reading.name): nothing broken")
  }
  for seed in order.seeds {
    let input = samples.input(seed)
    if let save = order.save { try Samples.write(input, to: save) }
    try Watch.over(seed) { try order.reading.attempt(input) }
  }
  print("\(order.reading.name): \(order.seeds.count) inputs, nothing broken")
}

let words = Array(CommandLine.arguments.dropFirst())
do {
  if words == ["--list"] {
    print(Reading.all.map(\.name).joined(separator: "\n"))
  } else if words.count == 3, words[0] == "--samples", let reading = Reading.named(words[1]) {
    for (index, sample) in try Samples(of: reading, in: "").real.enumerated() {
      try Samples.write(sample, to: "\(words[2])/sample-\(index)")
    }
  } else {
    #if COVERAGE
      Guided.run(words)
    #else
      try play(words)
    #endif
  }
} catch {
  print("\(words.first ?? ""): \(Watch.place): \(error)")
  exit(1)
}
