import PipelineModel

/// Where in a table of sightings a path stands: a directory, and a name in it.
///
/// The workspace and the root are `.` in themselves, and so is what ends with `..`.
struct SightingPlace {
  let directory: UnsafeRawBufferPointer
  let name: UnsafeRawBufferPointer

  /// - Parameter path: bytes of a path in normal form, which must outlive this.
  init(_ path: UnsafeRawBufferPointer) {
    let cut = path.lastIndex(of: slash)
    let isRoot = path.count == 1 && cut == 0
    let last = UnsafeRawBufferPointer(rebasing: path[(cut.map { $0 + 1 } ?? 0)...])
    if isRoot || last.isEmpty || last.elementsEqual([dot, dot]) {
      directory = path
      name = SightingPlace.itself
    } else {
      // The slash of the root belongs to it.
      directory = UnsafeRawBufferPointer(rebasing: path[..<(cut.map { max($0, 1) } ?? 0)])
      name = last
    }
  }

  /// The path that has this place.
  static func path(
    directory: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer
  ) -> Path {
    let folder = folder(directory)
    return name.elementsEqual(itself) ? folder : folder.entry(name)
  }

  /// The path of a directory of the table, which is in normal form already.
  static func folder(_ bytes: UnsafeRawBufferPointer) -> Path {
    bytes.isEmpty ? .here : Path.here.entry(bytes)
  }

  private static let itselfBytes = MappedFile(copying: [dot])
  private static var itself: UnsafeRawBufferPointer { itselfBytes.bytes }
}

private let slash = UInt8(ascii: "/")
private let dot = UInt8(ascii: ".")
