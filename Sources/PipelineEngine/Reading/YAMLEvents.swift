import CYaml

/// The events of a YAML text, one after the other; nothing is expanded or merged.
///
/// What an event says lies in libyaml's memory, and only until the next is asked for.
struct YAMLEvents: ~Copyable {
  enum Event {
    case documentStart
    case alias(String)
    case scalar(text: UnsafeBufferPointer<UInt8>, style: Style)
    case listStart, listEnd, mapStart, mapEnd
    case end
  }

  enum Style {
    case plain, quoted, literal, folded
  }

  /// What stands at a part beside its content.
  struct Part {
    let event: Event
    let anchor: String?
    let tag: String?
    /// In code points.
    let start: Int
    let end: Int
  }

  /// What libyaml says where it cannot go on.
  struct Failure: Error {
    let problem: String
    /// In code points, but for `isByte`.
    let position: Int
    let isByte: Bool
    /// Where the thing began that could not be read.
    let began: Int?
  }

  // libyaml keeps a pointer to its own parser, so the parser must not move.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  /// The last one, whose memory libyaml still has to be given back.
  private var event = yaml_event_t()

  /// Whether the text begins with a byte order mark: libyaml would take it for indentation.
  private let isMarked: Bool

  /// - Parameter bytes: what outlives the events.
  init(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
    isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let input = UnsafeBufferPointer(rebasing: bytes.dropFirst(isMarked ? 3 : 0))
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    guard yaml_parser_initialize(parser) == 1 else {
      throw Failure(problem: "memory is lacking", position: 0, isByte: true, began: nil)
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    var last = event
    yaml_event_delete(&last)
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// - Throws: where the text is not YAML; then no further event can be had.
  mutating func next() throws(Failure) -> Part {
    while true {
      yaml_event_delete(&event)
      guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
      if let part { return part }
    }
  }

  private var part: Part? {
    let content: Event
    var properties: (anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?) =
      (nil, nil)
    switch event.type {
    case YAML_DOCUMENT_START_EVENT: content = .documentStart
    case YAML_STREAM_END_EVENT: content = .end
    case YAML_ALIAS_EVENT: content = .alias(YAMLEvents.string(event.data.alias.anchor) ?? "")
    case YAML_SEQUENCE_END_EVENT: content = .listEnd
    case YAML_MAPPING_END_EVENT: content = .mapEnd
    case YAML_SEQUENCE_START_EVENT:
      content = .listStart
      properties = (event.data.sequence_start.anchor, event.data.sequence_start.tag)
    case YAML_MAPPING_START_EVENT:
      content = .mapStart
      properties = (event.data.mapping_start.anchor, event.data.mapping_start.tag)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let text = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      content = .scalar(text: text, style: YAMLEvents.style(scalar.style))
      properties = (scalar.anchor, scalar.tag)
    // Start of the stream and end of a document say nothing that the others do not.
    default: return nil
    }
    return Part(
      event: content, anchor: YAMLEvents.string(properties.anchor),
      tag: YAMLEvents.string(properties.tag), start: point(event.start_mark),
      end: point(event.end_mark))
  }

  private func point(_ mark: yaml_mark_t) -> Int {
    mark.index + (isMarked ? 1 : 0)
  }

  private static func style(_ style: yaml_scalar_style_t) -> Style {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    default: .plain
    }
  }

  private static func string(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  private func failure() -> Failure {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "memory is lacking"
    if parser.pointee.error == YAML_READER_ERROR {
      return Failure(
        problem: problem, position: parser.pointee.problem_offset + (isMarked ? 3 : 0),
        isByte: true, began: nil)
    }
    let began = parser.pointee.context == nil ? nil : point(parser.pointee.context_mark)
    return Failure(
      problem: problem, position: point(parser.pointee.problem_mark), isByte: false, began: began)
  }
}
