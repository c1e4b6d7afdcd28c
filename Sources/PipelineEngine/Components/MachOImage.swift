/// A Mach-O file of 64 bits, little endian, as far as its loader reads it.
///
/// The file is one structure after another: a header, load commands, and the segments they name.
/// The first segment holds the header and the commands themselves, so the commands that differ
/// between builds of the same code are blanked there.
///
/// - SeeAlso: `mach-o/loader.h` and `mach-o/fat.h` in Apple's cctools.
struct MachOImage {
  static let magic: UInt32 = 0xFEED_FACF
  /// 0xCAFEBABE, big endian in the file, as read little endian.
  static let fatMagic: UInt32 = 0xBEBA_FECA

  private enum Command {
    static let symbols = 0x2
    static let dynamicSymbols = 0xB
    static let library = 0xC
    static let weakLibrary = 0x8000_0018
    static let reexportedLibrary = 0x8000_001F
    static let segment = 0x19
    static let identifier = 0x1B
    static let runPath = 0x8000_001C
    static let signature = 0x1D
    static let splitSegments = 0x1E
    static let dyldTables = 0x22
    static let dyldOnlyTables = 0x8000_0022
    static let functionStarts = 0x26
    static let dataInCode = 0x29
    static let sourceVersion = 0x2A
    static let linkerHint = 0x2D
    static let exportsTrie = 0x8000_0033
    static let chainedFixups = 0x8000_0034
  }

  /// Commands that say where in the link-edit segment something lies that only debuggers and the
  /// linker read, or when and by whom the file was built.
  private static let passing: Set<Int> = [
    Command.symbols, Command.dynamicSymbols, Command.identifier, Command.runPath,
    Command.signature, Command.splitSegments, Command.functionStarts, Command.dataInCode,
    Command.sourceVersion, Command.linkerHint,
  ]

  /// Commands that place tables which name what the code calls and offers, and how many.
  private static let tables: [Int: Int] = [
    Command.dyldTables: 5, Command.dyldOnlyTables: 5, Command.exportsTrie: 1,
    Command.chainedFixups: 1,
  ]

  private(set) var loaded = CodeIdentity.Loaded(segments: [], blanks: [])
  /// The shared libraries that it asks for, as written: often below `@rpath`.
  private(set) var neededLibraries: [String] = []

  init(_ image: ImageBytes) throws(CodeIdentity.Problem) {
    guard try image.number(UInt32.self, at: 0) == MachOImage.magic else { throw .notExecutable }
    let count = try image.number32(16)
    var at = 32
    for _ in 0..<count {
      let kind = try image.number32(at)
      let size = try image.number32(at + 4)
      guard size >= 8 else { throw .malformed }
      let command = try image.range(UInt64(at), UInt64(size))
      if MachOImage.passing.contains(kind) {
        loaded.blanks.append(command.dropFirst(8))
      } else if kind == Command.segment {
        try add(segment: command, of: image)
      } else if kind == Command.library || kind == Command.weakLibrary
        || kind == Command.reexportedLibrary
      {
        neededLibraries.append(try image.text(at: UInt64(at + (try image.number32(at + 8)))))
        // The time stamp of the library that was linked against.
        loaded.blanks.append(try image.range(UInt64(at + 12), 4))
      } else if let count = MachOImage.tables[kind] {
        try add(tables: count, of: command, of: image)
      }
      at = command.upperBound
    }
  }

  private mutating func add(
    segment command: Range<Int>, of image: ImageBytes
  ) throws(CodeIdentity.Problem) {
    let at = command.lowerBound
    guard command.count >= 72 else { throw .malformed }
    let address = try image.number(UInt64.self, at: at + 24)
    let memorySize = try image.number(UInt64.self, at: at + 32)
    if try image.text(at: UInt64(at + 8)) == "__LINKEDIT" {
      // Symbols, strings, exports and the signature: its size follows theirs.
      loaded.blanks.append((at + 24)..<command.upperBound)
      return
    }
    let place = try image.range(
      try image.number(UInt64.self, at: at + 40), try image.number(UInt64.self, at: at + 48))
    let protection = UInt64(try image.number32(at + 60))
    loaded.segments.append(
      CodeIdentity.Segment(header: [address, memorySize, protection], place: place))
  }

  /// They lie in the link-edit segment but belong to the code, unlike all else there.
  private mutating func add(
    tables count: Int, of command: Range<Int>, of image: ImageBytes
  ) throws(CodeIdentity.Problem) {
    guard command.count >= 8 + 8 * count else { throw .malformed }
    for table in 0..<count {
      let at = command.lowerBound + 8 + 8 * table
      let place = try image.range(
        UInt64(try image.number32(at)), UInt64(try image.number32(at + 4)))
      loaded.segments.append(CodeIdentity.Segment(header: [], place: place))
    }
    // Where they lie depends on what else does.
    loaded.blanks.append(command.dropFirst(8))
  }

  /// The programs for single processors in a file for several.
  static func slices(_ image: ImageBytes) throws(CodeIdentity.Problem) -> [Range<Int>] {
    let count = Int(try image.number(UInt32.self, at: 4).byteSwapped)
    guard count <= 64 else { throw .malformed }
    var slices: [Range<Int>] = []
    for index in 0..<count {
      let at = 8 + 20 * index
      slices.append(
        try image.range(
          UInt64(try image.number(UInt32.self, at: at + 8).byteSwapped),
          UInt64(try image.number(UInt32.self, at: at + 12).byteSwapped)))
    }
    return slices
  }
}
