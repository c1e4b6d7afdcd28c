import PipelineModel

/// What a command printed, less what differs from one time and machine to the next.
struct Normalised: Sendable {
  let lines: [String]

  /// - Parameter places: directories by the word that stands for them.
  init(_ output: String, code: Int32, places: [(path: String, word: String)]) {
    var text = output
    for place in places { text = text.replacing(place.path, with: place.word) }
    text.replace(/\b\d{8}-\d{6}-[0-9a-f]{4}(?![0-9a-f])/, with: "RUN")
    text.replace(/\b[a-z]+-[a-z]+-(\d+)\b/) { match in
      ExperimentName.isMade(String(match.0)) ? "NAME-\(match.1)" : String(match.0)
    }
    text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/, with: "TIME")
    text.replace(/process \d+ on [^\s,]+/, with: "process PID on HOST")
    text.replace(/results\/[0-9a-f]{2}\/[0-9a-f]{62}/, with: "results/KEY")
    text.replace(/, [0-9.]+ kB/, with: ", N kB")
    text.replace(/"key": "sha256:[0-9a-f]+"/, with: "\"key\": \"KEY\"")
    text.replace(/"(seconds|cpuSeconds|peakMemoryBytes)": [0-9.]+/) { "\"\($0.1)\": N" }
    text.replace(/\b(time|timestamp)="[^"]*"/) { "\($0.1)=\"N\"" }
    text.replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?Z)?/, with: "TIME")
    text.replace(/\b[0-9a-f]{32}\b/, with: "ID")
    text.replace(/\| [0-9.]+ m?s \|/, with: "| N |")
    var lines = text.components(separatedBy: "\n").map { line in
      var line = line.hasPrefix("#") || line.hasPrefix("$ ") ? "\\\(line)" : line
      // What a step took, or the whole run.
      line.replace(
        /(?:  | in )(?:<?\d+(?:\.\d)? (?:ms|s)|\d+ min \d\d s)(?=$|<|, experiment)/, with: "")
      while line.last == " " { line.removeLast() }
      return line
    }
    while lines.last == "" { lines.removeLast() }
    if code != 0 { lines.append("[exit \(code)]") }
    self.lines = lines
  }
}
