import PipelineModel

/// Builds executable products for release.
package protocol ProductBuilder: Sendable {
  /// - Returns: the executables' absolute paths, one for each name.
  func build(_ products: [String]) async throws(BuildProblem) -> [String: Path]
}

/// Why there is no executable.
package enum BuildProblem: Error, Equatable {
  /// The compiler, the linker or SwiftPM refused; the log is for the user.
  case failed(log: String)
  /// The build system could not be asked, or its answer makes no sense.
  case unreachable(String)
}

/// Starts a program in a directory and waits: its exit code and what it wrote.
package typealias BuildCommand =
  @Sendable (_ words: [String], _ directory: Path) async throws
  -> (exit: Int32, output: [UInt8], errors: [UInt8])

/// Asks `swift build`, for where no plugin serves.
package struct SwiftBuilder: ProductBuilder {
  /// The toolchain's `swift`.
  let swift: Path
  let package: Path
  /// SwiftPM's build directory; nil for its own choice.
  let scratch: Path?
  let launch: BuildCommand

  package init(swift: Path, package: Path, scratch: Path?, launch: @escaping BuildCommand) {
    self.swift = swift
    self.package = package
    self.scratch = scratch
    self.launch = launch
  }

  package func build(_ products: [String]) async throws(BuildProblem) -> [String: Path] {
    for product in products { _ = try await ask(["--product", product]) }
    let lines = try await ask(["--show-bin-path"]).split { $0 == 10 }.map { Path($0) }
    guard let directory = lines.last, directory.isAbsolute else {
      throw .unreachable("'swift build --show-bin-path' named no directory")
    }
    return Dictionary(products.map { ($0, directory.appending($0)) }) { first, _ in first }
  }

  private func ask(_ words: [String]) async throws(BuildProblem) -> [UInt8] {
    let place = scratch.map { ["--scratch-path", $0.description] } ?? []
    let command =
      [swift.description, "build", "-c", "release", "--package-path", package.description]
      + place + words
    let answer: (exit: Int32, output: [UInt8], errors: [UInt8])
    do { answer = try await launch(command, package) } catch { throw .unreachable("\(error)") }
    guard answer.exit == 0 else {
      throw .failed(log: String(decoding: answer.output + answer.errors, as: UTF8.self))
    }
    return answer.output
  }
}
