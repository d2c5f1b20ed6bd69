import Kernels
import LinearAlgebra
import Learning

/// Principal components in the space of a kernel.
///
/// The eigenvectors v and eigenvalues λ of the centred kernel matrix K̃ give the components: the score
/// of an example is
/// ```
/// s(x) = Σ vᵢ/√λ · κ̃(xᵢ, x),    κ̃ the kernel of examples less their mean
/// ```
/// which is a kernel expansion with a bias [1]. With the linear kernel these are the principal
/// components themselves.
///
/// Weights of examples count them as often: with ω their shares of the total, the mean is Σ ωᵢφ(xᵢ), and
/// v and λ are those of √(nωᵢ)·κ̃(xᵢ, xⱼ)·√(nωⱼ), √(nωᵢ)vᵢ taking the place of vᵢ in the scores.
///
/// > Important: The sign of a component is arbitrary. Here the entry of v (over √(nωᵢ)) with the largest
/// > magnitude is positive, the earliest of those that are equal to a millionth.
///
/// > [1] B. Schölkopf, A. Smola, K.-R. Müller. "Nonlinear Component Analysis as a Kernel Eigenvalue
/// > Problem." *Neural Computation* 10 (1998), 1299–1319.
public struct KernelPrincipalComponents: Sendable {
  /// One output for each component, the largest variance first.
  package let expansion: KernelExpansion
  /// The eigenvalues of the centred kernel matrix, descending, all positive.
  ///
  /// Weights of examples are divided by their mean before.
  package let eigenvalues: [Double]
  /// The variance of all components together, mean κ̃(xᵢ, xᵢ).
  package let totalVariance: Double
  /// The number of training examples.
  package let trainingCount: Int

  /// Collects the parts.
  ///
  /// - Throws: `ModelError/inconsistent(_:)` when the parts do not fit together.
  package init(
    expansion: KernelExpansion, eigenvalues: [Double], totalVariance: Double, trainingCount: Int
  ) throws(ModelError) {
    guard !eigenvalues.isEmpty else { throw .inconsistent("it has no components") }
    try ModelParts.require(expansion, outputs: eigenvalues.count, trainingCount: trainingCount)
    for value in eigenvalues { try ModelParts.requirePositive(value, "an eigenvalue") }
    try ModelParts.requirePositive(totalVariance, "the total variance")
    guard zip(eigenvalues, eigenvalues.dropFirst()).allSatisfy({ $0 >= $1 }) else {
      throw .inconsistent("the eigenvalues do not descend")
    }
    self.expansion = expansion
    self.eigenvalues = eigenvalues
    self.totalVariance = totalVariance
    self.trainingCount = trainingCount
  }

  /// The number of components.
  package var componentCount: Int { eigenvalues.count }

  /// The variance of each component's scores over the training examples, counted by their weights
  /// (divisor n).
  public var explainedVariances: [Double] {
    eigenvalues.map { $0 / Double(expansion.supportIndices.count) }
  }

  /// Each component's share of the variance in the kernel's space, in 0…1.
  package var explainedVarianceRatios: [Double] { explainedVariances.map { $0 / totalVariance } }

