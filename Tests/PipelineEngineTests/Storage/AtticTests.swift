import PipelineModel
import Testing

@testable import PipelineEngine

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("Attic") struct AtticTests {
  @Test("What is set aside keeps everything and its name, and nothing is overwritten")
  func setAside() throws {
    let scratch = try StorageScratch()
    let attic = Attic(of: scratch.directory)
    try scratch.write("out/a", "1", isExecutable: true)
    try scratch.link("out/l", to: "/etc")
    let first = try #require(try attic.setAside("out", experiment: "sunny-1"))
    #expect(first.to == ".pipeline/attic/sunny-1/out")
    #expect(first.command == "mv .pipeline/attic/sunny-1/out out")
    #expect(try !scratch.directory.exists("out"))
    #expect(try scratch.directory.readLink(first.to.appending("l")) == Array("/etc".utf8))
    try scratch.write("out/a", "2")
    let second = try #require(try attic.setAside("out", experiment: "sunny-1"))
    #expect(second.to == ".pipeline/attic/sunny-1/out.2")
    #expect(try scratch.text(first.to.appending("a")) == "1")
    #expect(try scratch.text(second.to.appending("a")) == "2")
    #expect(try attic.setAside("out", experiment: "sunny-1") == nil)
  }

  @Test(
    "The command is right for a shell, whatever the name",
    arguments: [
      ([UInt8]("a b'c".utf8), "'a b'\\''c'"), (Array("-rf".utf8), "./-rf"),
      (Array("$(x)".utf8), "'$(x)'"), ([0x61, 0xFF], "$'\\141\\377'"),
      ([0x61, 0x0A], "$'\\141\\012'"),
    ])
  func command(name: [UInt8], word: String) throws {
    let scratch = try StorageScratch()
    try scratch.write(Path(name), "x")
    let item = try #require(
      try Attic(of: scratch.directory).setAside(Path(name), experiment: "e"))
    #expect(item.command.hasSuffix(" \(word)"))
  }

  @Test("Old experiments expire, young ones stay")
  func expire() throws {
    let scratch = try StorageScratch()
    let attic = Attic(of: scratch.directory)
    try attic.expire()
    try scratch.write("a", "1")
    let item = try #require(try attic.setAside("a", experiment: "e"))
    try attic.expire(now: SystemClock.now + 29 * 86_400_000_000_000)
    #expect(try scratch.directory.exists(item.to))
    try attic.expire(now: SystemClock.now + 31 * 86_400_000_000_000)
    #expect(try !scratch.directory.exists(".pipeline/attic/e"))
  }

  #if os(Linux)
    @Test(
      "From another file system it is copied, with what is ignored", .enabled(if: getuid() == 0))
    func acrossFileSystems() throws {
      let scratch = try StorageScratch()
      let disk = try StorageScratch()
      guard mount("tmpfs", disk.path.description, "tmpfs", 0, "size=1m") == 0 else { return }
      defer { umount2(disk.path.description, Int32(MNT_DETACH)) }
      try scratch.link("Big", to: disk.path.description)
      try scratch.write("Big/out/a", "1", isExecutable: true)
      try scratch.write("Big/out/__pycache__/b", "2")
      try scratch.directory.makeDirectories("Big/out/empty", links: .followed)
      let contents = scratch.contents(outside: [disk.path])
      let item = try #require(
        try Attic(of: scratch.directory).setAside(
          "Big/out", experiment: "e", links: contents.links))
      #expect(try !scratch.directory.exists("Big/out"))
      #expect(try scratch.tree(item.to) == ["a executable", "empty directory"])
      #expect(try scratch.text(item.to.appending("__pycache__/b")) == "2")
    }
  #endif
}

@Suite("State directory") struct StateDirectoryTests {
  @Test("It is made once, ignored by git, and not writable by others")
  func open() throws {
    let scratch = try StorageScratch()
    let state = try StateDirectory.open(scratch.directory)
    #expect(state.id.utf8.count == 16)
    #expect(try scratch.text(".pipeline/.gitignore") == "*\n")
    for part in ["", "logs", "attic", "components", "shadows", "running"] {
      let status = try state.directory.status(of: Path(part))
      #expect(status?.kind == .directory)
      #expect((status?.permissions ?? 0) & 0o022 == 0)
    }
    #expect(try StateDirectory.open(scratch.directory).id == state.id)
    #expect(
      StateDirectory.storePath(of: scratch.directory) == scratch.path.appending(".pipeline/store"))
  }

  @Test("What a killed process has left half-written goes, once nobody can be writing it")
  func temporaries() throws {
    let scratch = try StorageScratch()
    let state = try StateDirectory.open(scratch.directory)
    let names = [".pipewright-12ab~", ".pipewright-34cd~", ".pipewright-notes"]
    for name in names { try state.directory.replace(Path(name), with: []) }
    try scratch.shell("cd .pipeline && touch -t 202001010000 \(names[0]) \(names[2])")
    try state.clearTemporaries()
    let left = try state.directory.list().map { Path.text($0.name) }
    #expect(left.filter { $0.hasPrefix(".pipewright-") } == [names[1], names[2]])
  }

  @Test("A broken id is made anew; every workspace has its own")
  func id() throws {
    let scratch = try StorageScratch()
    let first = try StateDirectory.open(scratch.directory).id
    try scratch.write(".pipeline/id", "short\n")
    let second = try StateDirectory.open(scratch.directory).id
    #expect(first != second)
    #expect(try StateDirectory.open(scratch.directory).id == second)
  }

  @Test(
    "What is no file in the place of one of the tool's own is put aside, and told",
    arguments: [
      ".gitignore", "id", "lock", "clock", "open", "index", "bound", "running/ledger",
    ] as [Path])
  func strange(_ file: Path) throws {
    for plant in ["mkdir -p $0 && echo mine >$0/mine", "ln -s elsewhere $0", "mkfifo $0"] {
      let scratch = try StorageScratch()
      _ = try StateDirectory.open(scratch.directory)
      let path = StateDirectory.name.appending(file)
      try scratch.shell("rm -f \(path); \(plant.replacing("$0", with: "\(path)"))")
      let kind = try scratch.directory.status(of: path)?.kind
      let warnings = Warnings()
      _ = try StateDirectory.open(scratch.directory, warnings: warnings)
      #expect(warnings.all.map(\.subject) == [path.description])
      #expect(try scratch.directory.status(of: path)?.kind ?? .file == .file)
      let kept = Path(".pipeline/attic/damaged").appending(path)
      #expect(try scratch.directory.status(of: kept)?.kind == kind)
      // Who looks can do without any of them.
      #expect(try StateDirectory.find(scratch.directory) != nil)
    }
  }
}
