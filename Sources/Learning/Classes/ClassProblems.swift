import Basics
import LinearAlgebra

/// The binary problems that a classifier's classes are made into, one for each column of its decision
/// values, and what the decision values say of the classes.
///
/// Pairs are ordered (0,1), (0,2), …, (0,k−1), (1,2), …, and a value above 0 favours the later class.
/// Two classes are the pair (0,1). Of one class against the others, problem i is that of class i, which
/// a value above 0 favours.
package struct ClassProblems: Sendable, Equatable {
  /// What the columns stand for.
  package let shape: DecisionShape
  /// The number of classes.
  package let classCount: Int
  /// The number of problems.
  package let count: Int

  /// The classes of one problem.
  package struct Problem: Sendable, Equatable {
    /// The class that a value of at most 0 favours; `nil` when that is all others.
    package let negative: Int?
    /// The class that a value above 0 favours.
    package let positive: Int
  }

  /// Describes the problems of some classes.
  ///
  /// - Parameters:
  ///   - shape: What the columns of the decision values stand for; `binary` is for two classes.
  ///   - classCount: The number of classes, at least 0.
  package init(_ shape: DecisionShape, classCount: Int) {
    guard let count = classCount == 0 ? 0 : shape.columnCount(classCount: classCount) else {
      preconditionFailure("\(classCount) classes have no \(shape.rawValue) decision values")
    }
    self.shape = shape
    self.classCount = classCount
    self.count = count
  }

  /// The classes of a pair.
  ///
  /// - Complexity: O(1).
  package subscript(pair index: Int) -> (earlier: Int, later: Int) {
    precondition(shape != .perClass && index >= 0 && index < count)
    // The pairs of all classes before `earlier` are earlier·(2k − earlier − 1)/2.
    let width = Double(2 * classCount - 1)
    var earlier = Int((width - Swift.max(0, width * width - 8 * Double(index)).squareRoot()) / 2)
    // The square root rounds.
    while position(earlier, earlier + 1) > index { earlier -= 1 }
    while position(earlier + 1, earlier + 2) <= index { earlier += 1 }
    return (earlier, earlier + 1 + index - position(earlier, earlier + 1))
  }

  /// The place of a pair among the problems, also of the pair behind the last one.
  package func position(_ earlier: Int, _ later: Int) -> Int {
    // Earlier classes own classCount − 1, classCount − 2, … columns.
    earlier * (2 * classCount - earlier - 1) / 2 + later - earlier - 1
  }
}

extension ClassProblems: RandomAccessCollection {
  /// The first problem's index, 0.
  package var startIndex: Int { 0 }
  /// The number of problems.
  package var endIndex: Int { count }

  /// The classes of a problem.
  ///
  /// - Complexity: O(1).
  package subscript(index: Int) -> Problem {
    guard shape != .perClass else { return Problem(negative: nil, positive: index) }
    let (earlier, later) = self[pair: index]
    return Problem(negative: earlier, positive: later)
  }
}

// MARK: What decision values say

extension ClassProblems {
  /// The class of each row of decision values.
  ///
  /// Every pair votes for one of its classes, 0 for the earlier one, and the class with most votes wins.
  /// Of one value for each class the largest wins. Among equals it is the earliest class.
  ///
  /// - Parameters:
  ///   - decisionValues: n rows with a value for each problem.
  ///   - abstaining: Problems whose values say nothing, ascending.
  /// - Returns: n indices of classes.
  package func winners(_ decisionValues: Matrix<Double>, abstaining: [Int] = []) -> [Int] {
    precondition(
      decisionValues.columnCount == count,
      "there are \(decisionValues.columnCount) decision values for \(count) problems")
    let rowCount = decisionValues.rowCount
    return unsafe [Int](unsafeUninitializedCapacity: rowCount) { target, initialized in
      initialized = rowCount
      unsafe decisionValues.withUnsafeElements { elements in
        guard let target = target.baseAddress else { return }
        if let base = elements.baseAddress {
          unsafe decide(base, rows: rowCount, abstaining: abstaining, into: target)
        } else {
          // One class has no problems.
          unsafe target.update(repeating: 0, count: rowCount)
        }
      }
    }
  }

  /// The class of one example; see ``winners(_:abstaining:)``.
  package func winner(_ decisions: [Double], abstaining: [Int] = []) -> Int {
    precondition(decisions.count == count)
    var index = 0
    unsafe decisions.withUnsafeBufferPointer { decisions in
      guard let base = decisions.baseAddress else { return }
      unsafe decide(base, rows: 1, abstaining: abstaining, into: &index)
    }
    return index
  }

