import CPipelineSystem
import PipelineModel

/// The files of one `curl` process: what it is to do and what came back.
///
/// They lie in a folder that only this user can enter, and go with this value.
final class CurlExchange: Sendable {
  /// Where the files are.
  let folder: Directory
  private let parent: Directory
  private let name: Path
  private let requests: [HTTPRequest]
  private let credentials: HTTPCredentials
  private let isInsecure: Bool

  init(_ requests: [HTTPRequest], credentials: HTTPCredentials, isInsecure: Bool) throws {
    self.requests = requests
    self.credentials = credentials
    self.isInsecure = isInsecure
    let temporary = Machine.environment().last { $0.name.elementsEqual("TMPDIR".utf8) }?.value
    parent = try Directory(opening: Path(temporary ?? Array("/tmp".utf8)))
    let random = try Machine.randomBytes(12).map { String($0, radix: 16) }.joined()
    name = Path("pipewright-export-\(random)")
    try parent.makeDirectories(name)
    folder = try parent.directory(name)
    try parent.setPermissions(0o700, of: name)
  }

  deinit {
    try? parent.remove(name)
  }

  /// What curl reads on its standard input.
  func instructions() throws -> Descriptor {
    var lines: [String] = []
    for (index, request) in requests.enumerated() {
      if index > 0 { lines.append("next") }
      lines += try instructions(request, index)
    }
    let text = lines.joined(separator: "\n") + "\n"
    try folder.replace("instructions", with: Array(text.utf8), permissions: 0o600)
    let descriptor = try folder.open("instructions").descriptor
    // Open, it needs no name any more.
    try folder.remove("instructions")
    return descriptor
  }

  private func instructions(_ request: HTTPRequest, _ index: Int) throws -> [String] {
    var lines = [
      "silent", "globoff", "url = \(quoted(request.url))", "request = \(request.method)",
      "output = \"\(index).body\"", "dump-header = \"\(index).head\"", "connect-timeout = 10",
      // A transfer that has come to a stop, rather than one that is long.
      "speed-limit = 1", "speed-time = 120",
      "write-out = \"\(index) %{http_code} %{exitcode} %{errormsg}\\n\"",
      "header = \"Expect:\"", "header = \"User-Agent: pipewright\"",
    ]
    if isInsecure { lines.append("insecure") }
    switch credentials {
    case .none: break
    case .token(let token): lines.append("header = \(quoted("Authorization: Bearer \(token)"))")
    case .password(let user, let password): lines.append("user = \(quoted("\(user):\(password)"))")
    }
    switch request.body {
    case .none: break
    case .json(let value):
      let file = "\(index).json"
      try folder.replace(Path(file), with: Array(JSON.text(value).utf8), permissions: 0o600)
      lines += ["header = \"Content-Type: application/json\"", "data-binary = \"@\(file)\""]
    case .file(let path):
      lines += [
        "header = \"Content-Type: application/octet-stream\"",
        "upload-file = \(quoted(String(decoding: path.bytes, as: UTF8.self)))",
      ]
    }
    return lines
  }

  /// - Parameter told: what curl printed: a line for each request.
  /// - Returns: nil where it did not come to the end of them.
  func answers(told text: String) throws -> [HTTPAnswer]? {
    var told: [Int: (status: Int, exit: Int, fact: String)] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
      guard words.count >= 3, let index = Int(words[0]), let status = Int(words[1]),
        let exit = Int(words[2])
      else { continue }
      told[index] = (status, exit, words.count > 3 ? String(words[3]) : "")
    }
    guard told.count == requests.count else { return nil }
    return try requests.indices.compactMap { index in
      try told[index].map { try answer(index, $0.status, exit: $0.exit, $0.fact) }
    }
  }

  private func answer(
    _ index: Int, _ status: Int, exit: Int, _ fact: String
  ) throws -> HTTPAnswer {
    guard exit == 0, status > 0 else {
      // No connection was made: nobody can have seen the request.
      let isSent = ![3, 5, 6, 7, 35, 60, 77].contains(exit)
      let isPassing = [6, 7, 16, 18, 28, 35, 52, 55, 56, 92].contains(exit)
      return .lost(
        fact: fact.isEmpty ? "curl ended with \(exit)" : fact, isSent: isSent,
        isPassing: isPassing)
    }
    let file = Path("\(index).body")
    let body = try folder.exists(file) ? try folder.read(file) : []
    return .answered(status: status, body: body, retryAfter: try retryAfter(index))
  }

  /// Seconds; the form with a date is not worth a calendar, and counts as none.
  private func retryAfter(_ index: Int) throws -> Int? {
    let file = Path("\(index).head")
    guard try folder.exists(file) else { return nil }
    let text = String(decoding: try folder.read(file), as: UTF8.self)
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "retry-after" else { continue }
      return Int(parts[1].filter { $0 != " " })
    }
    return nil
  }

  /// As curl's file of instructions takes a text.
  private func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
