import Basics
import Evaluation
import Kernels
import LinearAlgebra
import Learning

/// Random Fourier features of a kernel that depends on x − x′ alone.
///
/// Such a kernel is the characteristic function of a distribution of frequencies ω (Bochner's
/// theorem), so that
/// ```
/// z(x) = √(2/m) cos(ωⱼᵀx + bⱼ),  j = 1…m,    E z(x)ᵀz(x′) = κ(x, x′)
/// ```
/// with phases b uniform in 0 ..< 2π [1]. The error of an approximated kernel value is about 1/√m. The
/// frequencies come from
/// the kernel's spectrum, which its formula states: normal with variance 2γ in each feature for the
/// gaussian kernel, a multivariate t distribution for the laplacian one (1 degree of freedom) and the
/// Matérn kernels (3 and 5), Cauchy in each feature for laplacian-l1.
///
/// > [1] A. Rahimi, B. Recht. "Random Features for Large-Scale Kernel Machines." *NIPS* 20 (2008),
/// > 1177–1184.
public struct RandomFourierMap: Sendable {
  /// The kernel that the map approximates.
  package let kernel: KernelFunction
  /// ω as columns, d × m.
  package let frequencies: Matrix<Double>
  /// b, m numbers.
  package let phases: [Double]

  /// Collects the parts of a map.
  ///
  /// - Throws: `ModelError/inconsistent(_:)` when the parts do not fit together or hold a number
  ///   that is not finite.
  package init(kernel: KernelFunction, frequencies: Matrix<Double>, phases: [Double])
    throws(ModelError)
  {
    guard frequencies.rowCount > 0, !phases.isEmpty, frequencies.columnCount == phases.count else {
      throw .inconsistent(
        "frequencies of \(frequencies.rowCount) × \(frequencies.columnCount) for \(phases.count) "
          + "phases")
    }
    guard phases.allSatisfy({ $0.isFinite }), FeatureMatrix.dense(frequencies).firstNonFinite == nil
    else {
      throw .inconsistent("a frequency or phase is not finite")
    }
    guard let formula = kernel.formula, formula.formula.hasSpectrum else {
      throw .inconsistent("random Fourier features of the kernel \(kernel.name) do not exist")
    }
    self.kernel = kernel
    self.frequencies = frequencies
    self.phases = phases
  }

  /// The number of features that the map makes, m.
  package var componentCount: Int { phases.count }

  /// The number of features of an example, d.
  package var featureCount: Int { frequencies.rowCount }

