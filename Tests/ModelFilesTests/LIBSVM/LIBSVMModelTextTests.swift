import Evaluation
import Kernels
import LinearAlgebra
import ModelFiles
import SupportVectors
import Tables
import TabularModels
import TestSupport
import Testing

/// A model as LIBSVM 3.37's svm-train writes it, of four points on a line.
private let twoClasses = """
  svm_type c_svc
  kernel_type rbf
  gamma 0.5
  nr_class 2
  total_sv 4
  rho 0.25
  label 1 -1
  nr_sv 2 2
  SV
  1 1:1 
  0.5 1:2 3:0.5 
  -1 1:-1 
  -0.5 

  """

private let threeClasses = """
  svm_type c_svc
  kernel_type linear
  nr_class 3
  total_sv 4
  rho 0.1 0.2 0.3
  label 2 0 1
  nr_sv 2 1 1
  SV
  1 0 1:1
  0.5 0.25 2:1
  -1.5 2 1:-1
  -0.25 -2 2:3

  """

private func decode(_ text: String, featureCount: Int = 0) throws -> LIBSVMModelText.Reading {
  try LIBSVMModelText.decode(Array(text.utf8), featureCount: featureCount, name: "m.libsvm")
}

private func message(_ text: String) -> String {
  do throws(ModelFileError) {
    _ = try LIBSVMModelText.decode(Array(text.utf8), name: "m.libsvm")
    return "no error"
  } catch {
    return error.description
  }
}

private func decisions(_ model: TabularModel, _ rows: [[Double]]) throws -> [Double] {
  let matrix = try Matrix(
    rowCount: rows.count, columnCount: rows[0].count, elements: rows.flatMap { $0 })
  return try model.computing(in: .double).predictor.decisionValues(.dense(matrix)).elements
}

// MARK: Signs

/// LIBSVM's first label is positive and rho is subtracted; here the later class is positive.
@Test(arguments: [true, false])
func theLaterClassIsPositiveWhicheverTheFileListsFirst(positiveFirst: Bool) throws {
  let text =
    positiveFirst
    ? twoClasses : twoClasses.replacing("label 1 -1", with: "label -1 1")
  let model = try decode(text).model
  #expect(model.classes == ["-1", "1"])
  let x = [0.5, 0, 0]
  let kernel = { (z: [Double]) -> Double in
    let squares = zip(x, z).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return PlainExponential.value(-0.5 * squares)
  }
  var first = kernel([1, 0, 0]) - kernel([-1, 0, 0]) - 0.25
  first += 0.5 * kernel([2, 0, 0.5])
  first -= 0.5 * kernel([0, 0, 0])
  let expected = positiveFirst ? first : -first
  let found = try decisions(model, [x])[0]
  #expect(abs(found - expected) < 1e-13, "\(found) instead of \(expected)")
}

@Test func moreClassesKeepTheOrderOfTheFileAndEverySignChanges() throws {
  let model = try decode(threeClasses).model
  #expect(model.classes == ["2", "0", "1"])
  let x = [1.0, 10.0]
  let kernels: [Double] = [1, 10, -1, 30]
  func sum(_ coefficients: [Double], rho: Double) -> Double {
    var sum = -rho
    for (coefficient, kernel) in zip(coefficients, kernels) { sum += coefficient * kernel }
    return sum
  }
  // Class 2 has two support vectors, the others one each; a pair uses those of its classes.
  let first = sum([1, 0.5, -1.5, 0], rho: 0.1)
  let second = sum([0, 0.25, 0, -0.25], rho: 0.2)
  let third = sum([0, 0, 2, -2], rho: 0.3)
  let found = try decisions(model, [x])
  for (value, expected) in zip(found, [-first, -second, -third]) {
    #expect(abs(value - expected) < 1e-13, "\(found)")
  }
}

@Test func aRegressionIsReadAsItStands() throws {
  let text = """
    svm_type epsilon_svr
    kernel_type polynomial
    degree 2
    gamma 0.5
    coef0 1
    nr_class 2
    total_sv 2
    rho -3
    probA 0.5
    SV
    2 1:1
    -1 2:4

    """
  let reading = try decode(text)
  let found = try decisions(reading.model, [[2, 1]])[0]
  // (0.5 · 2 + 1)² = 4 and (0.5 · 4 + 1)² = 9.
  let expected: Double = 2 * 4 - 9 + 3
  #expect(abs(found - expected) < 1e-13)
  #expect(
    reading.notes == [
      "the probability parameters (probA) of m.libsvm are left out; labels are those of the vote"
    ])
}

