#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A text file as one value.
public enum TextFile {
  /// The whole text.
  public static func read(_ path: String) throws(FileProblem) -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      let isThere = FileManager.default.fileExists(atPath: path)
      throw FileProblem(path: path, fact: isThere ? "cannot be read as text" : "is missing")
    }
  }

  /// Replaces the file, and makes the directories that lead to it.
  public static func write(_ text: String, to path: String) throws(FileProblem) {
    let file = URL(filePath: path)
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    } catch {
      throw FileProblem(path: path, fact: "cannot be written: \(error)")
    }
  }
}

/// A JSON file as one value.
public enum JSONFile {
  /// Reads the file as a type.
  public static func read<Value: Decodable>(
    _ type: Value.Type, from path: String
  ) throws(FileProblem) -> Value {
    let text = try TextFile.read(path)
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw FileProblem(path: path, fact: "is not the JSON that is expected: \(error)")
    }
  }

  /// Writes the value for people too: indented, and sorted, so that equal values are equal files.
  public static func write(_ value: some Encodable, to path: String) throws(FileProblem) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json: Data
    do {
      json = try encoder.encode(value)
    } catch {
      throw FileProblem(path: path, fact: "cannot be written as JSON: \(error)")
    }
    try TextFile.write(String(decoding: json, as: UTF8.self) + "\n", to: path)
  }
}

/// What is wrong with a file.
public struct FileProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// Which file.
  public let path: String
  /// What is wrong with it.
  public let fact: String

  /// A problem with a file.
  public init(path: String, fact: String) {
    self.path = path
    self.fact = fact
  }

  /// As in `'Data/clean.csv' is missing`.
  public var description: String { "'\(path)' \(fact)" }
}

extension Table {
  /// Reads a CSV file.
  public init(reading path: String) throws {
    try self.init(name: path, csv: TextFile.read(path))
  }

  /// Writes the table as a CSV file.
  public func write(to path: String) throws {
    try TextFile.write(csv, to: path)
  }
}
