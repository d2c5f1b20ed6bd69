import Kernels
import LinearAlgebra
import SMOSolver
import Learning

/// One training of a kernel method: its options, its examples, and the kernel matrix that all these
/// methods begin with.
struct MethodRun: Sendable {
  let features: FeatureMatrix
  let kernel: KernelFunction
  /// The examples that take part: those whose weight is not 0.
  let rows: [Int]
  /// Their weights, all positive.
  let weights: [Double]
  let precision: Precision
  let control: TrainingControl

  /// Checks examples, weights and options.
  ///
  /// - Parameters:
  ///   - features: n × d.
  ///   - kernel: The kernel as the caller asks for it.
  ///   - weights: n numbers, at least 0, or `nil` for ones.
  ///   - options: Threads, memory, limits.
  /// - Throws: `TrainingError`.
  init(
    _ features: FeatureMatrix, _ kernel: Kernel, weights: [Double]? = nil,
    options: TrainingOptions
  ) throws(TrainingError) {
    try TrainingChecks.features(features)
    rows = try ExampleWeights(weights, count: features.rowCount).rows
    control = try TrainingControl(options, solverLackingCheckpoints: "kernel methods")
    self.kernel = try TrainingChecks.kernel(
      kernel, for: features, weights: weights, memoryLimit: options.memoryLimit)
    self.features = features
    self.weights = rows.map { weights?[$0] ?? 1 }
    precision = options.precision == .single ? .single : .double
  }

  /// The number of examples that take part.
  var count: Int { rows.count }
  var threads: Int { control.threads }

  // MARK: Limits

  /// Whether to stop; asked between tiles, on any thread.
  var isCancelled: @Sendable () -> Bool { control.shouldStop }

  /// Ends the training when it is to stop.
  func checkpoint() throws(TrainingError) {
    if let reason = control.interruption { throw .stopped(reason) }
  }

  /// What was computed, unless it was stopped half-way.
  func completed<Value>(_ value: Value?) throws(TrainingError) -> Value {
    guard let value else { throw .stopped(control.interruption ?? .cancelled) }
    return value
  }

  /// Refuses a training whose matrices would exceed the memory limit.
  ///
  /// - Parameters:
  ///   - squares: How many matrices of n × n numbers there are at the same time.
  ///   - columns: How many numbers besides there are for each example.
  /// - Throws: `TrainingError/matrices(needed:limit:examples:)`.
  func reserve(squares: Int, columns: Int = 0) throws(TrainingError) {
    try Self.reserve(
      rows: count, columns: squares * count + columns, limit: control.options.memoryLimit,
      examples: count)
  }

  /// Refuses a matrix of Doubles that would exceed the memory limit.
  func reserve(rows: Int, columns: Int) throws(TrainingError) {
    try Self.reserve(
      rows: rows, columns: columns, limit: control.options.memoryLimit, examples: count)
  }

  /// Refuses a matrix of Doubles that would exceed a limit.
  static func reserve(rows: Int, columns: Int, limit: Int, examples: Int)
    throws(TrainingError)
  {
    let (numbers, overflow) = rows.multipliedReportingOverflow(by: columns)
    let (bytes, tooLarge) = numbers.multipliedReportingOverflow(by: MemoryLayout<Double>.stride)
    guard !overflow, !tooLarge, bytes <= limit else {
      throw .matrices(
        needed: overflow || tooLarge ? .max - (1 << 20) : bytes, limit: limit, examples: examples)
    }
  }

  // MARK: The kernel matrix

  /// The kernel matrix of the examples that take part, in Double, both triangles.
  func kernelMatrix() throws(TrainingError) -> Matrix<Double> {
    try kernelMatrix(of: rows)
  }

  /// The kernel matrix of chosen examples.
  func kernelMatrix(of rows: [Int]) throws(TrainingError) -> Matrix<Double> {
    try checkpoint()
    let tiles = KernelSource(features, kernel).tiles(Double.self, threads: threads)
    return try completed(
      kernelErrors { () throws(KernelError) in
        try tiles.matrix(of: rows.map { Int32($0) }, isCancelled: isCancelled)
      })
  }

  // MARK: Models

  /// The expansion of a model in all examples that take part.
  ///
  /// - Parameters:
  ///   - coefficients: m × n, one row for each output.
  ///   - biases: One for each output.
  /// - Returns: The expansion.
  /// - Throws: `TrainingError` when a coefficient is not finite.
  func expansion(coefficients: Matrix<Double>, biases: [Double])
    throws(TrainingError) -> KernelExpansion
  {
    try withModel { () throws(ModelError) in
      try KernelExpansion(
        kernel: kernel, featureCount: features.columnCount,
        supportVectors: supportVectors(rows), supportIndices: rows, supportCounts: [rows.count],
        dualCoefficients: coefficients, biases: biases, precision: precision, layout: .outputs)
    }
  }

  /// What a model keeps of examples: nothing when the kernel is precomputed.
  func supportVectors(_ rows: [Int]) -> FeatureMatrix {
    if case .precomputed = kernel {
      return .dense(Matrix(rowCount: rows.count, columnCount: 0, repeating: 0))
    }
    if rows.count == features.rowCount, rows == Array(0..<rows.count) { return features }
    return features.gatheringRows(rows)
  }
}

/// Checks examples that a model is applied to.
func checkExamples(
  _ features: FeatureMatrix, featureCount: Int, kernel: KernelFunction
) throws(ModelError) {
  guard features.columnCount == featureCount else {
    throw .featureCount(found: features.columnCount, expected: featureCount)
  }
  if let place = features.firstNonFinite {
    throw .notFinite(row: place.row, column: place.column, value: place.value)
  }
  try kernel.checkExamples(features)
}