// MARK: What is read

@Test func indicesMayBeginWithZeroAndHaveGaps() throws {
  let model = try decode(twoClasses.replacing("1:2 3:0.5", with: "0:2 30:0.5")).model
  #expect(model.predictor.featureCount == 31)
  guard case .libsvm(let preprocessor) = model.preprocessor else {
    Issue.record("not LIBSVM text")
    return
  }
  #expect(preprocessor.isZeroBased)
  #expect(try decode(twoClasses, featureCount: 9).model.predictor.featureCount == 9)
}

@Test func dialectsAndLineEndsAreRead() throws {
  let expected = try decode(twoClasses).model
  let carriageReturns = try decode(twoClasses.replacing("\n", with: "\r\n")).model
  expectSameModel(carriageReturns, expected)
  let thunder = try decode(twoClasses.replacing("SV\n", with: "coef \n1.5 2.5\nSV \n"))
  expectSameModel(thunder.model, expected)
  let named = try decode(twoClasses.replacing("label 1 -1", with: "label yes no")).model
  #expect(named.classes == ["no", "yes"])
}

@Test func oneClassAloneIsPredictedAlways() throws {
  let text =
    "svm_type c_svc\nkernel_type linear\nnr_class 1\ntotal_sv 0\nrho\nlabel 7\nnr_sv 0\nSV\n"
  let model = try decode(text).model
  #expect(model.classes == ["7"])
  let written = try LIBSVMModelText.encode(model)
  #expect(String(decoding: written.bytes, as: UTF8.self) == text)
}

// MARK: What is refused

@Test(arguments: [
  ("rbf\n", "rbd\n", "line 2, kernel_type: \"rbd\" is unknown; expected"),
  (
    "rbf\n", "precomputed\n",
    "line 2, kernel_type: is precomputed, which refers to rows of a matrix"
  ),
  ("gamma 0.5\n", "", "gamma: is missing"),
  ("gamma 0.5", "gamma -1", "line 3, gamma: is -1.0; expected a number greater than 0"),
  ("gamma 0.5", "gamma nan", "line 3, gamma: is nan; expected a finite number"),
  (
    "gamma 0.5", "gama 0.5",
    "line 3: \"gama\" is unknown; expected a key of LIBSVM's model text. Did you mean \"gamma\"?"
  ),
  (
    "gamma 0.5", "gamma 0.5\ngamma 2",
    "line 4: the model contradicts itself: gamma stands also in line 3"
  ),
  (
    "nr_class 2", "nr_class 70000",
    "line 4, nr_class: is 70000; expected a whole number from 1 to 65535"
  ),
  ("nr_class 2", "nr_class 3", "line 6, rho: is followed by 1 value; expected 3"),
  ("rho 0.25", "rho inf", "line 6, rho: is inf; expected a finite number"),
  ("label 1 -1", "label 1 +1", "line 7, label: is 1 different label; expected 2"),
  ("nr_sv 2 2", "nr_sv 2 1", "line 8, nr_sv: is a list that sums to 3; expected 4"),
  ("nr_sv 2 2", "nr_sv 5 -1", "line 8, nr_sv: is 5; expected a whole number from 0 to 4"),
  ("total_sv 4", "total_sv 3", "line 8, nr_sv: is a list that sums to 4; expected 3"),
  ("1 1:1 ", "one 1:1", "line 10: is one; expected a coefficient, a finite number"),
  ("1 1:1 ", "1 1", "line 10: is 1; expected an index and a number, such as 3:0.5"),
  ("1 1:1 ", "1 1:nan", "line 10: is 1:nan; expected an index and a number"),
  ("1:2 3:0.5", "3:2 1:0.5", "line 11: is index 1 after 3; expected indices that ascend"),
  ("3:0.5", "99999999999:0.5", "line 11: is index 99999999999; expected at most 2147483646"),
  ("-0.5 \n", "", "line 12: is the end of the file after 3 support vectors; expected 4"),
  ("-0.5 \n", "-0.5 \n1 1:1\n", "line 14: is one support vector more; expected 4"),
  ("SV\n", "", "line 9: \"1\" is unknown"),
])
func everyFlawIsNamedWithItsLine(found: String, instead: String, expected: String) {
  let changed = twoClasses.replacing(found, with: instead, maxReplacements: 1)
  #expect(changed != twoClasses)
  let text = message(changed)
  #expect(text.hasPrefix("m.libsvm: \(expected)"), "\(text)")
}

