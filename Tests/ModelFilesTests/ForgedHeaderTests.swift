// Models whose words and whole numbers were exchanged, digest and all: a load must end in an error, or in a
// model that can be used for everything a model is used for.

import Basics
import Calibration
import Evaluation
import Kernels
import LinearAlgebra
import ModelFiles
import SMOSolver
import SupportVectors
import Tables
import TabularModels
import Testing

@Suite struct ForgedHeaderTests {
  /// Numbers at which types end.
  private static let numbers = [-1, 0, 1 << 31 - 1, 1 << 31, 1 << 62, .max]

  /// The words of each enumeration that a file has.
  private static let enumerations: [[String]] = [
    Formulation.allCases.map(\.rawValue), Precision.allCases.map(\.rawValue),
    Scaling.allCases.map(\.rawValue), StopReason.allCases.map(\.rawValue),
    Decomposition.allCases.map(\.rawValue), CalibrationMethod.allCases.map(\.rawValue),
    DecisionShape.allCases.map(\.rawValue), UnseenCategoryPolicy.allCases.map(\.rawValue),
    UnusedReason.allCases.map(\.rawValue), TermUnit.allCases.map(\.rawValue),
    TermCounting.allCases.map(\.rawValue),
    KernelCatalog.formulas.map { $0.name } + ["precomputed"],
    ["sum", "product", "scaled", "columns", "linear", "precomputed"],
    ["dense", "sparse", "none"], ["features", "libsvm", "table"], ["running", "recomputed"],
    ["number", "category", "text"],
    ["error", "mean", "median", "most-frequent", "drop", "constant=1"],
    ["hinge", "squaredHinge", "logistic", "epsilonInsensitive", "squaredEpsilonInsensitive"],
    ["free", "x"], ["pairs", "perClass"], ["nystroem", "fourier"],
    ["classes", "intervals", "quantiles"],
  ]

  /// The words that may stand in the place of another one, by what they would mean there.
  private static func others(than word: String) -> [String] {
    var seen: Set = [word]
    return enumerations.filter { $0.contains(word) }.joined().filter { seen.insert($0).inserted }
  }

  /// Keys of numbers that predictions depend on, whole or not.
  private static let shaping: Set = [
    "degree", "gamma", "constantTerm", "factor", "columns", "decisions", "probabilities",
  ]

  private struct Variant {
    var value: JSONValue
    /// Whether only a count changed, which no prediction depends on.
    var isCount: Bool
    var description: String
  }

  /// Every value that differs from a JSON value in one word or whole number.
  private static func variants(of value: JSONValue, key: String = "") -> [Variant] {
    switch value {
    case .integer(let number):
      return numbers.filter { $0 != number }.map {
        Variant(value: .integer($0), isCount: !shaping.contains(key), description: "\(key): \($0)")
      }
    case .string(let word):
      return others(than: word).map {
        Variant(value: .string($0), isCount: false, description: "\(key): \($0)")
      }
    case .object(let members):
      return members.indices.flatMap { index in
        variants(of: members[index].value, key: members[index].key).map { inner in
          var changed = members
          changed[index].value = inner.value
          return Variant(
            value: .object(changed), isCount: inner.isCount, description: inner.description)
        }
      }
    case .array(let elements):
      return elements.indices.flatMap { index in
        variants(of: elements[index], key: key).map { inner in
          var changed = elements
          changed[index] = inner.value
          return Variant(
            value: .array(changed), isCount: inner.isCount, description: inner.description)
        }
      }
    default: return []
    }
  }

