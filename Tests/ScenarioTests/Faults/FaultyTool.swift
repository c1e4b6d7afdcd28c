#if os(Linux)
  import Foundation

  /// The tool with a small library between it and the C library, which lets one of its calls to
  /// the system go wrong. See `faults.c`.
  struct FaultyTool: Sendable {
    /// What goes wrong.
    enum Fault: Sendable, CustomStringConvertible {
      /// The process is killed in the place of the call.
      case kill
      /// Half is written, and nothing more ever is.
      case short
      case error(Int32, lasts: Bool)

      var description: String {
        switch self {
        case .kill: "killed"
        case .short: "short"
        case .error(let code, let lasts):
          String(cString: strerror(code)) + (lasts ? " from then on" : "")
        }
      }

      fileprivate var word: String {
        switch self {
        case .kill: "kill"
        case .short: "short"
        case .error(let code, let lasts): "\(code)\(lasts ? "+" : "")"
        }
      }
    }

    /// One call by which files come to be other than they were, in the order of all of them.
    struct Call: Sendable {
      let number: Int
      let name: String
      /// From the workspace.
      let path: String
      /// Where a file was renamed to.
      let other: String
      /// Negative where it failed.
      let result: Int

      /// The call with all that differs from run to run left out.
      var kind: String {
        let place = (other.isEmpty ? path : other).replacing(/[0-9a-f]{2}\/[0-9a-f]{62}/, with: "x")
        return name + " "
          + place.replacing(/[0-9]{8}-[0-9]{6}-[0-9a-f]{4}|[0-9a-f]{8,16}~/, with: "x")
          .replacing(/(objects|results)\/[0-9a-f]{2}$/) { "\($0.1)/x" }
      }
    }

    struct Ended: Sendable {
      let code: Int32
      let output: String
      let calls: [Call]
    }

    let tool: URL
    private let library: URL

    /// Nil where there is no compiler for C.
    init?(_ tool: URL) {
      guard let library = Preloaded.faults else { return nil }
      self.tool = tool
      self.library = library
    }

    /// A machine that has been started again.
    struct Restart: Sendable {
      /// Says which start of the machine this is.
      let boot: URL
      /// Change times that files are to have: see `faults.c`.
      let times: URL
    }

    /// - Parameters:
    ///   - fault: nil only writes the calls down.
    ///   - durable: a folder that takes what of the files is safe from a loss of power.
    ///   - restart: nil for the machine as it is.
    func run(
      _ words: [String], in place: FaultPlace, _ fault: (number: Int, fault: Fault)? = nil,
      durable: URL? = nil, after restart: Restart? = nil
    ) async throws -> Ended {
      let log = place.folder.appending(path: "calls")
      try? FileManager.default.removeItem(at: log)
      var environment = place.environment
      environment["LD_PRELOAD"] = library.path
      environment["FAULTS_PROGRAM"] = tool.lastPathComponent
      environment["FAULTS_BELOW"] = place.workspace.path
      environment["FAULTS_LOG"] = log.path
      if let fault {
        environment["FAULTS_AT"] = "\(fault.number)"
        environment["FAULTS_HOW"] = fault.fault.word
      }
      environment["FAULTS_DURABLE"] = durable?.path
      environment["FAULTS_BOOT"] = restart?.boot.path
      environment["FAULTS_TIMES"] = restart?.times.path
      let ended = try await Program(
        [tool.path] + words, in: place.workspace, environment: environment,
        output: place.folder.appending(path: "output")
      ).ended(within: 60)
      let lines = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
      let calls = lines.split(separator: "\n").compactMap { line -> Call? in
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, let number = Int(parts[0]), let result = Int(parts[4]) else {
          return nil
        }
        return Call(number: number, name: parts[1], path: parts[2], other: parts[3], result: result)
      }
      return Ended(code: ended.code, output: ended.output, calls: calls)
    }
  }
#endif
