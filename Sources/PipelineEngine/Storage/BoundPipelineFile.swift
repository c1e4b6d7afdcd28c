import PipelineModel

/// The file that keeps a bound pipeline: what it was bound from, and then all of it.
///
/// | bytes | what |
/// |---|---|
/// | 8 | `PWBOUND1` |
/// | 32 | SHA-256 of all that follows |
/// | 32 | digest of what was asked: the tool that wrote it, the manifest's name, the command line |
/// | 16 | how many bytes the texts' list, the parts, the places and the characters have |
/// | … | the texts that it was bound from, in the order in which they were read |
/// | … | the parts: `BoundPipelineWriter` and `BoundPipelineReader` have their order |
/// | … | for each distinct text, where its characters begin and how many bytes they are |
/// | … | the characters |
///
/// Numbers have their lowest byte first. What another tool wrote is not read, so parts may come and
/// go between versions without a number being changed here.
package enum BoundPipelineFile {
  private static let magic = Array("PWBOUND1".utf8)
  private static let headCount = 8 + 32 + 32 + 16

  /// The file in pieces, one behind the other: together they may be large.
  package static func pieces(
    of bound: BoundPipeline, from texts: [ReadText], question: Digest
  ) -> [[UInt8]] {
    var list = ByteWriter(capacity: 1024)
    list.add(UInt32(texts.count))
    for text in texts {
      list.addText(Array(text.name.utf8))
      list.add(text.file == nil ? UInt8(0) : 1)
      list.addText(text.file?.bytes ?? Array(text.argument.utf8))
      list.add(text.digest)
    }
    var writer = BoundPipelineWriter()
    writer.add(bound)
    let sections = [list.bytes, writer.parts.bytes, writer.places.bytes, writer.characters]
    var behind = ByteWriter(capacity: headCount)
    behind.add(question)
    for section in sections { behind.add(UInt32(section.count)) }
    var digest = SHA256()
    digest.update(behind.bytes)
    for section in sections { digest.update(section) }
    return [magic + digest.finish().bytes + behind.bytes] + sections
  }

  /// - Parameter isCurrent: whether the texts it was bound from are what they were; asked before
  ///   anything else is read.
  /// - Returns: nil where something else was asked, and for anything but what `pieces` made.
  package static func read(
    _ bytes: UnsafeRawBufferPointer, question: Digest, isCurrent: ([ReadText]) -> Bool
  ) -> BoundPipeline? {
    guard bytes.count >= headCount, bytes.starts(with: magic) else { return nil }
    var head = ByteReader(bytes: bytes, position: magic.count)
    let written = head.digest()
    guard head.digest() == question else { return nil }
    var sections: [UnsafeRawBufferPointer] = []
    var start = headCount
    for _ in 0..<4 {
      let count = Int(head.number(UInt32.self))
      guard count <= bytes.count - start else { return nil }
      sections.append(UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
      start += count
    }
    guard start == bytes.count, let texts = texts(sections[0]), isCurrent(texts) else {
      return nil
    }
    var digest = SHA256()
    digest.update(UnsafeRawBufferPointer(rebasing: bytes[(magic.count + 32)...]))
    guard digest.finish() == written else { return nil }
    var reader = BoundPipelineReader(
      parts: sections[1], places: sections[2], characters: sections[3])
    return reader.read()
  }

  private static func texts(_ bytes: UnsafeRawBufferPointer) -> [ReadText]? {
    var reader = ByteReader(bytes: bytes, position: 0)
    var texts: [ReadText] = []
    let count = Int(reader.number(UInt32.self))
    guard count <= reader.remaining else { return nil }
    for _ in 0..<count {
      let name = Path.text(reader.text())
      let isFile = reader.number(UInt8.self) == 1
      let content = reader.text()
      let digest = reader.digest()
      texts.append(
        isFile
          ? ReadText(name: name, file: Path(content), digest: digest)
          : ReadText(name: name, argument: Path.text(content)))
    }
    return reader.hasFailed || reader.remaining > 0 ? nil : texts
  }
}
