import Foundation
import PenguinTable
import Testing

@Suite("Season") struct SeasonTests {
  @Test("The first season's file has exactly the rows of that season")
  func first() throws {
    let package = URL(filePath: #filePath).appending(path: "../../..").standardized
    let all = try Table(reading: package.appending(path: "Data/penguins-raw.csv").path)
    let season = try Table(reading: package.appending(path: "Data/penguins-2007.csv").path)
    #expect(season.columns == all.columns)
    let rows = try all.rows.filter { try all.text("studyName", of: $0) == "PAL0708" }
    #expect(season.rows.map(\.fields) == rows.map(\.fields))
    #expect(rows.count == 110)
  }
}
