import PipelineComponent

// A component that fails, in one of two ways: for `EndingTests`, which look at how it ends.

struct TooFewRows: Error, CustomStringConvertible {
  var description: String { "3 rows are too few" }
}

if CommandLine.arguments.contains("asynchronous") {
  await Component.run { _ in
    await Task.yield()
    throw TooFewRows()
  }
} else {
  Component.run { _ in throw TooFewRows() }
}
