// From data to a decision.
//
// A hundred and fifty irises were measured, and a botanist wrote down the species of each. From that
// table a support vector machine learns to name flowers that nobody has named. This program goes the
// whole way: read, train, ask how good the model is, ask how right it is, decide on new flowers; and
// at the end it takes one decision apart, down to the sum that made it.
//
//     swift run classify [FILE.csv]

import Foundation
import SupportVectors
import Tables
import TabularModels

/// Says whether a claim holds; a program that teaches should not be wrong.
func check(_ holds: Bool, _ claim: String) {
  print(holds ? "  holds: \(claim)" : "  DOES NOT HOLD: \(claim)")
  if !holds { exit(1) }
}

// MARK: 1. Read

// Nothing has to be declared: the header names the columns, four of them hold numbers, and the last
// one, which holds text, is what there is to learn.
let path = CommandLine.arguments.dropFirst().first ?? "Datasets/iris.csv"
let data = try TrainingData(contentsOf: path)
print("\(data.rowCount) flowers in \(data.file)")

// MARK: 2. Train

// A kernel is a measure of likeness. The gaussian's is 1 for equal flowers and falls with their
// distance. Lengths and widths are scaled to deviation 1 first, since a distance would otherwise
// listen to the column with the largest numbers only. `boxConstraint`, C, is the price of a flower
// on the wrong side of the boundary: a large C bends the boundary around every flower, a small one
// keeps it smooth.
let trainer = TabularTrainer(
  configuration: TrainingConfiguration(
    method: LearningMethod(kernel: .gaussian(), boxConstraint: 1), holdoutFraction: 0.2))
let training = try trainer.train(data)
let model = training.model
print(
  "learned \(training.model.targetName ?? "nothing") by \(training.decision.task): \(training.decision.reason)"
)

// MARK: 3. How good is it?

// A fifth of the flowers was held out: a model that never saw them named them. The model that we
// keep was trained on all rows.
let measurement = training.measurement
print("of \(measurement?.rowCount ?? 0) flowers:")
for metric in measurement?.metrics ?? [] { print("  \(metric.name) \(metric.value)") }
let accuracy = measurement?.metrics.first { $0.name == "accuracy" }?.value ?? 0
check(accuracy >= 0.9, "at least nine of ten held-out flowers are named rightly")

// MARK: 4. How right is it?

// Another question: not whether the model fits nature, but whether it is the model that was asked
// for, the minimum of a convex function. The certificate answers it without trust in the solver.
guard let classifier = model.machine as? SupportVectorClassifier else {
  check(false, "species are classes")
  exit(1)
}
for problem in classifier.problems {
  let certificate = problem.certificate
  print(
    "  \(certificate.stopReason) after \(certificate.iterations) steps, "
      + "gap \(certificate.relativeGap ?? .nan), \(problem.supportVectorCount) support vectors")
}
check(
  classifier.problems.allSatisfy { ($0.certificate.relativeGap ?? 1) < 1e-3 },
  "no model of these kinds has an objective better by a thousandth")

// MARK: 5. Decide

// New rows may have their columns in any order. The model knows how to scale them, and what decides a
// label: the votes of decision values or, if it has learned them, probabilities.
let newFlowers = """
  petal_width,petal_length,sepal_width,sepal_length
  0.2,1.4,3.5,5.1
  1.3,4.0,2.8,6.1
  2.3,6.1,3.0,7.7

  """
let table = try Table(reading: ByteSource(bytes: Array(newFlowers.utf8), name: "new flowers"))
let species = try model.predict(table).labels.compactMap(\.self)
print("new flowers: \(species.joined(separator: ", "))")
check(species == ["setosa", "versicolor", "virginica"], "the three are told apart")

// MARK: 6. Why?

// A program that wants the numbers asks the model for the features that it makes of a table.
let features = try model.features(of: table)

// Three species make three pairs, and each pair has a boundary of its own:
//
//     d(x) = Σ coefᵢ · κ(svᵢ, x) + b
//
// summed over the support vectors of the two, the few flowers that hold the boundary in place.
// d(x) > 0 is a vote for the later species of the pair. Here is the first sum, setosa (earlier)
// against versicolor (later), by hand for the first flower.
let expansion = classifier.expansion
let supportVectors = expansion.supportVectors.dense
let flower = features.dense.row(0)
var sum = expansion.biases[0]
for index in 0..<(expansion.supportCounts[0] + expansion.supportCounts[1]) {
  // Row 0 of the coefficients belongs to this pair, for the support vectors of both.
  let coefficient = expansion.dualCoefficients[0, index]
  sum += coefficient * expansion.kernel.value(supportVectors.row(index).span, flower.span)
}
let decisions = try classifier.decisionValues(features)
print("setosa or versicolor: \(decisions[0, 0]); by hand \(sum)")
check(abs(decisions[0, 0] - sum) < 1e-5, "the decision is that sum, to rounding")
check(sum < 0, "its sign speaks for the earlier class, setosa")
