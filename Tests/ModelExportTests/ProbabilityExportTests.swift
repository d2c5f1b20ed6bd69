import Calibration
import Kernels
import LinearAlgebra
import SupportVectors
import Tables
import TabularModels
import TestSupport
import Testing

@testable import ModelExport

@Suite struct ProbabilityExportTests {
  /// The label of a file is the model's, whatever decides it, and so are the probabilities.
  @Test(arguments: ExportModels.Target.ofClasses, CalibrationMethod.allCases)
  func labelsAreThoseOfTheProbabilities(
    target: ExportModels.Target, method: CalibrationMethod
  ) throws {
    for rows in ExportModels.Rows.allCases {
      let model = try ExportModels.model(rows, target, .gaussian(), calibration: method)
      for operators in [ONNXOperators.ml, .composed] {
        let exported = try ONNXModelFile.encode(model, operators: operators)
        // A step of an isotonic curve is steep: single precision shows there.
        let bound = operators == .ml ? (method == .isotonic ? 1e-3 : 1e-4) : 1e-11
        #expect(exported.check.differingLabelCount == 0, "\(rows) \(operators): \(exported.check)")
        #expect(
          exported.check.largestProbabilityDifference < bound,
          "\(rows) \(operators): \(exported.check)")
        let graph = try #require(ONNXModel(decoding: exported.bytes)).graph
        #expect(graph.outputs.count == 3)
      }
      let exported = try CoreMLModelFile.encode(model)
      if method != .isotonic || target == .twoClasses {
        #expect(exported.check.differingLabelCount == 0, "\(rows): \(exported.check)")
      }
      #expect(exported.check.largestProbabilityDifference < 1e-11, "\(rows): \(exported.check)")
    }
  }

  /// Thresholds far from 0, where labels of decision values alone would be others.
  @Test(arguments: [-2.5, -0.7, 0, 0.4, 3], CalibrationMethod.allCases)
  func theThresholdIsFoldedIn(shift: Double, method: CalibrationMethod) throws {
    let column: ScoreCalibration =
      switch method {
      case .sigmoid: .sigmoid(try SigmoidCalibration(a: -1.5, b: 1.5 * shift))
      case .temperature: .temperature(try TemperatureCalibration(inverseTemperature: 0.8))
      case .isotonic:
        .isotonic(
          try IsotonicCalibration(
            decisions: [shift - 1, shift + 1, shift + 2], probabilities: [0.1, 0.9, 0.95]))
      }
    let model = try recalibrated(.twoClasses, [column], .binary)
    try expectAgreement(model)
  }

  /// A calibration that always says the same, and ones that are undecided.
  @Test(arguments: [-0.3, 0, 0.3])
  func constantProbabilitiesDecideEveryLabel(offset: Double) throws {
    let constant = ScoreCalibration.sigmoid(try SigmoidCalibration(a: 0, b: offset))
    try expectAgreement(try recalibrated(.twoClasses, [constant], .binary))
    try expectAgreement(
      try recalibrated(.threeClasses, [constant, constant, constant], .pairs))
    let plateau = ScoreCalibration.isotonic(
      try IsotonicCalibration(decisions: [-0.5, 0.5, 1], probabilities: [0.5, 0.5, 0.9]))
    try expectAgreement(try recalibrated(.twoClasses, [plateau], .binary))
  }

  /// Classes that counted more in training are predicted at smaller probabilities.
  @Test(arguments: [0.05, 1, 7], ExportModels.Target.ofClasses)
  func weightsOfLabelsDecideToo(weight: Double, target: ExportModels.Target) throws {
    let sigmoids = try [-1.2, -0.8, -2].map { slope in
      ScoreCalibration.sigmoid(try SigmoidCalibration(a: slope, b: 0.3))
    }
    let constant = ScoreCalibration.sigmoid(try SigmoidCalibration(a: 0, b: 0.4))
    let pairCount = target == .twoClasses ? 1 : 3
    for columns in [sigmoids, [ScoreCalibration](repeating: constant, count: 3)] {
      let model = try recalibrated(
        target, Array(columns[..<pairCount]), target == .twoClasses ? .binary : .pairs,
        labelWeights: target == .twoClasses ? [1, weight] : [1, weight, 2])
      for operators in [ONNXOperators.ml, .composed] {
        let check = try ONNXModelFile.encode(model, operators: operators).check
        #expect(check.differingLabelCount == 0, "\(operators): \(check)")
      }
      guard target == .twoClasses else { continue }
      let check = try CoreMLModelFile.encode(model).check
      #expect(check.differingLabelCount == 0, "Core ML: \(check)")
    }
  }

  private func recalibrated(
    _ target: ExportModels.Target, _ columns: [ScoreCalibration], _ shape: DecisionShape,
    labelWeights: [Double]? = nil
  ) throws -> TabularModel {
    let model = try ExportModels.model(.numbers, target, .gaussian())
    return try TabularModel(
      preprocessor: model.preprocessor, predictor: model.predictor,
      calibration: .classes(
        ClassCalibration(
          method: .sigmoid, shape: shape, classCount: model.classes?.count ?? 0,
          columns: columns, labelWeights: labelWeights)), provenance: model.provenance)
  }

  private func expectAgreement(_ model: TabularModel) throws {
    for operators in [ONNXOperators.ml, .composed] {
      let check = try ONNXModelFile.encode(model, operators: operators).check
      #expect(check.differingLabelCount == 0, "\(operators): \(check)")
    }
    let check = try CoreMLModelFile.encode(model).check
    #expect(check.differingLabelCount == 0, "Core ML: \(check)")
  }
}

