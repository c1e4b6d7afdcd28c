import Testing

/// Folders inside a target are layers: a file uses only what its own or an earlier folder declares.
@Suite("Layers") struct LayerTests {
  struct Layering: Sendable {
    let target: String
    let folders: [String]
  }

  static let layerings = [
    Layering(
      target: "PipelineModel",
      folders: [
        "Ground", "Diagnostics", "Manifest", "Graph", "Freshness", "Planning", "Tracking",
        "Report",
      ]),
    Layering(
      target: "PipelineEngine",
      folders: [
        "System", "Storage", "Reading", "Deciding", "Components", "Running", "Tracking", "Steps",
        "Trials",
      ]),
    Layering(target: "pipewright", folders: ["Terminal", "Commands"]),
  ]

  @Test("Every file lies in a layer", arguments: layerings)
  func placed(_ layering: Layering) {
    for file in files(of: layering) {
      #expect(layering.folders.contains(file.folder), "\(file) lies in no layer")
    }
  }

  @Test("A file uses no type of a later layer", arguments: layerings)
  func order(_ layering: Layering) {
    var later: [String: String] = [:]
    for folder in layering.folders.reversed() {
      let own = files(of: layering).filter { $0.folder == folder }
      let names = own.flatMap(\.topLevelTypes)
      // What is declared here too is not the later one.
      for name in names { later[name] = nil }
      for file in own {
        let used = Set(file.words).intersection(later.keys).subtracting(file.declaredTypes)
        for name in used.sorted() {
          Issue.record("\(file) in '\(folder)' uses \(name) of '\(later[name] ?? "")'")
        }
      }
      for name in names { later[name] = folder }
    }
  }

  @Test("A target imports only what stands below it")
  func imports() {
    let allowed = [
      "PipelineModel": ["CPipelineDigest"],
      "PipelineEngine": [
        "CPipelineDigest", "CPipelineSystem", "PipelineModel", "Yams", "CYaml", "GRDB", "Darwin",
        "Glibc", "Musl", "Synchronization", "CryptoKit",
      ],
      "PipelineComponent": ["Darwin", "Glibc", "Musl"],
      "pipewright": [
        "ArgumentParser", "PipelineEngine", "PipelineModel", "Darwin", "Glibc", "Musl",
      ],
      "RunPipeline": ["PackagePlugin", "Foundation", "Darwin", "Glibc", "Musl"],
    ]
    for file in Repository.sources {
      let foreign = file.imports.filter { allowed[file.target]?.contains($0) != true }
      #expect(foreign.isEmpty, "\(file) imports \(foreign)")
    }
  }

  private func files(of layering: Layering) -> [SourceFile] {
    Repository.sources.filter { $0.target == layering.target }
  }
}

extension SourceFile {
  /// Modules that the file imports.
  var imports: [String] {
    code.matches(of: /(?m)^ *(?:@\w+ +)*import +(\w+)/).map { String($0.1) }
  }

  /// Types declared outside of any other, for more than this file.
  var topLevelTypes: [String] {
    let declaration =
      #/
      (?m) ^ (?!private|fileprivate) (?:[@\w]+\x20+)*
      (?:struct|enum|class|actor|protocol|typealias) \x20+ (\w+)
      /#
    return code.matches(of: declaration).map { String($0.1) }
  }

  /// Types declared anywhere in the file, and the names of type parameters.
  var declaredTypes: [String] {
    let types = code.matches(
      of: /\b(?:struct|enum|class|actor|protocol|typealias|associatedtype) +(\w+)/
    ).map { String($0.1) }
    let parameters = code.matches(of: /\b(?:(?:struct|enum|class|func) +\w+|init)<(\w+)/).map {
      String($0.1)
    }
    return types + parameters
  }

  /// Words of the code that do not name a member of something else.
  var words: [String] {
    code.matches(of: /(?:^|[^.\w])(\w+)/).map { String($0.1) }
  }
}
