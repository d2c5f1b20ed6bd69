import Kernels
import LinearAlgebra
import SupportVectors

/// What training learns besides the machine.
package struct TrainedProbabilities: Sendable {
  package var sigmoids: [PlattSigmoid]?
  package var laplaceScale: Double?
  package var marks: [Double]?

  package init() {}
}

/// A model as LIBSVM's struct and text hold it.
package struct StoredModel: Sendable {
  package var type = MachineType.cSVC
  package var kernelType = KernelType.linear
  package var degree: Int32 = 0
  package var gamma = 0.0
  package var constantTerm = 0.0
  /// 2 for regression and one-class.
  package var classCount = 0
  /// Of classification.
  package var labels: [Int32]?
  /// The number of support vectors of each class.
  package var counts: [Int32]?
  /// One for each pair of classes.
  package var rho: [Double] = []
  package var probA: [Double]?
  package var probB: [Double]?
  package var marks: [Double]?
  /// classCount − 1 rows, of a number for each support vector.
  package var coefficients: [[Double]] = []
  package var vectors = NodeRows()

  package init() {}

  package var pairCount: Int { Self.pairCount(of: classCount) }

  /// The number of pairs of classes, also for what declares the functions of svm.h.
  package static func pairCount(of classCount: Int) -> Int {
    DecisionShape.pairCount(of: classCount)
  }

  /// Makes a model of what was trained.
  ///
  /// - Parameters:
  ///   - machine: What was trained.
  ///   - probabilities: What was learned of its probabilities.
  ///   - parameters: Its parameters.
  ///   - vectors: The rows of its support vectors, in the order of ``Machine/order``.
  package init(
    _ machine: Machine, _ probabilities: TrainedProbabilities, _ parameters: Parameters,
    vectors: NodeRows
  ) {
    type = parameters.type
    kernelType = parameters.kernelType
    degree = parameters.degree
    gamma = parameters.gamma
    constantTerm = parameters.constantTerm
    classCount = machine.labels?.count ?? 2
    labels = machine.labels
    counts = machine.labels == nil ? nil : machine.supportCounts.map(Int32.init)
    rho = machine.rho
    probA = probabilities.sigmoids?.map(\.a) ?? probabilities.laplaceScale.map { [$0] }
    probB = probabilities.sigmoids?.map(\.b)
    marks = probabilities.marks
    coefficients = machine.coefficients
    self.vectors = vectors
  }

  /// Whether the model has probabilities.
  package var hasProbabilities: Bool {
    switch type {
    case .cSVC, .nuSVC: probA != nil && probB != nil
    case .oneClass: marks != nil
    case .epsilonSVR, .nuSVR: probA != nil
    }
  }

  /// The label, or number, and probabilities from decision values.
  ///
  /// - Parameters:
  ///   - decisions: LIBSVM's decision values of one example.
  ///   - machine: The machine of this model.
  /// - Returns: A label or number, of one-class 1 or −1. Probabilities are those of ``labels`` or, of one-class,
  ///   of being like the training data and unlike it; `nil` where the model has none.
  package func prediction(
    _ decisions: [Double], _ machine: Machine
  ) -> (label: Double, probabilities: [Double]?) {
    if type.isClassification, let labels, let probA, let probB {
      let found = Trainer.probabilities(
        decisions, zip(probA, probB).map { PlattSigmoid(a: $0, b: $1) }, classCount: classCount)
      return (Double(labels[Trainer.largest(found)]), found)
    }
    guard type == .oneClass else { return (machine.label(decisions), nil) }
    let label = decisions[0] > 0 ? 1.0 : -1
    let probability = marks.map { DensityMarks.probability(decisions[0], $0) }
    return (label, probability.map { [$0, 1 - $0] })
  }
}

extension Machine {
  /// Makes a machine of a stored model.
  ///
  /// In pairs of LIBSVM's classes the earlier one is positive and `rho` is subtracted, in ours the later one
  /// and the bias is added: coefficients of classifiers change their sign.
  ///
  /// - Parameter model: A model whose counts describe its arrays.
  /// - Throws: ``LIBSVMError`` for numbers that no model has.
  package init(_ model: StoredModel) throws(LIBSVMError) {
    let isClassifier = model.type.isClassification
    let isPrecomputed = model.kernelType == .precomputed
    let count = model.vectors.count
    let sign = isClassifier ? -1.0 : 1.0
    let rowCount = isClassifier ? max(model.classCount - 1, 0) : 1
    let outputCount = isClassifier ? model.pairCount : 1
    var numbers = ParameterNumbers()
    numbers.machineType = model.type.rawValue
    numbers.kernelType = model.kernelType.rawValue
    numbers.degree = model.degree
    numbers.gamma = model.gamma
    numbers.constantTerm = model.constantTerm

    let serials =
      isPrecomputed
      ? (0..<count).map { Int(exactly: model.vectors.values(ofRow: $0).first ?? 0) ?? 0 } : []
    guard serials.allSatisfy({ $0 >= 0 && $0 < Int(Int32.max) }) else {
      throw .failed("a serial number is out of range")
    }
    let vectors: FeatureMatrix =
      isPrecomputed
      ? .dense(Matrix(rowCount: count, columnCount: 0, repeating: 0))
      : FeatureMatrix(choosingFor: try model.vectors.sorted().matrix())
    let coefficients = Matrix(rowCount: rowCount, columnCount: count) {
      sign * model.coefficients[$0][$1] + 0
    }
    let biases = (0..<outputCount).map { -sign * model.rho[$0] + 0 }
    var counts = [count]
    if isClassifier {
      guard model.labels != nil, let sizes = model.counts else {
        throw .failed("a classifier has no labels or counts")
      }
      counts = sizes.map(Int.init)
    }
    let labels = isClassifier ? model.labels : nil
    let parameters = try Parameters(numbers)
    do throws(ModelError) {
      self.init(
        expansion: try KernelExpansion(
          kernel: parameters.function,
          featureCount: isPrecomputed ? (serials.max() ?? 0) + 1 : vectors.columnCount,
          supportVectors: vectors,
          supportIndices: isPrecomputed ? serials : Array(0..<count), supportCounts: counts,
          dualCoefficients: coefficients, biases: biases, precision: .double),
        firstIndex: model.vectors.firstIndex, labels: labels,
        place: labels.map { Array($0.indices) } ?? [])
    } catch {
      throw .failed(error.description)
    }
  }
}
