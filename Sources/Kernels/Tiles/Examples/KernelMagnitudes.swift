import LinearAlgebra

/// How large kernel values get, and how far computed ones lie from the exact ones: what the choice of
/// a precision rests on.
package enum KernelMagnitudes {
  /// A typical kernel value's magnitude, and an estimate of its error as a standard deviation.
  ///
  /// A sum adds the errors of its parts, as if they were not independent; a product adds them
  /// relative to its value.
  ///
  /// - Parameters:
  ///   - examples: Examples.
  ///   - norms: Those of all examples of the training, or `nil` where these are all.
  /// - Returns: The magnitude and the error.
  static func rounding<Scalar: KernelScalar>(
    of examples: PreparedExamples<Scalar>, norms: [NormSums]? = nil
  ) -> (value: Double, error: Double) {
    let norms = norms ?? examples.normSums()
    guard case .combined(let combined) = examples.storage else {
      return leafRounding(of: examples, norms[0])
    }
    let leaves = zip(combined.parts, norms).map { leafRounding(of: $0.examples, $1) }
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

  private static func leafRounding<Scalar: KernelScalar>(
    of examples: PreparedExamples<Scalar>, _ norms: NormSums
  ) -> (value: Double, error: Double) {
    // A few examples far out have nearly all of the rounding where values grow with the norms.
    let largest = norms.largest
    let mean = norms.count == 0 ? 0 : norms.sum / Double(norms.count)
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
    largest(function, features, largestParts(features, function))
  }

  /// The largest magnitude that a value or its parts can have of each kernel that a kernel is made of; those
  /// of all examples are the maxima of those of some.
  ///
  /// - Parameters:
  ///   - features: Examples.
  ///   - function: The kernel.
  ///   - centres: What all examples of the training are moved by, or `nil` where these are all.
  /// - Returns: A magnitude for each.
  package static func largestParts(
    _ features: FeatureMatrix, _ function: KernelFunction, centres: [[Double]]? = nil
  ) -> [Double] {
    function.leaves(of: features).enumerated().map {
      largestPart(FeatureRows($1.features), $1.function, centres?[$0])
    }
  }

  /// The same of the examples of a problem.
  package static func largestParts(
    _ examples: FeatureRows, _ function: KernelFunction
  ) -> [Double] {
    examples.rows == nil
      ? largestParts(examples.features, function) : [largestPart(examples, function, nil)]
  }

  /// ``largest(_:_:)`` from the parts of all examples, of which some are here.
  package static func largest(
    _ function: KernelFunction, _ features: FeatureMatrix, _ parts: [Double]
  ) -> Double {
    guard function.isComposite else { return parts[0] }
    let leaves = function.leaves(of: features)
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

  private static func largestPart(
    _ examples: FeatureRows, _ function: KernelFunction, _ centre: [Double]?
  ) -> Double {
    let features = examples.features
    switch function {
    case .formula(let kernel) where function.writesExamplesOut:
      return kernel.formula.pair.magnitude(
        largestEntry: examples.gathered.largestEntry, featureCount: Double(features.columnCount))
    case .formula(let kernel):
      let norm =
        PreparedExamples<Double>(examples, for: function, centre: centre).squaredNorms.max() ?? 0
      let value = kernel.formula.magnitude(
        kernel, squaredNorm: norm, featureCount: features.columnCount)
      if kernel.formula.isBounded { return norm }
      return kernel.width == nil ? value : max(norm, 1) * value
    case .precomputed: return features.largestEntry
    case .custom, .sum, .product, .scaled, .columns: return 0
    }
  }

  /// Whether single precision shows that the squared distances of a kernel, or of one that it is
  /// composed of, cancel: examples lie too far apart for its width.
  package static func cancels(_ features: FeatureMatrix, _ function: KernelFunction) -> Bool {
    cancels(function, features, largestParts(features, function))
  }

  /// The same from the parts of all examples, of which some are here.
  package static func cancels(
    _ function: KernelFunction, _ features: FeatureMatrix, _ parts: [Double]
  ) -> Bool {
    zip(function.leaves(of: features), parts).contains { leaf, part in
      guard let kernel = leaf.function.formula,
        let slope = kernel.formula.distanceSlope(kernel),
        ElementwiseStep<Float>.cancels(leaf.function, leaf.features)
      else { return false }
      return slope * part * 0x1p-23 > 1e-4
    }
  }
}

/// The squared norms of examples, summed up: those of examples in several places add to them one place after
/// the other, which gives the bits of one loop.
package struct NormSums: Sendable, Equatable {
  /// The largest, 0 without examples.
  package var largest = 0.0
  /// Their sum.
  package var sum = 0.0
  /// Their number.
  package var count = 0

  package init() {}

  fileprivate mutating func add(_ norms: [Double]) {
    largest = max(largest, norms.max() ?? 0)
    sum = norms.reduce(sum, +)
    count += norms.count
  }
}

extension PreparedExamples {
  /// The sums of each kernel that the kernel is made of, added to those of the examples before these.
  func normSums(after earlier: [NormSums]? = nil) -> [NormSums] {
    var sums: [NormSums]
    if case .combined(let examples) = storage {
      sums = earlier ?? examples.parts.map { _ in NormSums() }
      for (place, part) in examples.parts.enumerated() {
        sums[place].add(part.examples.squaredNorms)
      }
    } else {
      sums = earlier ?? [NormSums()]
      sums[0].add(squaredNorms)
    }
    return sums
  }
}