@Test func changedTextsGiveModelsOrErrorsAndNeverCrash() throws {
  for (number, text) in [twoClasses, threeClasses].enumerated() {
    let bytes = Array(text.utf8)
    let seed = UInt64(700 + number)
    var generator = SeededGenerator(seed: seed)
    var models = 0
    for trial in 0..<4000 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<changed.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: changed[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: changed.remove(at: place)
        case 2:
          changed.insert(
            Array("0123456789-.e: \n".utf8).randomElement(using: &generator) ?? 0, at: place)
        default: changed.removeSubrange(place..<min(changed.count, place + 9))
        }
        if changed.isEmpty { changed = [0] }
      }
      do throws(ModelFileError) {
        let model = try LIBSVMModelText.decode(changed, name: "changed").model
        models += 1
        // What was read can be written and read again as the same.
        let again = try LIBSVMModelText.decode(LIBSVMModelText.encode(model).bytes).model
        #expect(again.classes?.count == model.classes?.count, "seed \(seed), trial \(trial)")
        #expect(
          again.predictor.expansion?.dualCoefficients
            == model.predictor.expansion?.dualCoefficients,
          "seed \(seed), trial \(trial)")
      } catch {
        #expect(!error.description.isEmpty, "seed \(seed), trial \(trial)")
      }
    }
    #expect(models > 0, "no changed text was a model; seed \(seed)")
  }
}

// MARK: Writing

/// Three classes in 2 features, of any kernel, with made-up numbers.
private func model(
  _ kernel: KernelFunction, classes: [String], scaler: FeatureScaler? = nil, seed: UInt64 = 5
) throws -> TabularModel {
  let count = classes.count
  let perClass = 3
  let expansion = try KernelExpansion(
    kernel: kernel, featureCount: 2,
    supportVectors: .dense(SampleModels.matrix(count * perClass, 2, seed: seed)),
    supportIndices: Array(0..<count * perClass),
    supportCounts: Array(repeating: perClass, count: count),
    dualCoefficients: SampleModels.matrix(count - 1, count * perClass, seed: seed + 1),
    biases: SampleModels.matrix(1, count * (count - 1) / 2, seed: seed + 2).elements,
    precision: .double)
  return try TabularModel(
    preprocessor: .libsvm(
      LIBSVMPreprocessor(isZeroBased: false, scaler: scaler ?? .identity(featureCount: 2))),
    predictor: .init(
      SupportVectorClassifier(
        classes: classes, expansion: expansion, boxConstraint: 10, tolerance: 1e-3,
        trainingCount: count * perClass,
        problems: (0..<count * (count - 1) / 2).map { SampleModels.report($0) })),
    provenance: TabularModel.Provenance())
}

private let kernels: [KernelFunction] = [
  .linear, .polynomial(degree: 3, gamma: 0.1 + 0.2, constantTerm: -0.5), .gaussian(gamma: 1 / 3.0),
  .sigmoid(gamma: 0.1, constantTerm: 0.7),
]

@Test(arguments: kernels.indices, [["-1", "1"], ["0", "1", "2", "10"]])
func whatIsWrittenIsReadAsTheSameFunction(kernel: Int, classes: [String]) throws {
  let model = try model(kernels[kernel], classes: classes)
  let written = try LIBSVMModelText.encode(model)
  #expect(written.notes.isEmpty)
  let again = try LIBSVMModelText.decode(written.bytes).model
  #expect(again.classes == model.classes)
  let first = try #require(model.predictor.expansion)
  let second = try #require(again.predictor.expansion)
  #expect("\(first.kernel)" == "\(second.kernel)")
  #expect(first.supportVectors.dense == second.supportVectors.dense)
  #expect(first.dualCoefficients == second.dualCoefficients)
  #expect(first.biases == second.biases)
  // And from then on it is the same text.
  #expect(try LIBSVMModelText.encode(again).bytes == written.bytes)
}

