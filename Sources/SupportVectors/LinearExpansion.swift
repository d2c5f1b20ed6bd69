import Kernels
import LinearAlgebra

/// An expansion of the linear kernel, collapsed: Σ coefᵢ⟨svᵢ, x⟩ = ⟨Σ coefᵢ svᵢ, x⟩, one vector of
/// weights for each pair of classes, in Double.
final class LinearExpansion: PreparedExpansion {
  private let featureCount: Int
  private let biases: [Double]
  /// d × number of pairs.
  private let weights: [Double]

  /// Whether weights are no more than the support vectors with their coefficients: very many classes
  /// or features can make them so.
  static func serves(_ expansion: KernelExpansion) -> Bool {
    guard case .linear = expansion.kernel else { return false }
    let stored =
      switch expansion.supportVectors {
      case .dense(let matrix): matrix.rowCount * matrix.columnCount
      case .sparse(let matrix): matrix.storedCount
      }
    let (count, overflow) = expansion.biases.count.multipliedReportingOverflow(
      by: expansion.featureCount)
    return !overflow && count <= max(1 << 22, 4 * stored)
  }

  init(_ expansion: KernelExpansion) {
    featureCount = expansion.featureCount
    biases = expansion.biases
    let pairCount = biases.count
    // For each support vector, the pairs that its class takes part in with its coefficients.
    var weights = [Double](repeating: 0, count: pairCount * featureCount)
    let coefficients = expansion.dualCoefficients
    let groups = expansion.supportCounts
    var vector = 0
    for (group, count) in groups.enumerated() {
      var roles: [(pair: Int, output: Int)] = []
      if pairCount == 1 {
        roles = [(0, 0)]
      } else {
        var pair = 0
        for earlier in groups.indices {
          for later in groups.indices where later > earlier {
            if earlier == group { roles.append((pair, later - 1)) }
            if later == group { roles.append((pair, earlier)) }
            pair += 1
          }
        }
      }
      for _ in 0..<count {
        for role in roles {
          let coefficient = coefficients[role.output, vector]
          guard coefficient != 0 else { continue }
          switch expansion.supportVectors {
          case .dense(let matrix):
            matrix.withRow(vector) { values in
              for feature in values.indices {
                weights[feature * pairCount + role.pair] += coefficient * values[feature]
              }
            }
          case .sparse(let matrix):
            matrix.withRow(vector) { columns, values in
              for entry in columns.indices {
                weights[Int(columns[entry]) * pairCount + role.pair] +=
                  coefficient * values[entry]
              }
            }
          }
        }
        vector += 1
      }
    }
    self.weights = weights
  }

  func decisionValues(_ features: FeatureMatrix, threads: Int) -> Matrix<Double> {
    let count = features.rowCount
    let pairCount = biases.count
    let height = 512
    let work = count * featureCount * pairCount
    let workers = max(1, min(threads, 1 + work / 4_000_000))
    return unsafe Matrix(rowCount: count, columnCount: pairCount) { buffer in
      guard let base = buffer.baseAddress else { return }
      let result = unsafe UnsafeSendable(base)
      concurrentTiles(count: (count + height - 1) / height, threads: workers) { tile, _ in
        for row in tile * height..<min((tile + 1) * height, count) {
          let target = unsafe result.value + row * pairCount
          switch features {
          case .dense(let matrix):
            unsafe matrix.withUnsafeElements { elements in
              if let base = elements.baseAddress {
                unsafe evaluate(base + row * featureCount, into: target)
              } else {
                unsafe begin(target)
              }
            }
          case .sparse(let matrix):
            unsafe begin(target)
            matrix.withRow(row) { columns, values in
              for entry in columns.indices {
                unsafe add(values[entry], feature: Int(columns[entry]), to: target)
              }
            }
          }
        }
      }
    }
  }

  @unsafe
  func evaluate(_ example: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>) {
    unsafe begin(target)
    guard biases.count == 1 else {
      for feature in 0..<featureCount where unsafe example[feature] != 0 {
        unsafe add(example[feature], feature: feature, to: target)
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
  private func add(_ value: Double, feature: Int, to target: UnsafeMutablePointer<Double>) {
    let pairCount = biases.count
    unsafe weights.withUnsafeBufferPointer { weights in
      for pair in 0..<pairCount {
        unsafe target[pair] += value * weights[feature * pairCount + pair]
      }
    }
  }
}
