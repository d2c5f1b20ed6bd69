import Basics
import Kernels
import LinearAlgebra

// Which precision predictions need. Kernel values in single precision round by some 2⁻²⁴ of their size, and
// Σ coefᵢ κ(xᵢ, x) by as much of Σ |coefᵢ κ(xᵢ, x)|: nothing, or all of a decision value where large
// coefficients cancel, as those of a nearly constant kernel and a C of 10⁸ do.

extension KernelExpansion {
  /// The precision that predictions are computed in: ``precision``, and where that is automatic the one
  /// that serves, found at the first call.
  package var servingPrecision: Precision {
    precision == .automatic
      ? cache.decided { minimumPrecision(threads: processorCount) } : precision
  }

  /// Single precision where its rounding shows neither in labels nor in the digits that people read,
  /// else Double.
  ///
  /// Some support vectors are predicted in both. Single precision serves where the values differ by no
  /// more than 3·10⁻⁵ of their spread, and where 2⁻²⁴ Σ |coefᵢ κ(xᵢ, x)|, which thousands of terms never
  /// reach, is at most 10⁻² of it. Up to 2048 support vectors, which are fast in Double too, 10⁻⁶ and
  /// 10⁻⁴ are requested.
  ///
  /// - Parameter threads: The number of threads; the answer does not depend on it.
  /// - Returns: Single or Double.
  /// - Complexity: O(s·d) for s support vectors.
  package func minimumPrecision(threads: Int) -> Precision {
    // Values that are looked up, or that a caller computes, cost the same in Double.
    if kernel.customKernel != nil || kernel.isPrecomputed || kernel.hasPrecomputedPart {
      return .double
    }
    if LinearExpansion.serves(self) { return .single }
    guard !supportIndices.isEmpty, !biases.isEmpty else { return .single }
    do throws(KernelError) {
      let sums = try PrecisionSample(self, threads: threads)
      return sums.serve ? .single : .double
    } catch {
      // A value beyond the range of single precision.
      return .double
    }
  }
}

extension FeatureMatrix {
  /// ‖x‖² of each example.
  fileprivate var squaredNorms: [Double] {
    (0..<rowCount).map { row in
      switch self {
      case .dense(let matrix):
        matrix.withRow(row) { values in
          var sum = 0.0
          for index in values.indices { sum += values[index] * values[index] }
          return sum
        }
      case .sparse(let matrix):
        matrix.values[matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]]
          .reduce(0) { $0 + $1 * $1 }
      }
    }
  }
}

/// An expansion's sums at some of its support vectors, in both precisions.
private struct PrecisionSample {
  private let expansion: KernelExpansion
  private let sample: [Int]
  /// The outputs that each support vector has coefficients in: the output and the coefficients' row.
  private let roles: [[(output: Int, row: Int)]]
  // One number for each output and member of the sample.
  private var exact: [Double]
  private var single: [Double]
  private var magnitudes: [Double]

  init(_ expansion: KernelExpansion, threads: Int) throws(KernelError) {
    self.expansion = expansion
    let count = expansion.supportIndices.count
    let rows = max(1, expansion.dualCoefficients.rowCount)
    // All of few, and about ten million sums at most.
    let most = count <= 512 ? 512 : count > 20_000 ? 32 : 64
    let size = min(count, most, max(4, 20_000_000 / (count * rows)))
    let vectors = expansion.supportVectors
    // Most of them spread over all; the rest far out, where kernel values may be large.
    let spread = (0..<max(1, size * 3 / 4)).map { $0 * count / max(1, size * 3 / 4) }
    let norms = vectors.squaredNorms
    let far = norms.indices.sorted { norms[$0] != norms[$1] ? norms[$0] > norms[$1] : $0 < $1 }
    sample = Set(spread + far.prefix(size - spread.count)).sorted()
    let sampleSize = sample.count
    roles = expansion.summedGroups.indices.map { expansion.roles(ofGroup: $0) }
    let sums = [Double](repeating: 0, count: expansion.biases.count * sampleSize)
    (exact, single, magnitudes) = (sums, sums, sums)
    for first in stride(from: 0, to: count, by: 4096) {
      let part = Array(first..<min(first + 4096, count))
      let examples = FeatureRows(sample + part, of: FeatureRows(vectors), for: expansion.kernel)
      let rows = (0..<Int32(sampleSize)).map { $0 }
      let columns = (0..<Int32(part.count)).map { Int32(sampleSize) + $0 }
      let chosen = (rows, columns)
      let values = try Self.values(Double.self, examples, expansion.kernel, chosen, threads)
      let rounded = try Self.values(Float.self, examples, expansion.kernel, chosen, threads)
      add(values, rounded, part)
    }
  }

  private static func values<Scalar: KernelScalar>(
    _ scalar: Scalar.Type, _ examples: FeatureRows, _ function: KernelFunction,
    _ chosen: (rows: [Int32], columns: [Int32]), _ threads: Int
  ) throws(KernelError) -> [Scalar] {
    let kernel = KernelSource(examples, function).tiles(Scalar.self, threads: threads)
    let (rows, columns) = chosen
    let buffer = AlignedBuffer<Scalar>(count: rows.count * columns.count)
    _ = try unsafe kernel.block(
      rows: rows, columns: columns, into: buffer.pointer, stride: columns.count,
      isCancelled: { false })
    return (0..<rows.count * columns.count).map { unsafe buffer.pointer[$0] }
  }

  /// Adds the terms of some support vectors.
  private mutating func add(_ values: [Double], _ rounded: [Float], _ part: [Int]) {
    let size = sample.count
    var group = 0
    var end = expansion.summedGroups.first ?? 0
    for (column, vector) in part.enumerated() {
      while vector >= end && group + 1 < expansion.summedGroups.count {
        group += 1
        end += expansion.summedGroups[group]
      }
      for role in roles[group] {
        let coefficient = expansion.dualCoefficients[role.row, vector]
        guard coefficient != 0 else { continue }
        // Predictions have their coefficients in single precision, too.
        let roundedCoefficient = Double(Float(coefficient))
        for row in 0..<size {
          let place = role.output * size + row
          let term = coefficient * values[row * part.count + column]
          exact[place] += term
          single[place] += roundedCoefficient * Double(rounded[row * part.count + column])
          magnitudes[place] += abs(term)
        }
      }
    }
  }

  /// Whether single precision serves every output.
  var serve: Bool {
    let size = sample.count
    let isSmall = expansion.supportIndices.count <= 2048
    for output in expansion.biases.indices {
      let range = output * size..<(output + 1) * size
      // Between the tenths at either end, so that a few values far out hide nothing of the others.
      let sorted = exact[range].sorted()
      let spread = (sorted[(size - 1) - size / 10] - sorted[size / 10]) / 2
      var difference = 0.0
      for place in range { difference = max(difference, abs(exact[place] - single[place])) }
      let bound = 0x1p-24 * (magnitudes[range].max() ?? 0)
      // Values that are not finite compare as no.
      guard
        bound == 0
          || (difference <= (isSmall ? 1e-6 : 3e-5) * spread
            && bound <= (isSmall ? 1e-4 : 1e-2) * spread)
      else { return false }
    }
    return true
  }
}