  /// The scores of examples.
  ///
  /// - Parameters:
  ///   - features: m examples with the features of the training data; for a precomputed kernel their
  ///     kernel values with all training examples.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: m × `componentCount`.
  /// - Throws: `ModelError` when the features do not fit.
  /// - Complexity: O(m·n·(d + components)).
  public func scores(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> Matrix<Double>
  {
    try expansion.decisionValues(features, threads: threads)
  }

  /// Finds the components of examples.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite. For a precomputed kernel the
  ///     n × n kernel matrix.
  ///   - weights: n numbers, at least 0, or `nil` for ones. Weight 2 is a row given twice, weight 0 a
  ///     row left out.
  ///   - componentCount: The largest number of components, or `nil` for all. Those whose eigenvalue
  ///     is 0 to rounding are left out.
  ///   - kernel: The kernel and its parameters; it should be positive semi-definite.
  ///   - options: Threads, memory, limits, precision of scores; the kernel matrix is in Double.
  /// - Returns: The components.
  /// - Throws: `TrainingError`, `TrainingError/noVariation(method:)` when the examples do
  ///   not differ for the kernel.
  /// - Complexity: O(n²·(d + components)) times some tens for few components of more than 512
  ///   examples, about 9·n³ on one thread otherwise; 8·n² bytes and twice as many more.
  public static func train(
    features: FeatureMatrix, weights: [Double]? = nil, componentCount: Int? = nil,
    kernel: Kernel = .gaussian(), options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> KernelPrincipalComponents {
    if let componentCount, componentCount < 1 {
      throw .invalidParameter(
        name: "components", value: "\(componentCount)", expected: "at least 1")
    }
    let run = try MethodRun(features, kernel, weights: weights, options: options)
    return try run.stoppable { () throws(TrainingError) in
      let count = run.count
      let wanted = min(componentCount ?? count, count)
      try run.reserve(squares: count > LeadingEigenpairs.wholeSize && 8 * wanted <= count ? 2 : 3)
      var matrix = try run.kernelMatrix()
      // Only shares matter to the scores; weights with mean 1 keep the eigenvalues in units of rows.
      let meanWeight = run.weights.reduce(0, +) / Double(count)
      let counts = run.weights.map { $0 / meanWeight }
      let roots = counts.map { $0.squareRoot() }
      let rowMeans = matrix.centre(counts: counts, roots: roots)
      var trace = 0.0
      for row in 0..<count { trace += matrix[row, row] }
      let pairs = try LeadingEigenpairs(consume matrix, count: wanted, run)
      // Beyond this, eigenvalues are the rounding of larger ones.
      let least = Double(count) * 0x1p-52 * (pairs.values.first ?? 0)
      let kept = pairs.values.prefix { $0 > least && $0 > 0 }.count
      guard kept > 0, trace > 0 else { throw .noVariation(method: "kernel principal components") }
      var biases: [Double] = []
      var elements: [Double] = []
      elements.reserveCapacity(kept * count)
      for component in 0..<kept {
        var vector = pairs.vectors.row(component)
        let sign = zip(vector, roots).map { $0 / $1 }.signOfLargest
        let scale = sign / pairs.values[component].squareRoot()
        // The eigenvectors are orthogonal to the roots; making them so to the last bit leaves only the row
        // means of the centring.
        let mean = zip(vector, roots).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
        var bias = 0.0
        for index in vector.indices {
          vector[index] = (vector[index] - mean * roots[index]) * roots[index] * scale
          bias -= vector[index] * rowMeans[index]
        }
        elements += vector
        biases.append(bias)
      }
      let coefficients = try withLinearAlgebra { [elements] () throws(LinearAlgebraError) in
        try Matrix(rowCount: kept, columnCount: count, elements: elements)
      }
      let expansion = try run.expansion(coefficients: coefficients, biases: biases)
      return try withModel { () throws(ModelError) in
        try KernelPrincipalComponents(
          expansion: expansion, eigenvalues: Array(pairs.values.prefix(kept)),
          totalVariance: trace / Double(count), trainingCount: features.rowCount)
      }
    }
  }
}

extension Matrix<Double> {
  /// Turns a kernel matrix into that of examples less their mean, rows and columns multiplied by the
  /// roots of their weights.
  ///
  /// - Parameters:
  ///   - counts: The weights of the examples; their sum is the number of rows.
  ///   - roots: Their roots.
  /// - Returns: The means of the rows before.
  fileprivate mutating func centre(counts: [Double], roots: [Double]) -> [Double] {
    let count = rowCount
    var means = [Double](repeating: 0, count: count)
    unsafe withUnsafeMutableElements { elements in
      for row in 0..<count {
        var sum = 0.0
        for column in 0..<count { unsafe sum += elements[row * count + column] * counts[column] }
        means[row] = sum / Double(count)
      }
      let mean = zip(means, counts).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
      for row in 0..<count {
        for column in 0..<count {
          // Sums and products of row and column first: (i, j) and (j, i) must get the same bits.
          let value =
            unsafe elements[row * count + column] + (mean - (means[row] + means[column]))
          unsafe elements[row * count + column] = value * (roots[row] * roots[column])
        }
      }
    }
    return means
  }
}

extension [Double] {
  /// 1 or −1: the sign of the entry with the largest magnitude, the earliest of those that are equal to
  /// a millionth.
  fileprivate var signOfLargest: Double {
    let largest = reduce(0) { Swift.max($0, $1.magnitude) }
    return first { $0.magnitude >= largest * (1 - 1e-6) } ?? 1 < 0 ? -1 : 1
  }
}
