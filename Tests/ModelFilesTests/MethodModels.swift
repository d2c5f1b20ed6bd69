import Calibration
import Evaluation
import KernelMethods
import ModelFiles
import SupportVectors
import Tables
import TabularModels
import Testing

/// Small trained models: one for each thing that predicts, and for each kind of calibration.
enum MethodModels {
  typealias Sample = (name: String, make: @Sendable () throws -> TabularModel)

  static let all: [Sample] =
    chosen
    + Formulation.allCases.filter { !chosenFormulations.contains($0) }.map { formulation in
      (formulation.rawValue, { try withDefaults(formulation) })
    }

  /// The formulations of the samples below; one that is not here has a sample all the same.
  private static let chosenFormulations: Set<Formulation> = [
    .cSVC, .nuSVC, .logistic, .leastSquaresSVC, .discriminant, .epsilonSVR, .nuSVR,
    .leastSquaresSVR, .kernelRidge, .quantileSVR, .oneClass, .dataDescription,
    .principalComponents,
  ]

  private static func withDefaults(_ formulation: Formulation) throws -> TabularModel {
    func adapt(_ method: inout LearningMethod) {
      if formulation.definition.needsLinearFeatures { method.kernel = .linear }
    }
    return formulation.task == .classification
      ? try classes(formulation, change: adapt) : try numbers(formulation, change: adapt)
  }

  private static let chosen: [Sample] = [
    ("nu-svc with sigmoids", { try classes(.nuSVC, calibration: .sigmoid) }),
    (
      "against the rest, weighted, isotonic",
      {
        try classes(.cSVC, weighted: true, calibration: .isotonic) {
          $0.decomposition = .oneVersusRest
        }
      }
    ),
    ("logistic", { try classes(.logistic, weighted: true) { $0.kernel = .linear } }),
    (
      "squared hinge against the rest",
      {
        try classes(.cSVC, calibration: .temperature) {
          $0.kernel = .linear
          $0.loss = .squared
          $0.decomposition = .oneVersusRest
        }
      }
    ),
    ("nystrom", { try classes(.cSVC) { $0.featureMap = .nystrom } }),
    ("ls-svc with a temperature", { try classes(.leastSquaresSVC, calibration: .temperature) }),
    ("discriminant", { try classes(.discriminant, weighted: true, calibration: .sigmoid) }),
    ("nu-svr with intervals", { try numbers(.nuSVR, calibrated: true) }),
    (
      "linear regression",
      {
        try numbers(.epsilonSVR) {
          $0.kernel = .linear
          $0.loss = .squared
        }
      }
    ),
    (
      "fourier regression",
      { try numbers(.epsilonSVR, calibrated: true) { $0.featureMap = .fourier } }
    ),
    ("ls-svr", { try numbers(.leastSquaresSVR, calibrated: true) }),
    ("kernel-ridge", { try numbers(.kernelRidge) }),
    (
      "quantile-svr with intervals",
      { try numbers(.quantileSVR, calibrated: true) { $0.quantiles = [0.1, 0.5, 0.9] } }
    ),
    ("quantile-svr", { try numbers(.quantileSVR) }),
    ("one-class with quantiles", { try numbers(.oneClass, calibrated: true) }),
    ("svdd", { try numbers(.dataDescription) }),
    ("kernel-pca", { try numbers(.principalComponents) }),
    ("sparse landmarks", { try sparse() }),
  ]

  private static func trained(
    _ text: String, name: String = "data.csv", _ method: LearningMethod,
    _ calibration: CalibrationMethod?, weighted: Bool
  ) throws -> TabularModel {
    var choices = ColumnChoices()
    choices.weight = weighted ? "weight" : nil
    let trainer = TabularTrainer(
      configuration: TrainingConfiguration(
        target: method.formulation?.task.hasTarget == true && name.hasSuffix("csv") ? "y" : nil,
        method: method, calibration: calibration.map { CalibrationChoice(method: $0, foldCount: 3) }
      ).with(\.columnOverrides, choices), control: RunControl(threads: 1))
    return try trainer.train(
      TrainingData(reading: ByteSource(bytes: Array(text.utf8), name: name))
    ).model
  }

  private static func method(
    _ formulation: Formulation, _ change: (inout LearningMethod) -> Void
  ) -> LearningMethod {
    var method = LearningMethod(formulation: formulation, kernel: .gaussian(gamma: 0.7), nu: 0.2)
      .with(\.lambda, 0.3).with(\.componentCount, 2)
    change(&method)
    return method
  }

  static func classes(
    _ formulation: Formulation, weighted: Bool = false, calibration: CalibrationMethod? = nil,
    change: (inout LearningMethod) -> Void = { _ in }
  ) throws -> TabularModel {
    var text = "a,b,weight,y\n"
    for row in 0..<12 {
      let (kind, step) = (row % 3, Double(row) / 10)
      text +=
        "\(Double(2 * kind) + step),\(step * step - Double(kind)),\(row % 5),\("pqr".dropFirst(kind).prefix(1))\n"
    }
    var method = method(formulation, change)
    if weighted { method.classWeights = .weights(["q": 2.5]) }
    return try trained(text, method, calibration, weighted: weighted)
  }

