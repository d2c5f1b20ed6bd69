/// The rows of each fold, drawn by C's rand() in the same order as LIBSVM draws them, so that a host that
/// called srand() gets LIBSVM's folds.
struct Folds {
  /// For each fold the rows to predict, in LIBSVM's order.
  let rows: [[Int]]

  /// Folds of all rows alike.
  init(shuffling count: Int, into foldCount: Int) {
    var order = Array(0..<count)
    Self.shuffle(&order, 0..<count)
    rows = (0..<foldCount).map { fold in
      Array(order[(fold * count / foldCount)..<((fold + 1) * count / foldCount)])
    }
  }

  /// Folds that have each class in proportion.
  ///
  /// - Parameters:
  ///   - codes: For each row its class.
  ///   - classCount: The number of classes.
  ///   - foldCount: At least 1, less than the number of rows.
  init(stratifying codes: [Int], classCount: Int, into foldCount: Int) {
    var members = [[Int]](repeating: [], count: classCount)
    for (row, code) in codes.enumerated() { members[code].append(row) }
    for place in members.indices { Self.shuffle(&members[place], members[place].indices) }
    rows = (0..<foldCount).map { fold in
      members.flatMap { rows in
        rows[(fold * rows.count / foldCount)..<((fold + 1) * rows.count / foldCount)]
      }
    }
  }

  /// The rows that a fold's model learns: those of the other folds, in order.
  func training(_ fold: Int) -> [Int] {
    rows.indices.flatMap { $0 == fold ? [] : rows[$0] }
  }

  private static func shuffle(_ order: inout [Int], _ range: Range<Int>) {
    for place in range {
      order.swapAt(place, place + HostRandom.next() % (range.upperBound - place))
    }
  }
}
