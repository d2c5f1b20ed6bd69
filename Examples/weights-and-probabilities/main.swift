// Weights and probabilities: when one kind of mistake is worse than the other.
//
// A tumour was measured, and the table says whether it turned out to be malignant. To miss one is
// worse than to raise a false alarm, ten times as bad, let us say. There are two honest ways to tell
// that to a program: let the malignant rows weigh ten times as much while it learns, or learn how
// sure it is and be careful when deciding. This program does both.
//
//     swift run weights-and-probabilities [FILE.csv]

import Calibration
import Foundation
import SupportVectors
import Tables
import TabularModels

/// Says whether a claim holds; a program that teaches should not be wrong.
func check(_ holds: Bool, _ claim: String) {
  print(holds ? "  holds: \(claim)" : "  DOES NOT HOLD: \(claim)")
  if !holds { exit(1) }
}

let path = CommandLine.arguments.dropFirst().first ?? "Datasets/breast-cancer.csv"
let data = try TrainingData(contentsOf: path)

/// Trains, and counts on held-out rows: malignant ones that were missed, and false alarms.
func train(
  _ classWeights: ClassWeights, calibration: CalibrationChoice? = nil
) throws -> (training: TabularTraining, missed: Int, alarms: Int) {
  let trainer = TabularTrainer(
    configuration: TrainingConfiguration(
      method: LearningMethod(boxConstraint: 0.05, classWeights: classWeights),
      calibration: calibration, holdoutFraction: 0.5))
  let training = try trainer.train(data)
  guard let confusion = training.measurement?.confusionMatrix else {
    check(false, "diagnoses are classes")
    exit(1)
  }
  // Classes are sorted: 0 is benign, 1 is malignant.
  return (
    training, confusion.count(actual: 1, predicted: 0), confusion.count(actual: 0, predicted: 1)
  )
}

// MARK: 1. Weights

let plain = try train(.equal)
let weighted = try train(.weights(["malignant": 10]))
print("all rows alike:     \(plain.missed) missed, \(plain.alarms) false alarms")
print("malignant times 10: \(weighted.missed) missed, \(weighted.alarms) false alarms")
check(weighted.missed < plain.missed, "fewer malignant tumours are missed")

// MARK: 2. Probabilities

// A decision value is no probability. What it is worth is learned from rows that each model of five
// did not see.
let sure = try train(.equal, calibration: CalibrationChoice(method: .sigmoid, foldCount: 5))
for metric in sure.training.measurement?.metrics ?? [] { print("  \(metric.name) \(metric.value)") }
let brier = sure.training.measurement?.metrics.first { $0.name == "brierScore" }?.value ?? 1
check(brier < 0.1, "held-out probabilities are near what happened")

// The label that a model with probabilities gives is the most probable class, or, had classes been
// weighted, the one with the largest product of weight and probability. Where it changes is printed by
// `svm inspect`, too; without a calibration it would be at 0.
let model = sure.training.model
guard let threshold = model.decisionThreshold, case .table(let table) = data,
  let probabilities = try model.predict(table).probabilities
else {
  check(false, "the model has probabilities of two classes")
  exit(1)
}
print("the label changes at the decision value \(threshold)")
let decisions = try model.predict(table).decisionValues
check(
  (0..<decisions.rowCount).allSatisfy {
    (decisions[$0, 0] > threshold) == (probabilities[$0, 1] > 0.5)
  }, "above it malignant is the more probable, below it benign")

// MARK: 3. Decide

// A missed tumour costs 10, a false alarm 1. With the probability p of malignant, an alarm costs
// 1 − p on average and none costs 10p: raise one from p = 1/11 on.
let careful = (0..<decisions.rowCount).count { probabilities[$0, 1] > 1.0 / 11 }
let likely = (0..<decisions.rowCount).count { probabilities[$0, 1] > 0.5 }
print("\(likely) rows are malignant more likely than not; \(careful) are worth a second look")
check(careful > likely, "to be careful is to look at more of them")
