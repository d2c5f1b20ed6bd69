import LinearAlgebra

/// How large kernel values get, and how far computed ones lie from the exact ones: what the choice of
/// a precision rests on.
package enum KernelMagnitudes {
  /// A typical kernel value's magnitude, and an estimate of its error as a standard deviation.
  ///
  /// A sum adds the errors of its parts, as if they were not independent; a product adds them
  /// relative to its value.
  static func rounding<Scalar: KernelScalar>(of examples: PreparedExamples<Scalar>)
    -> (value: Double, error: Double)
  {
    guard case .combined(let combined) = examples.storage else { return leafRounding(of: examples) }
    let leaves = combined.parts.map { leafRounding(of: $0.examples) }
    func rounding(of combination: Combination) -> (value: Double, error: Double) {
      var value: Double
      var error: Double
      switch combination {
      case .leaf(let place): return leaves[place]
      case .scaled(let factor, let part):
        let estimate = rounding(of: part)
        value = factor * estimate.value
        error = factor * estimate.error
      case .sum(let parts):
        value = 0
        error = 0
        for part in parts {
          let estimate = rounding(of: part)
          value += estimate.value
          error += estimate.error
        }
      case .product(let parts):
        value = 1
        error = 0
        for part in parts {
          let estimate = rounding(of: part)
          error = error * estimate.value + value * estimate.error + error * estimate.error
          value *= estimate.value
        }
      }
      return (value, error + Scalar.roundoff * value)
    }
    return rounding(of: combined.combination)
  }

  private static func leafRounding<Scalar: KernelScalar>(of examples: PreparedExamples<Scalar>)
    -> (value: Double, error: Double)
  {
    let norms = examples.squaredNorms
    // A few examples far out have nearly all of the rounding where values grow with the norms.
    let largest = norms.max() ?? 0
    let mean = norms.isEmpty ? 0 : norms.reduce(0, +) / Double(norms.count)
    // A product of d terms rounds by about its operands' norms; a function of distances passes on the
    // absolute error of its argument and adds its own.
    guard let kernel = examples.step.function.formula else { return (1, 2 * Scalar.roundoff) }
    if let slope = kernel.formula.distanceSlope(kernel) {
      // Differences pass on the rounding of the features alone.
      let passedOn =
        examples.step.product == .inner ? slope * mean : (slope * mean).squareRoot()
      return (1, Scalar.roundoff * (1 + 2 * passedOn))
    }
    func magnitude(_ squaredNorm: Double) -> Double {
      kernel.formula.magnitude(
        kernel, squaredNorm: squaredNorm, featureCount: examples.featureCount)
    }
    return (
      magnitude(mean),
      Scalar.roundoff * kernel.formula.roundingCount(kernel) * magnitude(largest)
    )
  }

  /// The largest magnitude that a kernel value or its parts can have, by Cauchy and Schwarz; 0 where
  /// the caller's function alone knows.
  package static func largest(_ features: FeatureMatrix, _ function: KernelFunction) -> Double {
    let leaves = function.leaves(of: features)
    let parts = leaves.map { largestPart($0.features, $0.function) }
    guard function.isComposite else { return parts[0] }
    var largest = parts.max() ?? 0
    var values = parts
    for (place, leaf) in leaves.enumerated() {
      if leaf.function.formula?.formula.isBounded == true { values[place] = 1 }
    }
    func value(of combination: Combination) -> Double {
      var result: Double
      switch combination {
      case .leaf(let place):
        result = values[place]
      case .scaled(let factor, let part):
        largest = max(largest, factor)
        result = factor * value(of: part)
      case .sum(let parts):
        result = 0
        for part in parts { result += value(of: part) }
      case .product(let parts):
        result = 1
        for part in parts { result *= value(of: part) }
      }
      largest = max(largest, result)
      return result
    }
    _ = value(of: Combination(function))
    return largest
  }

  private static func largestPart(_ features: FeatureMatrix, _ function: KernelFunction) -> Double {
    switch function {
    case .formula(let kernel) where function.writesExamplesOut:
      return kernel.formula.pair.magnitude(
        largestEntry: features.largestEntry, featureCount: Double(features.columnCount))
    case .formula(let kernel):
      let norm = largestSquaredNorm(features, function)
      let value = kernel.formula.magnitude(
        kernel, squaredNorm: norm, featureCount: features.columnCount)
      if kernel.formula.isBounded { return norm }
      return kernel.width == nil ? value : max(norm, 1) * value
    case .precomputed: return features.largestEntry
    case .custom, .sum, .product, .scaled, .columns: return 0
    }
  }

  private static func largestSquaredNorm(
    _ features: FeatureMatrix, _ function: KernelFunction
  ) -> Double {
    PreparedExamples<Double>(features, for: function).squaredNorms.max() ?? 0
  }

  /// Whether single precision shows that the squared distances of a kernel, or of one that it is
  /// composed of, cancel: examples lie too far apart for its width.
  package static func cancels(_ features: FeatureMatrix, _ function: KernelFunction) -> Bool {
    function.leaves(of: features).contains { leaf in
      guard let kernel = leaf.function.formula,
        let slope = kernel.formula.distanceSlope(kernel),
        ElementwiseStep<Float>.cancels(leaf.function, leaf.features)
      else { return false }
      return slope * largestPart(leaf.features, leaf.function) * 0x1p-23 > 1e-4
    }
  }
}
