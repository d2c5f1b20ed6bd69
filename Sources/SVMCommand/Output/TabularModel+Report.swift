import Basics
import Calibration
import KernelMethods
import LinearModels
import ModelFiles
import SupportVectors
import Tables
import TabularModels

// What `train` and `inspect` both say of a model besides its solution: how classes became
// problems, what rows counted, and how sure it is.

// MARK: For people

extension TabularModel {
  /// `c-svc, one-versus-rest, squared loss`: the formulation and what was chosen within it.
  var formulationWords: String {
    var words = [predictor.formulation.rawValue]
    if let decomposition = predictor.decomposition { words.append(decomposition.rawValue) }
    if let loss = predictor.loss {
      if loss.isSquared { words.append("squared loss") }
      words.append("solved in the weights of features")
    }
    return words.joined(separator: ", ")
  }

  /// Weights of classes and rows, as far as they are not all equal.
  var weightLines: [(label: String, value: String)] {
    var lines: [(label: String, value: String)] = []
    if let classes, let classWeights {
      let words = zip(classes, classWeights).map {
        "\(MessageText.plain($0)) \(Text.significant($1, 4))"
      }
      lines.append(("class weights", Text.list(words, atMost: 12)))
    }
    if let weightName {
      let count = provenance.zeroWeightRowCount
      let left = count == 0 ? "" : "; \(Text.count(count, "row")) of weight 0 left out"
      lines.append(("row weights", "column \(MessageText.plain(weightName))\(left)"))
    }
    return lines
  }

  /// How sure predictions are, and how that was learned; none for a model that does not know.
  var calibrationLines: [(label: String, value: String)] { calibrationLines(isChosen: false) }

  /// The same of a training that may have chosen the method itself.
  func calibrationLines(isChosen: Bool) -> [(label: String, value: String)] {
    let folds =
      provenance.calibrationFoldCount.map { ", learned from \(Text.count($0, "fold"))" } ?? ""
    switch calibration {
    case .classes(let calibration)?:
      var text =
        calibration.method.rawValue + (isChosen ? " (least log loss on held-out rows)" : "") + folds
      let constant = calibration.constantCount
      if constant > 0, calibration.columns.count == 1 {
        text += "; the same for all rows"
      } else if constant > 0 {
        text += "; \(constant) of \(calibration.columns.count) columns the same for all rows"
      } else if let threshold = calibration.threshold {
        text += "; decision threshold \(Text.significant(threshold, 4))"
        if let weighted = weightedThreshold(calibration) { text += weighted }
      } else if calibration.classCount == 2, calibration.shape != .perClass {
        text +=
          "; "
          + (calibration.labelWeights == nil
            ? "one class is more probable at every decision value"
            : "one class wins at every decision value")
      } else if calibration.labelWeights != nil {
        text += "; the label is the largest product of class weight and probability"
      }
      return [("probabilities", text)]
    case .intervals(let intervals)?:
      return [
        (
          "intervals",
          "conformal or Laplace of scale \(Text.significant(intervals.laplaceScale, 4))\(folds)"
        )
      ]
    case .quantiles?: return [("quantiles", "of decision values\(folds)")]
    case nil: return []
    }
  }
}

extension TabularModel {
  /// `, from probability 0.05 of yes on (class weights)`: where weighted labels change.
  private func weightedThreshold(_ calibration: ClassCalibration) -> String? {
    guard calibration.labelWeights != nil, let probability = calibration.probabilityThreshold,
      let later = classes?.last
    else { return nil }
    return ", where the probability of \(MessageText.plain(later)) is "
      + "\(Text.significant(probability, 4)) (class weights)"
  }
}

extension TabularModel.Predictor {
  /// How several classes became problems of two; `nil` where they did not.
  var decomposition: Decomposition? {
    guard let classifier, classifier.classes.count > 2 else { return nil }
    if formulation == .discriminant { return nil }
    return classifier.decisionShape == .perClass ? .oneVersusRest : .oneVersusOne
  }
}

extension LinearLoss {
  fileprivate var isSquared: Bool { self == .squaredHinge || self == .squaredEpsilonInsensitive }
}

// MARK: For programs

extension TabularModel {
  /// The numbers that shaped the model and that its solution found; `null` where there is none.
  ///
  /// Those of a model that another program trained are not known.
  var parameterMembers: [JSONValue.Member] {
    let usual = [
      "c", "epsilon", "nu", "lambda", "components", "tubeWidth", "rho", "squaredRadius",
      "explainedVariance", "leaveOneOutError",
    ]
    let keys = usual + predictor.parameters.map(\.key).filter { !usual.contains($0) }
    return keys.map { .init($0, .finite(predictor.parameter($0))) } + [
      .init(
        "quantiles", predictor.quantiles.isEmpty ? .null : .numbers(predictor.quantiles)),
      .init("loss", predictor.loss.map { .string($0.rawValue) } ?? .null),
      .init("featureMap", predictor.featureMap?.json ?? .null),
      .init("tolerance", .finite(predictor.tolerance)),
    ]
  }

  /// The units that a regression was solved in.
  var targetScalingMember: JSONValue.Member {
    .init(
      "targetScaling",
      provenance.targetScaling.map {
        ["center": .finite($0.center), "unit": .finite($0.unit)]
      } ?? .null)
  }

  /// What rows of each class counted, in the order of the classes.
  var classWeightsJSON: JSONValue {
    classWeights.map { .array($0.map(JSONValue.finite)) } ?? .null
  }

  /// How sure predictions are, and how that was learned.
  var calibrationJSON: JSONValue {
    let folds = provenance.calibrationFoldCount.map(JSONValue.integer) ?? .null
    switch calibration {
    case .classes(let calibration)?:
      return [
        "kind": "classes", "method": .string(calibration.method.rawValue), "folds": folds,
        "threshold": .finite(calibration.threshold),
        "probabilityThreshold": .finite(calibration.probabilityThreshold),
        "labelWeights": calibration.labelWeights.map(JSONValue.numbers) ?? .null,
        "constantColumns": .integer(calibration.constantCount),
      ]
    case .intervals(let intervals)?:
      return [
        "kind": "intervals", "folds": folds, "laplaceScale": .finite(intervals.laplaceScale),
        "largestCoverage": .finite(intervals.largestCoverage),
      ]
    case .quantiles?: return ["kind": "quantiles", "folds": folds]
    case nil: return .null
    }
  }
}

extension FeatureMap {
  fileprivate var json: JSONValue {
    let kind: LearningMethod.MapKind =
      switch self {
      case .nystroem: .nystrom
      case .randomFourier: .fourier
      }
    return ["kind": .string(kind.rawValue), "components": .integer(componentCount)]
  }
}
