import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Removal") struct RemovalTests {
  let scratch: ScratchDirectory
  var directory: Directory { scratch.directory }

  init() throws { scratch = try ScratchDirectory() }

  @Test("Absence is no error", arguments: ["missing", "missing/below", "file/below"])
  func absent(path: String) throws {
    try scratch.write("file", "kept")
    try directory.remove(Path(path))
    #expect(try scratch.names() == ["file"])
  }

  @Test("What has no name of its own is refused", arguments: ["", "..", "/", "a/../.."])
  func nameless(path: String) throws {
    try scratch.write("file", "kept")
    #expect(throws: SystemError.self) { try directory.remove(Path(path)) }
    #expect(try scratch.names() == ["file"])
  }

  @Test("Links go, what they lead to stays")
  func links() throws {
    try scratch.write("outside/kept", "kept")
    try directory.makeDirectories("tree/d")
    try directory.makeLink("tree/d/directory", to: Array("../../outside".utf8))
    try directory.makeLink("tree/d/file", to: Array("../../outside/kept".utf8))
    try directory.makeLink("tree/loop", to: Array(".".utf8))
    try directory.remove("tree")
    #expect(try scratch.names() == ["outside"])
    #expect(try scratch.text("outside/kept") == "kept")
    try directory.makeLink("link", to: Array("outside".utf8))
    try directory.remove("link")
    #expect(try scratch.names("outside") == ["kept"])
  }

  @Test("Directories that forbid it are opened first")
  func unwritable() throws {
    for path: Path in ["tree/a/b", "tree/c", "tree/e"] {
      try scratch.write(path.appending("file"), "x")
    }
    try directory.setPermissions(0o500, of: "tree/a/b")
    try directory.setPermissions(0o000, of: "tree/c")
    try directory.setPermissions(0o600, of: "tree/e")
    try directory.setPermissions(0o500, of: "tree/a")
    try directory.setPermissions(0o500, of: "tree")
    try directory.remove("tree")
    #expect(try scratch.names() == [])
  }

  @Test("Deep and wide trees, unwritable ones too, need few descriptors")
  func deep() throws {
    let deep = Path(Array(repeating: "d", count: 300).joined(separator: "/"))
    try directory.makeDirectories(deep)
    var path = deep
    while path.components.count > 1 {
      for name in ["x", "y"] { try directory.makeDirectories(path.appending(name)) }
      try directory.replace(path.appending("file"), with: [1])
      if path.components.count % 50 == 0 { try directory.setPermissions(0o500, of: path) }
      path = path.parent
    }
    try directory.remove("d")
    #expect(try scratch.names() == [])
  }
}
