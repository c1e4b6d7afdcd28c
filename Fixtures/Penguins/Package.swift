// swift-tools-version: 6.2
import PackageDescription

/// What every component needs: the link to the pipeline, and tables of penguins.
let table: [Target.Dependency] = [
  "PenguinTable", .product(name: "PipelineComponent", package: "pipewright"),
]

// Components that do not learn or predict leave `PenguinClassifier` out: a change in its code must
// not make them stale.
let package = Package(
  name: "Penguins",
  platforms: [.macOS(.v13)],
  dependencies: [
    .package(name: "pipewright", path: "../..")
  ],
  targets: [
    .target(name: "PenguinTable"),
    .target(name: "PenguinClassifier", dependencies: ["PenguinTable"]),
    .executableTarget(name: "Fetch", dependencies: table),
    .executableTarget(name: "Clean", dependencies: table),
    .executableTarget(name: "Check", dependencies: table),
    .executableTarget(name: "Segregate", dependencies: table),
    .executableTarget(name: "Train", dependencies: table + ["PenguinClassifier"]),
    .executableTarget(
      name: "Evaluate", dependencies: table + ["PenguinClassifier"],
      resources: [.copy("Resources/confusion.css")]),
    .executableTarget(name: "Assemble", dependencies: table + ["PenguinClassifier"]),
    .executableTarget(name: "Deploy", dependencies: table + ["PenguinClassifier"]),
    .executableTarget(name: "Predict", dependencies: table + ["PenguinClassifier"]),
    .testTarget(name: "PenguinTests", dependencies: ["PenguinTable", "PenguinClassifier"]),
  ],
  swiftLanguageModes: [.v6]
)
