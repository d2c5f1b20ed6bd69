import Basics
import LinearAlgebra
import Learning

/// Linear functions of the features: d(x) = ⟨w, x⟩ + b for each of several outputs.
public struct LinearFunction: Sendable, Equatable {
  /// One row of weights for each output; outputs × features.
  public let weights: Matrix<Double>
  /// b of each output, **added** to the product.
  public let biases: [Double]

  /// Collects the parts.
  ///
  /// - Parameters:
  ///   - weights: Outputs × features, every value finite; there may be no outputs.
  ///   - biases: One finite number for each output.
  /// - Throws: `ModelError/inconsistent(_:)` when they do not fit together.
  package init(weights: Matrix<Double>, biases: [Double]) throws(ModelError) {
    guard weights.columnCount > 0 else {
      throw .inconsistent("a linear function needs at least one feature, but has none")
    }
    guard weights.rowCount == biases.count else {
      throw .inconsistent(
        "a linear function has \(biases.count) biases for \(weights.rowCount) rows of weights")
    }
    if let output = biases.firstIndex(where: { !$0.isFinite }) {
      throw .inconsistent("bias \(output + 1) is \(biases[output]); it must be a finite number")
    }
    if let place = FeatureMatrix.dense(weights).firstNonFinite {
      throw .inconsistent(
        "weight \(place.column + 1) of output \(place.row + 1) is \(place.value); it must be a "
          + "finite number")
    }
    self.weights = weights
    self.biases = biases
  }

  /// The number of outputs.
  package var outputCount: Int { biases.count }
  /// The number of features.
  package var featureCount: Int { weights.columnCount }

  /// The values of examples.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core; it does not change a bit.
  /// - Returns: n × outputs.
  /// - Throws: `ModelError` when the features do not fit, or are not finite.
  /// - Complexity: O(stored features × outputs).
  package func decisionValues(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> Matrix<Double>
  {
    guard features.columnCount == featureCount else {
      throw .featureCount(found: features.columnCount, expected: featureCount)
    }
    if let place = features.firstNonFinite {
      throw .notFinite(row: place.row, column: place.column, value: place.value)
    }
    let outputs = outputCount
    var result = Matrix<Double>(
      rowCount: features.rowCount, columnCount: outputs, repeating: 0)
    guard outputs > 0, features.rowCount > 0 else { return result }
    unsafe result.withUnsafeMutableElements { elements in
      guard let base = elements.baseAddress else { return }
      let target = unsafe UnsafeSendable(base)
      switch features {
      case .dense(let matrix): unsafe evaluate(matrix, threads: threads, into: target)
      case .sparse(let matrix): unsafe evaluate(matrix, threads: threads, into: target)
      }
    }
    try result.checkDecisions()
    return result
  }

  /// The values of one example, on the calling thread.
  ///
  /// - Parameter example: The features of one example.
  /// - Returns: One value for each output.
  /// - Throws: `ModelError` when the features do not fit, or are not finite.
  package func decisionValues(ofExample example: [Double]) throws(ModelError) -> [Double] {
    guard example.count == featureCount else {
      throw .featureCount(found: example.count, expected: featureCount)
    }
    if let column = example.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(row: 0, column: column, value: example[column])
    }
    let values = unsafe weights.withUnsafeElements { weights in
      unsafe example.withUnsafeBufferPointer { example in
        guard let weights = weights.baseAddress, let example = example.baseAddress else {
          return biases
        }
        return biases.indices.map { output in
          unsafe biases[output]
            + Double._dot(featureCount, weights + output * featureCount, example)
        }
      }
    }
    guard values.allSatisfy(\.isFinite) else { throw .overflow(row: 0) }
    return values
  }

  private func workers(_ stored: Int, _ threads: Int?) -> Int {
    // Waking a thread pays from about half a millisecond of work.
    let work = stored.multipliedReportingOverflow(by: outputCount)
    return max(
      1,
      min(
        threads ?? processorCount,
        1 + (work.overflow ? .max / 2 : work.partialValue) / 2_000_000))
  }

  @unsafe
  private func evaluate(
    _ matrix: Matrix<Double>, threads: Int?,
    into target: UnsafeSendable<UnsafeMutablePointer<Double>>
  ) {
    let (outputs, width) = (outputCount, featureCount)
    let height = 512
    concurrentTiles(
      count: (matrix.rowCount + height - 1) / height,
      threads: workers(matrix.rowCount * width, threads)
    ) { tile in
      let rows = tile * height..<min((tile + 1) * height, matrix.rowCount)
      unsafe matrix.withUnsafeElements { elements in
        unsafe weights.withUnsafeElements { weights in
          guard let elements = elements.baseAddress, let weights = weights.baseAddress else {
            return
          }
          let values = unsafe target.value + rows.lowerBound * outputs
          let first = unsafe elements + rows.lowerBound * width
          for row in 0..<rows.count {
            for output in 0..<outputs { unsafe values[row * outputs + output] = biases[output] }
          }
          if outputs < 4 {
            // Too few for BLAS's products of matrices to pay.
            for row in 0..<rows.count {
              for output in 0..<outputs {
                unsafe values[row * outputs + output] += Double._dot(
                  width, first + row * width, weights + output * width)
              }
            }
          } else {
            unsafe Double._gemm(
              transposeA: false, transposeB: true, rows.count, outputs, width, 1, first, width,
              weights, width, 1, values, outputs)
          }
        }
      }
    }
  }

  @unsafe
  private func evaluate(
    _ matrix: SparseMatrix<Double>, threads: Int?,
    into target: UnsafeSendable<UnsafeMutablePointer<Double>>
  ) {
    let outputs = outputCount
    // With features as rows, an entry's weights of all outputs lie together. That is worth a copy of
    // the weights when they are read often.
    let byFeature =
      outputs > 1 && matrix.storedCount >= featureCount ? weights.transposed : nil
    let height = 512
    concurrentTiles(
      count: (matrix.rowCount + height - 1) / height,
      threads: workers(matrix.storedCount, threads)
    ) { tile in
      unsafe (byFeature ?? weights).withUnsafeElements { weights in
        guard let weights = weights.baseAddress else { return }
        for row in tile * height..<min((tile + 1) * height, matrix.rowCount) {
          let values = unsafe target.value + row * outputs
          for output in 0..<outputs { unsafe values[output] = biases[output] }
          matrix.withRow(row) { columns, entries in
            for entry in columns.indices {
              let (feature, value) = (Int(columns[entry]), entries[entry])
              if byFeature != nil {
                let own = unsafe weights + feature * outputs
                for output in 0..<outputs { unsafe values[output] += value * own[output] }
              } else {
                for output in 0..<outputs {
                  unsafe values[output] += value * weights[output * featureCount + feature]
                }
              }
            }
          }
        }
      }
    }
  }
}
