extension FormReader {
  /// `environment`, `resources`, `timeout` and `retry`: what a step works in.
  mutating func readSurroundings(_ fields: Fields, into step: inout StepDeclaration) {
    if let syntax = fields["environment"] { step.environment = environment(syntax) }
    if let syntax = fields["resources"] { step.resources = resources(syntax) }
    if let syntax = fields["timeout"] { step.timeout = duration(syntax, of: "timeout") }
    if let syntax = fields["retry"] { step.retry = retry(syntax) }
  }

  private mutating func environment(_ syntax: Syntax) -> EnvironmentDeclaration {
    let fields = fields(
      syntax, of: "environment", owner: "an environment",
      known: ["variables", "pass", "secrets", "tools"])
    var environment = EnvironmentDeclaration()
    if let syntax = fields["variables"] {
      for entry in entries(syntax, of: "variables") {
        let isFine = checkVariable(entry.key, at: entry.keySpan)
        let value = template(entry.value, of: "variables.\(entry.key.clipped)")
        guard isFine, let value else { continue }
        environment.variables.append((Located(entry.key, at: entry.keySpan), value))
      }
    }
    if let syntax = fields["pass"] { environment.pass = variables(syntax, of: "pass") }
    if let syntax = fields["secrets"] { environment.secrets = variables(syntax, of: "secrets") }
    if let syntax = fields["tools"] {
      environment.tools = items(syntax, of: "tools").compactMap { line($0, of: "tools") }
    }
    checkOverlaps(of: environment)
    return environment
  }

  private mutating func variables(_ syntax: Syntax, of key: String) -> [Located<String>] {
    items(syntax, of: key).compactMap { item in
      guard let text = text(item, of: key), checkVariable(text.content, at: text.span) else {
        return nil
      }
      return text
    }
  }

  private mutating func checkVariable(_ name: String, at span: Span) -> Bool {
    let isLetter: (UInt8) -> Bool = { byte in
      byte == UInt8(ascii: "_")
        || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
    }
    let isDigit: (UInt8) -> Bool = { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    guard let first = name.utf8.first, isLetter(first),
      name.utf8.allSatisfy({ isLetter($0) || isDigit($0) })
    else {
      report(
        "bad-variable",
        "'\(name.clipped)' cannot name an environment variable: letters, digits"
          + " and '_' do, no digit first", at: span)
      return false
    }
    guard !name.hasPrefix("PIPELINE_"), !name.hasPrefix("PW_") else {
      report(
        "reserved-variable",
        "'\(name.clipped)' is set for every step: names with 'PIPELINE_' and 'PW_' are reserved",
        hint: "choose another name", at: span)
      return false
    }
    return true
  }

  private mutating func checkOverlaps(of environment: EnvironmentDeclaration) {
    let groups = [
      ("variables", environment.variables.map(\.name)), ("pass", environment.pass),
      ("secrets", environment.secrets),
    ]
    var first: [String: String] = [:]
    for (group, names) in groups {
      for name in names {
        guard let before = first.updateValue(group, forKey: name.content) else { continue }
        report(
          "contradiction",
          before == group
            ? "'\(name.content.clipped)' stands twice in '\(group)'"
            : "'\(name.content.clipped)' stands in '\(before)' and in '\(group)'; it has one",
          hint: "remove one", at: name.span)
      }
    }
  }

  private mutating func resources(_ syntax: Syntax) -> ResourceDeclaration {
    var resources = ResourceDeclaration()
    resources.span = syntax.span
    for entry in entries(syntax, of: "resources") {
      switch entry.key {
      case "cpus":
        resources.cpus = integer(entry.value, of: "cpus", in: 1...100_000) ?? 1
      case "memory": resources.memoryBytes = size(entry.value, of: "memory")
      default:
        guard let name = name(entry.key, at: entry.keySpan, of: "a resource"),
          let count = integer(entry.value, of: entry.key, in: 0...1_000_000)
        else { continue }
        resources.pools.append((Located(name.content.text, at: name.span), count))
      }
    }
    return resources
  }

  private mutating func retry(_ syntax: Syntax) -> RetryRule {
    let fields = fields(syntax, of: "retry", owner: "'retry'", known: ["times", "on"])
    var retry = RetryRule()
    if let syntax = fields["times"] {
      retry.times = integer(syntax, of: "times", in: 0...100) ?? 0
    } else if syntax.entries != nil {
      report(
        "missing-key", "'times' is missing; 'retry' says how many more tries there are",
        hint: "write 'times: 1'", at: syntax.span)
    }
    if let syntax = fields["on"] {
      retry.on = items(syntax, of: "on").compactMap { integer($0, of: "on", in: 1...255) }
    }
    return retry
  }
}