@Suite struct SampleRowTests {
  /// Tables with and without names of columns, some of which no feature comes from.
  @Test(arguments: [false, true], [0, 1, 2, 3])
  func tablesWithColumnsThatAreLeftOutAreExported(hasHeader: Bool, place: Int) throws {
    var generator = TestGenerator(seed: 5)
    var text = ""
    for row in -1..<40 {
      if row < 0 && !hasHeader { continue }
      let (a, b) = (generator.normal(), generator.normal())
      var fields = row < 0 ? ["a", "b", "y"] : ["\(a)", "\(b)", a + b > 0 ? "p" : "q"]
      if row >= 0, row % 2 == 0 { fields[1] = "\(b.rounded())" }
      fields.insert(row < 0 ? "constant" : "0", at: place)
      text += fields.joined(separator: ",") + "\n"
    }
    // The target is last, or the one before a constant column at the end.
    let trainer = TabularTrainer(
      configuration: TrainingConfiguration(target: place == 3 ? "3" : "4"),
      control: RunControl(threads: 1))
    let data = try TrainingData(
      reading: ByteSource(bytes: Array(text.utf8), name: "data"),
      options: TextOptions(header: hasHeader ? .yes : .no))
    let model = try trainer.train(data).model
    #expect(model.predictor.featureCount == 2)
    for check in [
      try ONNXModelFile.encode(model, operators: .ml).check,
      try ONNXModelFile.encode(model, operators: .composed).check,
      try CoreMLModelFile.encode(model).check,
    ] {
      #expect(check.rowCount > 10)
      #expect(check.relativeDifference < 1e-4)
      #expect(check.differingLabelCount == 0)
    }
  }