  /// The class of each row of decision values; see ``winners(_:abstaining:)``.
  ///
  /// - Parameters:
  ///   - decisions: rows × problems.
  ///   - rows: The number of rows.
  ///   - abstaining: Problems whose values say nothing, ascending.
  ///   - target: Where the indices of the classes go.
  @unsafe
  package func decide(
    _ decisions: UnsafePointer<Double>, rows: Int, abstaining: [Int],
    into target: UnsafeMutablePointer<Int>
  ) {
    if shape == .perClass {
      let voting =
        abstaining.isEmpty ? Array(0..<count) : (0..<count).filter { !abstaining.contains($0) }
      for row in 0..<rows {
        unsafe target[row] = Self.largest(decisions + row * count, among: voting)
      }
      return
    }
    let pairs = abstaining.map { ($0, self[pair: $0].earlier, self[pair: $0].later) }
    var votes = [Int](repeating: 0, count: classCount)
    unsafe votes.withUnsafeMutableBufferPointer { votes in
      guard let votes = votes.baseAddress else { return }
      for row in 0..<rows {
        let values = unsafe decisions + row * count
        unsafe countVotes(values, into: votes)
        for (pair, earlier, later) in pairs {
          unsafe votes[values[pair] > 0 ? later : earlier] -= 1
        }
        var best = 0
        for index in 0..<classCount where unsafe votes[index] > votes[best] { best = index }
        unsafe target[row] = best
      }
    }
  }

  /// The votes of all pairs, counted without a branch: nothing foretells them.
  @unsafe
  private func countVotes(
    _ decisions: UnsafePointer<Double>, into votes: UnsafeMutablePointer<Int>
  ) {
    unsafe votes.update(repeating: 0, count: classCount)
    var pairs = unsafe decisions
    for earlier in 0..<classCount {
      let later = unsafe votes + earlier + 1
      let opponents = classCount - earlier - 1
      var lost = 0
      for index in 0..<opponents {
        let vote = unsafe pairs[index] > 0 ? 1 : 0
        unsafe later[index] &+= vote
        lost &+= vote
      }
      unsafe votes[earlier] += opponents - lost
      unsafe pairs += opponents
    }
  }

  /// The class with the largest decision value, the earliest of equals.
  @unsafe
  private static func largest(_ decisions: UnsafePointer<Double>, among classes: [Int]) -> Int {
    var best = classes.first ?? 0
    for index in classes where unsafe decisions[index] > decisions[best] { best = index }
    return best
  }

  /// How much decision values favour each class: its own value, or the votes that it wins.
  ///
  /// - Parameter decisions: A value for each problem.
  /// - Returns: A number for each class.
  package func favours(_ decisions: Span<Double>) -> [Double] {
    precondition(decisions.count == count)
    if shape == .perClass { return (0..<classCount).map { decisions[$0] } }
    var votes = [Int](repeating: 0, count: classCount)
    unsafe decisions.withUnsafeBufferPointer { decisions in
      unsafe votes.withUnsafeMutableBufferPointer { votes in
        guard let decisions = decisions.baseAddress, let votes = votes.baseAddress else { return }
        unsafe countVotes(decisions, into: votes)
      }
    }
    return votes.map(Double.init)
  }

  /// One score for each class; see `Classifier.classScores(decisionValues:)`.
  ///
  /// - Parameter decisionValues: n rows with a value for each problem.
  /// - Returns: n × number of classes.
  package func scores(_ decisionValues: Matrix<Double>) -> Matrix<Double> {
    switch shape {
    case .perClass: return decisionValues
    case .binary:
      return Matrix(rowCount: decisionValues.rowCount, columnCount: 2) {
        $1 == 0 ? -decisionValues[$0, 0] : decisionValues[$0, 0]
      }
    case .pairs:
      var scores: [Double] = []
      scores.reserveCapacity(decisionValues.rowCount * classCount)
      for row in 0..<decisionValues.rowCount {
        decisionValues.withRow(row) { decisions in
          var sums = [Double](repeating: 0, count: classCount)
          var pair = 0
          for earlier in 0..<classCount {
            for later in (earlier + 1)..<Swift.max(classCount, earlier + 1) {
              sums[later] += decisions[pair]
              sums[earlier] -= decisions[pair]
              pair += 1
            }
          }
          for (votes, sum) in zip(favours(decisions), sums) {
            scores.append(votes + sum / (3 * (abs(sum) + 1)))
          }
        }
      }
      return Matrix(rowCount: decisionValues.rowCount, columnCount: classCount) {
        scores[$0 * classCount + $1]
      }
    }
  }
}
