/// What can be told of a penguin by looking at it.
public struct Penguin: Equatable, Sendable {
  /// A property with a number. The raw value is its column, which ends with the unit.
  public enum Measurement: String, CaseIterable, Codable, Sendable {
    /// From the base of the bill to its tip.
    case culmenLength = "culmen_length_mm"
    /// The height of the bill.
    case culmenDepth = "culmen_depth_mm"
    /// The length of a wing.
    case flipperLength = "flipper_length_mm"
    /// The weight of the whole bird.
    case bodyMass = "body_mass_g"
  }

  /// A property with one of a few words. The raw value is its column.
  public enum Trait: String, CaseIterable, Codable, Sendable {
    /// Where the penguin nests.
    case island
    /// `female` or `male`.
    case sex
  }

  /// The column of what is to be predicted.
  public static let speciesColumn = "species"

  private var measurements: [Measurement: Double] = [:]
  private var traits: [Trait: String] = [:]

  /// A penguin of which each property is asked for once.
  public init(
    measurement: (Measurement) throws -> Double, trait: (Trait) throws -> String
  ) rethrows {
    for property in Measurement.allCases { measurements[property] = try measurement(property) }
    for property in Trait.allCases { traits[property] = try trait(property) }
  }

  /// The penguin of a row.
  ///
  /// - Throws: ``TableProblem`` if a column is missing or has no number.
  public init(_ row: Table.Row, of table: Table) throws {
    try self.init(
      measurement: { try table.number($0.rawValue, of: row) },
      trait: { try table.text($0.rawValue, of: row) })
  }

  /// In the unit that the column names.
  public subscript(measurement: Measurement) -> Double { measurements[measurement] ?? .nan }

  /// As in the data.
  public subscript(trait: Trait) -> String { traits[trait] ?? "" }
}

/// A penguin and what it was found to be.
public struct Observation: Equatable, Sendable {
  /// What was seen.
  public let penguin: Penguin
  /// What it is.
  public let species: String

  /// An observation of a penguin.
  public init(_ penguin: Penguin, species: String) {
    self.penguin = penguin
    self.species = species
  }
}

extension Table {
  /// All rows as observations.
  ///
  /// - Throws: ``TableProblem`` if a column is missing or has no number.
  public func observations() throws -> [Observation] {
    try rows.map { row in
      try Observation(Penguin(row, of: self), species: text(Penguin.speciesColumn, of: row))
    }
  }
}
