import Basics
import Kernels
import LinearAlgebra
import Synchronization

/// A kernel expansion made ready to evaluate against panels of support vectors.
///
/// Each kernel value is computed once for all outputs. For pairs of k > 2 classes a second product
/// applies the k − 1 coefficients that a support vector has, s·(k − 1) multiplications for an
/// example: one matrix of all pairs would hold a zero for each pair that a support vector's class takes
/// no part in, and take k/2 times as many.
final class PanelExpansion<Scalar: KernelScalar>: PreparedExpansion {
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
    var decisions = AlignedBuffer<Double>(count: 0)

    init() {}

    /// Makes room for a number of sums, all 0.
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
  private let layout: CoefficientLayout
  private let groupCount: Int
  private let outputCount: Int
  /// Outputs up to full vectors, when there are several.
  private let paddedOutputCount: Int
  /// One coefficient for each place; one row of outputs when there are several.
  private let coefficients: [Scalar]
  private let segments: [[Segment]]
  private let workspaces = Mutex(WorkspaceList())

  init(_ expansion: KernelExpansion) {
    panels = SupportPanels(expansion.supportVectors, for: expansion.kernel)
    biases = expansion.biases
    layout = expansion.layout
    groupCount = expansion.summedGroups.count
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
      for (group, count) in expansion.summedGroups.enumerated() {
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

  func evaluate(
    _ features: FeatureMatrix, threads: Int,
    _ receive: @Sendable (_ rows: Range<Int>, _ values: UnsafePointer<Double>) -> Void
  ) {
    let count = features.rowCount
    let biasCount = biases.count
    guard biasCount > 0 else { return }
    // Waking a thread pays from half a millisecond of work on.
    let outputs = biasCount == 1 ? 0 : paddedOutputCount
    let work =
      Double(count) * Double(panels.count)
      * Double(panels.productWidth / 2 + outputs / 2 + 20)
    let workers = max(1, min(threads, count / 8, 1 + Int(min(work / 2e7, 256))))
    let height = tileHeight(count, workers)
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
        if workspace.decisions.count < height * biasCount {
          workspace.decisions = AlignedBuffer(count: height * biasCount)
        }
        unsafe decide(workspace, into: workspace.decisions.pointer)
        unsafe receive(range, workspace.decisions.pointer)
      }
    }
  }

  /// How many examples go through all panels at a time.
  ///
  /// It changes no bits: no value depends on the others.
  private func tileHeight(_ count: Int, _ workers: Int) -> Int {
    // The examples, and the sums of their classes, stay in the second-level cache.
    let room = 256 << 10
    let fitting = room / max(panels.productWidth * MemoryLayout<Scalar>.stride, 1)
    let even = (count + 4 * workers - 1) / (4 * workers)
    let height = max(24, min(240, fitting, even))
    guard biases.count > 1 else { return height }
    let sums = groupCount * paddedOutputCount * MemoryLayout<Double>.stride
    return max(1, min(height, max(6, 2 * room / sums / 6 * 6)))
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
          unsafe panels.evaluate(workspace.rows) { panel, first, count, values in
            unsafe Scalar.library.loops.panelSum(
              values, count, coefficients + panel * SupportPanels<Scalar>.width,
              sums + first * 8)
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
    // example × group × output
    let outputs = paddedOutputCount
    let width = groupCount * outputs
    workspace.clearSums(count * width)
    unsafe workspace.sums.withUnsafeMutableBufferPointer { sums in
      unsafe coefficients.withUnsafeBufferPointer { coefficients in
        guard let sums = sums.baseAddress else { return }
        if let coefficients = coefficients.baseAddress {
          unsafe panels.evaluate(workspace.rows) { panel, first, pieceCount, values in
            let own = unsafe coefficients + panel * SupportPanels<Scalar>.width * outputs
            for segment in segments[panel] {
              unsafe Scalar.library.loops.panelCombine(
                values, pieceCount, segment.range.lowerBound, segment.range.upperBound, own,
                outputs, sums + first * width + segment.group * outputs, width)
            }
          }
        }
        unsafe biases.withUnsafeBufferPointer { biases in
          guard let biases = biases.baseAddress else { return }
          for row in 0..<count {
            switch layout {
            case .pairs:
              unsafe addPairs(
                sums + row * width, biases,
                to: target + row * DecisionShape.pairCount(of: groupCount))
            case .outputs:
              for output in 0..<outputCount {
                unsafe target[row * outputCount + output] =
                  sums[row * width + output] + biases[output]
              }
            }
          }
        }
      }
    }
  }

  /// Decision values of one example from its group × output sums.
  @unsafe
  private func addPairs(
    _ sums: UnsafePointer<Double>, _ biases: UnsafePointer<Double>,
    to target: UnsafeMutablePointer<Double>
  ) {
    let outputs = paddedOutputCount
    var pair = 0
    for earlier in 0..<groupCount {
      let own = unsafe sums + earlier * outputs
      for later in (earlier + 1)..<max(groupCount, earlier + 1) {
        unsafe target[pair] = own[later - 1] + sums[later * outputs + earlier] + biases[pair]
        pair &+= 1
      }
    }
  }
}
