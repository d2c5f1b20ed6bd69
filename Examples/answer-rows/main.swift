// A program that answers.
//
// A service loads a model when it starts and then answers rows as they come: one at a time, in
// milliseconds, from whatever the rows are made of. This program trains a model of flowers, writes its
// file, forgets it, reads the file as a service would, and answers rows that come as structures, as
// dictionaries, and as a table.
//
//     swift run answer-rows [FILE.csv]

import Foundation
import ModelFiles
import Tables
import TabularModels

/// Says whether a claim holds; a program that teaches should not be wrong.
func check(_ holds: Bool, _ claim: String) {
  print(holds ? "  holds: \(claim)" : "  DOES NOT HOLD: \(claim)")
  if !holds { exit(1) }
}

// MARK: 1. A model file

let path = CommandLine.arguments.dropFirst().first ?? "Datasets/iris.csv"
let file = FileManager.default.temporaryDirectory.appending(path: "answer-rows.model").path()
var trainer = TabularTrainer()
trainer.calibration = CalibrationChoice()
try trainer.train(TrainingData(contentsOf: path)).model.write(to: file)

// MARK: 2. The service starts

// A model is a value without any ties: it may be kept in an actor or a global, and used by many tasks
// at once.
let model = try TabularModel(contentsOf: file)
print(
  "a model of \(model.targetName ?? "nothing"): \(model.classes?.joined(separator: ", ") ?? "")")

// MARK: 3. Rows as structures

// The names of the properties are those of the columns. What is nil is missing, and the model says
// what becomes of that.
struct Flower: Codable {
  var sepal_length: Double
  var sepal_width: Double
  var petal_length: Double
  var petal_width: Double?
}

let request = Data(
  #"{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}"#.utf8)
let flower = try JSONDecoder().decode(Flower.self, from: request)
let answer = try model.predict(encoding: [flower])[0]
print("\(answer.label ?? "none"), \(answer.probabilities)")
check(answer.label == "setosa", "a flower with short petals is a setosa")
check(
  abs(answer.probabilities.values.reduce(0, +) - 1) < 1e-12,
  "the probabilities of an answer add up to 1")

// MARK: 4. Rows as dictionaries

let row: TableRow = [
  "petal_width": 1.3, "petal_length": 4.0, "sepal_width": 2.8, "sepal_length": 6.1,
]
check(try model.predict(row).label == "versicolor", "the order of the columns does not matter")

// A mistake is a sentence, and no answer.
do {
  _ = try model.predict(["petal_width": 1.3, "petal_length": 4.0, "sepal_width": 2.8])
  check(false, "a row without one of the columns is refused")
} catch {
  print("  refused: \(error)")
}

// MARK: 5. Many rows, and the time that one takes

let table = try Table(contentsOf: path)
let predictions = try model.predict(table)
let right = (0..<table.rowCount).count {
  guard case .categories(let levels, let codes)? = table.columns.last?.values else { return false }
  return predictions.labels[$0] == levels[Int(codes[$0])]
}
print("\(right) of \(table.rowCount) named rightly")
check(right * 10 >= table.rowCount * 9, "at least nine of ten flowers are named rightly")

let clock = ContinuousClock()
let count = 1000
let time = try clock.measure {
  for _ in 0..<count { _ = try model.predict(row) }
}
print("one row alone takes \(time / count)")
