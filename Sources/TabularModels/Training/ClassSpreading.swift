import Calibration
import LinearAlgebra
import SupportVectors

// A model of some of the rows may lack a class that other rows have: one row of a class is in no training
// part of the fold that holds it out. What such a model says is put into the classes of all rows before
// anything is measured or written, so that every fold reports the same classes.

extension DecisionShape {
  /// Puts the decision values of a model that knows some of the classes into the columns of all.
  ///
  /// - Parameters:
  ///   - values: m rows of the model's decision values.
  ///   - shape: What their columns stand for.
  ///   - knownClasses: The classes that the model knows, ascending, as indices of all.
  ///   - classCount: The number of all classes.
  /// - Returns: m rows in this shape for all classes, NaN where the model has no value.
  func spread(
    _ values: Matrix<Double>, of shape: DecisionShape, knownClasses: [Int], classCount: Int
  ) -> Matrix<Double> {
    guard knownClasses.count > 1 else {
      return Matrix(
        rowCount: values.rowCount, columnCount: columnCount(classCount: classCount) ?? 0,
        repeating: .nan)
    }
    guard self == .perClass, shape == .binary else {
      return spread(values, knownClasses: knownClasses, classCount: classCount)
    }
    // Of two classes, the one value favours the later over the earlier.
    let both = Matrix<Double>(rowCount: values.rowCount, columnCount: 2) {
      $1 == 0 ? -values[$0, 0] : values[$0, 0]
    }
    return spread(both, knownClasses: knownClasses, classCount: classCount)
  }
}

extension Predictions {
  /// The predictions of a model that knows some of the classes, in terms of all.
  ///
  /// A class that the model does not know has the probability 0 and no decision values (NaN). A model of
  /// one class is sure of it.
  ///
  /// - Parameters:
  ///   - classifier: The model that predicted.
  ///   - classNames: All classes in order, those of the model among them.
  ///   - shape: How decision values of all classes are arranged.
  ///   - withProbabilities: Whether models of this kind know probabilities.
  /// - Returns: The predictions.
  func spread(
    _ classifier: any DecomposedClassifier, over classNames: [String], shape: DecisionShape,
    withProbabilities: Bool
  ) -> Predictions {
    guard classifier.classes != classNames else { return self }
    let known = classifier.classes.map { name -> Int in
      guard let index = classNames.firstIndex(of: name) else {
        preconditionFailure("class \(name) is not among those of all rows, \(classNames)")
      }
      return index
    }
    var spread = self
    spread.classIndices = classIndices.map { known[$0] }
    spread.decisions = decisions.map {
      shape.spread(
        $0, of: classifier.decisionShape, knownClasses: known, classCount: classNames.count)
    }
    var found = probabilities
    if found == nil, withProbabilities, known.count == 1 {
      found = Matrix(rowCount: classIndices.count, columnCount: 1, repeating: 1)
    }
    spread.probabilities = found.map { found in
      var column = [Int?](repeating: nil, count: classNames.count)
      for (source, target) in known.enumerated() { column[target] = source }
      return Matrix(rowCount: found.rowCount, columnCount: classNames.count) { row, index in
        column[index].map { found[row, $0] } ?? 0
      }
    }
    return spread
  }
}

extension TabularTrainer {
  /// How the decision values of a number of classes are arranged.
  ///
  /// - Parameters:
  ///   - formulation: The problem.
  ///   - classCount: The number of classes.
  ///   - isLinear: Whether models are made in the weights of features.
  /// - Returns: The shape.
  func decisionShape(
    _ formulation: Formulation, classCount: Int, isLinear: Bool
  ) -> DecisionShape {
    if classCount < 2 { return .pairs }
    if let shape = formulation.definition.decisionShape(classCount: classCount) { return shape }
    return configuration.method.decomposition.shape(
      classCount: classCount, twoShareOne: isLinear)
  }

  /// Trains on a part of the rows, as ``fit(_:_:startingFrom:options:)`` trains on all.
  ///
  /// Where the part has one class alone and the formulation needs two, the model predicts that class: the
  /// other rows are those that it is measured on.
  func fitPart(
    _ formulation: Formulation, _ part: TrainingPart, startingFrom earlier: EarlierModel? = nil,
    options: TrainingOptions
  ) throws -> MethodFit {
    guard case .classes(let classes) = part.targets, part.targets.knownClasses.count == 1,
      !formulation.definition.allowsOneClass
    else {
      do {
        return try fit(formulation, part, startingFrom: earlier, options: options)
      } catch let error as TrainingError {
        guard case .infeasibleNu(let nu, let largest, let classes) = error.reason else {
          throw error
        }
        throw TabularError(.nuOfFold(nu: nu, largest: largest, classes: classes))
      }
    }
    return MethodFit(
      predictor: .init(
        try SupportVectorClassifier.train(
          part.examples, classes: classes,
          settings: .init(kernel: .linear, formulation: .c(1)), options: options)))
  }
}
