/// Makes a `Decodable` value of a JSON value.
struct JSONReader: Decoder {
  /// What is read.
  let json: JSON
  /// The names that lead to it.
  let codingPath: [any CodingKey]

  /// Nothing from outside influences how values are read.
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// The value itself, where it is of a type that JSON has, or else what the type makes of it.
  func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
    guard let scalar = type as? any JSONScalar.Type else { return try type.init(from: self) }
    if let value = scalar.init(json: json) as? Value { return value }
    throw misfit(Value.self, expected: scalar.kind)
  }

  func container<Key: CodingKey>(
    keyedBy type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let fields) = json else {
      throw misfit([String: Any].self, expected: "a group of values")
    }
    return KeyedDecodingContainer(Fields<Key>(fields: fields, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let values) = json else { throw misfit([Any].self, expected: "a list") }
    return Elements(values: values, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  private func misfit(_ type: Any.Type, expected: String) -> DecodingError {
    .typeMismatch(
      type,
      DecodingError.Context(
        codingPath: codingPath, debugDescription: "it is \(json.kind), not \(expected)"))
  }
}

extension JSONReader: SingleValueDecodingContainer {
  func decodeNil() -> Bool { json == .null }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try read(type) }
}

extension JSONReader {
  /// The name of a field, or the place in a list.
  struct Key: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
      self.stringValue = stringValue
      intValue = nil
    }

    init(intValue: Int) {
      stringValue = String(intValue)
      self.intValue = intValue
    }
  }

  private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let fields: [String: JSON]
    let codingPath: [any CodingKey]

    var allKeys: [Key] { fields.keys.sorted().compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool { fields[key.stringValue] != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try reader(key).decodeNil() }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
      try reader(key).read(type)
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try reader(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      try reader(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try reader(JSONReader.Key(stringValue: "super")) }

    func superDecoder(forKey key: Key) throws -> any Decoder { try reader(key) }

    private func reader(_ key: some CodingKey) throws -> JSONReader {
      guard let json = fields[key.stringValue] else {
        throw DecodingError.keyNotFound(
          key, DecodingError.Context(codingPath: codingPath, debugDescription: "it is missing"))
      }
      return JSONReader(json: json, codingPath: codingPath + [key])
    }
  }

  private struct Elements: UnkeyedDecodingContainer {
    let values: [JSON]
    let codingPath: [any CodingKey]
    var currentIndex = 0

    init(values: [JSON], codingPath: [any CodingKey]) {
      self.values = values
      self.codingPath = codingPath
    }

    var count: Int? { values.count }
    var isAtEnd: Bool { currentIndex == values.count }

    mutating func decodeNil() throws -> Bool {
      guard try reader().decodeNil() else { return false }
      currentIndex += 1
      return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      try next { try $0.read(type) }
    }

    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { try next { try $0.container(keyedBy: type) } }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
      try next { try $0.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try next { $0 } }

    private mutating func next<Value>(_ read: (JSONReader) throws -> Value) throws -> Value {
      let value = try read(reader())
      currentIndex += 1
      return value
    }

    private func reader() throws -> JSONReader {
      let path = codingPath + [Key(intValue: currentIndex)]
      guard !isAtEnd else {
        throw DecodingError.valueNotFound(
          JSON.self,
          DecodingError.Context(codingPath: path, debugDescription: "the list ends before it"))
      }
      return JSONReader(json: values[currentIndex], codingPath: path)
    }
  }
}

/// A type that a JSON value is directly, and whose own decoding would only ask for it again.
private protocol JSONScalar {
  static var kind: String { get }
  init?(json: JSON)
}

extension Bool: JSONScalar {
  static var kind: String { "true or false" }
  init?(json: JSON) {
    guard case .boolean(let value) = json else { return nil }
    self = value
  }
}

extension String: JSONScalar {
  static var kind: String { "a text; quote it to make it one" }
  init?(json: JSON) {
    guard case .string(let value) = json else { return nil }
    self = value
  }
}

extension JSONScalar where Self: BinaryFloatingPoint & LosslessStringConvertible {
  static var kind: String { "a number" }
  init?(json: JSON) {
    guard case .number(let text) = json else { return nil }
    self.init(text)
  }
}

extension JSONScalar where Self: FixedWidthInteger {
  static var kind: String { "a whole number from \(Self.min) to \(Self.max)" }
  init?(json: JSON) {
    guard case .number(let text) = json else { return nil }
    // 2e3 and 10.0 are whole too.
    guard let value = Self(text) ?? Double(text).flatMap(Self.init(exactly:)) else { return nil }
    self = value
  }
}

extension Double: JSONScalar {}
extension Float: JSONScalar {}
extension Int: JSONScalar {}
extension Int8: JSONScalar {}
extension Int16: JSONScalar {}
extension Int32: JSONScalar {}
extension Int64: JSONScalar {}
extension UInt: JSONScalar {}
extension UInt8: JSONScalar {}
extension UInt16: JSONScalar {}
extension UInt32: JSONScalar {}
extension UInt64: JSONScalar {}
