// swift-tools-version: 6.2

import PackageDescription

/// Pointers are needed at the BLAS boundary and in a few loops; strict memory safety makes each use
/// say `unsafe`, so that a reader finds them.
let librarySettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]

/// Tests and examples use the libraries as anybody does.
let programSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

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
      targets: ["Tables", "TabularModels", "ModelFiles", "Calibration", "Evaluation"]),
    // Kernel ridge regression, least-squares machines, principal components, discriminants, feature
    // maps.
    .library(name: "KernelMethods", targets: ["KernelMethods"]),
    // Cross-validation, and the search for kernel parameters, C and ε.
    .library(name: "ModelSelection", targets: ["ModelSelection"]),
    // Reports and charts of models, as HTML and SVG.
    .library(name: "ModelReports", targets: ["ModelReports", "Reports"]),
    // Models for other programs: ONNX and Core ML.
    .library(name: "ModelExport", targets: ["ModelExport"]),
    // Matrices over BLAS and LAPACK alone.
    .library(name: "LinearAlgebra", targets: ["LinearAlgebra"]),
    // Reading tables and LIBSVM text alone.
    .library(name: "Tables", targets: ["Tables"]),
    .executable(name: "svm", targets: ["svm"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // MARK: Numbers
    .systemLibrary(
      name: "COpenBLAS",
      pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
    .target(name: "CVectorMath"),
    .target(
      name: "LinearAlgebra", dependencies: ["COpenBLAS", "CVectorMath"],
      exclude: ["README.md"], swiftSettings: librarySettings),

    // MARK: Solver
    .target(
      name: "Kernels", dependencies: ["LinearAlgebra", "CVectorMath"],
      exclude: ["README.md"], swiftSettings: librarySettings),
    .target(
      name: "SMOSolver", dependencies: ["Kernels", "LinearAlgebra", "CVectorMath"],
      exclude: ["README.md"], swiftSettings: librarySettings),
    .target(name: "Evaluation", exclude: ["README.md"], swiftSettings: librarySettings),
    .target(
      name: "Calibration", dependencies: ["LinearAlgebra", "Evaluation"],
      exclude: ["README.md"], swiftSettings: librarySettings),
    .target(
      name: "SupportVectors",
      dependencies: ["SMOSolver", "Calibration", "Kernels", "LinearAlgebra"],
      exclude: ["README.md"], swiftSettings: librarySettings),
    .target(
      name: "KernelMethods",
      dependencies: ["SupportVectors", "SMOSolver", "Evaluation", "Kernels", "LinearAlgebra"],
      exclude: ["README.md"], swiftSettings: librarySettings),

    .target(
      name: "LinearModels",
      dependencies: ["SupportVectors", "Kernels", "LinearAlgebra", "CVectorMath"],
      exclude: ["README.md"], swiftSettings: librarySettings),

    // MARK: Tables and files
    .target(
      name: "Tables", dependencies: ["LinearAlgebra", "CVectorMath"],
      exclude: ["README.md"], swiftSettings: librarySettings),
    .target(
      name: "TabularModels",
      dependencies: [
        "Tables", "SupportVectors", "LinearModels", "KernelMethods", "Calibration", "Evaluation",
        "Kernels", "LinearAlgebra",
      ],
      exclude: ["README.md"], swiftSettings: librarySettings),
    .target(
      name: "ModelFiles",
      dependencies: [
        "TabularModels", "Tables", "SupportVectors", "SMOSolver", "LinearModels", "KernelMethods",
        "Calibration", "Kernels", "LinearAlgebra",
      ],
      exclude: ["README.md"], swiftSettings: librarySettings),

    // Cross-validation and the search for parameters.
    .target(
      name: "ModelSelection",
      dependencies: [
        "TabularModels", "Tables", "SupportVectors", "Evaluation", "Kernels", "LinearAlgebra",
      ],
      exclude: ["README.md"], swiftSettings: librarySettings),

    // Files for other programs: built for the command and for whoever asks for it.
    .target(
      name: "ModelExport",
      dependencies: [
        "ModelFiles", "TabularModels", "Tables", "SupportVectors", "Calibration", "Kernels",
        "LinearAlgebra",
      ],
      exclude: ["README.md"], swiftSettings: librarySettings),

    // Gzip input for the command; nobody else needs zlib.
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(
      name: "CompressedFiles", dependencies: ["CZlib", "Tables"],
      exclude: ["README.md"], swiftSettings: librarySettings),

    // Plots as SVG and reports as HTML, from plain values: depends on nothing.
    .target(name: "Reports", exclude: ["README.md"], swiftSettings: librarySettings),

    // Reports on models: what is measured of them as charts and pages.
    .target(
      name: "ModelReports",
      dependencies: [
        "Reports", "ModelSelection", "TabularModels", "Tables", "SupportVectors", "KernelMethods",
        "Calibration", "Evaluation", "Kernels", "LinearAlgebra",
      ],
      exclude: ["README.md"], swiftSettings: librarySettings),

    // MARK: The command
    .target(name: "CCrashHandler"),
    .target(
      name: "SVMCommand",
      dependencies: [
        "CCrashHandler",
        "ModelReports", "Reports",
        "ModelExport", "ModelSelection", "ModelFiles", "TabularModels", "Tables", "CompressedFiles",
        "SupportVectors", "SMOSolver", "LinearModels", "KernelMethods", "Calibration", "Evaluation",
        "Kernels", "LinearAlgebra", argumentParser,
      ],
      exclude: ["README.md"], swiftSettings: librarySettings),
    // Ends the program with a sentence when the system has no memory left: it replaces functions of the
    // whole process, and so belongs to the program alone.
    .target(name: "CMemoryFailure"),
    .executableTarget(
      name: "svm", dependencies: ["SVMCommand", "Tables", "CMemoryFailure"],
      swiftSettings: librarySettings),

    // MARK: Examples: each checks its own claim; `make examples` runs them
    .executableTarget(
      name: "classify", dependencies: ["TabularModels", "Tables", "SupportVectors"],
      path: "Examples/classify", swiftSettings: programSettings),
    .executableTarget(
      name: "regress", dependencies: ["SupportVectors", "Tables", "Evaluation"],
      path: "Examples/regress", swiftSettings: programSettings),
    .executableTarget(
      name: "own-kernel", dependencies: ["SupportVectors", "Tables", "LinearAlgebra"],
      path: "Examples/own-kernel", swiftSettings: programSettings),
    .executableTarget(
      name: "kernel-algebra", dependencies: ["SupportVectors", "Evaluation", "LinearAlgebra"],
      path: "Examples/kernel-algebra", swiftSettings: programSettings),
    .executableTarget(
      name: "weights-and-probabilities",
      dependencies: ["TabularModels", "Tables", "SupportVectors", "Calibration"],
      path: "Examples/weights-and-probabilities", swiftSettings: programSettings),

    .executableTarget(
      name: "answer-rows", dependencies: ["ModelFiles", "TabularModels", "Tables"],
      path: "Examples/answer-rows", swiftSettings: programSettings),
    .executableTarget(
      name: "train-in-background", dependencies: ["SupportVectors", "LinearAlgebra"],
      path: "Examples/train-in-background", swiftSettings: programSettings),

    // MARK: Measurements of internals; no product, `make microbenchmarks` runs it
    .executableTarget(
      name: "microbenchmarks",
      dependencies: [
        "ModelFiles", "TabularModels", "Tables", "SupportVectors", "SMOSolver", "Kernels",
        "LinearAlgebra",
      ],
      path: "Benchmarks/Sources/microbenchmarks", swiftSettings: programSettings),

    .executableTarget(
      name: "train-linear",
      dependencies: ["LinearModels", "SupportVectors", "Tables", "LinearAlgebra", "Evaluation"],
      path: "Benchmarks/Sources/train-linear", swiftSettings: programSettings),

    // MARK: Tests
    .target(
      name: "TestSupport", dependencies: ["LinearAlgebra", "Kernels"],
      path: "Tests/TestSupport", swiftSettings: programSettings),
    .testTarget(
      name: "LinearAlgebraTests", dependencies: ["LinearAlgebra", "TestSupport"],
      swiftSettings: programSettings),
    .testTarget(
      name: "KernelsTests", dependencies: ["Kernels", "LinearAlgebra", "TestSupport"],
      swiftSettings: programSettings),
    .testTarget(
      name: "SMOSolverTests",
      dependencies: ["SMOSolver", "Kernels", "LinearAlgebra", "TestSupport"],
      swiftSettings: programSettings),
    .testTarget(
      name: "EvaluationTests", dependencies: ["Evaluation", "TestSupport"],
      swiftSettings: programSettings),
    .testTarget(
      name: "CalibrationTests",
      dependencies: ["Calibration", "Evaluation", "LinearAlgebra", "TestSupport"],
      swiftSettings: programSettings),
    .testTarget(
      name: "SupportVectorsTests",
      dependencies: ["SupportVectors", "SMOSolver", "Kernels", "LinearAlgebra", "TestSupport"],
      swiftSettings: programSettings),
    .testTarget(
      name: "KernelMethodsTests",
      dependencies: ["KernelMethods", "SupportVectors", "Kernels", "LinearAlgebra", "TestSupport"],
      swiftSettings: programSettings),
    .testTarget(
      name: "LinearModelsTests",
      dependencies: [
        "LinearModels", "SupportVectors", "LinearAlgebra", "CVectorMath", "TestSupport",
      ],
      swiftSettings: programSettings),
    .testTarget(
      name: "TablesTests",
      dependencies: ["Tables", "CompressedFiles", "LinearAlgebra", "TestSupport"],
      swiftSettings: programSettings),
    .testTarget(
      name: "CompressedFilesTests",
      dependencies: ["CompressedFiles", "CZlib", "Tables", "TestSupport"],
      swiftSettings: programSettings),
    .testTarget(
      name: "TabularModelsTests",
      dependencies: [
        "TabularModels", "Tables", "SupportVectors", "Calibration", "Evaluation", "LinearAlgebra",
        "TestSupport",
      ],
      swiftSettings: programSettings),
    .testTarget(
      name: "ModelFilesTests",
      dependencies: [
        "ModelFiles", "TabularModels", "Tables", "SupportVectors", "SMOSolver", "KernelMethods",
        "Calibration", "Evaluation", "Kernels", "LinearAlgebra", "TestSupport",
      ],
      swiftSettings: programSettings),
    .testTarget(
      name: "ModelSelectionTests",
      dependencies: [
        "ModelSelection", "TabularModels", "Tables", "SupportVectors", "Evaluation", "TestSupport",
      ],
      swiftSettings: programSettings),
    .testTarget(
      name: "ModelExportTests",
      dependencies: [
        "ModelExport", "ModelFiles", "TabularModels", "Tables", "SupportVectors", "Calibration",
        "Kernels", "LinearAlgebra", "TestSupport",
      ],
      swiftSettings: programSettings),
    // Reports of generated figures, to look at and to check in a browser.
    .executableTarget(
      name: "report-gallery", dependencies: ["Reports"], path: "Tests/ReportGallery",
      swiftSettings: programSettings),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "report-gallery"],
      swiftSettings: programSettings),
    .testTarget(
      name: "ModelReportsTests",
      dependencies: [
        "ModelReports", "Reports", "ModelSelection", "TabularModels", "Tables", "SupportVectors",
        "Evaluation", "TestSupport",
      ],
      swiftSettings: programSettings),
    .testTarget(
      name: "CommandTests",
      dependencies: ["SVMCommand", "svm", "Evaluation", "TestSupport", argumentParser],
      exclude: ["MalformedInputs.txt"],
      swiftSettings: programSettings),
  ]
)
