// One probability for each class from one for each pair of classes.
//
// Read `couple`. Wu, Lin and Weng iterate; here their problem is solved directly, for the reason that
// is given there.

/// Couples the probabilities of pairs of classes into those of the classes.
///
/// For classes i and j let r_ij be the probability of i given that the class is i or j. The second
/// method of Wu, Lin and Weng takes the p with Σ p_i = 1 that minimises
/// ```
/// Σ_i Σ_{j≠i} (r_ji·p_i − r_ij·p_j)² = 2·pᵀQp,   Q_ii = Σ_{s≠i} r_si²,   Q_ij = −r_ji·r_ij
/// ```
/// The minimum has no negative p, so that p ≥ 0 need not be asked for. It is exact where one p agrees with
/// all pairs. Where pairs contradict each other it weighs them all, and a class that does better against
/// one opponent alone need not become more probable.
///
/// > T.-F. Wu, C.-J. Lin, R. C. Weng. "Probability Estimates for Multi-class Classification by
/// > Pairwise Coupling." *Journal of Machine Learning Research* 5 (2004), 975–1005.
struct PairwiseCoupling {
  /// The number of classes, at least 1.
  let classCount: Int
  /// The upper triangle of Q + eeᵀ, row-major, replaced by its Cholesky factor U, UᵀU.
  private var system: [Double]
  /// e, replaced by the solution.
  private(set) var probabilities: [Double]

  /// Makes room for one row at a time.
  init(classCount: Int) {
    self.classCount = classCount
    system = [Double](repeating: 0, count: classCount * classCount)
    probabilities = [Double](repeating: 0, count: classCount)
  }

  /// Sets `probabilities` to those of the classes: at least 0, with sum 1.
  ///
  /// - Parameter pair: The probabilities of the earlier and of the later class of a pair, given the
  ///   pair's index in the order (0,1), (0,2), …, (1,2), …; from 0 to 1, with sum 1. 0 and 1
  ///   themselves are allowed.
  mutating func couple(_ pair: (_ index: Int) -> (earlier: Double, later: Double)) {
    // The minimum satisfies Qp = b·e for some b, thus (Q + eeᵀ)p = (b + 1)·e: solve for e on the
    // right and divide by the sum.
    //
    // Q + eeᵀ is positive definite, and well so, for every r. Q is a sum of squares, one for each pair,
    // of (r_ji·p_i − r_ij·p_j). A vector that makes all of them small is, in every pair of places,
    // near a multiple of (r_ij, r_ji), whose length is at least √½. Two such vectors would be parallel
    // in all pairs of places, thus parallel: at most one eigenvalue of Q is near 0. Its vector has no
    // two places of opposite sign, so that eeᵀ lifts it. This holds for r of 0 and 1, where iterating
    // needs them moved inwards, and for any number of classes; no tolerance ends it too early.
    for index in system.indices { system[index] = 1 }
    var index = 0
    var isUndecided = true
    for earlier in 0..<classCount {
      for later in (earlier + 1)..<max(classCount, earlier + 1) {
        let (first, second) = pair(index)
        isUndecided = isUndecided && first == second
        system[earlier * classCount + earlier] += second * second
        system[later * classCount + later] += first * first
        system[earlier * classCount + later] -= first * second
        index += 1
      }
    }
    if isUndecided {
      // Rounding must not choose a class where no pair does.
      for index in probabilities.indices { probabilities[index] = 1 / Double(classCount) }
      return
    }
    factor()
    solve()
    var total = 0.0
    for index in probabilities.indices {
      // Rounding alone makes a probability negative.
      probabilities[index] = max(0, probabilities[index])
      total += probabilities[index]
    }
    for index in probabilities.indices { probabilities[index] /= total }
  }

  /// Cholesky; every row, once it is done, is taken from the rows below it.
  ///
  /// Both are contiguous and no sum depends on the one before, so that the inner loop runs on vectors.
  private mutating func factor() {
    let count = classCount
    unsafe system.withUnsafeMutableBufferPointer { system in
      guard let base = system.baseAddress else { return }
      for done in 0..<count {
        let source = unsafe base + done * count
        let pivot = unsafe source[done].squareRoot()
        for column in done..<count { unsafe source[column] /= pivot }
        for row in (done + 1)..<max(count, done + 1) {
          let target = unsafe base + row * count
          let factor = unsafe source[row]
          for column in row..<count { unsafe target[column] -= factor * source[column] }
        }
      }
    }
  }

  /// Solves UᵀU·p = e.
  private mutating func solve() {
    for row in 0..<classCount { probabilities[row] = 1 }
    for row in 0..<classCount {
      probabilities[row] /= system[row * classCount + row]
      let value = probabilities[row]
      for column in (row + 1)..<max(classCount, row + 1) {
        probabilities[column] -= system[row * classCount + column] * value
      }
    }
    for row in (0..<classCount).reversed() {
      var sum = probabilities[row]
      for column in (row + 1)..<max(classCount, row + 1) {
        sum -= system[row * classCount + column] * probabilities[column]
      }
      probabilities[row] = sum / system[row * classCount + row]
    }
  }
}
