import Basics
import Evaluation
import Kernels
import LinearAlgebra
import Learning

/// Nyström's approximation of a kernel from its values at m landmarks.
///
/// With K_mm the kernel matrix of the landmarks, k(x) the values of x with them, and any N with NᵀN = K_mm⁻¹,
/// ```
/// z(x) = N k(x),    z(x)ᵀz(x′) = k(x)ᵀ K_mm⁻¹ k(x′) ≈ κ(x, x′)
/// ```
/// which is exact at the landmarks. N is the inverse of a triangular factor L of K_mm = LLᵀ, so that a feature
/// needs only the values with the landmarks before it. Landmarks are in the order of what they add to those before
/// them, and those that add only rounding get features of 0. Where K_mm may have negative eigenvalues, N is
/// K_mm^(−½) on the space of the eigenvectors whose eigenvalues are positive.
///
/// While K_mm is not singular, features by another N, such as scikit-learn's K_mm^(−½), are these turned by a rotation:
/// kernel values, and linear models whose penalty is ‖w‖², are the same.
///
/// > C. K. I. Williams, M. Seeger. "Using the Nyström Method to Speed Up Kernel Machines." *NIPS* 13
/// > (2001), 682–688.
public struct NystroemMap: Sendable {
  /// The kernel, its parameters in numbers.
  package let kernel: KernelFunction
  /// The number of features of an example.
  package let featureCount: Int
  /// The landmarks as they were given, m × d; no columns for a precomputed kernel.
  package let landmarks: FeatureMatrix
  /// Each landmark's row in the training data, from 0.
  package let landmarkIndices: [Int]
  /// N, m × m: row i makes feature i.
  package let normalization: Matrix<Double>
  private let isTriangular: Bool
  private let tiles: LandmarkTiles

  /// Collects the parts of a map.
  ///
  /// - Throws: `ModelError/inconsistent(_:)` when the parts do not fit together or hold a number
  ///   that is not finite.
  package init(
    kernel: KernelFunction, featureCount: Int, landmarks: FeatureMatrix, landmarkIndices: [Int],
    normalization: Matrix<Double>
  ) throws(ModelError) {
    let count = landmarkIndices.count
    guard count > 0, normalization.rowCount == count, normalization.columnCount == count else {
      throw .inconsistent(
        "a normalization of \(normalization.rowCount) × \(normalization.columnCount) for \(count) "
          + "landmarks")
    }
    // An expansion has the same parts, and checks them.
    _ = try KernelExpansion(
      kernel: kernel, featureCount: featureCount, supportVectors: landmarks,
      supportIndices: landmarkIndices, supportCounts: [count], dualCoefficients: normalization,
      biases: Array(repeating: 0, count: count), precision: .double, layout: .outputs)
    self.kernel = kernel
    self.featureCount = featureCount
    self.landmarks = landmarks
    self.landmarkIndices = landmarkIndices
    self.normalization = normalization
    isTriangular = (0..<count).allSatisfy { row in
      (row + 1..<count).allSatisfy { normalization[row, $0] == 0 }
    }
    tiles = LandmarkTiles(landmarks, indices: landmarkIndices, kernel: kernel)
  }

  /// The number of features that the map makes, m.
  package var componentCount: Int { landmarkIndices.count }

