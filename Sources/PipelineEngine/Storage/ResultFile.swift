import PipelineModel

/// The text of a result's file: two lines of JSON.
///
/// The first is `{"schema":1,"digest":"sha256:…"}`, whose digest is of the second line's bytes
/// without its line feed; the second is the result.
package enum ResultFile {
  /// What reading one gave.
  package enum Reading: Equatable {
    case result(Result)
    /// Written by a later version of this program.
    case newer
    case damaged
  }

  /// What this version writes.
  static let schema = 1

  /// The file for a result.
  package static func bytes(of result: Result) -> [UInt8] {
    let body = body(of: result)
    var file: [UInt8] = []
    file.reserveCapacity(body.count + 128)
    JSON.write(
      .map([
        ("schema", .number("\(schema)")), ("digest", .text(SHA256.digest(body).description)),
      ]), to: &file)
    file.append(lineFeed)
    file += body
    file.append(lineFeed)
    return file
  }

  /// - Parameter key: which the file is named by.
  package static func read(_ bytes: [UInt8], key: ActionKey) -> Reading {
    guard let cut = bytes.firstIndex(of: lineFeed), bytes.last == lineFeed, cut < bytes.count - 1,
      let head = try? JSON.read(Array(bytes[..<cut])), let schema = head["schema"]?.integer
    else { return .damaged }
    if schema > ResultFile.schema { return .newer }
    let body = Array(bytes[(cut + 1)..<(bytes.count - 1)])
    guard schema == ResultFile.schema,
      let digest = head["digest"]?.text.flatMap({ Digest($0) }), SHA256.digest(body) == digest,
      let value = try? JSON.read(body), let result = result(from: value), result.key == key,
      result.fingerprint.key == key, hasItsOutputs(result)
    else { return .damaged }
    return .result(result)
  }

  /// Whether its outputs are those that its fingerprint declares; a component's declares none.
  private static func hasItsOutputs(_ result: Result) -> Bool {
    let declared = result.fingerprint.fields.filter { $0.kind == .output }.compactMap(\.path)
    return declared.isEmpty || declared.sorted() == result.outputs.map(\.path.exact).sorted()
  }

  // MARK: Writing

  private static func body(of result: Result) -> [UInt8] {
    var body = Array("{".utf8)
    body.reserveCapacity(512 + 192 * result.fingerprint.fields.count)
    for (key, value) in [
      ("step", .text(result.step.description)), ("key", .text(result.key.digest.description)),
    ] as [(String, Value)] {
      JSON.write(key, to: &body)
      body.append(UInt8(ascii: ":"))
      JSON.write(value, to: &body)
      body.append(UInt8(ascii: ","))
    }
    body += #""fields":"#.utf8
    result.fingerprint.writeFields(to: &body)
    for (key, value) in rest(of: result) {
      body.append(UInt8(ascii: ","))
      JSON.write(key, to: &body)
      body.append(UInt8(ascii: ":"))
      JSON.write(value, to: &body)
    }
    body.append(UInt8(ascii: "}"))
    return body
  }

  /// What stands behind the fields.
  private static func rest(of result: Result) -> [(String, Value)] {
    [
      ("outputs", .list(result.outputs.map(value(of:)))),
      ("log", value(of: result.log)),
      ("metrics", value(of: result.metrics)),
      ("workspace", .text(result.workspace)),
      ("finished", .number("\(result.finished)")),
      ("seconds", value(of: result.usage.seconds)),
      ("cpuSeconds", value(of: result.usage.cpuSeconds)),
      ("peakMemoryBytes", .number("\(result.usage.peakMemoryBytes)")),
      ("attempts", .number("\(result.usage.attempts)")),
    ]
  }

  private static func value(of output: Result.Output) -> Value {
    .map([
      ("name", output.name.map { .text($0.text) } ?? .null),
      ("path", value(of: output.path)),
      ("kind", .text(output.content.kind.rawValue)),
      ("digest", .text(output.content.digest.description)),
      ("size", .number("\(output.content.sizeBytes)")),
      ("stored", .boolean(output.isStored)),
    ])
  }

  /// As text, or as a list of bytes where they are no UTF-8.
  private static func value(of path: Path) -> Value {
    if let text = String(validating: path.bytes, as: UTF8.self) { return .text(text) }
    return .list(path.bytes.map { .number("\($0)") })
  }

  private static func value(of digest: Digest?) -> Value {
    digest.map { .text($0.description) } ?? .null
  }

  private static func value(of number: Double) -> Value {
    .number(number.isFinite ? "\(number)" : "0")
  }

  // MARK: Reading

  private static func result(from value: Value) -> Result? {
    guard let step = value["step"]?.text.flatMap({ StepName($0) }),
      let key = value["key"]?.text.flatMap({ Digest($0) }),
      let fields = value["fields"]?.list?.map({ Field(json: $0) }),
      let outputs = value["outputs"]?.list?.map(output(from:)),
      let log = digest(from: value["log"]), let metrics = digest(from: value["metrics"]),
      let workspace = value["workspace"]?.text, let finished = value["finished"]?.integer,
      possibleMoments.contains(finished), let usage = usage(from: value), !fields.contains(nil),
      !outputs.contains(nil)
    else { return nil }
    return Result(
      key: ActionKey(digest: key), step: step, fingerprint: Fingerprint(fields.compactMap(\.self)),
      outputs: outputs.compactMap(\.self), log: log.digest, metrics: metrics.digest,
      workspace: workspace, finished: finished, usage: usage)
  }

  /// Times are reckoned with, and who may write to a shared store can write any number.
  private static let possibleSeconds = 0...1e9
  private static let possibleMoments = (Int.min / 2)...Int.max

  private static func usage(from value: Value) -> Usage? {
    guard let seconds = value["seconds"]?.double, let cpuSeconds = value["cpuSeconds"]?.double,
      let peak = value["peakMemoryBytes"]?.integer, let attempts = value["attempts"]?.integer,
      possibleSeconds.contains(seconds), possibleSeconds.contains(cpuSeconds), peak >= 0,
      attempts >= 0
    else { return nil }
    return Usage(
      seconds: seconds, cpuSeconds: cpuSeconds, peakMemoryBytes: peak, attempts: attempts)
  }

  private static func output(from value: Value) -> Result.Output? {
    guard let name = value["name"], name == .null || name.text.flatMap({ Name($0) }) != nil,
      let path = value["path"].flatMap({ path(from: $0) }), path.isInside,
      let kind = value["kind"]?.text.flatMap({ Content.Kind(rawValue: $0) }),
      let digest = value["digest"]?.text.flatMap({ Digest($0) }),
      let size = value["size"]?.integer, size >= 0, let isStored = value["stored"]?.boolean
    else { return nil }
    return Result.Output(
      name: name.text.flatMap { Name($0) }, path: path,
      content: Content(kind: kind, digest: digest, sizeBytes: size), isStored: isStored)
  }

  private static func path(from value: Value) -> Path? {
    if let text = value.text { return Path(text) }
    let bytes = value.list?.map { $0.integer.flatMap { UInt8(exactly: $0) } }
    guard let bytes, !bytes.contains(nil) else { return nil }
    return Path(bytes.compactMap(\.self))
  }

  /// A digest that may be absent, as opposed to one that cannot be read.
  private struct OptionalDigest {
    let digest: Digest?
  }

  private static func digest(from value: Value?) -> OptionalDigest? {
    switch value {
    case .null?: return OptionalDigest(digest: nil)
    case .text(let text)?: return Digest(text).map { OptionalDigest(digest: $0) }
    case .boolean?, .number?, .list?, .map?, nil: return nil
    }
  }
}

private let lineFeed = UInt8(ascii: "\n")
