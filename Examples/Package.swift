// swift-tools-version: 6.2

import PackageDescription

// Programs that use the libraries as anybody does: by their products, and by what is public. Each checks
// its own claim; `make examples` builds and runs them.
func example(_ name: String, _ products: [String]) -> Target {
  .executableTarget(
    name: name, dependencies: products.map { .product(name: $0, package: "SupportVectors") },
    path: name, swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
}

let package = Package(
  name: "Examples",
  dependencies: [.package(name: "SupportVectors", path: "..")],
  targets: [
    example("classify", ["TabularModels", "SupportVectors"]),
    example("regress", ["SupportVectors", "Tables", "Evaluation"]),
    example("own-kernel", ["SupportVectors", "Tables"]),
    example("kernel-algebra", ["SupportVectors", "Evaluation"]),
    example("weights-and-probabilities", ["TabularModels", "SupportVectors"]),
    example("answer-rows", ["TabularModels"]),
    example("train-in-background", ["SupportVectors"]),
  ]
)