  static func numbers(
    _ formulation: Formulation, calibrated: Bool = false,
    change: (inout LearningMethod) -> Void = { _ in }
  ) throws -> TabularModel {
    var text = "a,b,y\n"
    for row in 0..<10 {
      let step = Double(row) / 7
      text += "\(step),\(step * step),\(3 * step - step * step + Double(row % 3) / 9)\n"
    }
    return try trained(
      text, method(formulation, change), calibrated ? .sigmoid : nil, weighted: false)
  }

  static func sparse() throws -> TabularModel {
    try trained(
      "+1 1:1 3:0.5\n-1 1:-1 2:0.25\n+1 1:0.75\n-1 1:-0.5 3:1\n", name: "data.libsvm",
      method(.logistic) { $0.featureMap = .nystrom }, nil, weighted: false)
  }
}

/// Checks what only some models have, numbers bit for bit.
func expectSameMethod(_ left: TabularModel, _ right: TabularModel) {
  let (first, second) = (left.predictor, right.predictor)
  #expect(first.formulation == second.formulation)
  #expect(first.parameters == second.parameters)
  #expect(first.linearFunction?.weights == second.linearFunction?.weights)
  #expect(first.biases.map(\.bitPattern) == second.biases.map(\.bitPattern))
  switch (first.featureMap, second.featureMap) {
  case (.nystroem(let first)?, .nystroem(let second)?):
    #expect("\(first.kernel)" == "\(second.kernel)")
    #expect(first.landmarks == second.landmarks)
    #expect(first.landmarkIndices == second.landmarkIndices)
    #expect(first.normalization == second.normalization)
  case (.randomFourier(let first)?, .randomFourier(let second)?):
    #expect("\(first.kernel)" == "\(second.kernel)")
    #expect(first.frequencies == second.frequencies)
    #expect(first.phases == second.phases)
  case (nil, nil): break
  default: Issue.record("the feature maps are of two kinds")
  }
  if let first = first.model(as: KernelDiscriminant.self),
    let second = second.model(as: KernelDiscriminant.self)
  {
    #expect(first.eigenvalues == second.eigenvalues && first.priors == second.priors)
    #expect(first.classMeans == second.classMeans)
    #expect(first.conditionEstimate == second.conditionEstimate)
  }
  if let first = first.model(as: KernelPrincipalComponents.self),
    let second = second.model(as: KernelPrincipalComponents.self)
  {
    #expect(first.eigenvalues == second.eigenvalues)
    #expect(first.totalVariance == second.totalVariance)
  }
  #expect(first.problems.count == second.problems.count)
  #expect(first.usesExampleWeights == second.usesExampleWeights)
  #expect(left.classWeights == right.classWeights)
  #expect(left.weightName == right.weightName)
  #expect(left.calibration == right.calibration)
  #expect(left.provenance == right.provenance)
}

@Suite struct MethodFileTests {
  /// What a model says of some rows, in all its words.
  private func words(_ model: TabularModel) throws -> String {
    let rows =
      model.targetName == LIBSVMData.labelName
      ? "0 1:0.2\n0 2:3 3:-1\n" : "a,b,weight,y\n0.1,0.2,1,0\n2.5,-1,2,0\n4.5,7,0,0\n"
    var output = OutputColumns(decisionValues: true)
    switch model.calibration {
    case .classes?, .quantiles?: output.probabilities = true
    case .intervals?: output.coverage = 0.6
    case nil: break
    }
    var predictor = try TabularPredictor(
      model, reading: ByteSource(bytes: Array(rows.utf8), name: "new"), output: output,
      TabularModel.Applying(threads: 1))
    var lines = predictor.header
    while let batch = try predictor.next() { lines += batch }
    return String(decoding: lines, as: UTF8.self)
  }

  @Test(arguments: MethodModels.all.indices)
  func everyPredictorSurvivesBitForBit(sample: Int) throws {
    let model = try MethodModels.all[sample].make()
    let bytes = try ModelFile.encode(model)
    let read = try ModelFile.decode(bytes)
    expectSameMethod(model, read)
    #expect(try ModelFile.encode(read) == bytes)
    #expect(try words(read) == words(model))
    // And the same for people.
    let asText = try ModelFile.decode(ModelFile.encodeJSON(model))
    expectSameMethod(model, asText)
    #expect(try ModelFile.encode(asText) == bytes)
  }

  @Test func everyFormulationIsAmongTheSamples() throws {
    let found = try Set(MethodModels.all.map { try $0.make().predictor.formulation })
    #expect(found == Set(Formulation.allCases))
  }

  @Test func whatRowsCountedIsKept() throws {
    for formulation in Formulation.having(.classWeight) {
      let read = try ModelFile.decode(
        ModelFile.encode(
          MethodModels.classes(formulation, weighted: true, calibration: .sigmoid) {
            if formulation.definition.needsLinearFeatures { $0.kernel = .linear }
          }))
      #expect(read.classWeights == [1, 2.5, 1])
      #expect(read.weightName == "weight")
      #expect(read.provenance.zeroWeightRowCount == 3)
      #expect(read.provenance.calibrationFoldCount == 3)
    }
  }
}
