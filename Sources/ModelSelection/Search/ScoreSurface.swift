import Basics
import LinearAlgebra

// A search compares candidates by noisy figures: the accuracy of one cell of a grid moves by a standard error
// when the folds are drawn again, and the greatest of many such figures flatters. But
// neighbours in log C and log γ have nearly the same model. A Gaussian process with fixed
// length scales lets them vote: its mean at a cell is a weighted mean of the figures
// around it, and its deviation says how little is known there.
//
// With observations s at places X, noise variances N and prior mean m,
//
//     mean(x)      = m + kᵀ(K + N)⁻¹(s − m)
//     variance(x)  = k(x, x) − kᵀ(K + N)⁻¹k,     k(x, z) = v·exp(−½ Σ ((xₖ − zₖ)/ℓₖ)²)
//
// Length scales are not fitted: with thirty noisy figures their likelihood is flat, and a search that depends
// on it would be less steady than one that does not.

/// What is expected of candidates, given the scores of others.
///
/// > C. E. Rasmussen, C. K. I. Williams. *Gaussian Processes for Machine Learning.* MIT Press 2006, ch. 2.
struct ScoreSurface {
  /// A score at a place, greater is better.
  struct Observation: Sendable {
    /// Surfaces of different families know nothing of each other.
    var family: Int
    /// Logarithms to base 2 of the parameters.
    var place: [Double]
    var score: Double
    /// The variance of the score's error; at least 0.
    var noise: Double
  }

  /// How far, in factors of two, candidates resemble each other: in C, γ, ε and ν.
  static let lengthScales = [3.0, 2.0, 2.5, 1.5]

  private let observations: [Observation]
  private let prior: Double
  private let variance: Double
  private let factor: Cholesky<Double>
  private let weights: [Double]

  /// Fits a surface.
  ///
  /// Scores in the worse half count as their median: how bad a bad cell is says nothing
  /// about the best. Where the best scores fill more than half, the worse ones count as
  /// the best of them, so that the surface still falls towards the edge of a plateau.
  ///
  /// - Parameters:
  ///   - observations: At least one; scores finite.
  ///   - error: How far apart scores may lie and yet be alike.
  /// - Throws: `LinearAlgebraError` when rounding leaves nothing to divide by.
  init(_ observations: [Observation], error: Double = 0) throws(LinearAlgebraError) {
    precondition(!observations.isEmpty, "a surface needs a score")
    let sorted = observations.map(\.score).sorted()
    let median = sorted[(sorted.count - 1) / 2]
    let plateau = sorted[sorted.count - 1] - error
    let floor = median < plateau ? median : sorted.last { $0 < plateau } ?? median
    let clipped = observations.map { observation in
      var observation = observation
      observation.score = max(observation.score, floor)
      return observation
    }
    let count = Double(clipped.count)
    let mean = clipped.reduce(0) { $0 + $1.score } / count
    let spread = clipped.reduce(0) { $0 + ($1.score - mean) * ($1.score - mean) } / count
    // What nothing is known of is expected to be no better than most.
    prior = floor
    let unit = max(spread, 1e-12 * max(1, mean * mean))
    variance = 2 * unit
    self.observations = clipped
    let (v, all) = (variance, clipped)
    factor = try Cholesky(
      Matrix(rowCount: all.count, columnCount: all.count) { row, column in
        v * Self.similarity(all[row].family, all[row].place, all[column].family, all[column].place)
          + (row == column ? all[row].noise + 1e-3 * unit : 0)
      })
    weights = try factor.solve(clipped.map { $0.score - floor })
  }

  private static func similarity(
    _ family: Int, _ place: [Double], _ otherFamily: Int, _ other: [Double]
  ) -> Double {
    guard family == otherFamily else { return 0 }
    var sum = 0.0
    for index in place.indices {
      let distance = (place[index] - other[index]) / lengthScales[index]
      sum += distance * distance
    }
    return exp(-0.5 * sum)
  }

  /// The expected scores of places and their deviations.
  func expectations(
    _ places: [(family: Int, place: [Double])]
  ) throws(LinearAlgebraError) -> [(mean: Double, deviation: Double)] {
    guard !places.isEmpty else { return [] }
    let cross = Matrix<Double>(rowCount: observations.count, columnCount: places.count) {
      variance
        * Self.similarity(
          observations[$0].family, observations[$0].place, places[$1].family, places[$1].place)
    }
    let solved = try factor.solve(cross)
    return places.indices.map { index in
      var (mean, explained) = (prior, 0.0)
      for row in observations.indices {
        mean += cross[row, index] * weights[row]
        explained += cross[row, index] * solved[row, index]
      }
      return (mean, max(0, variance - explained).squareRoot())
    }
  }

  /// By how much a score is expected to exceed the best so far, counted as 0 where it does not.
  ///
  /// > D. R. Jones, M. Schonlau, W. J. Welch. "Efficient Global Optimization of Expensive Black-Box
  /// > Functions." *Journal of Global Optimization* 13 (1998), 455–492.
  static func expectedImprovement(mean: Double, deviation: Double, best: Double) -> Double {
    guard deviation > 0 else { return max(0, mean - best) }
    let z = (mean - best) / deviation
    let density = exp(-0.5 * z * z) / (2 * Double.pi).squareRoot()
    let probability = 0.5 * erfc(-z / 2.0.squareRoot())
    return (mean - best) * probability + deviation * density
  }
}
