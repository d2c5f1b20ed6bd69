import Kernels
import LinearAlgebra

/// Examples with the kernel among them: what kernel values are computed from.
package struct KernelSource: Sendable {
  /// One example in each row.
  package let features: FeatureMatrix
  /// The kernel; a precomputed one knows these examples by their number.
  package let function: KernelFunction

  /// Collects the parts.
  package init(_ features: FeatureMatrix, _ function: KernelFunction) {
    self.features = features
    self.function = function
  }

  /// Some of the examples, in a given order.
  package func choosing(_ rows: [Int]) -> KernelSource {
    if rows.count == features.rowCount && rows == Array(0..<rows.count) { return self }
    return KernelSource(features.subset(rows, for: function), function.choosingExamples(rows))
  }

  /// The kernel matrix of the examples, computed tile by tile; everything that asks for kernel values of
  /// training examples gets them from here.
  ///
  /// - Parameters:
  ///   - scalar: The precision of the values.
  ///   - threads: The number of threads, at least 1.
  ///   - memoryLimit: The bytes that kept rows may take.
  /// - Returns: The kernel.
  package func tiles<Scalar: KernelScalar>(
    _ scalar: Scalar.Type = Scalar.self, threads: Int, memoryLimit: Int = 0
  ) -> TiledKernel<Scalar> {
    TiledKernel(features, function, threads: threads, memoryLimit: memoryLimit)
  }
}

extension FeatureMatrix {
  /// Some examples as the training data of a smaller problem.
  package func subset(_ rows: [Int], for function: KernelFunction) -> FeatureMatrix {
    guard case .precomputed = function else { return gatheringRows(rows) }
    let matrix = dense
    return .dense(
      Matrix(rowCount: rows.count, columnCount: rows.count) { matrix[rows[$0], rows[$1]] })
  }

  /// What a model keeps of its support vectors: nothing when the kernel is precomputed.
  package func supportVectors(_ rows: [Int], for function: KernelFunction) -> FeatureMatrix {
    if case .precomputed = function {
      return .dense(Matrix(rowCount: rows.count, columnCount: 0, repeating: 0))
    }
    return gatheringRows(rows)
  }
}