  @Test(arguments: SampleModels.all.indices) func aForgedWordOrNumberIsHarmless(sample: Int) throws
  {
    let original = try SampleModels.all[sample].make()
    let bytes = try ModelFile.encode(original)
    let file = try SafetensorsFile(parsing: bytes, name: "good")
    let expected = try #require(decisions(of: original))
    var forgeries: [(variant: Variant, file: SafetensorsFile)] = []
    for variant in Self.variants(
      of: try JSONValue(parsing: try #require(file.metadata["model"]).utf8))
    {
      var changed = file
      changed.metadata["model"] = variant.value.text()
      forgeries.append((variant, changed))
    }
    for (name, tensor) in file.tensors.sorted(by: { $0.key < $1.key }) {
      guard case .uint8(let text) = tensor.elements, !name.hasSuffix(".terms"), name != "classes"
      else { continue }
      for variant in Self.variants(of: try JSONValue(parsing: text)) {
        var changed = file
        let bytes = variant.value.canonicalBytes
        changed.tensors[name] = .init(.uint8(bytes), shape: [bytes.count])
        forgeries.append((variant, changed))
      }
    }
    #expect(forgeries.count > 50)
    for (variant, file) in forgeries {
      var file = file
      file.metadata["digest"] = file.contentDigest
      guard let model = loaded(try file.bytes(name: "forged"), variant.description) else {
        continue
      }
      let found = decisions(of: model)
      // Another number of features takes no data of the old one.
      if variant.isCount, found != nil {
        #expect(found == expected, "\(variant.description)")
      }
      use(model)
    }
  }

  private func loaded(_ bytes: [UInt8], _ comment: String) -> TabularModel? {
    do throws(ModelFileError) {
      return try ModelFile.decode(bytes, name: "forged")
    } catch {
      #expect(!error.description.isEmpty, "\(comment)")
      return nil
    }
  }

  /// What a model says of three examples; `nil` when it refuses them.
  private func decisions(of model: TabularModel) -> Matrix<Double>? {
    let count = model.predictor.featureCount
    guard count <= 1000 else { return nil }
    do {
      let rows = SampleModels.matrix(3, count, seed: 12)
      return try model.predictor.decisionValues(.dense(rows), threads: 1)
    } catch {
      return nil
    }
  }

  /// All that is done with a model and with data: what goes wrong is thrown.
  private func use(_ model: TabularModel) {
    let csv = Array(
      "length,\"mm\",colour,species,a,b,c,y,x,label\n1,2,blue,setosa,1,2,3,yes,0,1\n2,3,red,b,2,1,0,no,1,0\n"
        .utf8)
    let libsvm = Array("1 1:1 3:2\n-1 2:1\n".utf8)
    for text in [csv, libsvm] {
      let source = { ByteSource(bytes: text, name: "rows") }
      attempt {
        var predictor = try TabularPredictor(
          model, reading: source(), output: OutputColumns(decisionValues: true),
          TabularModel.Applying(threads: 1))
        while try predictor.next() != nil {}
      }
      attempt { _ = try model.evaluate(reading: source(), threads: 1) }
      attempt {
        let sampling = model.provenance.sampling.map {
          RowSampling(count: $0.rowCount, seed: $0.seed)
        }
        _ = try model.verify(
          TrainingData(reading: source(), sampling: sampling), threads: 1)
      }
    }
    attempt { _ = try ModelFile.encodeJSON(model, name: "forged") }
    attempt { _ = try LIBSVMModelText.encode(model, name: "forged") }
    attempt { _ = try ModelFile.encode(model, name: "forged") }
  }

  private func attempt(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      #expect(!"\(error)".isEmpty)
    }
  }

  /// A Nyström map takes features; kernel values of the training rows are for programs alone.
  @Test func aMapOfAPrecomputedKernelBehindATableIsRefused() throws {
    let sample = try #require(SampleModels.all.first { $0.name == "nystrom" })
    let bytes = try ModelFile.encode(sample.make())
    var file = try SafetensorsFile(parsing: bytes, name: "good")
    let text = try #require(file.metadata["model"])
    guard case .object(var members) = try JSONValue(parsing: text.utf8) else { return }
    for index in members.indices {
      switch members[index].key {
      case "kernel": members[index].value = "precomputed"
      case "kernelParameters": members[index].value = [:]
      default: break
      }
    }
    file.metadata["model"] = JSONValue.object(members).text()
    file.metadata["digest"] = file.contentDigest
    let forged = try file.bytes(name: "forged")
    #expect(throws: ModelFileError.self) { try ModelFile.decode(forged, name: "forged") }
  }

  /// A sample of more rows than anybody has is all of them.
  @Test(arguments: [1 << 31, 1 << 62, Int.max]) func aSampleOfVeryManyRowsIsRead(count: Int) throws
  {
    let text = Array("a,y\n1,p\n2,q\n3,p\n".utf8)
    let data = try TrainingData(
      reading: ByteSource(bytes: text, name: "rows"), sampling: RowSampling(count: count))
    #expect(data.rowCount == 3)
  }

  /// A list of columns that cannot be right is not read to its end.
  @Test func moreColumnsThanFeaturesAreRefusedAtOnce() throws {
    let bytes = try ModelFile.encode(SampleModels.table())
    var file = try SafetensorsFile(parsing: bytes, name: "good")
    let column: JSONValue = ["kind": "number", "name": "a", "replacement": 1]
    let name = "preprocessing"
    let tensor = try #require(file.tensors[name])
    guard case .uint8(let text) = tensor.elements,
      case .object(var members) = try JSONValue(parsing: text)
    else { return }
    let index = try #require(members.firstIndex { $0.key == "inputs" })
    members[index].value = .array([JSONValue](repeating: column, count: 100_000))
    let changed = JSONValue.object(members).canonicalBytes
    file.tensors[name] = .init(.uint8(changed), shape: [changed.count])
    file.metadata["digest"] = file.contentDigest
    let forged = try file.bytes(name: "forged")
    let error = try #require(throws: ModelFileError.self) {
      try ModelFile.decode(forged, name: "forged")
    }
    #expect(error.description.contains("a list of 100000"), "\(error)")
  }
}