  /// Draws a map.
  ///
  /// - Parameters:
  ///   - features: n × d, every value finite; they determine d, and γ where it is a rule.
  ///   - kernel: A kernel with a spectrum, such as gaussian or laplacian.
  ///   - componentCount: m, at least 1.
  ///   - weights: n numbers, at least 0, or `nil` for ones: what each example counts where γ is a rule.
  ///   - seed: Determines frequencies and phases.
  ///   - options: The memory limit.
  /// - Returns: The map.
  /// - Throws: `TrainingError`.
  /// - Complexity: O(d·m).
  public static func fit(
    features: FeatureMatrix, kernel: Kernel, componentCount: Int, weights: [Double]? = nil,
    seed: UInt64 = 0, options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> RandomFourierMap {
    try check(componentCount)
    let run = try MethodRun(features, kernel, weights: weights, options: options)
    return try draw(
      run.kernel, featureCount: features.columnCount, componentCount: componentCount, seed: seed,
      memoryLimit: options.memoryLimit)
  }

  /// Refuses a map without components.
  static func check(_ componentCount: Int) throws(TrainingError) {
    guard componentCount >= 1 else {
      throw .invalidParameter(
        name: "components", value: "\(componentCount)", expected: "at least 1")
    }
  }

  /// Draws a map of examples with a kernel in numbers.
  static func draw(
    _ kernel: KernelFunction, featureCount: Int, componentCount: Int, seed: UInt64, memoryLimit: Int
  ) throws(TrainingError) -> RandomFourierMap {
    do throws(MemoryShortage) {
      try MemoryShortage.require(
        featureCount, each: 8 * componentCount, limit: memoryLimit,
        purpose: "\(componentCount) random frequencies of \(featureCount) features",
        remedy: "use fewer (--components), or landmarks (--feature-map nystrom)")
    } catch {
      throw .memory(error)
    }
    var source = NormalSource(seed: seed)
    guard let formula = kernel.formula, let spectrum = formula.formula.spectrum(formula) else {
      throw .unsuitableKernel(
        method: "random Fourier features", kernel: kernel.name,
        expected: "the kernel " + KernelCatalog.names { $0.hasSpectrum })
    }
    let columns: (Int) -> Double
    switch spectrum {
    case .normal(let deviation):
      columns = { _ in deviation * source.normal() }
    case .cauchyByFeature(let scale):
      columns = { _ in scale * source.normal() / source.normal().magnitude }
    case .studentT(let degrees, let scale):
      let scales = (0..<componentCount).map { _ in
        scale * Double(degrees).squareRoot() / source.normalLength(dimension: degrees)
      }
      columns = { scales[$0] * source.normal() }
    case .gammaMixture(let shape, let variance):
      let scales = (0..<componentCount).map { _ in
        (variance * source.gamma(shape: shape)).squareRoot()
      }
      columns = { scales[$0] * source.normal() }
    }
    let frequencies = Matrix<Double>(rowCount: featureCount, columnCount: componentCount) {
      columns($1)
    }
    let phases = (0..<componentCount).map { _ in 2 * Double.pi * source.uniform() }
    return try withModel { () throws(ModelError) in
      try RandomFourierMap(kernel: kernel, frequencies: frequencies, phases: phases)
    }
  }

  /// The examples that are mapped together.
  static var tileHeight: Int { 240 }

  /// The new features of examples.
  ///
  /// - Parameters:
  ///   - features: n examples with `featureCount` features.
  ///   - threads: The number of threads, or `nil` for one on each core; the bits are the same.
  /// - Returns: n × `componentCount`.
  /// - Throws: `ModelError` when the features do not fit.
  /// - Complexity: O(n·d·m), for sparse examples O(m) for each stored entry.
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
    let (count, rowCount) = (componentCount, features.rowCount)
    let height = Self.tileHeight
    let scale = (2 / Double(count)).squareRoot()
    let workers = max(
      1, min(threads ?? processorCount, 1 + rowCount * count / 200_000))
    return unsafe Matrix(rowCount: rowCount, columnCount: count) { target in
      guard let target = target.baseAddress else { return }
      unsafe frequencies.withUnsafeElements { frequencies in
        guard let frequencies = frequencies.baseAddress else { return }
        let shared = unsafe UnsafeSendable((target: target, frequencies: frequencies))
        concurrentTiles(count: (rowCount + height - 1) / height, threads: workers) { tile in
          if isCancelled() { return }
          let rows = tile * height..<min((tile + 1) * height, rowCount)
          let target = unsafe shared.value.target + rows.lowerBound * count
          for row in 0..<rows.count {
            unsafe (target + row * count).update(from: phases, count: count)
          }
          switch features {
          case .dense(let matrix):
            unsafe matrix.withUnsafeElements { elements in
              guard let elements = elements.baseAddress else { return }
              unsafe Double._gemm(
                transposeA: false, transposeB: false, rows.count, count, featureCount, 1,
                elements + rows.lowerBound * featureCount, featureCount, shared.value.frequencies,
                count, 1, target, count)
            }
          case .sparse(let matrix):
            for row in rows {
              for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
                unsafe Double._axpy(
                  count, matrix.values[entry],
                  shared.value.frequencies + Int(matrix.columnIndices[entry]) * count,
                  target + (row - rows.lowerBound) * count)
              }
            }
          }
          unsafe replaceByCosines(target, rows.count * count, scale: scale)
        }
      }
    }
  }
}

/// Normal and uniform numbers from a seed.
private struct NormalSource {
  private var generator: SeededGenerator
  private var spare: Double?

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func uniform() -> Double { generator.unitInterval() }

  /// The length of a normal vector.
  mutating func normalLength(dimension: Int) -> Double {
    guard dimension > 1 else { return normal().magnitude }
    var sum = 0.0
    for _ in 0..<dimension {
      let value = normal()
      sum += value * value
    }
    return sum.squareRoot()
  }

  /// A number of the gamma distribution with scale 1, by the method of Marsaglia and Tsang ("A Simple
  /// Method for Generating Gamma Variables." *ACM TOMS* 26 (2000), 363–372).
  mutating func gamma(shape: Double) -> Double {
    // Below 1 a number of the next shape is thinned out by a power of a uniform one.
    guard shape >= 1 else { return gamma(shape: shape + 1) * pow(1 - uniform(), 1 / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(1 - uniform()) < 0.5 * x * x + d * (1 - v + log(v)) { return d * v }
    }
  }

  /// A number with mean 0 and variance 1, by the method of Box and Muller; never 0.
  mutating func normal() -> Double {
    if let spare {
      self.spare = nil
      return spare
    }
    while true {
      let radius = (-2 * log(1 - generator.unitInterval())).squareRoot()
      let angle = 2 * Double.pi * generator.unitInterval()
      let (first, second) = (radius * cos(angle), radius * sin(angle))
      if first != 0, second != 0 {
        spare = second
        return first
      }
    }
  }
}
