import PipelineModel

/// The results that were read of the store a moment ago, so that who asks for one twice in a row
/// reads it once. Each answers once.
struct JustRead {
  private var results: [ActionKey: Result] = [:]

  /// More than steps are decided at a time; what nobody asks for again is not kept for long.
  private static let most = 16

  mutating func add(_ result: Result) {
    if results.count >= JustRead.most { results = [:] }
    results[result.key] = result
  }

  mutating func take(_ key: ActionKey) -> Result? { results.removeValue(forKey: key) }
}
