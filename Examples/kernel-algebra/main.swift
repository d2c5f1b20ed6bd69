// Kernels put together from kernels.
//
// A sum of kernels finds examples alike that are alike in one sense or in another; a product, those that
// are alike in both. Either is a kernel again (J. Shawe-Taylor, N. Cristianini, "Kernel Methods for Pattern
// Analysis", Cambridge 2004, chapter 3), and so are a multiple of one and a kernel of some columns alone.
// Who knows how the data came about can say so in a formula.
//
// Here ten causes add up: y = Σ sin(3xⱼ + j). The gaussian kernel of all columns expects any interplay of
// all ten, and 300 examples do not fill a space of ten dimensions. A sum of ten gaussians, each of one
// column, expects a sum of ten curves.
//
//     swift run kernel-algebra

import Evaluation
import Foundation
import LinearAlgebra
import SupportVectors

/// Says whether a claim holds; a program that teaches should not be wrong.
func check(_ holds: Bool, _ claim: String) {
  print(holds ? "  holds: \(claim)" : "  DOES NOT HOLD: \(claim)")
  if !holds { exit(1) }
}

// MARK: 1. Data

/// Random numbers that are the same in every run.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    return bits ^ bits >> 31
  }
}

func examples(_ count: Int, seed: UInt64) -> (features: FeatureMatrix, targets: [Double]) {
  var generator = SplitMix64(state: seed)
  let features = Matrix(rowCount: count, columnCount: 10) { _, _ in
    Double.random(in: -1..<1, using: &generator)
  }
  let targets = (0..<count).map { row in
    (0..<10).reduce(0) { $0 + sin(3 * features[row, $1] + Double($1)) }
  }
  return (.dense(features), targets)
}
let known = examples(300, seed: 7)
let unseen = examples(300, seed: 8)

func train(_ kernel: Kernel, tolerance: Double = 1e-3) throws -> SupportVectorRegressor {
  try SupportVectorRegressor.train(
    features: known.features, targets: known.targets, kernel: kernel, boxConstraint: 10,
    epsilon: 0.05, options: TrainingOptions(tolerance: tolerance))
}

/// The root mean squared error on examples that training did not see.
func error(_ model: SupportVectorRegressor) throws -> Double {
  let errors = RegressionErrors(
    actual: unseen.targets, predicted: try model.predict(unseen.features))
  return errors.rootMeanSquaredError ?? .infinity
}

// MARK: 2. One kernel of ten columns, ten kernels of one

// Each gamma is fitted to the columns that its kernel sees.
let whole = try train(.gaussian())
let additive = try train(.sum((0..<10).map { .columns([$0], .gaussian()) }))
check(
  whole.isConverged && additive.isConverged, "a formula is solved to the tolerance like any kernel")
let (errorOfWhole, errorOfSum) = (try error(whole), try error(additive))
print("root mean squared error \(errorOfWhole) of one gaussian, \(errorOfSum) of the sum of ten")
check(errorOfSum < 0.3 * errorOfWhole, "the sum errs less than a third as much")

// MARK: 3. The same kernel in other words

// exp(−γ(a + b)) = exp(−γa)·exp(−γb): a product of gaussians of two groups is the gaussian of both.
let gaussian = try train(.gaussian(gamma: 0.3), tolerance: 1e-8)
let product = try train(
  .columns(0..<4, .gaussian(gamma: 0.3)) * .columns(4..<10, .gaussian(gamma: 0.3)),
  tolerance: 1e-8)

/// The largest difference of two models' predictions.
func difference(_ one: SupportVectorRegressor, _ other: SupportVectorRegressor) throws -> Double {
  zip(try one.predict(unseen.features), try other.predict(unseen.features))
    .map { abs($0 - $1) }.max() ?? 0
}
check(try difference(gaussian, product) < 1e-5, "a gaussian is the product of its parts")

// A function of one's own says the same, value by value; the formula's values come in tiles, from matrix
// products and vector loops.
let own = CustomKernel(name: "own", isPositiveSemidefinite: true) { x, z in
  var sum = 0.0
  for column in x.indices {
    sum += 0.5 * exp(-2 * (x[column] - z[column]) * (x[column] - z[column]))
  }
  return sum
}
let formula = 0.5 * Kernel.sum((0..<10).map { .columns([$0], .gaussian(gamma: 2)) })
let clock = ContinuousClock()
var models: [SupportVectorRegressor] = []
let timeOfFormula = try clock.measure { models.append(try train(formula, tolerance: 1e-8)) }
let timeOfFunction = try clock.measure { models.append(try train(.custom(own), tolerance: 1e-8)) }
print("trained in \(timeOfFormula) by the formula, in \(timeOfFunction) by the function")
check(try difference(models[0], models[1]) < 1e-5, "formula and function give the same predictions")
