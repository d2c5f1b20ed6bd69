import Foundation
import ModelFiles
import SupportVectors
import TabularModels
import Testing

@Suite struct ForeignFileTests {
  private static func bytes(_ text: String, _ rest: [UInt8] = []) -> [UInt8] {
    Array(text.utf8) + rest
  }

  /// What people give in place of a model, and how it is called.
  static let files: [(bytes: [UInt8], expected: String)] = [
    (bytes(""), "is not a model file, but empty"),
    (
      bytes("1 1:0.5\n-1 2:1\n"),
      "is not a model file, but text, such as data; the model comes first"
    ),
    (bytes("a\tb\n1\t2\n"), "text, such as data"),
    (bytes("\u{FEFF}a;b;c\n1;2;3\n"), "text, such as data"),
    (bytes("a,b\n", [0xE9, 0x2C, 0x31, 0x0A]), "text, such as data"),
    (bytes("solver_type L2R_LR\nnr_class 2\n"), "a LIBLINEAR model"),
    (bytes("x\n-1 1\n1 0 5\n"), "the ranges of svm-scale"),
    (bytes("", [0x80, 0x04, 0x95, 0x12, 0, 0, 0, 0, 0, 0, 0, 0x8C]), "a Python pickle"),
    (bytes("", [0x78, 0x9C, 0x4B, 0x4C, 0x02, 0, 0, 0, 0]), "a Python pickle"),
    (bytes("", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]), "compressed with gzip"),
    (bytes("PK", [3, 4, 20, 0, 0, 0, 8, 0]), "a ZIP archive"),
    (bytes("", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0]), "an HDF5 file"),
    (bytes("", [0x08, 0x07, 0x12, 0x03, 0x73, 0x76, 0x6D, 0x1A, 0]), "an ONNX or Core ML model"),
    (
      bytes("", [0x08, 0x01, 0x12, 0x40, 0x0A, 0x10, 0x0A, 0x08, 0x66]), "an ONNX or Core ML model"
    ),
    (bytes("{\"learner\":{\"attributes\":{}},\"version\":[2,0,0]}"), "JSON of another program"),
    (bytes("<?xml version=\"1.0\"?><PMML/>"), "XML or HTML"),
    (bytes("PAR1", [0x15, 4, 0x15, 0, 0, 0]), "a Parquet file"),
  ]

  @Test func aFileOfAnotherKindIsNamed() throws {
    for (bytes, expected) in Self.files {
      let error = try #require(throws: ModelFileError.self) {
        try ModelFile.decode(bytes, name: "f")
      }
      #expect(error.description.hasPrefix("f: "), "\(error)")
      #expect(error.description.contains(expected), "\(error)")
    }
  }

  /// Good files, and ones that were good before they were cut off, are no foreign ones.
  @Test(arguments: SampleModels.all.indices) func ownFilesAreNotForeign(sample: Int) throws {
    let bytes = try ModelFile.encode(SampleModels.all[sample].make())
    for count in [9, 20, 100, bytes.count - 1] {
      let error = try #require(throws: ModelFileError.self) {
        try ModelFile.decode(Array(bytes[..<count]), name: "f")
      }
      #expect(!error.description.contains("is not a model file"), "\(error)")
    }
  }

  /// The error of a function for one kind of model names the kind that was found.
  @Test func aModelOfAnotherKindIsNamed() throws {
    for sample in SampleModels.all {
      let model = try sample.make()
      let bare = try TabularModel(
        preprocessor: nil, predictor: model.predictor, provenance: TabularModel.Provenance())
      let path = "/tmp/svm-kind-\(UInt64.random(in: 0...UInt64.max)).model"
      defer { _ = unlink(path) }
      try ModelFile.save(bare, to: path)
      let expected =
        switch model.predictor.model {
        case is SupportVectorClassifier: "a support vector classifier"
        case is SupportVectorRegressor: "a support vector regressor"
        case is MappedClassifier: "a linear classifier"
        case is MappedRegressor: "a linear regressor"
        default: "a model of the formulation \(model.predictor.formulation.rawValue)"
        }
      let loads: [() throws -> Void] = [
        { _ = try SupportVectorClassifier(contentsOf: path) },
        { _ = try SupportVectorRegressor(contentsOf: path) },
      ]
      for load in loads {
        do {
          try load()
        } catch {
          #expect("\(error)".contains("is \(expected); expected"), "\(sample.name): \(error)")
        }
      }
    }
  }
}
