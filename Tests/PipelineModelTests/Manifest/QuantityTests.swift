import Testing

@testable import PipelineModel

@Suite("Quantities") struct QuantityTests {
  static let durations: [(text: String, milliseconds: Int?)] = [
    ("10m", 600_000), ("90s", 90_000), ("1h30m", 5_400_000), ("500ms", 500), ("1d", 86_400_000),
    ("1m500ms", 60_500), ("3650d", 315_360_000_000), ("", nil), ("0s", nil), ("10", nil),
    ("m", nil),
    ("1m1h", nil), ("1m1m", nil), ("-1s", nil), ("1.5h", nil), ("1 h", nil), ("1H", nil),
    ("9999999999999999999s", nil), ("999999999999d", nil), ("3660d1s", nil),
  ]

  @Test("Durations are numbers with units, the larger first", arguments: durations.indices)
  func duration(_ index: Int) {
    let (text, milliseconds) = QuantityTests.durations[index]
    #expect(Quantity.duration(text) == milliseconds.map { .milliseconds($0) })
  }

  static let sizes: [(text: String, bytes: Int?)] = [
    ("2GB", 2_000_000_000), ("512MB", 512_000_000), ("1.5GiB", 1_610_612_736), ("7B", 7),
    ("2 KiB", 2048), ("0.5KB", 500), ("8TB", 8_000_000_000_000), ("0.000001TB", 1_000_000),
    ("", nil), ("1024", nil), ("GB", nil), ("2gb", nil), ("1.GB", nil), (".5GB", nil), ("0B", nil),
    ("-1GB", nil), ("0.1B", nil), ("99999999TB", nil), ("99999999999999999999B", nil),
    ("1e3B", nil),
  ]

  @Test("Sizes are numbers with a unit", arguments: sizes.indices)
  func size(_ index: Int) {
    let (text, bytes) = QuantityTests.sizes[index]
    #expect(Quantity.bytes(text) == bytes)
  }
}
