import Kernels
import LinearAlgebra

/// The weights of a linear kernel's decision functions: d(x) = Σ wⱼ xⱼ + b for each output.
///
/// Features that no support vector has weigh nothing and are left out, so that the size follows from
/// the support vectors and not from the largest index of a feature.
package struct LinearWeights: Sendable, Equatable {
  /// The features that have weights, ascending.
  package let features: [Int]
  /// A row for each output, with a weight for each of ``features``.
  package let weights: Matrix<Double>
}

extension KernelExpansion {
  /// The outputs that a group's support vectors take part in, each with the row of the coefficients
  /// that they use there: one entry for each output, or for pairs one for each pair of the group.
  ///
  /// - Parameter group: The number of a group of ``summedGroups``.
  /// - Returns: The outputs and their rows, in the order of the outputs.
  package func roles(ofGroup group: Int) -> [(output: Int, row: Int)] {
    if layout == .outputs { return biases.indices.map { ($0, $0) } }
    if biases.count == 1 { return [(0, 0)] }
    let pairs = ClassProblems(.pairs, classCount: supportCounts.count)
    return supportCounts.indices.filter { $0 != group }.map { other in
      other < group
        ? (pairs.position(other, group), other) : (pairs.position(group, other), other - 1)
    }
  }

  /// The weights of each output's features, or `nil` unless the kernel is linear.
  ///
  /// - Complexity: O(stored features of the support vectors × outputs that each takes part in).
  package var linearWeights: LinearWeights? {
    guard kernel.isInnerProduct else { return nil }
    let features: [Int]
    let occurring: OccurringFeatures?
    switch supportVectors {
    case .dense(let matrix):
      features = Array(0..<matrix.columnCount)
      occurring = nil
    case .sparse(let matrix):
      features = Set(matrix.columnIndices).sorted().map { Int($0) }
      occurring = OccurringFeatures(matrix)
    }
    var weights = Matrix<Double>(
      rowCount: biases.count, columnCount: features.count, repeating: 0)
    var vector = 0
    for (group, count) in summedGroups.enumerated() {
      let roles = roles(ofGroup: group)
      for _ in 0..<count {
        for role in roles {
          let coefficient = dualCoefficients[role.row, vector]
          guard coefficient != 0 else { continue }
          switch supportVectors {
          case .dense(let matrix):
            matrix.withRow(vector) { values in
              for feature in values.indices {
                weights[role.output, feature] += coefficient * values[feature]
              }
            }
          case .sparse(let matrix):
            matrix.withRow(vector) { columns, values in
              for entry in columns.indices {
                let place = Int(occurring?.place(of: columns[entry]) ?? columns[entry])
                weights[role.output, place] += coefficient * values[entry]
              }
            }
          }
        }
        vector += 1
      }
    }
    return LinearWeights(features: features, weights: weights)
  }
}
