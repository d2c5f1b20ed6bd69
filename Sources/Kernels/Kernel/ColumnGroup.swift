import LinearAlgebra

/// Some columns of the features, in an order: what a part of a composite kernel sees of an example.
///
/// It is kept as runs of neighbouring columns, so that the words of a text, a hundred thousand columns,
/// take no more room than one number.
public struct ColumnGroup: Sendable, Equatable {
  /// Runs of columns, none empty; the end of one is not the beginning of the next.
  package let ranges: [Range<Int>]

  /// Columns in the order given.
  ///
  /// - Parameter columns: Columns, counted from 0; a range of them costs nothing, however long.
  package init(_ columns: some Sequence<Int>) {
    if let range = columns as? Range<Int> {
      self.init(ranges: [range])
      return
    }
    var runs: [Range<Int>] = []
    for column in columns {
      // The largest integer is not a column; its run only must not overflow.
      let column = min(column, Int.max - 1)
      if let last = runs.last, last.upperBound == column {
        runs[runs.count - 1] = last.lowerBound..<column + 1
      } else {
        runs.append(column..<column + 1)
      }
    }
    self.init(ranges: runs)
  }

  /// Runs of columns, in the order given.
  package init(ranges: [Range<Int>]) {
    var runs: [Range<Int>] = []
    for range in ranges where !range.isEmpty {
      if let last = runs.last, last.upperBound == range.lowerBound {
        runs[runs.count - 1] = last.lowerBound..<range.upperBound
      } else {
        runs.append(range)
      }
    }
    self.ranges = runs
  }

  /// The number of columns; more than an Int counts are as many as it can.
  package var count: Int {
    var count = 0
    for range in ranges {
      let (length, isTooLong) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
      let (sum, isTooMany) = count.addingReportingOverflow(length)
      if isTooLong || isTooMany { return Int.max }
      count = sum
    }
    return count
  }

  /// Why the group cannot be one of a matrix with this many columns, in words, or `nil`.
  ///
  /// - Complexity: O(r log r) for r runs.
  func problem(columnCount: Int) -> String? {
    guard !ranges.isEmpty else { return "a group of columns is empty; it needs at least one" }
    for range in ranges where range.lowerBound < 0 || range.upperBound > columnCount {
      let column = range.lowerBound < 0 ? range.lowerBound : range.upperBound - 1
      return "a group of columns names column \(column), counted from 0, of \(columnCount)"
    }
    let sorted = ranges.sorted { $0.lowerBound < $1.lowerBound }
    for (range, next) in zip(sorted, sorted.dropFirst()) where next.lowerBound < range.upperBound {
      return "a group of columns names column \(next.lowerBound), counted from 0, twice"
    }
    return nil
  }

  /// The columns of a group within this group.
  ///
  /// - Parameter inner: Places in this group.
  /// - Returns: The columns at these places, in their order.
  /// - Complexity: O(r log r) for r runs of the result.
  func composed(with inner: ColumnGroup) -> ColumnGroup {
    var firsts: [Int] = []
    firsts.reserveCapacity(ranges.count)
    var total = 0
    for range in ranges {
      firsts.append(total)
      total += range.count
    }
    var result: [Range<Int>] = []
    for range in inner.ranges {
      precondition(
        range.lowerBound >= 0 && range.upperBound <= total,
        "places \(range) are outside a group of \(total) columns")
      var place = range.lowerBound
      var run = Self.lastIndex(in: firsts, notAbove: place)
      while place < range.upperBound {
        let begin = ranges[run].lowerBound + place - firsts[run]
        let length = min(ranges[run].upperBound - begin, range.upperBound - place)
        result.append(begin..<begin + length)
        place += length
        run += 1
      }
    }
    return ColumnGroup(ranges: result)
  }

  /// The column at a place of the group.
  func column(at place: Int) -> Int {
    composed(with: ColumnGroup(place..<place + 1)).ranges[0].lowerBound
  }

  /// The group's values of an example.
  func gathering(_ x: Span<Double>) -> [Double] {
    var values: [Double] = []
    for range in ranges {
      for column in range { values.append(x[column]) }
    }
    return values
  }

  private static func lastIndex(in firsts: [Int], notAbove place: Int) -> Int {
    var low = 0
    var high = firsts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if firsts[middle] <= place { low = middle } else { high = middle }
    }
    return low
  }
}

extension FeatureMatrix {
  /// The examples' features of a group, in its order; copied, and stored as these are.
  ///
  /// - Complexity: O(n·d) for dense examples, O(e log r) for e stored entries and r runs of columns.
  func selectingColumns(_ group: ColumnGroup) -> FeatureMatrix {
    if group.ranges == [0..<columnCount] { return self }
    switch self {
    case .dense(let matrix):
      let width = group.count
      return unsafe .dense(
        Matrix(rowCount: matrix.rowCount, columnCount: width) { target in
          guard let target = target.baseAddress else { return }
          unsafe matrix.withUnsafeElements { source in
            guard let source = source.baseAddress else { return }
            for row in 0..<matrix.rowCount {
              var place = row * width
              for range in group.ranges {
                unsafe (target + place).update(
                  from: source + row * matrix.columnCount + range.lowerBound, count: range.count)
                place += range.count
              }
            }
          }
        })
    case .sparse(let matrix):
      return .sparse(matrix.selectingColumns(group))
    }
  }
}

extension SparseMatrix<Double> {
  fileprivate func selectingColumns(_ group: ColumnGroup) -> SparseMatrix {
    // Runs by their columns, each with its place in the group.
    var runs: [(columns: Range<Int>, first: Int)] = []
    var width = 0
    for range in group.ranges {
      runs.append((range, width))
      width += range.count
    }
    let isAscending = zip(runs, runs.dropFirst()).allSatisfy {
      $0.columns.lowerBound < $1.columns.lowerBound
    }
    runs.sort { $0.columns.lowerBound < $1.columns.lowerBound }
    var offsets = [0]
    offsets.reserveCapacity(rowCount + 1)
    var columns: [Int32] = []
    var kept: [Double] = []
    for row in 0..<rowCount {
      let begin = kept.count
      for entry in rowOffsets[row]..<rowOffsets[row + 1] {
        let column = Int(columnIndices[entry])
        var low = 0
        var high = runs.count
        while low < high {
          let middle = (low + high) / 2
          if runs[middle].columns.upperBound <= column { low = middle + 1 } else { high = middle }
        }
        guard low < runs.count, runs[low].columns.contains(column) else { continue }
        columns.append(Int32(runs[low].first + column - runs[low].columns.lowerBound))
        kept.append(values[entry])
      }
      if !isAscending {
        let order = (begin..<kept.count).sorted { columns[$0] < columns[$1] }
        let (sortedColumns, sortedValues) = (order.map { columns[$0] }, order.map { kept[$0] })
        columns.replaceSubrange(begin..., with: sortedColumns)
        kept.replaceSubrange(begin..., with: sortedValues)
      }
      offsets.append(kept.count)
    }
    return SparseMatrix(
      unchecked: rowCount, columnCount: width, rowOffsets: offsets, columnIndices: columns,
      values: kept)
  }
}
