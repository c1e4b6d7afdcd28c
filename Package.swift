// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "pipewright",
  platforms: [.macOS(.v13)],
  products: [
    .plugin(name: "RunPipeline", targets: ["RunPipeline"]),
    .executable(name: "pipewright", targets: ["pipewright"]),
    .library(name: "PipelineComponent", targets: ["PipelineComponent"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // The plugin builds `pipewright` for release itself: a tool that a plugin depends on would be
    // built for debugging, many times slower at hashing.
    .plugin(
      name: "RunPipeline",
      capability: .command(
        intent: .custom(
          verb: "run-pipeline",
          description: "Run what is stale of the pipeline that pipeline.yaml declares."))),
    .executableTarget(
      name: "pipewright",
      dependencies: [
        "PipelineEngine", "PipelineModel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "PipelineEngine",
      dependencies: [
        "PipelineModel", "CPipelineDigest", "CPipelineSystem",
        .product(name: "Yams", package: "Yams"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .target(name: "PipelineModel", dependencies: ["CPipelineDigest"]),
    .target(name: "CPipelineDigest"),
    .target(name: "CPipelineSystem"),
    .target(name: "PipelineComponent"),
    .target(name: "Seeds", path: "Tests/Seeds"),
    // Tries the readers on random bytes, as a process of its own: what traps there ends no test.
    .executableTarget(
      name: "fuzz",
      dependencies: ["PipelineComponent", "PipelineEngine", "PipelineModel", "Seeds"],
      path: "Tests/Fuzz", exclude: ["guided"]),
    .testTarget(name: "PipelineModelTests", dependencies: ["PipelineModel", "Seeds"]),
    .testTarget(
      name: "PipelineEngineTests",
      dependencies: [
        "PipelineEngine", "PipelineModel", "Seeds", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .executableTarget(name: "ending", dependencies: ["PipelineComponent"], path: "Tests/Ending"),
    .testTarget(name: "PipelineComponentTests", dependencies: ["PipelineComponent", "ending"]),
    .testTarget(name: "HouseTests"),
    .testTarget(name: "PipewrightTests", dependencies: ["pipewright", "PipelineModel"]),
    .testTarget(
      name: "ScenarioTests",
      dependencies: ["fuzz", "pipewright", "PipelineEngine", "PipelineModel", "Seeds"],
      exclude: [
        "Faults/durable.h", "Faults/faults.c", "Faults/shown.c", "Races/seconds.c",
        "Security/forge.py",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
