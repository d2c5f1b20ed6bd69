import Kernels
import LinearAlgebra
import Synchronization

/// A kernel expansion made ready to evaluate against panels of support vectors.
///
/// Each kernel value is computed once for all pairs of classes. For k > 2 classes a second product
/// applies the k − 1 coefficients that a support vector has, s·(k − 1) multiplications for an
/// example: one matrix of all pairs would hold a zero for each pair that a support vector's class takes
/// no part in, and take k/2 times as many.
final class PanelExpansion<Scalar: PanelScalar>: PreparedExpansion {
  /// A part of a panel whose support vectors are of one class.
  private struct Segment: Sendable {
    var group: Int
    /// Places in the panel.
    var range: Range<Int>
  }

  /// What one worker needs; kept for the next batch.
  @safe
  private final class Workspace {
    let rows = SupportPanels<Scalar>.Rows()
    var sums: [Double] = []

    init() {}

    /// So many sums, all 0.
    func clearSums(_ count: Int) {
      if sums.count < count { sums = Array(repeating: 0, count: count) }
      unsafe sums.withUnsafeMutableBufferPointer { buffer in
        unsafe buffer.baseAddress?.update(repeating: 0, count: count)
      }
    }
  }

  /// A workspace belongs to one worker at a time; the list hands each out once.
  private struct WorkspaceList: @unchecked Sendable {
    var idle: [Workspace] = []
  }

  private let panels: SupportPanels<Scalar>
  private let biases: [Double]
  private let groupCount: Int
  private let outputCount: Int
  /// Outputs up to full vectors, for k > 2 classes.
  private let paddedOutputCount: Int
  /// One coefficient for each place; for k > 2 classes one row of outputs.
  private let coefficients: [Scalar]
  private let segments: [[Segment]]
  private let workspaces = Mutex(WorkspaceList())

  init(_ expansion: KernelExpansion) {
    panels = SupportPanels(expansion.supportVectors, for: expansion.kernel)
    biases = expansion.biases
    groupCount = expansion.supportCounts.count
    outputCount = expansion.dualCoefficients.rowCount
    let width = SupportPanels<Scalar>.width
    let padding = 64 / MemoryLayout<Scalar>.stride
    paddedOutputCount = (outputCount + padding - 1) / padding * padding
    let places = panels.panelCount * width
    let source = expansion.dualCoefficients.elements
    let count = panels.count
    if biases.count == 1 {
      coefficients = source.map { Scalar($0) } + Array(repeating: 0, count: places - count)
      segments = []
    } else {
      var coefficients = [Scalar](repeating: 0, count: places * paddedOutputCount)
      for output in 0..<outputCount {
        for vector in 0..<count {
          coefficients[vector * paddedOutputCount + output] = Scalar(
            source[output * count + vector])
        }
      }
      self.coefficients = coefficients
      var segments = [[Segment]](repeating: [], count: panels.panelCount)
      var first = 0
      for (group, count) in expansion.supportCounts.enumerated() {
        var begin = first
        first += count
        while begin < first {
          let panel = begin / width
          let end = min(first, (panel + 1) * width)
          segments[panel].append(
            Segment(group: group, range: begin - panel * width..<end - panel * width))
          begin = end
        }
      }
      self.segments = segments
    }
  }

  func decisionValues(_ features: FeatureMatrix, threads: Int) -> Matrix<Double> {
    let count = features.rowCount
    // Waking a thread pays from half a millisecond of work on.
    let work = Double(count) * Double(panels.count) * Double(panels.featureCount / 2 + 20)
    let workers = max(1, min(threads, count / 8, 1 + Int(min(work / 2e7, 256))))
    // Examples of a tile stay in the second-level cache while all panels pass. Its height changes no
    // bits: no value depends on the others.
    let fitting = (256 << 10) / (max(panels.featureCount, 1) * MemoryLayout<Scalar>.stride)
    let even = (count + 4 * workers - 1) / (4 * workers)
    let height = max(1, max(24, min(240, fitting, even)))
    let biasCount = biases.count
    return unsafe Matrix(rowCount: count, columnCount: biasCount) { buffer in
      guard let base = buffer.baseAddress else { return }
      let result = unsafe UnsafeSendable(base)
      concurrentTiles(count: (count + height - 1) / height, threads: workers) { tile, _ in
        let range = tile * height..<min((tile + 1) * height, count)
        withWorkspace { workspace in
          switch features {
          case .dense(let matrix):
            unsafe matrix.withUnsafeElements { elements in
              if let base = elements.baseAddress {
                unsafe panels.prepare(
                  dense: base + range.lowerBound * matrix.columnCount, rows: range.count,
                  in: workspace.rows)
              }
            }
          case .sparse(let matrix):
            panels.prepare(matrix, rows: range, in: workspace.rows)
          }
          unsafe decide(workspace, into: result.value + range.lowerBound * biasCount)
        }
      }
    }
  }

