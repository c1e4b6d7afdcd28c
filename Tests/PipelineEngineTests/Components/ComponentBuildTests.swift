import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Components, really built", .serialized) struct ComponentBuildTests {
  @Test("Identity follows the code, not comments nor the directory")
  func identity() async throws {
    let here = try PackageFixture("code")
    let there = try PackageFixture("code-elsewhere")
    defer {
      here.remove()
      there.remove()
    }
    func identity(_ fixture: PackageFixture) async throws -> Digest {
      let executable = try #require(try await fixture.build("Bare"))
      return try CodeIdentity.read(Disk.read(executable), buildDirectory: fixture.app)
    }
    let first = try await identity(here)
    #expect(try await identity(there) == first)
    let model = "app/Sources/Model/Model.swift"
    try here.write(model, "// A comment\npublic func rate(_ x: Int) -> Int { x * 3 }\n")
    #expect(try await identity(here) == first)
    try here.write(model, "public func rate(_ x: Int) -> Int { x * 5 }\n")
    #expect(try await identity(here) != first)
    try here.write(model, "public func rate(_ x: Int) -> Int { nonsense }\n")
    let problem = await #expect(throws: BuildProblem.self) { try await identity(here) }
    guard case .failed(let log) = problem else {
      Issue.record("no log: \(String(describing: problem))")
      return
    }
    #expect(log.contains("nonsense"))
  }

  @Test("Bundles and libraries belong to a component; paths of one length do not matter")
  func loaded() async throws {
    let here = try PackageFixture("a")
    let there = try PackageFixture("b")
    defer {
      here.remove()
      there.remove()
    }
    func component(_ fixture: PackageFixture) async throws -> (BuiltComponent, Digest) {
      let graph = try await PackageDescriptions.graph(
        at: fixture.app, swift: "swift", scratch: fixture.app.appending(".build"),
        launch: Disk.launch)
      let product = try #require(graph.executable(named: "Train"))
      #expect(
        graph.closure(of: product).map(\.id) == ["app/Fast", "app/Train", "kit/Kit"])
      let executable = try #require(try await fixture.build("Train"))
      let built = try BuiltComponent.find(executable, of: product, in: graph, Disk.packageFiles)
      let identity = try built.identity(
        toolchain: "Swift", triple: "x", buildDirectory: fixture.app, read: Disk.read,
        content: { SHA256.digest(try Disk.read($0)) })
      return (built, identity)
    }
    let (built, identity) = try await component(here)
    #if os(Linux)
      #expect(
        built.files.map(\.name) == ["Train", "App_Train.resources/words.txt", "libKit.so"])
    #endif
    #expect(try await component(there).1 == identity)
    try here.write("app/Sources/Train/words.txt", "hallo")
    let edited = try await component(here).1
    #expect(edited != identity)
    try here.write("kit/Sources/Kit/Kit.swift", "public func greeting() -> String { \"ho\" }\n")
    #expect(try await component(here).1 != edited)
  }
}
