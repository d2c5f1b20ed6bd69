import KernelMethods
import LinearAlgebra
import LinearModels
import SupportVectors
import TabularModels

// Linear models in their weights, and models whose equations were solved at once.

extension ModelDecoder {
  private typealias Name = ModelLayout.Tensor

  func featureMapKind() throws(ModelFileError) -> ModelLayout.Map? {
    try header.member("featureMap").unlessNull?.word(ModelLayout.Map.self)
  }

  // MARK: Linear models

  func linearModel(_ formulation: Formulation) throws(ModelFileError) -> TabularModel.Predictor {
    let map = try featureMap()
    let ownWidth = try featureCount()
    let width = map?.componentCount ?? ownWidth
    let weights = try tensors.matrix(Name.weights, columnCount: width)
    let biases = try tensors.vector(Name.biases)
    let function = try consistent { () throws(ModelError) in
      try LinearFunction(weights: weights, biases: biases)
    }
    let loss = try loss(formulation)
    let intercept = try intercept()
    let boxConstraint = try positive("boxConstraint")
    let tolerance = try positive("tolerance")
    let trainingCount = try trainingCount()
    guard formulation.task == .regression else {
      let classes = try tensors.json(Name.classes).strings()
      let decomposition = try header.member("decomposition").word(LinearDecomposition.self)
      let problems = try problems()
      return .linearClassifier(
        try consistent { () throws(ModelError) in
          try MappedClassifier(
            LinearClassifier(
              classes: classes, function: function, decomposition: decomposition.value, loss: loss,
              intercept: intercept, boxConstraint: boxConstraint, tolerance: tolerance,
              trainingCount: trainingCount, problems: problems),
            map: map)
        })
    }
    let tubeWidth = try header.member("tubeWidth").number("a number of at least 0") { $0 >= 0 }
    let problem = try onlyProblem()
    return .linearRegressor(
      try consistent { () throws(ModelError) in
        try MappedRegressor(
          LinearRegressor(
            function: function, loss: loss, intercept: intercept, boxConstraint: boxConstraint,
            tubeWidth: tubeWidth, tolerance: tolerance, trainingCount: trainingCount,
            problem: problem),
          map: map)
      })
  }

  private func loss(_ formulation: Formulation) throws(ModelFileError) -> LinearLoss {
    let cursor = try header.member("loss")
    let loss = try cursor.word(LinearLoss.self)
    let fits =
      switch loss {
      case .hinge, .squaredHinge: formulation == .cSVC
      case .logistic: formulation == .logistic
      case .epsilonInsensitive, .squaredEpsilonInsensitive: formulation == .epsilonSVR
      }
    guard fits else {
      throw cursor.failure(
        .mismatch(found: loss.rawValue, expected: "a loss of \(formulation.rawValue)"))
    }
    return loss
  }

  private func intercept() throws(ModelFileError) -> Intercept {
    guard let cursor = try header.member("intercept").unlessNull else { return .none }
    if case .string(let word) = cursor.value {
      guard word == ModelLayout.freeIntercept else {
        throw cursor.unknown(word, [ModelLayout.freeIntercept])
      }
      return .free
    }
    return .regularized(try cursor.number("a number greater than 0") { $0 > 0 })
  }

  private func featureMap() throws(ModelFileError) -> FeatureMap? {
    guard let kind = try featureMapKind() else { return nil }
    let kernel = try kernel()
    let featureCount = try featureCount()
    switch kind {
    case .nystroem:
      let indices = try tensors.counts(Name.supportIndices)
      let landmarks = try supportVectors(count: indices.count, featureCount: featureCount)
      let normalization = try tensors.matrix(
        Name.mapNormalization, columnCount: indices.count)
      return .nystroem(
        try consistent { () throws(ModelError) in
          try NystroemMap(
            kernel: kernel, featureCount: featureCount, landmarks: landmarks,
            landmarkIndices: indices, normalization: normalization)
        })
    case .fourier:
      let phases = try tensors.vector(Name.mapPhases)
      let frequencies = try tensors.matrix(Name.mapFrequencies, columnCount: phases.count)
      guard frequencies.rowCount == featureCount else {
        throw tensors.failure(
          Name.mapFrequencies,
          .mismatch(found: "\(frequencies.rowCount) rows", expected: "\(featureCount)"))
      }
      return .randomFourier(
        try consistent { () throws(ModelError) in
          try RandomFourierMap(kernel: kernel, frequencies: frequencies, phases: phases)
        })
    }
  }

  // MARK: Equations

  func solvedAtOnce(_ formulation: Formulation) throws(ModelFileError) -> TabularModel.Predictor {
    guard try header.member("tolerance").unlessNull == nil else {
      throw try header.member("tolerance").failure(
        .mismatch(found: "a number", expected: "null for \(formulation.rawValue)"))
    }
    guard try problems().isEmpty else {
      throw tensors.failure(
        Name.problems, .mismatch(found: "a list of problems", expected: "an empty one"))
    }
    let expansion = try expansion(layout: .outputs)
    let trainingCount = try trainingCount()
    switch formulation {
    case .leastSquaresSVC:
      let classes = try tensors.json(Name.classes).strings()
      let errorWeight = try positive("errorWeight")
      let report = try ridgeReport()
      return .leastSquaresClassifier(
        try consistent { () throws(ModelError) in
          try LeastSquaresClassifier(
            classes: classes, expansion: expansion, errorWeight: errorWeight,
            trainingCount: trainingCount, report: report)
        })
    case .discriminant:
      let classes = try tensors.json(Name.classes).strings()
      let priors = try tensors.vector(Name.priors)
      let eigenvalues = try tensors.vector(Name.eigenvalues)
      let means = try tensors.matrix(Name.classMeans, columnCount: eigenvalues.count)
      let regularization = try positive("regularization")
      let condition = try header.member("conditionEstimate").number()
      return .discriminant(
        try consistent { () throws(ModelError) in
          try KernelDiscriminant(
            classes: classes, expansion: expansion, priors: priors, eigenvalues: eigenvalues,
            classMeans: means, regularization: regularization, trainingCount: trainingCount,
            conditionEstimate: condition)
        })
    case .principalComponents:
      let eigenvalues = try tensors.vector(Name.eigenvalues)
      let totalVariance = try positive("totalVariance")
      return .principalComponents(
        try consistent { () throws(ModelError) in
          try KernelPrincipalComponents(
            expansion: expansion, eigenvalues: eigenvalues, totalVariance: totalVariance,
            trainingCount: trainingCount)
        })
    default:
      let regularization = try positive("regularization")
      let report = try ridgeReport()
      return .kernelRidge(
        try consistent { () throws(ModelError) in
          try KernelRidgeRegressor(
            expansion: expansion, regularization: regularization,
            fitsBias: formulation == .leastSquaresSVR, trainingCount: trainingCount,
            report: report)
        })
    }
  }

  private func ridgeReport() throws(ModelFileError) -> RidgeReport {
    RidgeReport(
      conditionEstimate: try header.member("conditionEstimate").number(),
      trainingError: try header.member("trainingError").number(),
      leaveOneOutError: try header.member("leaveOneOutError").unlessNull?.number())
  }
}