  @unsafe
  func evaluate(_ example: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>) {
    withWorkspace { workspace in
      unsafe panels.prepare(dense: example, rows: 1, in: workspace.rows)
      unsafe decide(workspace, into: target)
    }
  }

  private func withWorkspace(_ body: (Workspace) -> Void) {
    let workspace = workspaces.withLock { list in
      UnsafeSendable(list.idle.popLast() ?? Workspace())
    }.value
    body(workspace)
    let returned = UnsafeSendable(workspace)
    workspaces.withLock { $0.idle.append(returned.value) }
  }

  /// Decision values of the examples that are ready in a workspace.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  private func decide(_ workspace: Workspace, into target: UnsafeMutablePointer<Double>) {
    let count = workspace.rows.count
    if biases.count == 1 {
      unsafe sumOnePair(workspace, count: count, into: target)
    } else if biases.count > 1 {
      unsafe sumAllPairs(workspace, count: count, into: target)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  private func sumOnePair(
    _ workspace: Workspace, count: Int, into target: UnsafeMutablePointer<Double>
  ) {
    workspace.clearSums(count * 8)
    unsafe workspace.sums.withUnsafeMutableBufferPointer { sums in
      unsafe coefficients.withUnsafeBufferPointer { coefficients in
        guard let sums = sums.baseAddress else { return }
        if let coefficients = coefficients.baseAddress {
          for panel in 0..<panels.panelCount {
            unsafe panels.evaluate(panel: panel, workspace.rows) { first, count, values in
              unsafe Scalar.panelSum(
                values, count, coefficients + panel * SupportPanels<Scalar>.width,
                sums + first * 8)
            }
          }
        }
        for row in 0..<count {
          var sum = biases[0]
          for lane in 0..<8 { unsafe sum += sums[row * 8 + lane] }
          unsafe target[row] = sum
        }
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  private func sumAllPairs(
    _ workspace: Workspace, count: Int, into target: UnsafeMutablePointer<Double>
  ) {
    // group × example × output
    let outputs = paddedOutputCount
    workspace.clearSums(groupCount * count * outputs)
    unsafe workspace.sums.withUnsafeMutableBufferPointer { sums in
      unsafe coefficients.withUnsafeBufferPointer { coefficients in
        guard let sums = sums.baseAddress else { return }
        if let coefficients = coefficients.baseAddress {
          for panel in 0..<panels.panelCount {
            let own = unsafe coefficients + panel * SupportPanels<Scalar>.width * outputs
            unsafe panels.evaluate(panel: panel, workspace.rows) { first, pieceCount, values in
              for segment in segments[panel] {
                unsafe Scalar.panelCombine(
                  values, pieceCount, segment.range.lowerBound, segment.range.upperBound, own,
                  outputs, sums + (segment.group * count + first) * outputs)
              }
            }
          }
        }
        for row in 0..<count {
          var pair = 0
          let decisions = unsafe target + row * biases.count
          for earlier in 0..<groupCount {
            let own = unsafe sums + (earlier * count + row) * outputs
            for later in (earlier + 1)..<max(groupCount, earlier + 1) {
              unsafe decisions[pair] =
                own[later - 1] + sums[(later * count + row) * outputs + earlier] + biases[pair]
              pair += 1
            }
          }
        }
      }
    }
  }
}
