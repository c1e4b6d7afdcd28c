/// An ELF file of 64 bits, little endian, as far as its loader reads it.
///
/// - SeeAlso: "System V Application Binary Interface", chapters 4 and 5.
struct ELFImage {
  private struct Section {
    let name: UInt64
    let place: Range<Int>?
  }

  private struct Segment {
    let kind: Int
    let flags: UInt64
    let address: UInt64
    let memorySize: UInt64
    let place: Range<Int>
  }

  private let image: ImageBytes
  private let segments: [Segment]

  /// What counts for the code's identity.
  private(set) var loaded: CodeIdentity.Loaded

  init(_ image: ImageBytes) throws(CodeIdentity.Problem) {
    // Class, then byte order.
    guard image.bytes.count >= 64, image.bytes[4] == 2, image.bytes[5] == 1 else {
      throw .notExecutable
    }
    self.image = image
    var segments: [Segment] = []
    let table = try image.number(UInt64.self, at: 32)
    for index in 0..<UInt64(try image.number(UInt16.self, at: 56)) {
      segments.append(try ELFImage.segment(image, table, index))
    }
    self.segments = segments
    loaded = CodeIdentity.Loaded(
      segments: segments.filter { $0.kind == 1 }.map {
        CodeIdentity.Segment(header: [$0.flags, $0.address, $0.memorySize], place: $0.place)
      },
      // The section table's place, count and names: in the file only, and `strip` moves them.
      blanks: [40..<48, 60..<64])
    loaded.blanks += try compilersNotes()
    loaded.blanks += try dynamicTexts([.runPath, .oldRunPath]).map(\.place)
  }

  /// The shared libraries that it asks for by name.
  var neededLibraries: [String] {
    get throws(CodeIdentity.Problem) {
      var names: [String] = []
      for text in try dynamicTexts([.needed]) {
        names.append(String(decoding: image.bytes[text.place], as: UTF8.self))
      }
      return names
    }
  }

  private static func segment(
    _ image: ImageBytes, _ table: UInt64, _ index: UInt64
  ) throws(CodeIdentity.Problem) -> Segment {
    let (offset, overflow) = table.addingReportingOverflow(56 * index)
    guard !overflow else { throw .malformed }
    let at = try image.range(offset, 56).lowerBound
    return Segment(
      kind: try image.number32(at), flags: UInt64(try image.number32(at + 4)),
      address: try image.number(UInt64.self, at: at + 16),
      memorySize: try image.number(UInt64.self, at: at + 40),
      place: try image.range(
        try image.number(UInt64.self, at: at + 8), try image.number(UInt64.self, at: at + 32)))
  }

  /// The build id, which is a digest of the whole file, and the module's hash, which is one of the
  /// sources' text.
  private func compilersNotes() throws(CodeIdentity.Problem) -> [Range<Int>] {
    let table = try image.number(UInt64.self, at: 40)
    let count = UInt64(try image.number(UInt16.self, at: 60))
    guard table > 0, count > 0 else { return [] }
    let names = Int(try image.number(UInt16.self, at: 62))
    var sections: [Section] = []
    for index in 0..<count {
      let (offset, overflow) = table.addingReportingOverflow(64 * index)
      guard !overflow else { throw .malformed }
      let at = try image.range(offset, 64).lowerBound
      // Kind 8 has a size but no bytes in the file.
      let isEmpty = try image.number32(at + 4) == 8
      let place =
        isEmpty
        ? nil
        : try image.range(
          try image.number(UInt64.self, at: at + 24), try image.number(UInt64.self, at: at + 32))
      sections.append(Section(name: UInt64(try image.number32(at)), place: place))
    }
    guard sections.indices.contains(names), let texts = sections[names].place else {
      throw .malformed
    }
    var places: [Range<Int>] = []
    for section in sections {
      let name = try image.text(at: UInt64(texts.lowerBound) + section.name)
      if [".note.gnu.build-id", ".swift_modhash"].contains(name), let place = section.place {
        places.append(place)
      }
      // The base version of a library without a name is a digest of the path it was linked at.
      if name == ".gnu.version_d", let place = section.place, place.count >= 12,
        try image.number(UInt16.self, at: place.lowerBound + 2) & 1 == 1
      {
        places.append((place.lowerBound + 8)..<(place.lowerBound + 12))
      }
    }
    return places
  }

  private enum Tag: UInt64 {
    case needed = 1
    case strings = 5
    case oldRunPath = 15
    case runPath = 29
  }

  /// Where in the file the texts under these tags of the dynamic segment are.
  private func dynamicTexts(
    _ wanted: Set<Tag>
  ) throws(CodeIdentity.Problem) -> [(tag: Tag, place: Range<Int>)] {
    var found: [(tag: Tag, value: UInt64)] = []
    for segment in segments where segment.kind == 2 {
      for at in stride(from: segment.place.lowerBound, to: segment.place.upperBound - 15, by: 16) {
        let number = try image.number(UInt64.self, at: at)
        if number == 0 { break }
        guard let tag = Tag(rawValue: number) else { continue }
        found.append((tag, try image.number(UInt64.self, at: at + 8)))
      }
    }
    guard let strings = found.first(where: { $0.tag == .strings }).flatMap({ place(of: $0.value) })
    else { return [] }
    var texts: [(tag: Tag, place: Range<Int>)] = []
    for entry in found where wanted.contains(entry.tag) {
      let (start, overflow) = strings.addingReportingOverflow(entry.value)
      guard !overflow else { throw .malformed }
      let text = try image.text(at: start)
      texts.append((entry.tag, try image.range(start, UInt64(text.utf8.count))))
    }
    return texts
  }

  /// Where in the file an address of the loaded program is.
  private func place(of address: UInt64) -> UInt64? {
    for segment in segments where segment.kind == 1 && address >= segment.address {
      let within = address - segment.address
      if within < UInt64(segment.place.count) { return UInt64(segment.place.lowerBound) + within }
    }
    return nil
  }
}
