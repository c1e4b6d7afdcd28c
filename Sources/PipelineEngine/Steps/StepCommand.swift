import PipelineModel

/// A step's command as the kernel takes it: every reference resolved, nothing else changed.
struct StepCommand: Sendable {
  let arguments: [[UInt8]]
  /// Values that the script refers to by variable.
  let variables: [EnvironmentVariable]
  /// Put into a file where it is too long for an argument; the file's path then follows
  /// `arguments`.
  let script: [UInt8]?

  /// - Parameter component: the executable of a Swift component.
  init(_ step: Step, _ wiring: Wiring, component: Path?) {
    switch step.work {
    case .swift(_, let templates):
      arguments = [component?.bytes ?? []] + wiring.arguments(templates)
      variables = []
      script = nil
    case .command(let templates):
      arguments = wiring.arguments(templates)
      variables = []
      script = nil
    case .script(let source, _, let shell):
      let rendered = source.render(wiring.words)
      variables = rendered.variables.map {
        EnvironmentVariable(name: Array($0.name.utf8), value: $0.value)
      }
      let text = Array(rendered.script.utf8)
      let isLong = text.count > StepCommand.longestArgument
      arguments =
        StepCommand.interpreter(shell)
        + (isLong ? [] : [Array("-c".utf8), text, Array(step.name.description.utf8)])
      script = isLong ? text : nil
    }
  }

  /// Linux takes single arguments of up to 128 KiB.
  private static let longestArgument = 100_000

  private static func interpreter(_ shell: Shell) -> [[UInt8]] {
    let words =
      switch shell {
      case .sh: ["sh", "-eu"]
      case .bash: ["bash", "-euo", "pipefail"]
      }
    return words.map { Array($0.utf8) }
  }
}
