import Basics
import LinearAlgebra

/// Support vectors laid side by side in panels, against which examples are evaluated.
///
/// A panel holds 64 support vectors in Float, 32 in Double, feature after feature, so that it is read
/// from one end to the other whether one example meets it or many. Each kernel value is a sum in the
/// order of the features: its bits depend neither on the other examples of the batch nor on whether
/// zeros are stored.
///
/// Of wide sparse support vectors a panel would hold zeros above all. Their products come from lists
/// by feature (SupportLists); for differences a panel holds the features that occur in it.
@safe
package final class SupportPanels<Scalar: KernelScalar>: Sendable {
  /// Support vectors in a panel.
  package static var width: Int { 256 / MemoryLayout<Scalar>.stride }
  /// Examples that are taken through a panel at once, so that their values stay in the first-level
  /// cache; a multiple of the six that share registers.
  package static var rowCount: Int { 48 }

  package let count: Int
  package let featureCount: Int
  package let panelCount: Int
  let step: ElementwiseStep<Scalar>
  let pair: PairValue
  /// What is subtracted from each example; empty when nothing is.
  let centre: [Double]
  let layout: Layout
  /// γ‖z‖² of each support vector, 0 where a panel is filled up.
  private let terms: [Scalar]

  enum Layout: Sendable {
    /// d × width for each panel.
    case panels(AlignedBuffer<Scalar>)
    case lists(SupportLists<Scalar>, OccurringFeatures)
    case compact([CompactPanel], OccurringFeatures)
  }

  /// A panel of the features that occur in it.
  struct CompactPanel: Sendable {
    /// Ascending places among the features that occur anywhere.
    var features: [Int32]
    /// features × width.
    var elements: AlignedBuffer<Scalar>
  }

  /// Whether panels serve a kernel: it is made of products or of distances.
  package static func serves(_ function: KernelFunction) -> Bool {
    function.formula != nil
  }

  /// Lays out support vectors.
  ///
  /// - Parameters:
  ///   - supportVectors: s × d, every value finite.
  ///   - function: A kernel that panels serve.
  package init(_ supportVectors: FeatureMatrix, for function: KernelFunction) {
    let examples = PreparedExamples<Scalar>(
      supportVectors, for: function,
      centre: Self.staysInPlace(supportVectors, function) ? [] : nil)
    count = supportVectors.rowCount
    featureCount = supportVectors.columnCount
    step = examples.step
    guard let pair = step.pair else {
      preconditionFailure("panels do not serve the kernel \(function.name)")
    }
    self.pair = pair
    centre = examples.centre
    let width = Self.width
    panelCount = (count + width - 1) / width
    if case .sparse(let matrix, let values) = examples.storage, Self.isWide(matrix, step.product) {
      let features = OccurringFeatures(matrix)
      layout =
        step.product == .inner
        ? .lists(
          SupportLists(matrix, values: values, features: features, panelWidth: width), features)
        : .compact(Self.compactPanels(matrix, values, features), features)
    } else {
      layout = .panels(Self.panels(examples))
    }
    var terms = [Scalar](repeating: 0, count: panelCount * width)
    for vector in examples.terms.indices { terms[vector] = examples.terms[vector] }
    self.terms = terms
  }

  /// Whether panels of all features would outgrow the entries 64 times, and a megabyte.
  ///
  /// A model without support vectors has no panels, but where differences are taken examples would be written
  /// out for it.
  private static func isWide(_ matrix: SparseMatrix<Double>, _ product: TileProduct) -> Bool {
    let rowCount = product == .inner ? matrix.rowCount : max(matrix.rowCount, 1)
    let (count, overflow) = rowCount.multipliedReportingOverflow(by: matrix.columnCount)
    return overflow
      || (count / 64 > matrix.storedCount && count > 1 << 20 / MemoryLayout<Scalar>.stride)
  }

  private static func panels(_ examples: PreparedExamples<Scalar>) -> AlignedBuffer<Scalar> {
    let featureCount = examples.featureCount
    let panelCount = (examples.count + width - 1) / width
    let elements = AlignedBuffer<Scalar>(count: panelCount * featureCount * width)
    elements.clear(count: panelCount * featureCount * width)
    let row = AlignedBuffer<Scalar>(count: featureCount)
    for vector in 0..<examples.count {
      unsafe examples.write(row: vector, to: row.pointer)
      let target =
        unsafe elements.pointer + vector / width * featureCount * width + vector % width
      for feature in 0..<featureCount {
        unsafe target[feature * width] = row.pointer[feature]
      }
    }
    return elements
  }

  private static func compactPanels(
    _ matrix: SparseMatrix<Double>, _ values: [Scalar], _ features: OccurringFeatures
  ) -> [CompactPanel] {
    var places = [Int32](repeating: -1, count: features.count)
    return stride(from: 0, to: matrix.rowCount, by: width).map { first in
      let rows = first..<min(first + width, matrix.rowCount)
      let begin = matrix.rowOffsets[rows.lowerBound]
      let end = matrix.rowOffsets[rows.upperBound]
      let found = matrix.columnIndices[begin..<end].map { features.place(of: $0) }
      let own = Set(found).sorted()
      for (place, feature) in own.enumerated() { places[Int(feature)] = Int32(place) }
      let elements = AlignedBuffer<Scalar>(count: own.count * width)
      elements.clear(count: own.count * width)
      for row in rows {
        for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
          let place = Int(places[Int(found[entry - begin])])
          unsafe elements.pointer[place * width + row - first] = values[entry]
        }
      }
      return CompactPanel(features: own, elements: elements)
    }
  }

  /// Whether dense support vectors that are mostly 0 are better left where they are.
  ///
  /// Moving them would fill the zeros, which cost nothing otherwise. Their norms, and with them what
  /// products round, may be at most twice those of moved ones.
  private static func staysInPlace(_ features: FeatureMatrix, _ function: KernelFunction) -> Bool {
    guard case .dense(let matrix) = features, matrix.rowCount > 0,
      let kernel = function.formula, kernel.formula.distanceSlope(kernel) != nil
    else { return false }
    var filled = 0
    var squares = 0.0
    var sums = [Double](repeating: 0, count: matrix.columnCount)
    for row in 0..<matrix.rowCount {
      matrix.withRow(row) { values in
        for feature in 0..<values.count where values[feature] != 0 {
          filled += 1
          squares += values[feature] * values[feature]
          sums[feature] += values[feature]
        }
      }
    }
    guard filled * 5 < matrix.rowCount * matrix.columnCount * 2 else { return false }
    var explained = 0.0
    for sum in sums { explained += sum / Double(matrix.rowCount) * sum }
    return explained <= squares / 2
  }

  /// Computes kernel values of some examples with all support vectors, and hands them on.
  ///
  /// - Parameters:
  ///   - rows: The examples.
  ///   - body: Called for pieces of at most ``rowCount`` examples with a panel, the first example's
  ///     place, their number, and their values: one row of `width` for each. Values of places beyond
  ///     the last support vector mean nothing. Each example meets the panels in their order.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  package func evaluate(
    _ rows: Rows,
    _ body: (
      _ panel: Int, _ first: Int, _ count: Int, _ values: UnsafeMutablePointer<Scalar>
    ) -> Void
  ) {
    switch layout {
    case .panels(let elements):
      for panel in 0..<panelCount {
        let source = unsafe elements.pointer + panel * featureCount * Self.width
        for first in stride(from: 0, to: rows.count, by: Self.rowCount) {
          let count = min(Self.rowCount, rows.count - first)
          unsafe multiply(source, first, count, rows)
          unsafe applyStep(panel, first, count, rows)
          unsafe body(panel, first, count, rows.tile.pointer)
        }
      }
    case .lists(let lists, _):
      for block in 0..<lists.blockCount {
        let panels = lists.blockWidth / Self.width
        let firstPanel = block * panels
        for first in stride(from: 0, to: rows.count, by: Self.rowCount) {
          let count = min(Self.rowCount, rows.count - first)
          unsafe multiply(lists, block, first, count, rows)
          for panel in firstPanel..<min(firstPanel + panels, panelCount) {
            for row in 0..<count {
              unsafe (rows.tile.pointer + row * Self.width).update(
                from: rows.products.pointer + row * lists.blockWidth + (panel - firstPanel)
                  * Self.width,
                count: Self.width)
            }
            unsafe applyStep(panel, first, count, rows)
            unsafe body(panel, first, count, rows.tile.pointer)
          }
        }
      }
    case .compact(let panels, let features):
      if rows.places.count < features.count {
        rows.places = Array(repeating: -1, count: features.count)
      }
      for (panel, compact) in panels.enumerated() {
        for (place, feature) in compact.features.enumerated() {
          rows.places[Int(feature)] = Int32(place)
        }
        // Wide panels meet few rows at a time.
        let height = max(6, min(Self.rowCount, (1 << 16) / max(compact.features.count, 1)))
        for first in stride(from: 0, to: rows.count, by: height) {
          let count = min(height, rows.count - first)
          unsafe measure(compact, first, count, rows)
          unsafe applyStep(panel, first, count, rows)
          unsafe body(panel, first, count, rows.tile.pointer)
        }
        for feature in compact.features { rows.places[Int(feature)] = -1 }
      }
    }
  }

  /// Products or distances of some examples with a panel of all features.
  @unsafe
  private func multiply(
    _ source: UnsafePointer<Scalar>, _ first: Int, _ count: Int, _ rows: Rows
  ) {
    let tile = unsafe rows.tile.pointer
    let x = unsafe rows.dense.pointer + (rows.isSparse ? 0 : first * featureCount)
    switch step.product {
    case .inner where rows.isSparse:
      unsafe rows.offsets.withUnsafeBufferPointer { offsets in
        unsafe rows.indices.withUnsafeBufferPointer { indices in
          guard let offsets = offsets.baseAddress, let indices = indices.baseAddress else {
            // No row has an entry.
            unsafe memset(tile, 0, count * Self.width * MemoryLayout<Scalar>.stride)
            return
          }
          unsafe Scalar.library.loops.panelSparse(
            offsets + first, indices, rows.values.pointer, count, source, tile)
        }
      }
    case .inner:
      unsafe Scalar.library.loops.panelInner(x, count, featureCount, source, tile)
    case .differences:
      unsafe pair.evaluate(x, rows: count, features: featureCount, panel: source, into: tile)
    case .lookup, .closure, .combination:
      preconditionFailure("panels do not serve the kernel \(step.function.name)")
    }
  }

  /// Products of some examples with a block of lists.
  @unsafe
  private func multiply(
    _ lists: SupportLists<Scalar>, _ block: Int, _ first: Int, _ count: Int, _ rows: Rows
  ) {
    let room = Self.rowCount * lists.blockWidth
    if rows.products.count < room { rows.products = AlignedBuffer(count: room) }
    unsafe rows.offsets.withUnsafeBufferPointer { offsets in
      unsafe rows.indices.withUnsafeBufferPointer { indices in
        guard let offsets = offsets.baseAddress, let indices = indices.baseAddress else {
          // No row has an entry.
          rows.products.clear(count: count * lists.blockWidth)
          return
        }
        unsafe lists.multiply(
          block: block, offsets + first, indices, rows.values.pointer, rows: count,
          into: rows.products.pointer)
      }
    }
  }

  /// Distances of some examples from a panel of the features that occur in it.
  @unsafe
  private func measure(_ panel: CompactPanel, _ first: Int, _ count: Int, _ rows: Rows) {
    let width = panel.features.count
    rows.reserve(dense: count * width)
    rows.dense.clear(count: count * width)
    var rests = [Scalar](repeating: 0, count: count)
    for row in 0..<count {
      let x = unsafe rows.dense.pointer + row * width
      rests[row] = rows.outside[first + row]
      for entry in Int(rows.offsets[first + row])..<Int(rows.offsets[first + row + 1]) {
        let place = Int(rows.places[Int(rows.indices[entry])])
        let value = unsafe rows.values.pointer[entry]
        if place >= 0 {
          unsafe x[place] = value
        } else {
          rests[row] += pair.loneTerm(value)
        }
      }
    }
    let (x, source, tile) = unsafe (
      rows.dense.pointer, panel.elements.pointer, rows.tile.pointer
    )
    unsafe pair.evaluate(x, rows: count, features: width, panel: source, into: tile)
    for row in 0..<count {
      for place in 0..<Self.width { unsafe tile[row * Self.width + place] += rests[row] }
    }
  }

  /// Turns products or distances with a panel into kernel values.
  @unsafe
  private func applyStep(_ panel: Int, _ first: Int, _ count: Int, _ rows: Rows) {
    let width = Self.width
    let tile = unsafe rows.tile.pointer
    unsafe rows.terms.withUnsafeBufferPointer { rowTerms in
      unsafe terms.withUnsafeBufferPointer { columnTerms in
        guard let rowTerms = rowTerms.baseAddress, let columnTerms = columnTerms.baseAddress
        else { return }
        unsafe step.apply(
          to: Tile(tile, rows: count, columns: width, stride: width),
          rowTerms: rowTerms + first, columnTerms: columnTerms + panel * width)
      }
    }
  }
}
