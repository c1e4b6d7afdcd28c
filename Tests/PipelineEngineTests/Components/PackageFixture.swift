import Foundation
import PipelineModel

@testable import PipelineEngine

/// Real files, as the engine's closures want them.
enum Disk {
  static let packageFiles = PackageFiles(
    read: { path in
      FileManager.default.contents(atPath: path.description).map { Array($0) }
    },
    list: { path in
      try FileManager.default.contentsOfDirectory(atPath: path.description).map { name in
        var isDirectory: ObjCBool = false
        let full = path.appending(name).description
        _ = FileManager.default.fileExists(atPath: full, isDirectory: &isDirectory)
        return (Array(name.utf8), isDirectory.boolValue)
      }
    })

  static func read(_ path: Path) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path.description)))
  }

  static func write(_ text: String, to path: Path) throws {
    let url = URL(fileURLWithPath: path.description)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  /// Starts a program and waits, its two outputs going to files.
  static let launch: BuildCommand = { words, directory in
    let place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: directory.description)
    process.standardInput = FileHandle.nullDevice
    let files = ["output", "errors"].map { place.appendingPathComponent($0) }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    return (
      process.terminationStatus, Array(try Data(contentsOf: files[0])),
      Array(try Data(contentsOf: files[1]))
    )
  }
}

/// A package with a component that has a resource, C code and a dynamic library from next door.
struct PackageFixture {
  /// Holds `app` and `kit`.
  let directory: Path

  var app: Path { directory.appending("app") }

  init(_ name: String) throws {
    let place = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("\(name)-\(UUID().uuidString.prefix(8))")
    directory = Path(place.path)
    for (path, text) in PackageFixture.texts { try write(path, text) }
  }

  func write(_ path: String, _ text: String) throws {
    try Disk.write(text, to: directory.appending(path))
  }

  func remove() {
    try? FileManager.default.removeItem(atPath: directory.description)
  }

  func build(_ product: String) async throws -> Path? {
    let builder = SwiftBuilder(swift: "swift", package: app, scratch: nil, launch: Disk.launch)
    return try await builder.build([product])[product]
  }

  private static let texts = [
    "app/Package.swift": """
    // swift-tools-version: 6.0
    import PackageDescription
    let package = Package(
      name: "App", dependencies: [.package(path: "../kit")],
      targets: [
        .executableTarget(
          name: "Train",
          dependencies: ["Fast", .product(name: "Kit", package: "kit")],
          resources: [.copy("words.txt")]),
        .executableTarget(name: "Bare", dependencies: ["Model"]),
        .target(name: "Model"),
        .target(name: "Fast"),
      ])
    """,
    "app/Sources/Train/main.swift": """
    import Fast
    import Foundation
    import Kit
    print(Bundle.module.bundlePath, fast(2), greeting())
    """,
    "app/Sources/Train/words.txt": "hello",
    "app/Sources/Bare/main.swift": "import Model\nprint(rate(2))\n",
    "app/Sources/Model/Model.swift": "public func rate(_ x: Int) -> Int { x * 3 }\n",
    "app/Sources/Fast/include/fast.h": "int fast(int x);\n",
    "app/Sources/Fast/fast.c": "#include \"fast.h\"\nint fast(int x) { return x + 1; }\n",
    "kit/Package.swift": """
    // swift-tools-version: 6.0
    import PackageDescription
    let package = Package(
      name: "kit", products: [.library(name: "Kit", type: .dynamic, targets: ["Kit"])],
      targets: [.target(name: "Kit")])
    """,
    "kit/Sources/Kit/Kit.swift": "public func greeting() -> String { \"hi\" }\n",
  ]
}
