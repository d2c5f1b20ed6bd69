// swift-tools-version: 6.2

import PackageDescription

// Programs that only measure; a package of their own, so that nobody else builds them.
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "SupportVectors", path: "..")],
  targets: [
    .executableTarget(
      name: "read-tables",
      dependencies: [.product(name: "Tables", package: "SupportVectors")],
      swiftSettings: [.swiftLanguageMode(.v6)])
  ]
)
