import ArgumentParser
import PipelineEngine
import PipelineModel

/// `init`: a first manifest.
struct Init: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a first manifest from what is in this directory.",
    discussion: """
      Executable products of the package and scripts become steps; comments say how to go on. An \
      existing manifest is never overwritten.
      """)

  @Option(help: ArgumentHelp("Where to write it.", valueName: "file"))
  var manifest: String?

  func run() async throws {
    do {
      let home = Invocation.shared.value("PIPEWRIGHT_PACKAGE").map { Path($0) } ?? .here
      let here = try Directory(opening: .here)
      let path = manifest.map { Path($0) } ?? home.appending("pipeline.yaml")
      guard try !here.exists(path) else {
        throw ToolFailure(
          code: .usage, fact: "'\(path)' exists already; it is not overwritten",
          hint: "name another file with '--manifest'")
      }
      let folder = try Directory(opening: here.path.appending(path).parent)
      let first = try await FirstManifest(from: folder)
      try folder.replace(Path(Array(path.name)), with: Array(first.text.utf8), links: .followed)
      let name = manifest ?? "pipeline.yaml"
      Invocation.shared.say(
        "wrote \(name); next: '\(Invocation.commandName) validate', then edit it")
    } catch let error as SystemError {
      throw ToolFailure(error)
    }
  }
}

extension FirstManifest {
  /// What a directory holds.
  init(from folder: Directory) async throws {
    self.init(project: String(decoding: folder.path.name, as: UTF8.self))
    if try folder.exists("Package.swift") {
      let graph = try? await Invocation.shared.swiftPM.graph(of: folder.path, loop: ProcessLoop())
      let own = graph?.products.filter { $0.package == graph?.root && $0.kind == .executable }
      executables = own?.map(\.name) ?? []
    }
    for place in ["", "Scripts", "scripts", "Data", "data"] {
      let path = Path(place)
      guard try folder.status(of: path)?.kind == .directory else { continue }
      for entry in try folder.list(path) where entry.kind == .file {
        let file = path.entry(entry.name)
        let ending = String(decoding: entry.name, as: UTF8.self).split(separator: ".").last ?? ""
        if FirstManifest.interpreters[String(ending)] != nil { scripts.append(file) }
        if ["csv", "tsv", "json", "jsonl", "parquet"].contains(ending.lowercased()) {
          data.append(file)
        }
      }
    }
  }
}
