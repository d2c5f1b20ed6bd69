import LinearAlgebra

/// Sums over dense examples that the centre of the examples of a kernel follows from.
///
/// Examples that are in several places add to them one place after the other, which gives the bits of one
/// loop.
package struct CentreSums: Sendable, Equatable {
  /// Σ of each column.
  package var sums: [Double]
  /// The least magnitude of a column's values that are not 0.
  package var nearest: [Double]

  /// Of no examples.
  package init(columnCount: Int) {
    sums = Array(repeating: 0, count: columnCount)
    nearest = Array(repeating: .infinity, count: columnCount)
  }

  /// Collects the parts.
  package init(sums: [Double], nearest: [Double]) {
    self.sums = sums
    self.nearest = nearest
  }

  /// Empty sums for each kernel that a kernel is made of; without columns for those that do not move their
  /// examples.
  package static func empty(for function: KernelFunction, _ features: FeatureMatrix) -> [CentreSums]
  {
    function.leaves(of: features).map { leaf in
      let step = ElementwiseStep<Double>(function: leaf.function, features: leaf.features)
      let isMoved = step.isCentred && !leaf.features.isSparse
      return CentreSums(columnCount: isMoved ? leaf.features.columnCount : 0)
    }
  }

  /// Adds examples.
  ///
  /// - Parameters:
  ///   - features: Examples.
  ///   - sums: Those of each kernel that the kernel is made of.
  ///   - function: The kernel.
  package static func add(
    _ features: FeatureMatrix, to sums: inout [CentreSums], of function: KernelFunction
  ) {
    for (place, leaf) in function.leaves(of: features).enumerated() where !sums[place].sums.isEmpty
    {
      if case .dense(let matrix) = leaf.features {
        sums[place].add(matrix, FeatureRows(leaf.features))
      }
    }
  }

  private mutating func add(_ matrix: Matrix<Double>, _ examples: FeatureRows) {
    let width = matrix.columnCount
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      unsafe nearest.withUnsafeMutableBufferPointer { nearest in
        unsafe matrix.withUnsafeElements { elements in
          guard let source = elements.baseAddress, let sums = sums.baseAddress,
            let nearest = nearest.baseAddress
          else { return }
          for example in 0..<examples.count {
            let values = unsafe source + examples.row(example) * width
            // Without branches, so that several columns are done at once.
            for feature in 0..<width {
              let value = unsafe values[feature]
              unsafe sums[feature] += value
              let magnitude = value == 0 ? .infinity : abs(value)
              unsafe nearest[feature] =
                magnitude < nearest[feature] ? magnitude : nearest[feature]
            }
          }
        }
      }
    }
  }

  /// The mean of each column, or 0 where it would cost more digits than it saves: one example at 1e15
  /// moves the mean of eight to 1e14, relative to which 0.5 and 0.6 are equal.
  ///
  /// - Parameter count: The number of examples.
  /// - Returns: One number for each column.
  package func centre(count: Int) -> [Double] {
    let count = Double(max(count, 1))
    return zip(sums, nearest).map { sum, nearest in
      let mean = sum / count
      // A sum that overflows must not turn into NaN below.
      return mean.isFinite && abs(mean) / Self.farthestCentre <= nearest ? mean : 0
    }
  }

  /// How many times as far from the origin as the nearest value that is not 0 a centre may lie.
  ///
  /// Moving the examples then takes at most ten bits from that value. Where values lie nearer, moving
  /// them would make the farthest ones smaller by a factor of two at most.
  private static var farthestCentre: Double { 1024 }

  /// The centre of examples that are all here.
  static func mean(of matrix: Matrix<Double>, _ examples: FeatureRows) -> [Double] {
    var sums = CentreSums(columnCount: matrix.columnCount)
    sums.add(matrix, examples)
    return sums.centre(count: examples.count)
  }
}