  /// Fits a map with landmarks drawn at random, each at most once.
  ///
  /// - Parameters:
  ///   - features: n × d, every value finite. For a precomputed kernel the n × n kernel matrix.
  ///   - kernel: The kernel and its parameters; it should be positive semi-definite.
  ///   - componentCount: The number of landmarks, at least 1 and at most the number of examples whose
  ///     weight is not 0.
  ///   - weights: n numbers, at least 0, or `nil` for ones: what each example counts for a gamma that
  ///     depends on the data. Examples of weight 0 are never landmarks.
  ///   - seed: Determines the landmarks.
  ///   - options: Threads, memory, limits.
  /// - Returns: The map.
  /// - Throws: `TrainingError`.
  /// - Complexity: O(m²·d) and 2·m³/3 operations, or about 9·m³ where the kernel may not be positive
  ///   semi-definite; 24·m² bytes.
  public static func fit(
    features: FeatureMatrix, kernel: Kernel, componentCount: Int, weights: [Double]? = nil,
    seed: UInt64 = 0, options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> NystroemMap {
    let run = try MethodRun(features, kernel, weights: weights, options: options)
    return try fit(run, landmarkIndices: landmarks(run.rows, count: componentCount, seed: seed))
  }

  /// Draws landmarks from the examples that take part.
  static func landmarks(
    _ rows: [Int], count: Int, seed: UInt64
  ) throws(TrainingError) -> [Int] {
    guard count >= 1, count <= rows.count else {
      throw .invalidParameter(
        name: "components", value: "\(count)",
        expected: "a whole number from 1 to the number of rows, \(rows.count)")
    }
    var generator = SeededGenerator(seed: seed)
    var order = rows
    for place in 0..<count {
      order.swapAt(place, place + generator.integer(below: order.count - place))
    }
    return Array(order[..<count])
  }

  /// Fits a map with given landmarks.
  ///
  /// - Parameters:
  ///   - features: n × d, every value finite.
  ///   - kernel: The kernel and its parameters.
  ///   - landmarkIndices: Rows of the features, at least one.
  ///   - options: Threads, memory, limits.
  /// - Returns: The map.
  /// - Throws: `TrainingError`.
  package static func fit(
    features: FeatureMatrix, kernel: Kernel, landmarkIndices: [Int],
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> NystroemMap {
    let run = try MethodRun(features, kernel, options: options)
    guard !landmarkIndices.isEmpty,
      landmarkIndices.allSatisfy({ $0 >= 0 && $0 < features.rowCount })
    else {
      throw .invalidParameter(
        name: "landmarks", value: "\(landmarkIndices.count) rows",
        expected: "at least one row from 1 to \(features.rowCount)")
    }
    return try fit(run, landmarkIndices: landmarkIndices)
  }

  private static func fit(
    _ run: MethodRun, landmarkIndices: [Int]
  ) throws(TrainingError) -> NystroemMap {
    let count = landmarkIndices.count
    return try run.stoppable { () throws(TrainingError) in
      try run.reserve(rows: count, columns: 4 * count)
      return try NystroemMap(
        run.kernel, run.supportVectors(landmarkIndices), landmarkIndices,
        values: run.kernelMatrix(of: landmarkIndices), featureCount: run.features.columnCount)
    }
  }

  /// The map of landmarks with their kernel matrix.
  init(
    _ kernel: KernelFunction, _ landmarks: FeatureMatrix, _ indices: [Int],
    values: Matrix<Double>, featureCount: Int
  ) throws(TrainingError) {
    let found = try withLinearAlgebra { () throws(LinearAlgebraError) in
      // Values that a caller has computed may belong to any matrix.
      kernel.isPositiveSemidefinite && !kernel.isPrecomputed && !kernel.hasPrecomputedPart
        ? try values.inverseFactor() : try values.inverseRoot()
    }
    guard let found else { throw .noVariation(method: "Nyström features") }
    self = try withModel { () throws(ModelError) in
      try NystroemMap(
        kernel: kernel, featureCount: featureCount, landmarks: landmarks.gatheringRows(found.order),
        landmarkIndices: found.order.map { indices[$0] }, normalization: found.inverse)
    }
  }

  /// The new features of examples.
  ///
  /// - Parameters:
  ///   - features: n examples with `featureCount` features; for a precomputed kernel their kernel
  ///     values with all training examples.
  ///   - threads: The number of threads, or `nil` for one on each core; the bits are the same.
  /// - Returns: n × `componentCount`.
  /// - Throws: `ModelError` when the features do not fit.
  /// - Complexity: O(n·m·(d + m)).
  public func callAsFunction(_ features: FeatureMatrix, threads: Int? = nil)
    throws(ModelError) -> Matrix<Double>
  {
    try mapping(features, threads: threads) { false }
  }

  /// The new features of examples; what ``callAsFunction(_:threads:)`` returns unless it is to stop.
  func mapping(
    _ features: FeatureMatrix, threads: Int?, isCancelled: @escaping @Sendable () -> Bool
  ) throws(ModelError) -> Matrix<Double> {
    try checkExamples(features, featureCount: featureCount, kernel: kernel)
    let count = componentCount
    return unsafe Matrix(rowCount: features.rowCount, columnCount: count) { target in
      guard let target = target.baseAddress else { return }
      unsafe normalization.withUnsafeElements { normalization in
        guard let normalization = normalization.baseAddress else { return }
        let shared = unsafe UnsafeSendable((target: target, normalization: normalization))
        // A triangle is cut into strips, each with the landmarks up to its last.
        let width = isTriangular ? Self.stripWidth : count
        unsafe tiles.evaluate(
          features, threads: max(1, threads ?? processorCount), isCancelled: isCancelled
        ) {
          rows, values, stride in
          for first in Swift.stride(from: 0, to: count, by: width) {
            let end = min(first + width, count)
            unsafe Double._gemm(
              transposeA: true, transposeB: true, rows.count, end - first,
              isTriangular ? end : count, 1, values, stride,
              shared.value.normalization + first * count, count, 0,
              shared.value.target + rows.lowerBound * count + first, count)
          }
        }
      }
    }
  }

  /// Features that are computed together, of a triangular N.
  private static var stripWidth: Int { 256 }

  /// The kernel machine that a linear model of the new features is: ⟨w, z(x)⟩ + b as a sum of kernel
  /// values with the landmarks.
  ///
  /// - Parameters:
  ///   - weights: Outputs × ``componentCount``.
  ///   - biases: One for each output.
  ///   - precision: The precision of predictions.
  /// - Returns: An expansion with the landmarks for support vectors, `weights`·N their coefficients.
  /// - Throws: `ModelError/inconsistent(_:)` when the shapes do not fit.
  package func expansion(
    weights: Matrix<Double>, biases: [Double], precision: Precision = .double
  ) throws(ModelError) -> KernelExpansion {
    let coefficients: Matrix<Double>
    do {
      coefficients = try weights.multiplied(by: normalization)
    } catch {
      throw .inconsistent("weights do not fit the feature map: \(error)")
    }
    return try KernelExpansion(
      kernel: kernel, featureCount: featureCount, supportVectors: landmarks,
      supportIndices: landmarkIndices, supportCounts: [componentCount],
      dualCoefficients: coefficients, biases: biases, precision: precision, layout: .outputs)
  }
}

/// N with NᵀN = A⁻¹ on the space where A is not 0 to rounding, and the order that A's rows are taken in.
private typealias Inverse = (order: [Int], inverse: Matrix<Double>)

extension Matrix<Double> {
  /// The inverse of the triangular factor of a symmetric, positive semi-definite matrix; `nil` when the matrix is 0
  /// to rounding.
  fileprivate func inverseFactor() throws(LinearAlgebraError) -> Inverse? {
    let factor = try PivotedCholesky(self)
    return factor.rank > 0 ? (factor.order, try factor.inverse()) : nil
  }

  /// A^(−½) of a symmetric matrix, on the space of the eigenvalues above 0; `nil` when none are.
  fileprivate func inverseRoot() throws(LinearAlgebraError) -> Inverse? {
    let eigen = try SymmetricEigen(self)
    let least = Double(rowCount) * 0x1p-52 * (eigen.values.last ?? 0)
    let kept = eigen.values.indices.filter { eigen.values[$0] > least && eigen.values[$0] > 0 }
    guard !kept.isEmpty else { return nil }
    // (λ^(−¼)V)ᵀ(λ^(−¼)V) is symmetric to the bit.
    let vectors = eigen.vectors.gatheringRows(kept)
    let scales = kept.map { 1 / eigen.values[$0].squareRoot().squareRoot() }
    let root = try Matrix(rowCount: kept.count, columnCount: columnCount) {
      scales[$0] * vectors[$0, $1]
    }.gramMatrix(of: .columns)
    return (Array(0..<rowCount), root)
  }
}
