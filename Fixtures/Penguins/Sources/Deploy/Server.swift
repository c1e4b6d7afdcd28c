import Foundation
import PenguinClassifier
import PenguinTable

/// A stand-in for a machine that answers questions about penguins: a directory with one model, that
/// `Predict` answers from.
struct Server {
  /// The path of the model that is served.
  let model: String

  /// The server that `PENGUINS_SERVER` names; without it, one among the temporary files.
  ///
  /// - Throws: ``RelativePath`` for what would be another directory wherever the step works, which
  ///   need not be the package.
  init(environment: [String: String]) throws {
    let directory =
      environment["PENGUINS_SERVER"]
      ?? FileManager.default.temporaryDirectory.appending(path: "penguins-server").path
    guard directory.hasPrefix("/") else { throw RelativePath(path: directory) }
    model = directory + "/penguins.json"
  }

  /// Replaces the model that is served, at one instant; one that does not answer is not let in.
  func serve(_ path: String) throws {
    let candidate = "\(model).\(ProcessInfo.processInfo.processIdentifier)"
    try TextFile.write(TextFile.read(path), to: candidate)
    defer { unlink(candidate) }
    let answer = try Classifier(reading: candidate).predict(Self.known).species
    guard answer == "Adelie" else { throw WrongAnswer(species: answer) }
    guard rename(candidate, model) == 0 else {
      throw FileProblem(
        path: model, fact: "cannot be replaced: \(String(cString: strerror(errno)))")
    }
  }

  /// A penguin that no model of use can mistake.
  private static let known = Penguin(
    measurement: { measurement in
      switch measurement {
      case .culmenLength: 39.1
      case .culmenDepth: 18.7
      case .flipperLength: 181
      case .bodyMass: 3750
      }
    },
    trait: { $0 == .island ? "Torgersen" : "male" })
}

/// A server whose place depends on where one asks.
struct RelativePath: Error, CustomStringConvertible {
  let path: String

  var description: String { "PENGUINS_SERVER is '\(path)', no absolute path" }
}

/// A model that would do harm.
struct WrongAnswer: Error, CustomStringConvertible {
  let species: String

  var description: String {
    "the model takes an Adelie for a \(species); the server goes on with the one it has"
  }
}
