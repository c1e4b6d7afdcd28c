/// Swift source taken apart: its code without comments and texts, and its texts.
///
/// A scanner, not a parser: it knows comments, texts in all their spellings and what is interpolated
/// into them. That is enough to find names and words.
struct SwiftText {
  struct Literal: Equatable {
    let line: Int
    /// What stands between the quotes; interpolations are left out.
    var text: String
  }

  /// The source with comments and texts blanked out; line feeds stay where they are.
  var code: String { String(decoding: codeBytes, as: UTF8.self) }

  var comments: String { String(decoding: commentBytes, as: UTF8.self) }

  var literals: [Literal] {
    found.map { Literal(line: $0.line, text: String(decoding: $0.bytes, as: UTF8.self)) }
  }

  /// What the scanner is inside of.
  private enum Context {
    /// Code; within an interpolation with the parentheses open in it.
    case code(parentheses: Int, isInterpolation: Bool)
    case text(pounds: Int, isLong: Bool, literal: Int)
  }

  private var codeBytes: [UInt8] = []
  private var commentBytes: [UInt8] = []
  private var found: [(line: Int, bytes: [UInt8])] = []
  private var rest: ArraySlice<UInt8>
  private var contexts: [Context] = [.code(parentheses: 0, isInterpolation: false)]
  private var line = 1

  init(_ source: String) {
    rest = Array(source.utf8)[...]
    while !rest.isEmpty {
      switch contexts[contexts.count - 1] {
      case .code(let parentheses, let isInterpolation):
        takeCode(parentheses, isInterpolation)
      case .text(let pounds, let isLong, let literal):
        takeText(pounds, isLong, literal)
      }
    }
  }

  private mutating func takeCode(_ parentheses: Int, _ isInterpolation: Bool) {
    let next = rest[rest.startIndex]
    switch next {
    case slash where starts("//"): return takeLineComment()
    case slash where starts("/*"): return takeBlockComment()
    case pound, quote:
      let pounds = rest.prefix { $0 == pound }.count
      if rest.dropFirst(pounds).first == quote { return open(pounds) }
    case UInt8(ascii: "("): count(parentheses + 1, isInterpolation)
    case UInt8(ascii: ")") where isInterpolation && parentheses == 0:
      contexts.removeLast()
      return blank(1)
    case UInt8(ascii: ")"): count(parentheses - 1, isInterpolation)
    default: break
    }
    if next == lineFeed { line += 1 }
    codeBytes.append(next)
    rest.removeFirst()
  }

  private mutating func count(_ parentheses: Int, _ isInterpolation: Bool) {
    contexts[contexts.count - 1] = .code(
      parentheses: parentheses, isInterpolation: isInterpolation)
  }

  private mutating func open(_ pounds: Int) {
    let isLong = rest.dropFirst(pounds).starts(with: "\"\"\"".utf8)
    found.append((line, []))
    blank(pounds + (isLong ? 3 : 1))
    contexts.append(.text(pounds: pounds, isLong: isLong, literal: found.count - 1))
  }

  private mutating func takeText(_ pounds: Int, _ isLong: Bool, _ literal: Int) {
    let next = rest[rest.startIndex]
    let fence = String(repeating: "#", count: pounds)
    if next == quote, starts((isLong ? "\"\"\"" : "\"") + fence) {
      contexts.removeLast()
      return blank((isLong ? 3 : 1) + pounds)
    }
    if next == backslash, starts("\\" + fence) {
      if starts("\\" + fence + "(") {
        contexts.append(.code(parentheses: 0, isInterpolation: true))
      } else if let escaped = rest.dropFirst(1 + pounds).first, escaped != lineFeed {
        // An escaped quote does not end the text.
        found[literal].bytes += [UInt8(ascii: " "), escaped]
      }
      return blank(2 + pounds)
    }
    found[literal].bytes.append(next)
    blank(1)
  }

  private mutating func takeLineComment() {
    let comment = rest.prefix { $0 != lineFeed }
    commentBytes += comment + [lineFeed]
    blank(comment.count)
  }

  private mutating func takeBlockComment() {
    var depth = 0
    repeat {
      let isMark = starts("/*") || starts("*/")
      if isMark { depth += starts("/*") ? 1 : -1 }
      commentBytes += rest.prefix(isMark ? 2 : 1)
      blank(isMark ? 2 : 1)
    } while depth > 0 && !rest.isEmpty
  }

  private func starts(_ text: String) -> Bool { rest.starts(with: text.utf8) }

  /// Takes bytes that are no code.
  private mutating func blank(_ count: Int) {
    for byte in rest.prefix(count) {
      if byte == lineFeed { line += 1 }
      codeBytes.append(byte == lineFeed ? lineFeed : UInt8(ascii: " "))
    }
    rest = rest.dropFirst(count)
  }
}

private let lineFeed = UInt8(ascii: "\n")
private let quote = UInt8(ascii: "\"")
private let pound = UInt8(ascii: "#")
private let slash = UInt8(ascii: "/")
private let backslash = UInt8(ascii: "\\")
