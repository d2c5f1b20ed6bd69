// Predicting a number, and seeing what ε is for.
//
// Four hundred and forty-two patients were measured, and a year later a doctor graded how far their
// diabetes had progressed, from 25 to 346. ε-support vector regression looks for a smooth function
// with most patients inside a tube of half-width ε around it. Who is inside costs nothing and has no
// influence; the function is held in place by those on the tube's wall and outside. This program
// trains one by hand, from the table to the features to the model, and checks that picture.
//
//     swift run regress [FILE.csv]

import Evaluation
import Foundation
import SupportVectors
import Tables

/// Says whether a claim holds; a program that teaches should not be wrong.
func check(_ holds: Bool, _ claim: String) {
  print(holds ? "  holds: \(claim)" : "  DOES NOT HOLD: \(claim)")
  if !holds { exit(1) }
}

// MARK: 1. From a table to numbers

let path = CommandLine.arguments.dropFirst().first ?? "Datasets/diabetes.csv"
let table = try Table(contentsOf: path)
let target = try table.columnIndex("progression")
guard case .numbers(let progression) = table.columns[target].values else {
  check(false, "progression is a number")
  exit(1)
}

// A quarter of the patients is set aside to measure on. Means and deviations are learned from the
// others alone: what was seen while scaling is not unseen any more.
let split = try DataSplit.holdout(
  strata: Array(repeating: 0, count: table.rowCount), fraction: 0.25, seed: 0)
let preprocessor = try TablePreprocessor(fitting: table, target: target, rows: split.trainingRows)
let features = try preprocessor.transform(table, rows: split.trainingRows)
let targets = split.trainingRows.map { progression[$0] }
print("\(features.rowCount) patients, \(features.columnCount) features each")

// MARK: 2. Train

// C and ε are in units of the target. A tube of ±20 grades says that a difference of 20 does not
// matter; C = 50 is how hard each patient outside may pull. Double, so that the picture below can be
// checked to three digits.
let tolerance = 1e-3
let options = TrainingOptions(tolerance: tolerance, precision: .double)
let boxConstraint = 50.0
let epsilon = 20.0
let model = try SupportVectorRegressor.train(
  features: features, targets: targets, kernel: .gaussian(), boxConstraint: boxConstraint,
  epsilon: epsilon, options: options)
print(
  "\(model.problem.certificate.stopReason) after \(model.problem.certificate.iterations) steps; "
    + "\(model.problem.supportVectorCount) support vectors, "
    + "\(model.problem.boundedSupportVectorCount) of them pull with all of C")
check(model.isConverged, "the solver reached its tolerance")

// MARK: 3. Is it better than knowing nothing?

// Who knows nothing predicts the mean, which explains none of the variance: R² = 0.
let unseen = try preprocessor.transform(table, rows: split.heldOutRows)
let actual = split.heldOutRows.map { progression[$0] }
let errors = RegressionErrors(actual: actual, predicted: try model.predict(unseen))
let mean = targets.reduce(0, +) / Double(targets.count)
let baseline = RegressionErrors(
  actual: actual, predicted: Array(repeating: mean, count: actual.count))
print(
  "  root mean squared error \(errors.rootMeanSquaredError ?? .nan), mean absolute error "
    + "\(errors.meanAbsoluteError ?? .nan) on \(actual.count) rows")
if let error = errors.rootMeanSquaredError, let ofMean = baseline.rootMeanSquaredError {
  check(error < 0.85 * ofMean, "the error is less than 85 % of that of the mean, \(ofMean)")
}

// MARK: 4. The tube

// Each training patient has a coefficient cᵢ in −C…C, and the conditions of Karush, Kuhn and Tucker
// tie it to the residual rᵢ = zᵢ − f(xᵢ):
//
//     cᵢ = 0          |rᵢ| ≤ ε     inside the tube
//     0 < |cᵢ| < C    |rᵢ| = ε     on its wall
//     |cᵢ| = C        |rᵢ| ≥ ε     outside
//
// The solver stops when no pair of patients violates them by more than the tolerance.
var coefficients = [Double](repeating: 0, count: targets.count)
for (position, row) in model.expansion.supportIndices.enumerated() {
  coefficients[row] = model.expansion.dualCoefficients[0, position]
}
let residuals = zip(targets, try model.predict(features)).map { $0 - $1 }
let slack = 2 * tolerance
var inside = 0
var onTheWall = 0
var outside = 0
var exceptions = 0
for (coefficient, residual) in zip(coefficients, residuals) {
  let holds: Bool
  switch abs(coefficient) {
  case 0:
    inside += 1
    holds = abs(residual) <= epsilon + slack
  case boxConstraint:
    outside += 1
    holds = abs(residual) >= epsilon - slack
  default:
    onTheWall += 1
    holds = abs(abs(residual) - epsilon) <= slack
  }
  if !holds { exceptions += 1 }
}
print("\(inside) patients inside the tube, \(onTheWall) on its wall, \(outside) outside")
check(exceptions == 0, "every patient lies where its coefficient says")
check(
  abs(coefficients.reduce(0, +)) < 1e-9 * boxConstraint * Double(coefficients.count),
  "the pulls up and down are in balance")

// MARK: 5. A wider tube

// With more room inside, fewer patients are needed to hold the function in place.
let coarse = try SupportVectorRegressor.train(
  features: features, targets: targets, kernel: .gaussian(), boxConstraint: boxConstraint,
  epsilon: 3 * epsilon, options: options)
print("with ε = \(3 * epsilon): \(coarse.problem.supportVectorCount) support vectors")
check(
  coarse.problem.supportVectorCount < model.problem.supportVectorCount / 2,
  "less than half of the support vectors are left")
