import Seeds
import Testing

@testable import PipelineModel

@Suite("Template reader") struct TemplateReaderTests {
  static let place = Span(line: 1, column: 1)

  static func read(_ text: String) -> (segments: String, problems: [String]) {
    let reader = TemplateReader(text, at: place)
    let segments = reader.template.segments.map { segment in
      switch segment {
      case .text(let text): "'\(text)'"
      case .reference(let reference): "<\(reference.content)>"
      }
    }
    return (segments.joined(separator: " "), reader.problems.map(\.fact))
  }

  static let accepted: [(text: String, segments: String)] = [
    ("", ""),
    ("plain }} text", "'plain }} text'"),
    ("${{ inputs.a }}", "<inputs.a>"),
    ("${{inputs.a}}", "<inputs.a>"),
    ("--r=${{ parameters.train.rate }}!", "'--r=' <parameters.train.rate> '!'"),
    ("${{ matrix.seed }}${{ step.name }}", "<matrix.seed> <step.name>"),
    ("$${{ inputs.a }}", "'${{ inputs.a }}'"),
    ("$$${{ x", "'$${{ x'"),
    ("$VAR ${VAR} $$ {{ x }}", "'$VAR ${VAR} $$ {{ x }}'"),
    ("${{ parameters.größe }}", "<parameters.größe>"),
    ("${{\toutputs.a-b_c }}\n", "<outputs.a-b_c> '\n'"),
    ("{}}${{ inputs.a }}}}", "'{}}' <inputs.a> '}}'"),
  ]

  @Test("References stand between ${{ and }}", arguments: accepted.indices)
  func accepts(_ index: Int) {
    let (text, segments) = TemplateReaderTests.accepted[index]
    let read = TemplateReaderTests.read(text)
    #expect(read.segments == segments)
    #expect(read.problems == [])
  }

  static let rejected = [
    "${{", "${{ inputs.a", "${{ inputs.a }", "${{ inputs.a\n}}", "${{ ${{ inputs.a }}", "${{ }}",
    "${{ inputs }}", "${{ inputs. }}", "${{ inputs.a.b }}", "${{ inputs.a b }}",
    "${{ parameters..a }}",
    "${{ parameters.a || 1 }}", "${{ steps.a }}", "${{ step.name.x }}", "${{ Inputs.a }}",
    "${{ matrix.1 }}",
  ]

  @Test("What is no reference is said to be none, once", arguments: rejected)
  func rejects(_ text: String) {
    #expect(TemplateReaderTests.read(text).problems.count == 1)
  }

  @Test("What is printed reads back as the same")
  func roundTrip() {
    var random = SplitMix64(seed: 11)
    let parts = ["$", "${{", "}}", "{", "a", " ", "${{ inputs.a }}", "\u{301}", "\n", "${{ x"]
    for _ in 0..<5_000 {
      let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in
        parts.randomElement(using: &random) ?? ""
      }.joined()
      let reader = TemplateReader(text, at: TemplateReaderTests.place)
      guard reader.problems.isEmpty else { continue }
      let again = TemplateReader(reader.template.source, at: TemplateReaderTests.place)
      #expect(again.template == reader.template, "\(text.debugDescription)")
    }
  }

  @Test("A byte of a text segment is found in the file")
  func places() {
    let text = "a $${{ b }} ${{ inputs.c }} d | e"
    let scalar = Syntax.Scalar(text: text, isPlain: true, literalOffset: 0)
    var reader = TemplateReader(scalar, at: Span(line: 3, column: 7, length: text.count))
    #expect(reader.span(segment: 0, offset: 0).column == 7)
    #expect(reader.span(segment: 0, offset: 6).column == 14)
    #expect(reader.span(segment: 2, offset: 3).column == 7 + 30)
  }
}
