/// What is recorded under an action key when a step has succeeded.
///
/// Never changes, and is shared: of thousands of steps, verdicts, outcomes and events all have it.
package final class Result: Sendable, Equatable {
  package let key: ActionKey
  /// The step that executed, as it was named then.
  package let step: StepName
  /// Empty where what it was made from was not asked for.
  package let fingerprint: Fingerprint
  package let outputs: [Output]
  /// Of what the step wrote to its standard streams; an object of the store.
  package let log: Digest?
  /// Of the lines appended to `PIPELINE_METRICS`; an object of the store.
  package let metrics: Digest?
  /// Where it was made: the random name of a workspace.
  package let workspace: String
  /// Nanoseconds since 1970.
  package let finished: Int
  package let usage: Usage

  package init(
    key: ActionKey, step: StepName, fingerprint: Fingerprint, outputs: [Output], log: Digest?,
    metrics: Digest?, workspace: String, finished: Int, usage: Usage
  ) {
    self.key = key
    self.step = step
    self.fingerprint = fingerprint
    self.outputs = outputs
    self.log = log
    self.metrics = metrics
    self.workspace = workspace
    self.finished = finished
    self.usage = usage
  }

  /// The same without its fingerprint, which is most of it.
  package var brief: Result {
    if fingerprint.fields.isEmpty { return self }
    return Result(
      key: key, step: step, fingerprint: Fingerprint([]), outputs: outputs, log: log,
      metrics: metrics, workspace: workspace, finished: finished, usage: usage)
  }

  package static func == (a: Result, b: Result) -> Bool {
    a === b
      || a.key == b.key && a.step == b.step && a.fingerprint == b.fingerprint
        && a.outputs == b.outputs && a.log == b.log && a.metrics == b.metrics
        && a.workspace == b.workspace && a.finished == b.finished && a.usage == b.usage
  }

  /// One declared output.
  package struct Output: Sendable, Equatable {
    /// Nil in the list form.
    package let name: Name?
    package let path: Path
    package let content: Content
    /// Whether the store was given its objects.
    package let isStored: Bool

    package init(name: Name?, path: Path, content: Content, isStored: Bool) {
      self.name = name
      self.path = path
      self.content = content
      self.isStored = isStored
    }
  }
}

/// What an execution took.
package struct Usage: Sendable, Equatable {
  package var seconds: Double
  package var cpuSeconds: Double
  package var peakMemoryBytes: Int
  package var attempts: Int

  package init(
    seconds: Double = 0, cpuSeconds: Double = 0, peakMemoryBytes: Int = 0, attempts: Int = 1
  ) {
    self.seconds = seconds
    self.cpuSeconds = cpuSeconds
    self.peakMemoryBytes = peakMemoryBytes
    self.attempts = attempts
  }
}
