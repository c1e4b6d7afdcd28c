import Testing

/// How large things are, and what they are called.
@Suite("Shape") struct ShapeTests {
  @Test("A file holds one idea, in at most 400 lines of 100 columns")
  func files() {
    for file in Repository.everySwiftFile {
      #expect(file.lines.count <= 401, "\(file) has \(file.lines.count) lines")
      for (index, line) in file.lines.enumerated() where line.count > 100 {
        // Only a text or a comment that cannot be broken may be longer.
        let isCode = file.codeLines[index].dropFirst(100).contains { !$0.isWhitespace }
        #expect(!isCode, "\(file):\(index + 1) has \(line.count) columns")
      }
    }
  }

  @Test("A function fits a screen: 50 lines")
  func functions() {
    for file in Repository.sources {
      for function in file.functions where function.length > 50 {
        Issue.record("\(file):\(function.line) is a function of \(function.length) lines")
      }
    }
  }

  @Test("Nothing is left for later")
  func leftovers() {
    let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    for file in Repository.everySwiftFile {
      for word in words {
        #expect(!file.comments.contains(word), "\(file) has a comment with \(word)")
      }
    }
  }

  @Test("A type's name is a noun of its own")
  func names() {
    let empty = [
      "Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Service", "Handler", "Info",
      "Data", "Impl", "Wrapper",
    ]
    for file in Repository.everySwiftFile {
      for name in file.declaredTypes {
        let ending = empty.first { name.hasSuffix($0) }
        #expect(ending == nil, "\(file) declares \(name)")
      }
    }
  }

  @Test("A file is named for what it declares first, or for what it extends")
  func fileNames() {
    for file in Repository.sources {
      let name = String(file.path.split(separator: "/").last?.dropLast(6) ?? "")
      #expect(name.first?.isUppercase == true || name == "main", "\(file) is no name")
    }
  }
}

extension SourceFile {
  /// Functions and initialisers with bodies, by the indentation that swift-format gives them.
  var functions: [(line: Int, length: Int)] {
    var found: [(line: Int, length: Int)] = []
    var start: (line: Int, indent: Int)?
    for (index, line) in codeLines.enumerated() {
      let indent = line.prefix { $0 == " " }.count
      if let open = start, indent == open.indent, line.dropFirst(indent).hasPrefix("}") {
        found.append((open.line + 1, index - open.line + 1))
        start = nil
      } else if start == nil, line.contains(/^\s*(?:[\w@]+ )*(?:func \S|init[?(<])/) {
        // One on a single line has no brace of its own further down.
        start = line.contains(/\}\s*$/) ? nil : (index, indent)
      } else if let open = start, indent <= open.indent, !line.allSatisfy(\.isWhitespace),
        !line.dropFirst(indent).hasPrefix(")"), !line.dropFirst(indent).hasPrefix("#")
      {
        // A requirement of a protocol has no body.
        start = nil
      }
    }
    return found
  }
}
