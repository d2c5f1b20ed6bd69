// swift-tools-version: 6.2

import PackageDescription

// MARK: Settings

/// Pointers are needed at the BLAS boundary and in a few loops; strict memory safety makes each use
/// say `unsafe`, so that a reader finds them.
let librarySettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]

/// Tests and measurements use the libraries as anybody does.
let programSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

/// A module in Sources, with its README.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: ["README.md"], swiftSettings: librarySettings)
}

/// A program that is built with the package but is no product.
func program(_ name: String, in folder: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "\(folder)/\(name)",
    swiftSettings: programSettings)
}

/// The tests of a module.
///
/// Optimising tests takes longer than running them, except where they compute references themselves.
func tests(
  _ module: String, _ dependencies: [Target.Dependency], computing: Bool = false,
  exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(module)Tests", dependencies: dependencies, exclude: exclude,
    swiftSettings: programSettings + (computing ? [] : [.unsafeFlags(["-Onone"])]))
}

// MARK: C and the system

let cTargets: [Target] = [
  // The system's BLAS and LAPACK.
  .systemLibrary(
    name: "COpenBLAS", pkgConfig: "openblas",
    providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
  // OpenBLAS's choice of a processor core, repaired where it is wrong.
  .target(name: "CBLASRuntime"),
  // Loops that Swift cannot vectorise portably.
  .target(name: "CVectorMath"),
  // SHA-256 by the processor's instructions.
  .target(name: "CSHA256"),
  // zlib, for compressed input of the command.
  .systemLibrary(
    name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
  // What the command says when it crashes.
  .target(name: "CCrashHandler"),
  // How the command's heap keeps memory; it sets the allocator of the whole process.
  .target(name: "CHeapSettings"),
  // What the command says when there is no memory; it replaces functions of the whole process.
  .target(name: "CMemoryFailure"),
  // The structures of LIBSVM's interface, and svm.h.
  .target(name: "CLIBSVM", exclude: ["svm.h"]),
  // The structures of the interface for other languages, and supportvectors.h.
  .target(name: "CSupportVectors", exclude: ["supportvectors.h"]),
]

// MARK: Modules that users of the package import, from the ground up

let publicModules: [Target] = [
  // Matrices, BLAS, factorisations.
  module("LinearAlgebra", ["Basics", "COpenBLAS", "CBLASRuntime"]),
  // What all trainings and models share: classes, weights, options, reports, protocols, errors.
  module(
    "Learning", ["Distribution", "SMOSolver", "Kernels", "LinearAlgebra", "Transport", "Basics"]),
  // Splits, metrics, intervals, curves.
  module("Evaluation", ["Basics"]),
  // Classifiers, regressors and novelty detectors on matrices.
  module(
    "SupportVectors",
    ["Distribution", "SMOSolver", "Learning", "Calibration", "Kernels", "LinearAlgebra", "Basics"]),
  // The same in the weights of features, for many rows or features.
  module(
    "LinearModels",
    [
      "Distribution", "SMOSolver", "Learning", "Kernels", "LinearAlgebra", "Transport",
      "CVectorMath", "Basics",
    ]),
  // Ridge regression, least-squares machines, discriminants, components, feature maps.
  module(
    "KernelMethods",
    [
      "Distribution", "SMOSolver", "Learning", "Evaluation", "Kernels", "LinearAlgebra", "Basics",
    ]),
  // CSV and LIBSVM text to features, with the preparation of columns.
  module("Tables", ["LinearAlgebra", "Transport", "Basics"]),
  // Training and prediction on tables.
  module(
    "TabularModels",
    [
      "Tables", "SupportVectors", "LinearModels", "KernelMethods", "Calibration", "Evaluation",
      "Learning", "Distribution", "SMOSolver", "Kernels", "LinearAlgebra", "Transport", "Basics",
    ]),
  // Cross-validation, and the search for parameters.
  module(
    "ModelSelection",
    [
      "TabularModels", "Tables", "SupportVectors", "Evaluation", "Kernels", "LinearAlgebra",
      "Transport", "Basics",
    ]),
  // ONNX and Core ML.
  module(
    "ModelExport",
    [
      "ModelFiles", "TabularModels", "Tables", "SupportVectors", "LinearModels", "Calibration",
      "Kernels", "LinearAlgebra", "Basics",
    ]),
  // What is measured of models, as pages and charts.
  module(
    "ModelReports",
    [
      "Reports", "ModelSelection", "TabularModels", "Tables", "SupportVectors", "KernelMethods",
      "Calibration", "Evaluation", "Kernels", "LinearAlgebra", "Basics",
    ]),
]

// MARK: Modules that these are made of

let implementationModules: [Target] = [
  // Numbers and messages as text, JSON, digests, files, threads, random numbers, the system.
  module("Basics", ["CSHA256"]),
  // Messages between processes that compute together.
  module("Transport", ["Basics"]),
  // Kernel functions, and their matrices in tiles.
  module("Kernels", ["LinearAlgebra", "CVectorMath", "Basics"]),
  // Sequential minimal optimisation of a quadratic program.
  module("SMOSolver", ["Kernels", "LinearAlgebra", "CVectorMath", "Basics"]),
  // The examples of a training on several machines.
  module("Distribution", ["SMOSolver", "Kernels", "LinearAlgebra", "Transport"]),
  // Probabilities, intervals and quantiles from held-out scores.
  module("Calibration", ["Learning", "LinearAlgebra", "Evaluation", "Basics"]),
  // Models in files, LIBSVM's among them.
  module(
    "ModelFiles",
    [
      "TabularModels", "Tables", "SupportVectors", "SMOSolver", "Learning", "Kernels",
      "LinearAlgebra", "Basics",
    ]),
  // Gzip input.
  module("CompressedFiles", ["CZlib", "Tables", "Basics"]),
  // Plots as SVG and pages as HTML, from plain values.
  module("Reports", ["Basics"]),
]

// MARK: Programs

let programs: [Target] = [
  // All that the command does.
  module(
    "SVMCommand",
    [
      "CCrashHandler", "ModelReports", "Reports", "ModelExport", "ModelSelection", "ModelFiles",
      "TabularModels", "Tables", "CompressedFiles", "SupportVectors", "SMOSolver", "LinearModels",
      "KernelMethods", "Calibration", "Evaluation", "Kernels", "LinearAlgebra", "Transport",
      "Basics", argumentParser,
    ]),
  // The command.
  .executableTarget(
    name: "svm",
    dependencies: [
      "SVMCommand", "LIBSVMPrograms", "CHeapSettings", "CMemoryFailure", "Basics",
    ],
    swiftSettings: librarySettings),

  // Measurements of internals; `make microbenchmarks` runs it.
  program(
    "microbenchmarks", in: "Benchmarks/Sources",
    [
      "ModelFiles", "TabularModels", "Tables", "SupportVectors", "SMOSolver", "Kernels",
      "LinearAlgebra", "CVectorMath", "Basics",
    ]),
  // What the constants of the forecast are taken from; `make measure-costs` runs it.
  program(
    "measure-costs", in: "Benchmarks/Sources",
    ["Distribution", "SMOSolver", "Kernels", "LinearAlgebra", "Transport", "Basics"]),
  // Linear models beside LIBLINEAR; `make compare-linear` runs it.
  program(
    "train-linear", in: "Benchmarks/Sources",
    ["LinearModels", "SupportVectors", "Tables", "LinearAlgebra", "Evaluation", "Basics"]),
]

// MARK: LIBSVM's interfaces

let foreignInterfaces: [Target] = [
  // Training and prediction as LIBSVM defines them: parameters, folds, probabilities, model text.
  module(
    "LIBSVMTraining",
    [
      "CLIBSVM", "SupportVectors", "SMOSolver", "Learning", "Kernels", "LinearAlgebra", "Basics",
    ]),
  // The functions of svm.h; `make libsvm` links libsvm.so.3 and libsvm.so.4 of it.
  module("LIBSVMInterface", ["LIBSVMTraining", "CLIBSVM", "LinearAlgebra"]),
  // svm-train, svm-predict, svm-scale, svm-grid, svm-easy, svm-subset, svm-checkdata.
  module("LIBSVMPrograms", ["LIBSVMTraining", "Tables", "Basics"]),
  // The functions of supportvectors.h, for the Python package; `make wheel` links libsupportvectors.so of it.
  module(
    "PythonInterface",
    [
      "CSupportVectors", "ModelExport", "ModelFiles", "TabularModels", "Tables", "LinearModels",
      "KernelMethods", "Learning", "SMOSolver", "Kernels", "LinearAlgebra", "Basics",
    ]),
]

// MARK: Tests

let testTargets: [Target] = [
  // Data, generators and plain computations that tests share.
  .target(
    name: "TestSupport", dependencies: ["LinearAlgebra", "Kernels", "Basics"],
    path: "Tests/TestSupport", swiftSettings: programSettings),
  tests("Basics", ["Basics", "TestSupport"]),
  tests("Transport", ["Transport", "Basics", "TestSupport"]),
  tests("LinearAlgebra", ["LinearAlgebra", "Basics", "TestSupport"], computing: true),
  tests("Kernels", ["Kernels", "LinearAlgebra", "Basics", "TestSupport"], computing: true),
  tests("SMOSolver", ["SMOSolver", "Kernels", "LinearAlgebra", "TestSupport"], computing: true),
  // Trainings that one process and several ranks must end with the same model.
  .target(
    name: "DistributionScenarios",
    dependencies: [
      "Distribution", "SupportVectors", "LinearModels", "KernelMethods", "Learning", "SMOSolver",
      "Kernels", "LinearAlgebra", "Transport", "Basics", "TestSupport",
    ], path: "Tests/DistributionScenarios", swiftSettings: programSettings),
  // The same on more ranks, threads or processes of MPI; `make check-ranks` and `make check-mpi` run it.
  .executableTarget(
    name: "distribution-check",
    dependencies: ["DistributionScenarios", "LinearAlgebra", "Transport", "Basics"],
    path: "Tests/DistributionCheck", swiftSettings: programSettings),
  tests(
    "Distribution",
    [
      "Distribution", "DistributionScenarios", "SupportVectors", "Learning", "SMOSolver", "Kernels",
      "LinearAlgebra", "Transport", "Basics", "TestSupport",
    ]),
  tests("Learning", ["Learning", "LinearAlgebra", "Basics", "TestSupport"]),
  tests("Evaluation", ["Evaluation", "TestSupport"]),
  tests(
    "Calibration", ["Calibration", "Evaluation", "LinearAlgebra", "Basics", "TestSupport"],
    computing: true),
  tests(
    "SupportVectors",
    ["SupportVectors", "SMOSolver", "Kernels", "LinearAlgebra", "Basics", "TestSupport"],
    computing: true),
  tests(
    "KernelMethods",
    ["KernelMethods", "SupportVectors", "Kernels", "LinearAlgebra", "Basics", "TestSupport"],
    computing: true),
  tests(
    "LinearModels",
    [
      "LinearModels", "SupportVectors", "Distribution", "Learning", "Kernels", "LinearAlgebra",
      "Transport", "CVectorMath", "TestSupport",
    ],
    computing: true),
  tests(
    "Tables",
    ["Tables", "CompressedFiles", "LinearAlgebra", "Transport", "Basics", "TestSupport"]),
  tests(
    "CompressedFiles",
    ["CompressedFiles", "CZlib", "Tables", "LinearAlgebra", "Basics", "TestSupport"]),
  tests(
    "TabularModels",
    [
      "TabularModels", "Tables", "SupportVectors", "LinearModels", "Calibration", "Evaluation",
      "Learning", "Kernels", "LinearAlgebra", "Transport", "Basics", "TestSupport",
    ]),
  tests(
    "ModelFiles",
    [
      "ModelFiles", "TabularModels", "Tables", "SupportVectors", "LinearModels", "SMOSolver",
      "KernelMethods", "Learning", "Calibration", "Evaluation", "Kernels", "LinearAlgebra",
      "Transport",
      "Basics", "TestSupport",
    ]),
  tests(
    "ModelSelection",
    [
      "ModelSelection", "TabularModels", "Tables", "SupportVectors", "Evaluation", "Transport",
      "Basics", "TestSupport",
    ]),
  tests(
    "ModelExport",
    [
      "ModelExport", "ModelFiles", "TabularModels", "Tables", "SupportVectors", "Calibration",
      "Kernels", "LinearAlgebra", "TestSupport",
    ]),
  // Reports of generated figures, to look at and to check in a browser.
  .executableTarget(
    name: "report-gallery", dependencies: ["Reports", "Basics"], path: "Tests/ReportGallery",
    swiftSettings: programSettings),
  tests("Reports", ["Reports", "Basics", "report-gallery"]),
  tests(
    "ModelReports",
    [
      "ModelReports", "Reports", "ModelSelection", "TabularModels", "Tables", "SupportVectors",
      "Evaluation", "Basics", "TestSupport",
    ]),
  tests("LIBSVMTraining", ["LIBSVMTraining", "LinearAlgebra", "TestSupport"], computing: true),
  tests("LIBSVMPrograms", ["LIBSVMPrograms", "Basics", "TestSupport"]),
  tests(
    "Command",
    [
      "SVMCommand", "TabularModels", "Evaluation", "Learning", "Distribution", "Kernels",
      "LinearAlgebra", "Transport", "svm", "Basics", "TestSupport", argumentParser,
    ],
    exclude: ["MalformedInputs.txt"]),
]

let package = Package(
  name: "SupportVectors",
  products: [
    // Train and use support vector machines from a Swift program.
    .library(name: "SupportVectors", targets: ["SupportVectors"]),
    // Linear models for many examples or features, on the weights themselves.
    .library(name: "LinearModels", targets: ["LinearModels"]),
    // The same on tables: CSV and LIBSVM text in, preprocessing inside the model, model files.
    .library(
      name: "TabularModels",
      targets: ["Tables", "TabularModels", "ModelFiles", "Calibration", "Evaluation", "Basics"]),
    // Kernel ridge regression, least-squares machines, principal components, discriminants, feature
    // maps.
    .library(name: "KernelMethods", targets: ["KernelMethods"]),
    // Cross-validation, and the search for kernel parameters, C and ε.
    .library(name: "ModelSelection", targets: ["ModelSelection"]),
    // Reports and charts of models, as HTML and SVG.
    .library(name: "ModelReports", targets: ["ModelReports", "Reports"]),
    // Models for other programs: ONNX and Core ML.
    .library(name: "ModelExport", targets: ["ModelExport"]),
    // Options, classes, reports, errors and protocols of all models: for a kind of model of your own.
    .library(name: "Learning", targets: ["Learning"]),
    // Metrics, intervals, curves and splits alone.
    .library(name: "Evaluation", targets: ["Evaluation"]),
    // Matrices over BLAS and LAPACK alone.
    .library(name: "LinearAlgebra", targets: ["LinearAlgebra"]),
    // Reading tables and LIBSVM text alone.
    .library(name: "Tables", targets: ["Tables"]),
    .executable(name: "svm", targets: ["svm"]),
  ],
  dependencies: [
    .package(
      url: "https://github.com/apple/swift-argument-parser", .upToNextMinor(from: "1.8.2")),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", .upToNextMinor(from: "1.5.0")),
  ],
  targets: cTargets + implementationModules + publicModules + programs + foreignInterfaces
    + testTargets
)