  /// Decision values that cancel in a sum of large terms: single precision cannot hold them, and the
  /// check knows it.
  @Test func sumsThatCancelAreNotSaidInSinglePrecision() throws {
    var generator = TestGenerator(seed: 9)
    var vectors: [Double] = []
    var coefficients: [Double] = []
    for place in 0..<40 {
      let (x, y) = (generator.normal(), generator.normal())
      vectors += [x, y, x + 1e-4, y]
      coefficients += place % 2 == 0 ? [1e6, -1e6] : [-1e6, 1e6]
    }
    let expansion = try KernelExpansion(
      kernel: .gaussian(gamma: 0.5), featureCount: 2,
      supportVectors: .dense(Matrix(rowCount: 80, columnCount: 2, elements: vectors)),
      supportIndices: Array(0..<80), supportCounts: [80],
      dualCoefficients: Matrix(rowCount: 1, columnCount: 80, elements: coefficients),
      biases: [0.5], precision: .automatic)
    let trained = try ExportModels.model(.numbers, .number, .gaussian())
    let model = try TabularModel(
      preprocessor: nil,
      predictor: .init(
        SupportVectorRegressor(
          expansion: expansion, boxConstraint: 1e6, epsilon: 0.1, tolerance: 1e-3,
          trainingCount: 80, problem: trained.predictor.problems[0])),
      provenance: TabularModel.Provenance())
    let single = try ONNXModelFile.encode(model, operators: .ml)
    #expect(single.check.relativeDifference > 1e-5)
    #expect(single.check.roundingBound > 0)
    let chosen = try ONNXModelFile.encode(model)
    #expect(chosen.check.relativeDifference < 1e-7, "\(chosen.check)")
    #expect(chosen.notes.contains { $0.contains("ordinary operators in double precision") })
  }
}

/// What a file does with texts that are spelled in another way than in training.
@Suite struct TextSpellingTests {
  private func model(_ unseen: UnseenCategoryPolicy, impute: Bool) throws -> TabularModel {
    var text = "code,colour,y\n"
    for row in 0..<40 {
      let colour = ["red", "blue", "pale green"][row % 3]
      text += "\(["1", "2", "x"][row / 3 % 3]),\(colour),\(colour == "red" ? "p" : "q")\n"
    }
    let data = try TrainingData(
      reading: ByteSource(bytes: Array(text.utf8), name: "data"))
    return try TabularTrainer(
      configuration: TrainingConfiguration().with(\.missing, impute ? .mostFrequent : .error),
      control: RunControl(threads: 1)
    ).train(data).model.replacing(unseen: unseen)
  }

  private func decisions(_ graph: ONNXGraph, _ codes: [String], _ colours: [String]) -> [Double]? {
    let inputs = [
      "code": ONNXEvaluator.Value(texts: codes, shape: [codes.count, 1]),
      "colour": ONNXEvaluator.Value(texts: colours, shape: [codes.count, 1]),
    ]
    return ONNXEvaluator.run(graph, inputs: inputs)?["decision"]?.numbers
  }

  @Test(arguments: [ONNXOperators.ml, .composed], [UnseenCategoryPolicy.error, .ignore])
  func spacesAroundATextChangeNothing(
    operators: ONNXOperators, unseen: UnseenCategoryPolicy
  ) throws {
    let bytes = try ONNXModelFile.encode(model(unseen, impute: true), operators: operators).bytes
    let graph = try #require(ONNXModel(decoding: bytes)).graph
    let plain = try #require(decisions(graph, ["1", "2", "x"], ["red", "blue", "pale green"]))
    #expect(decisions(graph, [" 1", "2.0", "x "], ["red ", " blue ", " pale green"]) == plain)
    // Whatever means a missing value is filled in, spaces or not.
    let filled = try #require(decisions(graph, ["", "NA", " "], ["red", "red", "red"]))
    #expect(filled == [filled[0], filled[0], filled[0]])
    let unknown = decisions(graph, ["zzz", "1", "1"], ["red", "violet", "red"])
    #expect((unknown == nil) == (unseen == .error))
  }

  @Test func coreMLKnowsTheSameSpellings() throws {
    let source = try ExportSource(model(.error, impute: true), fileName: "m")
    let bytes = try CoreMLModelFile.encode(source.model).bytes
    func winners(_ codes: [String], _ colours: [String]) -> [Int]? {
      CoreMLEvaluator.predictions(
        bytes, SampleRows(columns: [.texts(codes), .texts(colours)], rowCount: codes.count))?
        .classes
    }
    let plain = try #require(winners(["1", "2", "x"], ["red", "blue", "pale green"]))
    #expect(winners([" 1", "2.0", "x "], ["red ", " blue ", " pale green"]) == plain)
    #expect(winners(["", "NA"], ["red", "red"])?.count == 2)
    #expect(winners(["zzz"], ["red"]) == nil)
  }
}
