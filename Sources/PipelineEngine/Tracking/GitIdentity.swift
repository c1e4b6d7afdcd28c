import PipelineModel

/// Who git says is at work.
package enum GitIdentity {
  /// `Ann <ann@example.org>`, or what of it is known; nil where git knows nobody.
  package static func read(
    _ workspace: Directory, environment: [EnvironmentVariable], loop: ProcessLoop
  ) async -> String? {
    let name = await value("user.name", workspace, environment, loop)
    let address = await value("user.email", workspace, environment, loop)
    return switch (name, address) {
    case (let name?, let address?): "\(name) <\(address)>"
    case (let known?, nil), (nil, let known?): known
    case (nil, nil): nil
    }
  }

  private static func value(
    _ key: String, _ workspace: Directory, _ environment: [EnvironmentVariable],
    _ loop: ProcessLoop
  ) async -> String? {
    let output = Locked<[UInt8]>([])
    let launch = Launch(
      ["git", "config", "--get", key].map { Array($0.utf8) }, environment: environment,
      directory: workspace, timeout: .seconds(20))
    let exit = try? await loop.run(launch) { bytes in output.withLock { $0 += bytes } }
    guard let exit, exit.isSuccess else { return nil }
    let line = String(decoding: output.withLock { $0 }, as: UTF8.self).prefix { !$0.isNewline }
    return line.isEmpty ? nil : String(line)
  }
}
