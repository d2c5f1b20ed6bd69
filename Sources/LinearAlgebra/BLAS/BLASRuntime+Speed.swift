extension BLASRuntime {
  /// How fast matrix products run, in billions of floating-point operations per second.
  package struct ProductSpeed: Sendable, Equatable {
    /// In single precision.
    package var single: Double
    /// In double precision.
    package var double: Double
  }

  /// Measures matrix products (BLAS `gemm`) with the core and the threads that are set now.
  ///
  /// - Parameters:
  ///   - size: The number of rows and columns of the matrices, at least 1.
  ///   - repetitions: How often each product is measured, at least 1; the median counts. One more
  ///     before these warms up.
  /// - Returns: 2·size³ operations divided by the median time.
  /// - Throws: What `Matrix/accumulateProduct(of:and:transposing:alpha:beta:)` throws.
  package static func measureProducts(
    size: Int = 1024, repetitions: Int = 7
  ) throws(LinearAlgebraError) -> ProductSpeed {
    ProductSpeed(
      single: try speed(of: Float.self, size: size, repetitions: repetitions),
      double: try speed(of: Double.self, size: size, repetitions: repetitions))
  }

  private static func speed<Scalar: BLASScalar>(
    of: Scalar.Type, size: Int, repetitions: Int
  ) throws(LinearAlgebraError) -> Double {
    precondition(size >= 1 && repetitions >= 1, "nothing to measure")
    let left = Matrix<Scalar>(rowCount: size, columnCount: size, repeating: 0.5)
    let right = Matrix<Scalar>(rowCount: size, columnCount: size, repeating: 0.25)
    var product = Matrix<Scalar>(rowCount: size, columnCount: size, repeating: 0)
    var times: [Duration] = []
    for _ in 0...repetitions {
      let begin = ContinuousClock.now
      try product.accumulateProduct(of: left, and: right, transposing: .right, beta: 0)
      times.append(ContinuousClock.now - begin)
    }
    times.removeFirst()
    times.sort()
    let seconds = times[times.count / 2] / .seconds(1)
    let operations = 2 * Double(size) * Double(size) * Double(size)
    return operations / max(seconds, 1e-9) / 1e9
  }
}
