import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Code identity of odd files") struct CodeIdentityTests {
  @Test("What is no executable has none", arguments: [[], [0x7F], Array("#!/bin/sh\n".utf8)])
  func refused(_ bytes: [UInt8]) {
    #expect(throws: CodeIdentity.Problem.notExecutable) { try CodeIdentity.read(bytes) }
  }

  @Test("A cut or damaged file is refused or digested, never read out of bounds")
  func damaged() throws {
    let whole = try Disk.read("/bin/ls")
    _ = try CodeIdentity.read(whole)
    var state: UInt64 = 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<40 {
      _ = try? CodeIdentity.read(Array(whole.prefix(random(whole.count))))
      var bytes = whole
      for _ in 0..<8 { bytes[random(1024)] = UInt8(random(256)) }
      _ = try? CodeIdentity.read(bytes)
    }
  }

  /// A Mach-O of one segment, an identifier and a link-edit segment.
  private func machO(code: UInt8, identifier: UInt8, symbols: UInt8) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    func segment(_ name: String, at offset: Int, _ size: Int) -> [UInt8] {
      let text = Array(name.utf8) + [UInt8](repeating: 0, count: 16 - name.utf8.count)
      return number(0x19, 4) + number(72, 4) + text + number(0x1000, 8) + number(0x1000, 8)
        + number(offset, 8) + number(size, 8) + number(5, 4) + number(5, 4) + number(0, 8)
    }
    let uuid = number(0x1B, 4) + number(24, 4) + [UInt8](repeating: identifier, count: 16)
    let commands = segment("__TEXT", at: 0, 208) + segment("__LINKEDIT", at: 208, 8) + uuid
    let header = number(0xFEED_FACF, 4) + number(0, 12) + number(3, 4) + number(168, 4)
    return header + number(0, 8) + commands + [UInt8](repeating: code, count: 8)
      + [UInt8](repeating: symbols, count: 8)
  }

  @Test("Mach-O: the code counts, identifier and symbols do not")
  func machO() throws {
    let first = try CodeIdentity.read(machO(code: 1, identifier: 1, symbols: 1))
    #expect(try CodeIdentity.read(machO(code: 1, identifier: 2, symbols: 3)) == first)
    #expect(try CodeIdentity.read(machO(code: 2, identifier: 1, symbols: 1)) != first)
    let whole = machO(code: 1, identifier: 1, symbols: 1)
    for count in 0..<208 {
      #expect(throws: CodeIdentity.Problem.self) {
        try CodeIdentity.read(Array(whole.prefix(count)))
      }
    }
  }
}
