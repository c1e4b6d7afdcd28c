extension Component {
  /// Parameters that the step uses, as a type of yours.
  ///
  /// ```swift
  /// struct Training: Decodable { var rate: Double; var epochs: Int }
  /// let training = try component.parameters(as: Training.self, at: "train")
  /// let seed = try component.parameters(as: Int.self, at: "split.seed")
  /// ```
  ///
  /// Only what the step names under `parameters:` or mentions in `${{ }}` is there: nothing else
  /// would make the step stale when it changes.
  ///
  /// - Parameters:
  ///   - type: for one value, a number, a Boolean or a `String`; for a group of them, a type with a
  ///     property for each, optional where `null` or nothing is allowed.
  ///   - path: the dotted name; without it, everything that the step uses.
  /// - Throws: ``ComponentProblem`` naming the parameter that is missing or does not fit.
  public func parameters<Value: Decodable>(
    as type: Value.Type, at path: String = ""
  ) throws(ComponentProblem) -> Value {
    let names = path.split(separator: ".").map { JSONReader.Key(stringValue: String($0)) }
    var json = try parameterFile(for: path)
    for (index, name) in names.enumerated() {
      guard case .object(let fields) = json, let value = fields[name.stringValue] else {
        throw .noParameter(ComponentProblem.name(Array(names[...index])))
      }
      json = value
    }
    do {
      return try JSONReader(json: json, codingPath: names).read(type)
    } catch let error as DecodingError {
      throw ComponentProblem(error, at: path)
    } catch {
      throw .parameterUnfit(path, reason: String(describing: error))
    }
  }

  private func parameterFile(for path: String) throws(ComponentProblem) -> JSON {
    guard let file = environment[Wiring.parameters], !file.isEmpty else {
      throw .noParameter(path)
    }
    do {
      return try JSON(parsing: ByteFile.content(of: file))
    } catch {
      throw .parametersUnreadable(path: file, reason: String(describing: error))
    }
  }
}

extension ComponentProblem {
  fileprivate init(_ error: DecodingError, at path: String) {
    switch error {
    case .keyNotFound(let key, let context):
      self = .noParameter(Self.name(context.codingPath + [key]))
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      self = .parameterUnfit(Self.name(context.codingPath), reason: context.debugDescription)
    @unknown default:
      self = .parameterUnfit(path, reason: String(describing: error))
    }
  }

  fileprivate static func name(_ path: [any CodingKey]) -> String {
    path.map(\.stringValue).joined(separator: ".")
  }
}
