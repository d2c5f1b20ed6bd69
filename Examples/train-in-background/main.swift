// An app that learns while it is used.
//
// Training takes seconds or minutes, and an app has to go on: it shows how far the training is, and
// stops it when its user has seen enough. What was learned until then is a model like any other.
//
//     swift run train-in-background

import Foundation
import LinearAlgebra
import SupportVectors

/// Says whether a claim holds; a program that teaches should not be wrong.
func check(_ holds: Bool, _ claim: String) {
  print(holds ? "  holds: \(claim)" : "  DOES NOT HOLD: \(claim)")
  if !holds { exit(1) }
}

// MARK: 1. Something to learn

// Two spirals around each other, and noise that makes some rows hopeless.
struct Noise {
  private var state: UInt64 = 7
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / Double(1 << 53) - 0.5
  }
}
var noise = Noise()
let rows = 6000
var elements: [Double] = []
var labels: [String] = []
for row in 0..<rows {
  let angle = 6 * Double(row) / Double(rows) + (row % 2 == 0 ? 0 : Double.pi)
  let radius = 1 + 3 * Double(row) / Double(rows)
  elements += [radius * cos(angle) + noise.next(), radius * sin(angle) + noise.next()]
  labels.append(row % 2 == 0 ? "inner" : "outer")
}
let features = FeatureMatrix.dense(try Matrix(rowCount: rows, columnCount: 2, elements: elements))

// MARK: 2. A training that reports

// The training runs on threads of its own, and its reports are a sequence. An app would show them in a
// bar, and go on with other things between them.
// MARK: 3. A user who has seen enough

// Who leaves the loop drops the sequence, and the training stops. To keep what was learned until then,
// the user's wish goes through a token instead, and the model comes as the last event.
let stop = CancellationToken()
let options = TrainingOptions(tolerance: 1e-9, timeLimit: .seconds(20), cancellation: stop)
var reports = 0
var model: SupportVectorClassifier?
for try await event in SupportVectorClassifier.training(
  features: features, labels: labels,
  settings: .init(kernel: .gaussian(gamma: 5), formulation: .c(1e5)),
  options: options)
{
  switch event {
  case .progress(let progress):
    reports += 1
    print("  after \(progress.iterations) steps the violation is \(progress.kktViolation)")
    if reports == 3 { stop.cancel() }
  case .finished(let finished): model = finished
  }
}

// MARK: 3. What was learned until then

// The certificate says how far the model is from the best one. It may be kept, or the training may go
// on from it later.
guard let model else {
  check(false, "a training ends with a model")
  exit(1)
}
let certificate = model.problems[0].certificate
print("stopped: \(certificate.stopReason) after \(certificate.iterations) steps")
let named = try model.predict(features)
let right = zip(named, labels).count { $0 == $1 }
print("\(right) of \(rows) rows told rightly")
check(right * 10 > rows * 6, "a model that was stopped early is of use")

let better = try SupportVectorClassifier.train(
  features: features, labels: labels,
  settings: .init(
    kernel: .gaussian(gamma: 5), formulation: .c(1e5), startingFrom: WarmStart(model)),
  options: TrainingOptions(timeLimit: .seconds(2)))
check(
  better.problems[0].certificate.dualObjective >= certificate.dualObjective * (1 - 1e-9),
  "who goes on from it loses nothing")
