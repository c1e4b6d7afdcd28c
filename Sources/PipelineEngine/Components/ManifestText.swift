/// A package manifest's text, searched for what lets a build depend on more than files.
///
/// Words are enough, comments included: a doubt costs a question to the build system, a miss could
/// keep a result that is wrong.
struct ManifestText {
  private let words: Set<String>
  private let text: [UInt8]

  init(_ text: [UInt8]) {
    self.text = text
    let isWord = { (byte: UInt8) in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
    }
    words = Set(text.split { !isWord($0) }.map { String(decoding: $0, as: UTF8.self) })
  }

  /// For people, in a fixed order; empty where the build depends on the known sources alone.
  var doubts: [String] {
    var doubts: [String] = []
    if words.contains("plugins") { doubts.append("a target may use a build tool plugin") }
    if words.contains("unsafeFlags") { doubts.append("unsafe flags may name any file") }
    if words.contains("environment") || words.contains("gitInformation") {
      doubts.append("the manifest asks for its environment")
    }
    if words.contains("headerSearchPath"), hasParentDirectory {
      doubts.append("headers may be looked for outside of the targets")
    }
    if !imports.isSubset(of: ["PackageDescription", "CompilerPluginSupport"]) {
      doubts.append("the manifest imports more than PackageDescription")
    }
    return doubts
  }

  /// What follows the word `import`, up to the end of its line.
  private var imports: Set<String> {
    let lines = text.split { $0 == 10 || $0 == 13 || $0 == UInt8(ascii: ";") }
    return Set(
      lines.compactMap { line in
        let words = line.split { $0 == 32 || $0 == 9 }.map { String(decoding: $0, as: UTF8.self) }
        guard let at = words.firstIndex(of: "import"), at + 1 < words.count else { return nil }
        // A comment that has the word in its midst is no import.
        if words.first?.hasPrefix("//") == true { return nil }
        return words[at + 1]
      })
  }

  private var hasParentDirectory: Bool {
    let dot = UInt8(ascii: ".")
    return zip(text, text.dropFirst()).contains { $0 == dot && $1 == dot }
  }
}
