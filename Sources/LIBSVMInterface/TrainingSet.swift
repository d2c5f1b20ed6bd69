import CLIBSVM
import LinearAlgebra

/// Rows with labels or targets: a caller's problem, or some rows of it.
struct TrainingSet {
  /// The examples; for a precomputed kernel the kernel values of every example with every other.
  let features: FeatureMatrix
  /// Labels or targets.
  let targets: [Double]
  let isPrecomputed: Bool

  var count: Int { targets.count }

  /// Some of the rows, in the order given.
  func subset(_ rows: [Int]) -> TrainingSet {
    guard isPrecomputed else {
      return TrainingSet(
        features: features.gatheringRows(rows), targets: rows.map { targets[$0] },
        isPrecomputed: false)
    }
    return TrainingSet(
      features: kernelValues(of: rows, with: rows), targets: rows.map { targets[$0] },
      isPrecomputed: true)
  }

  /// What a model that was trained on `training` needs to predict `rows`.
  func examples(_ rows: [Int], forModelOf training: [Int]) -> FeatureMatrix {
    isPrecomputed ? kernelValues(of: rows, with: training) : features.gatheringRows(rows)
  }

  private func kernelValues(of rows: [Int], with columns: [Int]) -> FeatureMatrix {
    let matrix = features.dense
    return .dense(
      Matrix(rowCount: rows.count, columnCount: columns.count) { matrix[rows[$0], columns[$1]] })
  }
}

extension TrainingSet {
  /// Reads a caller's problem.
  ///
  /// A precomputed kernel's rows begin with node 0, whose value is the row's serial number from 1; node
  /// j of a row, by place, is the kernel's value with the example of serial number j.
  init(_ problem: svm_problem, _ parameter: Parameters) throws(InterfaceError) {
    let count = unsafe Int(max(problem.l, 0))
    targets = unsafe Array(UnsafeBufferPointer(start: problem.y, count: count))
    isPrecomputed = parameter.kernelType == .precomputed
    guard isPrecomputed else {
      var rows = NodeRows()
      for row in 0..<count { unsafe rows.append(problem.x[row]) }
      features = try rows.matrix()
      return
    }
    let serials = (0..<count).map {
      unsafe problem.x[$0].map { Int(unsafe $0[0].value) } ?? 0
    }
    let lengths = (0..<count).map { unsafe NodeRows.length(problem.x[$0]) }
    if let row = serials.firstIndex(where: { serial in
      serial < 1 || lengths.contains { serial >= $0 }
    }) {
      throw .precomputedRow(row: row, serial: serials[row])
    }
    features = .dense(
      Matrix(rowCount: count, columnCount: count) {
        unsafe problem.x[$0]![serials[$1]].value
      })
  }
}

/// What cannot be trained: the interface has no way to return it, so that it is printed.
enum InterfaceError: Error, CustomStringConvertible {
  case featureIndex(Int)
  case precomputedRow(row: Int, serial: Int)
  case failed(String)

  var description: String {
    switch self {
    case .featureIndex(let index): "feature index \(index) is out of range"
    case .precomputedRow(let row, let serial):
      "row \(row + 1) has the serial number \(serial), which its problem does not have"
    case .failed(let reason): reason
    }
  }
}

/// Rows of nodes on their way into a matrix.
struct NodeRows {
  private var offsets = [0]
  private var columns: [Int32] = []
  private var values: [Double] = []
  private var largest: Int32 = -1
  private var smallest: Int32 = 0

  /// The number of nodes before the end of a row.
  @unsafe
  static func length(_ row: UnsafePointer<svm_node>?) -> Int {
    guard let row = unsafe row else { return 0 }
    var length = 0
    while unsafe row[length].index != -1 { length += 1 }
    return length
  }

  /// Appends a row; nodes out of order are put in order, and of equal indices the last one counts.
  @unsafe
  mutating func append(_ row: UnsafePointer<svm_node>?) {
    let length = unsafe Self.length(row)
    let begin = columns.count
    var previous = Int32.min
    var isInOrder = true
    if let row = unsafe row {
      for place in 0..<length {
        let node = unsafe row[place]
        isInOrder = isInOrder && node.index > previous
        previous = node.index
        columns.append(node.index)
        values.append(node.value)
        largest = max(largest, node.index)
        smallest = min(smallest, node.index)
      }
    }
    if !isInOrder { sort(from: begin) }
    offsets.append(columns.count)
  }

  private mutating func sort(from begin: Int) {
    var last: [Int32: Double] = [:]
    for place in begin..<columns.count { last[columns[place]] = values[place] }
    columns.removeSubrange(begin...)
    values.removeSubrange(begin...)
    for (column, value) in last.sorted(by: { $0.key < $1.key }) {
      columns.append(column)
      values.append(value)
    }
  }

  /// The rows as a matrix with a column for each index from 0 on.
  ///
  /// - Throws: ``InterfaceError/featureIndex(_:)`` for an index below 0 or without a successor.
  func matrix() throws(InterfaceError) -> FeatureMatrix {
    guard smallest >= 0 else { throw .featureIndex(Int(smallest)) }
    guard largest < Int32.max else { throw .featureIndex(Int(largest)) }
    return .sparse(
      SparseMatrix(
        unchecked: offsets.count - 1, columnCount: max(Int(largest) + 1, 1), rowOffsets: offsets,
        columnIndices: columns, values: values))
  }

  /// One row for a model of `columnCount` features.
  ///
  /// What the model's features lack meets only zeros: it is nothing to an inner product, and counts in
  /// a distance by its length, which goes into a column of its own.
  ///
  /// - Returns: The features, and the length of what they lack.
  @unsafe
  static func example(
    _ row: UnsafePointer<svm_node>?, columnCount: Int
  ) -> (columns: [Int32], values: [Double], lacking: Double) {
    var rows = NodeRows()
    unsafe rows.append(row)
    var (columns, values, squares) = ([Int32](), [Double](), 0.0)
    for (column, value) in zip(rows.columns, rows.values) {
      if column >= 0, Int(column) < columnCount {
        columns.append(column)
        values.append(value)
      } else {
        squares += value * value
      }
    }
    return (columns, values, squares.squareRoot())
  }
}
