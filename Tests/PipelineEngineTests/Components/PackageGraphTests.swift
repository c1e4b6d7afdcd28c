import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Package graph and sources") struct PackageGraphTests {
  static let json = """
    {"schema":1,"root":"app","swift":"/usr/bin/swift","packages":[
     {"identity":"app","name":"App","directory":"/w/app","origin":"root","version":null},
     {"identity":"far","name":"far","directory":"/w/c/far","origin":"remote","version":"1.2"}],
    "targets":[
     {"package":"app","name":"Train","kind":"executable","directory":"/w/app/Sources/Train",
      "dependencies":["app/Model","far/Far"],"resources":[]},
     {"package":"app","name":"Model","kind":"library","directory":"/w/app/Sources/Model",
      "dependencies":[],"resources":["/w/app/Shared/a.txt"]},
     {"package":"app","name":"Flat","kind":"executable","directory":"/w/app",
      "dependencies":[],"resources":["/w/app/words"]},
     {"package":"app","name":"C","kind":"clang","directory":"/w/app/Sources/C",
      "dependencies":[],"resources":[]},
     {"package":"far","name":"Far","kind":"library","directory":"/w/c/far/Sources/Far",
      "dependencies":[],"resources":[]}],
    "products":[
     {"package":"app","name":"Train","kind":"executable","targets":["app/Train"]},
     {"package":"app","name":"Flat","kind":"executable","targets":["app/Flat"]},
     {"package":"far","name":"Far","kind":"library","targets":["far/Far"]}]}
    """

  /// Files by their absolute path.
  private func files(_ texts: [String: String]) -> PackageFiles {
    PackageFiles(
      read: { texts[$0.description].map { Array($0.utf8) } },
      list: { directory in
        let below = texts.keys.map { Path($0) }.filter { directory.holds($0) && $0 != directory }
        let first = below.map { ($0.components[directory.components.count], $0) }
        return Dictionary(grouping: first) { Array($0.0) }.map { name, paths in
          (name, !paths.contains { $0.1 == directory.entry(name) })
        }
      })
  }

  @Test("A component's sources are its closure's directories, manifests and pins")
  func sources() throws {
    let graph = try PackageGraph.read(Array(Self.json.utf8))
    #expect(graph.executableNames == ["Flat", "Train"])
    let product = try #require(graph.executable(named: "Train"))
    #expect(graph.closure(of: product).map(\.id) == ["app/Model", "app/Train", "far/Far"])
    let manifest = ["/w/app/Package.swift": "import PackageDescription"]
    let found = try graph.sources(of: product, workspace: "/w/app", files(manifest))
    #expect(found.directories == ["/w/app/Sources/Model", "/w/app/Sources/Train"])
    #expect(found.files == ["/w/app/Package.swift", "/w/app/Shared/a.txt"])
    #expect(found.pins == ["product app/Train", "far@1.2"])
    #expect(found.isKnowable)
  }

  @Test("A target that is the whole package counts code and resources, not what steps write")
  func flat() throws {
    let graph = try PackageGraph.read(Array(Self.json.utf8))
    let product = try #require(graph.executable(named: "Flat"))
    let found = try graph.sources(
      of: product, workspace: "/w/app",
      files([
        "/w/app/Package.swift": "", "/w/app/main.swift": "", "/w/app/Data/raw.csv": "",
        "/w/app/.build/x.swift": "", "/w/app/Lib/more.swift": "", "/w/app/Package.resolved": "",
      ]))
    #expect(found.directories == [])
    #expect(
      found.files == [
        "/w/app/Lib/more.swift", "/w/app/Package.resolved", "/w/app/Package.swift",
        "/w/app/main.swift", "/w/app/words",
      ])
    #expect(found.pins == ["product app/Flat"])
  }

  @Test(
    "A manifest that may let in more than files is doubted",
    arguments: [
      ("import PackageDescription\n// A plain one", true),
      ("import PackageDescription\nimport CompilerPluginSupport", true),
      ("import Foundation\nimport PackageDescription", false),
      ("@preconcurrency import Glibc", false),
      (".target(name: \"a\", plugins: [\"b\"])", false),
      (".plugin(name: \"b\")", true),
      ("Context.environment[\"X\"]", false),
      ("cSettings: [.headerSearchPath(\"../x\")]", false),
      ("cSettings: [.headerSearchPath(\"internal\")]", true),
      ("swiftSettings: [.unsafeFlags([\"-Ounchecked\"])]", false),
    ])
  func doubts(_ text: String, isKnown: Bool) {
    #expect(ManifestText(Array(text.utf8)).doubts.isEmpty == isKnown)
  }

  @Test("The plugin's answers reach who asked, in order; its end reaches all")
  func plugin() async throws {
    let (asked, asking) = AsyncStream.makeStream(of: [UInt8].self)
    let builder = PluginBuilder { asking.yield($0) }
    let first = Task { try await builder.build(["A"]) }
    var requests = asked.makeAsyncIterator()
    #expect(await requests.next() == [0x1E] + Array("build [\"A\"]\n".utf8))
    let second = Task { try await builder.build(["B"]) }
    _ = await requests.next()
    await builder.receive(Array(#"{"ok":true,"products":{"A":"/x/A"}}"#.utf8))
    #expect(try await first.value == ["A": "/x/A"])
    await builder.receive(Array(#"{"ok":false,"log":"no"}"#.utf8))
    await #expect(throws: BuildProblem.failed(log: "no")) { try await second.value }
    let third = Task { try await builder.build(["C"]) }
    _ = await requests.next()
    await builder.close()
    await #expect(throws: BuildProblem.unreachable("the plugin is gone")) {
      try await third.value
    }
  }
}
