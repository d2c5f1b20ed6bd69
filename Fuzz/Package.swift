// swift-tools-version: 6.2

import PackageDescription

// Each fuzzer is a static library that holds libFuzzer's entry point; `make fuzz` links it into a
// program and runs it.
// A target of its own that is executable does not work: SwiftPM renames its main function.
let fuzzers = ["FuzzDelimitedText", "FuzzLIBSVMModel", "FuzzLIBSVMText", "FuzzModel"]

let package = Package(
  name: "Fuzz",
  products: fuzzers.map { .library(name: $0, type: .static, targets: [$0]) },
  dependencies: [.package(name: "SupportVectors", path: "..")],
  targets: fuzzers.map {
    .target(
      name: $0,
      dependencies: [.product(name: "TabularModels", package: "SupportVectors")],
      swiftSettings: [.swiftLanguageMode(.v6)])
  }
)
