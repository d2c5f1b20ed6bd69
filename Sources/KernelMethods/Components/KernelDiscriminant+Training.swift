import Basics
import Kernels
import LinearAlgebra
import Learning

// With Φ the examples' images as rows, C the operator that subtracts from each example its class's mean
// and multiplies by √(wᵢ/W), and P the columns √π_c (class mean − mean) as weights of the examples:
//
//     S_W = (CΦ)ᵀ(CΦ),    S_B = (PᵀΦ)ᵀ(PᵀΦ)
//
// so that only the k columns of (S_W + μI)⁻¹ΦᵀP matter. By Woodbury's formula these are ΦᵀT with
//
//     T = (P − Cᵀ (CKCᵀ + μI)⁻¹ CKP) / μ
//
// and the eigenproblem S_B w = λ(S_W + μI)w becomes that of the k × k matrix S = PᵀKT: for S u = λu,
// w = ΦᵀTu/√λ has wᵀ(S_W + μI)w = 1. CKCᵀ + μI is positive definite by itself, and its condition is
// that of K; the textbook's n × n matrices hold K·K, whose condition is squared.

extension KernelDiscriminant {
  /// Trains a discriminant.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite. For a precomputed kernel the
  ///     n × n kernel matrix.
  ///   - labels: n class names; at least two distinct ones.
  ///   - weights: n numbers, at least 0, or `nil` for ones. Weight 2 is a row given twice, weight 0 a
  ///     row not given.
  ///   - kernel: The kernel and its parameters; it has to be positive semi-definite.
  ///   - lambda: μ > 0, in units of kernel values.
  ///   - options: Threads, memory, limits, precision of predictions; the kernel matrix is in Double.
  /// - Returns: The trained discriminant; the same bits for every number of threads.
  /// - Throws: `TrainingError`, `TrainingError/noVariation(method:)` when the means of
  ///   all classes coincide.
  /// - Complexity: O(n²·(d + k)) and n³/3 multiplications; 8·n² bytes.
  public static func train(
    features: FeatureMatrix, labels: [String], weights: [Double]? = nil,
    kernel: Kernel = .gaussian(), lambda: Double = 1e-3,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> KernelDiscriminant {
    try train(
      features: features, classes: ClassTable(labels), weights: weights, kernel: kernel,
      lambda: lambda, options: options)
  }

  /// Trains on classes whose names are kept as they are.
  package static func train(
    features: FeatureMatrix, classes labels: ClassTable, weights: [Double]? = nil,
    kernel: Kernel = .default, lambda: Double = 1e-3,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> KernelDiscriminant {
    try TrainingChecks.positive(lambda, "lambda")
    let run = try MethodRun(features, kernel, weights: weights, options: options)
    let classes = try run.classes(labels)
    return try run.stoppable { () throws(TrainingError) in
      let scatter = ClassScatter(classes, weights: run.weights)
      let classCount = classes.names.count
      try run.reserve(squares: 1, columns: 8 * classCount)
      var matrix = try run.kernelMatrix()
      let images = try withLinearAlgebra { [matrix] () throws(LinearAlgebraError) in
        try matrix.multiplied(by: scatter.meanWeights)
      }
      scatter.centre(&matrix, images, addedToDiagonal: lambda)
      let norm = matrix.symmetricNorm1
      let factor = try run.factored(consume matrix, addedToDiagonal: lambda)
      try run.checkpoint()

      let contrasts = scatter.contrasts(scatter.meanWeights, mean: scatter.shares)
      let contrastImages = scatter.contrasts(images, mean: nil)
      let (eigen, solved) = try withLinearAlgebra {
        () throws(LinearAlgebraError) -> (SymmetricEigen<Double>, Matrix<Double>) in
        let inner = scatter.transposedWithin(try factor.solve(scatter.within(contrastImages)))
        let solved = Matrix<Double>(rowCount: run.count, columnCount: classCount) {
          (contrasts[$0, $1] - inner[$0, $1]) / lambda
        }
        return (
          try SymmetricEigen(contrastImages.multiplied(by: solved, transposing: .left)), solved
        )
      }
      let largest = eigen.values.last ?? 0
      // Of k contrasts at most k − 1 are independent.
      let kept = (1..<classCount).reversed().filter {
        eigen.values[$0] > 0 && eigen.values[$0] > 1e-10 * largest
      }
      guard !kept.isEmpty, largest > 0 else { throw .noVariation(method: "kernel discriminant") }
      let eigenvalues = kept.map { eigen.values[$0] }
      // √π_c m_cj = √λ_j u_cj.
      let means = Matrix<Double>(rowCount: classCount, columnCount: kept.count) {
        (eigenvalues[$1] / scatter.priors[$0]).squareRoot() * eigen.vectors[kept[$1], $0]
      }
      let (coefficients, biases) = try withLinearAlgebra {
        () throws(LinearAlgebraError) -> (Matrix<Double>, [Double]) in
        // Directions as rows of weights of the examples.
        let turned = try eigen.vectors.gatheringRows(kept)
          .multiplied(by: solved, transposing: .right)
        let directions = Matrix<Double>(rowCount: kept.count, columnCount: run.count) {
          turned[$0, $1] / eigenvalues[$0].squareRoot()
        }
        // z is less its mean over the training examples.
        let centres = try directions.multiplied(by: images).multiplied(by: scatter.priors)
        let shifts = try means.multiplied(by: centres)
        let offsets = Self.offsets(means, scatter.priors)
        return (
          try means.multiplied(by: directions), offsets.indices.map { offsets[$0] - shifts[$0] }
        )
      }
      let expansion = try run.expansion(coefficients: coefficients, biases: biases)
      let condition = try withLinearAlgebra { () throws(LinearAlgebraError) in
        norm * (try factor.inverseNorm1Estimate())
      }
      return try withModel { () throws(ModelError) in
        try KernelDiscriminant(
          classes: classes.names, expansion: expansion, priors: scatter.priors,
          eigenvalues: eigenvalues, classMeans: means, lambda: lambda,
          trainingCount: features.rowCount, conditionEstimate: condition)
      }
    }
  }
}

/// The natural logarithm.
func logarithm(_ value: Double) -> Double { log(value) }

/// The operators that separate the spread within classes from that between them.
private struct ClassScatter: Sendable {
  let classes: [Int]
  let classCount: Int
  /// √(wᵢ/W).
  let roots: [Double]
  /// wᵢ/W.
  let shares: [Double]
  /// wᵢ/W_c for the example's own class c.
  let ownShares: [Double]
  /// π_c.
  let priors: [Double]
  /// n × k: the weights of each class's mean.
  let meanWeights: Matrix<Double>

  init(_ classes: ClassTable, weights: [Double]) {
    self.classes = classes.codes
    classCount = classes.names.count
    let total = weights.reduce(0, +)
    var sums = [Double](repeating: 0, count: classes.names.count)
    for (index, weight) in zip(classes.codes, weights) { sums[index] += weight }
    shares = weights.map { $0 / total }
    roots = weights.map { ($0 / total).squareRoot() }
    ownShares = zip(classes.codes, weights).map { $1 / sums[$0] }
    priors = sums.map { $0 / total }
    let (own, indices) = (ownShares, classes.codes)
    meanWeights = Matrix(rowCount: weights.count, columnCount: sums.count) {
      indices[$0] == $1 ? own[$0] : 0
    }
  }

  /// Turns K into C·K·Cᵀ + μI.
  ///
  /// - Parameters:
  ///   - matrix: K.
  ///   - images: n × k, K times the class means' weights.
  ///   - addedToDiagonal: μ.
  func centre(_ matrix: inout Matrix<Double>, _ images: Matrix<Double>, addedToDiagonal: Double) {
    let count = matrix.rowCount
    let means = means(of: images)
    unsafe matrix.withUnsafeMutableElements { elements in
      unsafe images.withUnsafeElements { images in
        for row in 0..<count {
          let own = classes[row]
          for column in 0..<count {
            let other = classes[column]
            unsafe elements[row * count + column] =
              roots[row] * roots[column]
              * (elements[row * count + column]
                - (images[row * classCount + other] + images[column * classCount + own])
                + means[own][other])
          }
          unsafe elements[row * (count + 1)] += addedToDiagonal
        }
      }
    }
  }

  /// The classes' weighted means of the rows of a matrix.
  private func means(of matrix: Matrix<Double>) -> [[Double]] {
    var means = [[Double]](
      repeating: Array(repeating: 0, count: matrix.columnCount), count: classCount)
    for row in 0..<matrix.rowCount {
      for column in 0..<matrix.columnCount {
        means[classes[row]][column] += ownShares[row] * matrix[row, column]
      }
    }
    return means
  }

  /// C times a matrix.
  func within(_ matrix: Matrix<Double>) -> Matrix<Double> {
    let means = means(of: matrix)
    return Matrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount) {
      roots[$0] * (matrix[$0, $1] - means[classes[$0]][$1])
    }
  }

  /// Cᵀ times a matrix.
  func transposedWithin(_ matrix: Matrix<Double>) -> Matrix<Double> {
    var sums = [[Double]](
      repeating: Array(repeating: 0, count: matrix.columnCount), count: classCount)
    for row in 0..<matrix.rowCount {
      for column in 0..<matrix.columnCount {
        sums[classes[row]][column] += roots[row] * matrix[row, column]
      }
    }
    return Matrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount) {
      roots[$0] * matrix[$0, $1] - ownShares[$0] * sums[classes[$0]][$1]
    }
  }

  /// √π_c (column c − mean of all), the mean given or the columns' own.
  func contrasts(_ columns: Matrix<Double>, mean: [Double]?) -> Matrix<Double> {
    let means =
      mean
      ?? (0..<columns.rowCount).map { row in
        priors.indices.reduce(0) { $0 + priors[$1] * columns[row, $1] }
      }
    return Matrix(rowCount: columns.rowCount, columnCount: classCount) {
      priors[$1].squareRoot() * (columns[$0, $1] - means[$0])
    }
  }
}
