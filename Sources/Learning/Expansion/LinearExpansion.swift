import Basics
import Kernels
import LinearAlgebra

/// An expansion of the linear kernel, collapsed: Σ coefᵢ⟨svᵢ, x⟩ = ⟨Σ coefᵢ svᵢ, x⟩, one vector of
/// weights for each pair of classes, in Double.
final class LinearExpansion: PreparedExpansion {
  private let featureCount: Int
  private let biases: [Double]
  /// Features × number of pairs; of sparse support vectors only the features that occur.
  private let weights: [Double]
  private let occurring: OccurringFeatures?

  /// Collapses an expansion if it is of the linear kernel and its weights are not much more than the
  /// support vectors: many classes or features can make them so.
  init?(_ expansion: KernelExpansion) {
    guard expansion.kernel.isInnerProduct, let weightCount = Self.weightCount(expansion) else {
      return nil
    }
    let occurring: OccurringFeatures?
    switch expansion.supportVectors {
    case .dense: occurring = nil
    case .sparse(let matrix): occurring = OccurringFeatures(matrix)
    }
    self.occurring = occurring
    featureCount = expansion.featureCount
    biases = expansion.biases
    let pairCount = biases.count
    // For each support vector, the pairs that its class takes part in with its coefficients.
    var weights = [Double](repeating: 0, count: weightCount)
    let coefficients = expansion.dualCoefficients
    let groups = expansion.summedGroups
    var vector = 0
    for (group, count) in groups.enumerated() {
      let roles = expansion.roles(ofGroup: group)
      for _ in 0..<count {
        for role in roles {
          let coefficient = coefficients[role.row, vector]
          guard coefficient != 0 else { continue }
          switch expansion.supportVectors {
          case .dense(let matrix):
            matrix.withRow(vector) { values in
              for feature in values.indices {
                weights[feature * pairCount + role.output] += coefficient * values[feature]
              }
            }
          case .sparse(let matrix):
            matrix.withRow(vector) { columns, values in
              for entry in columns.indices {
                let place = Int(occurring?.place(of: columns[entry]) ?? columns[entry])
                weights[place * pairCount + role.output] += coefficient * values[entry]
              }
            }
          }
        }
        vector += 1
      }
    }
    self.weights = weights
  }

  /// Whether an expansion is collapsed, and so predicts in Double whatever its precision says.
  static func serves(_ expansion: KernelExpansion) -> Bool {
    guard expansion.kernel.isInnerProduct else { return false }
    return weightCount(expansion) != nil
  }

  /// The number of weights; `nil` when they are much more than the support vectors.
  private static func weightCount(_ expansion: KernelExpansion) -> Int? {
    let (stored, width): (Int, Int)
    switch expansion.supportVectors {
    case .dense(let matrix):
      (stored, width) = (matrix.rowCount * matrix.columnCount, matrix.columnCount)
    case .sparse(let matrix):
      (stored, width) = (matrix.storedCount, OccurringFeatures(matrix).count)
    }
    let (count, overflow) = expansion.biases.count.multipliedReportingOverflow(by: width)
    return !overflow && count <= max(1 << 22, 4 * stored) ? count : nil
  }

  func evaluate(
    _ features: FeatureMatrix, threads: Int,
    _ receive: @Sendable (_ rows: Range<Int>, _ values: UnsafePointer<Double>) -> Void
  ) {
    let count = features.rowCount
    let pairCount = biases.count
    guard pairCount > 0 else { return }
    let height = max(1, min(512, (1 << 16) / pairCount))
    let stored =
      switch features {
      case .dense(let matrix): matrix.rowCount * matrix.columnCount
      case .sparse(let matrix): matrix.storedCount
      }
    let work = stored * pairCount
    let workers = max(1, min(threads, 1 + work / 4_000_000))
    let buffers = (0..<workers).map { _ in AlignedBuffer<Double>(count: height * pairCount) }
    concurrentTiles(count: (count + height - 1) / height, threads: workers) { tile, worker in
      let rows = tile * height..<min((tile + 1) * height, count)
      let values = unsafe buffers[worker].pointer
      switch features {
      case .dense(let matrix):
        unsafe matrix.withUnsafeElements { elements in
          for (place, row) in rows.enumerated() {
            if let base = elements.baseAddress {
              unsafe evaluate(base + row * featureCount, into: values + place * pairCount)
            } else {
              unsafe begin(values + place * pairCount)
            }
          }
        }
      case .sparse(let matrix):
        for (place, row) in rows.enumerated() {
          let target = unsafe values + place * pairCount
          unsafe begin(target)
          matrix.withRow(row) { columns, values in
            for entry in columns.indices {
              unsafe add(values[entry], feature: columns[entry], to: target)
            }
          }
        }
      }
      unsafe receive(rows, values)
    }
  }

  @unsafe
  func evaluate(_ example: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>) {
    unsafe begin(target)
    guard biases.count == 1, occurring == nil else {
      for feature in 0..<featureCount where unsafe example[feature] != 0 {
        unsafe add(example[feature], feature: Int32(feature), to: target)
      }
      return
    }
    unsafe weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return }
      // Eight sums side by side, added in a fixed order.
      var sums = SIMD8<Double>(repeating: 0)
      var feature = 0
      while feature + 8 <= featureCount {
        for lane in 0..<8 {
          unsafe sums[lane] += example[feature + lane] * weights[feature + lane]
        }
        feature += 8
      }
      var sum = 0.0
      for lane in 0..<8 { sum += sums[lane] }
      while feature < featureCount {
        unsafe sum += example[feature] * weights[feature]
        feature += 1
      }
      unsafe target[0] += sum
    }
  }

  @unsafe
  private func begin(_ target: UnsafeMutablePointer<Double>) {
    for pair in biases.indices { unsafe target[pair] = biases[pair] }
  }

  @unsafe
  private func add(_ value: Double, feature: Int32, to target: UnsafeMutablePointer<Double>) {
    let pairCount = biases.count
    let place = Int(occurring?.place(of: feature) ?? feature)
    guard place >= 0 else { return }
    unsafe weights.withUnsafeBufferPointer { weights in
      guard let base = weights.baseAddress else { return }
      let own = unsafe base + place * pairCount
      for pair in 0..<pairCount { unsafe target[pair] += value * own[pair] }
    }
  }
}