@Test func textClassesBecomeNumbersAndANoteSaysWhich() throws {
  let written = try LIBSVMModelText.encode(model(.linear, classes: ["maybe", "no", "yes"]))
  #expect(
    written.notes == ["LIBSVM's labels are whole numbers: 0 = maybe, 1 = no, 2 = yes"])
  #expect(String(decoding: written.bytes, as: UTF8.self).contains("\nlabel 0 1 2\n"))
}

@Test func kernelsThatLIBSVMLacksAreRefused() throws {
  for kernel in [KernelFunction.laplacian(gamma: 1), .laplacianL1(gamma: 1)] {
    let model = try model(kernel, classes: ["0", "1"])
    let error = try #require(throws: ModelFileError.self) {
      try LIBSVMModelText.encode(model, name: "m.model")
    }
    #expect(
      error.description
        == "m.model: the model cannot be saved: LIBSVM has no \(kernel.name) kernel; it has linear, "
        + "polynomial, gaussian and sigmoid ones")
  }
  #expect(throws: ModelFileError.self) { try LIBSVMModelText.encode(SampleModels.precomputed()) }
}

/// Where scaling is affine in what the kernel sees, raw features give the decision values that scaled
/// ones give.
@Test(arguments: [
  (0, [1.5, -20], [2.0, 0.01]), (1, [0, 0], [2.0, 0.01]), (3, [0, 0], [2.0, -0.5]),
  (2, [1.5, -20], [0.25, 0.25]),
])
func scalingIsFoldedInWhereItIsAffine(kernel: Int, offsets: [Double], factors: [Double]) throws {
  let scaler = try FeatureScaler(
    scaling: .standard, featureCount: 2, offsets: offsets, factors: factors)
  let model = try model(kernels[kernel], classes: ["0", "1", "2"], scaler: scaler)
  let written = try LIBSVMModelText.encode(model)
  #expect(
    written.notes == [
      "scaling is folded into the model: it takes data as the training file had it"
    ])
  let folded = try LIBSVMModelText.decode(written.bytes, featureCount: 2).model
  var generator = TestGenerator(seed: 9)
  let raw = (0..<20).map { _ in
    zip(offsets, factors).map { $0 + 2 * generator.normal() / $1 }
  }
  let scaled = raw.map { row in
    row.indices.map { (row[$0] - offsets[$0]) * factors[$0] }
  }
  let expected = try decisions(model, scaled)
  let scale = expected.map(abs).max() ?? 1
  for (found, value) in zip(try decisions(folded, raw), expected) {
    #expect(abs(found - value) <= 1e-12 * scale)
  }
}

@Test func scalingThatCannotBeFoldedIsRefusedUnlessFeaturesComeScaled() throws {
  let scaler = try FeatureScaler(
    scaling: .standard, featureCount: 2, offsets: [1, 0], factors: [2, 3])
  for kernel in [1, 2, 3] {
    let model = try model(kernels[kernel], classes: ["0", "1"], scaler: scaler)
    let error = try #require(throws: ModelFileError.self) { try LIBSVMModelText.encode(model) }
    #expect(
      error.description.contains("LIBSVM's text has no place for scaling, and a "), "\(error)")
    let written = try LIBSVMModelText.encode(model, scaledFeatures: true)
    let again = try LIBSVMModelText.decode(written.bytes).model
    #expect(again.predictor.biases == model.predictor.biases)
  }
}

@Test func filesAreToldApartByTheirContent() throws {
  let model = try model(kernels[2], classes: ["-1", "1"])
  expectSameModel(try ModelFile.decode(ModelFile.encode(model)), model)
  expectSameModel(try ModelFile.decode(ModelFile.encodeJSON(model)), model)
  let imported = try ModelFile.decode(LIBSVMModelText.encode(model).bytes)
  #expect(imported.classes == model.classes)
  #expect(imported.predictor.problems[0].certificate.stopReason == .imported)
  // Nothing is made up for what the text does not tell, in any format.
  #expect(imported.predictor.parameters.isEmpty && imported.predictor.tolerance == nil)
  let json = try ModelFile.encodeJSON(imported)
  #expect(String(decoding: json, as: UTF8.self).contains("\"boxConstraint\": null"))
  expectSameModel(try ModelFile.decode(json), imported)
  // It keeps what it does not know through a file of its own.
  expectSameModel(try ModelFile.decode(ModelFile.encode(imported)), imported)
}
