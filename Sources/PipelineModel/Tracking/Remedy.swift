/// How a version that the store has lost came to be, and how to make it again.
package struct Remedy: Sendable, Equatable {
  /// The run that first made it: `sunny-spring-21/train`.
  package let maker: String
  /// When, in nanoseconds since 1970.
  package let ended: Int
  /// The code that it was made from; nil outside of git.
  package let commit: String?
  /// Whether files were changed since that commit.
  package let isModified: Bool
  /// Words that make it again from that code.
  package let command: [String]

  package init(
    maker: String, ended: Int, commit: String?, isModified: Bool, command: [String]
  ) {
    self.maker = maker
    self.ended = ended
    self.commit = commit
    self.isModified = isModified
    self.command = command
  }

  /// For a shell: `git switch --detach 1a2b3c4d, then pipewright run train -P train.rate=0.1`.
  package var text: String {
    let words = command.map(Remedy.quoted).joined(separator: " ")
    guard let commit else { return "'\(words)' with the code and data of that time" }
    let changes = isModified ? "; files were changed since that commit" : ""
    return "'git switch --detach \(commit.prefix(12))', then '\(words)'\(changes)"
  }

  private static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      let letter = byte | 0x20
      return (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z"))
        || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
        || "-_./=:@,%+".utf8.contains(byte)
    }
    // Within single quotes of its own message, hence double ones.
    if plain, !word.isEmpty { return word }
    var out = "\""
    for character in word {
      if "\"\\$`".contains(character) { out += "\\" }
      out.append(character)
    }
    return out + "\""
  }
}
