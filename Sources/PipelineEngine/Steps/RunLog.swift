import PipelineModel

/// What a run wrote to its standard streams, wherever it still lies.
package struct RunLog: Sendable {
  package let bytes: [UInt8]
  /// Whether its file is gone.
  package let isFromStore: Bool

  /// - Parameter store: absolute; nil for the workspace's own.
  /// - Returns: nil where it lies nowhere any more.
  package static func read(
    _ run: RunEntry, in root: Directory, store: Path?
  ) throws -> RunLog? {
    // What has printed nothing has no file.
    let isEmpty = run.logDigest.flatMap { Digest($0) } == SHA256.digest([])
    if isEmpty { return RunLog(bytes: [], isFromStore: false) }
    if let log = run.log.map({ Path($0) }), try root.exists(log) {
      return RunLog(bytes: try root.read(log), isFromStore: false)
    }
    let place = store ?? StateDirectory.storePath(of: root)
    guard let digest = run.logDigest.flatMap({ Digest($0) }),
      let bytes = try? Store(readingAt: place, warnings: Warnings()).read(digest)
    else { return nil }
    return RunLog(bytes: bytes, isFromStore: true)
  }
}
