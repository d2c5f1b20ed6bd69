// Models that were trained, rather than built from parts.

import Evaluation
import ModelFiles
import SupportVectors
import Tables
import TabularModels
import Testing

private func data(target: (Double, Double) -> String) throws -> TrainingData {
  var generator = SeededGenerator(seed: 3)
  var text = "a,b,colour,y\n"
  for row in 0..<150 {
    let (a, b) = (generator.unitInterval(), generator.unitInterval())
    text += "\(a),\(b),\(["red", "blue"][row % 2]),\(target(a, b))\n"
  }
  return try TrainingData(reading: ByteSource(bytes: Array(text.utf8), name: "data.csv"))
}

private func models(threads: Int) throws -> [TabularModel] {
  let trainer = TabularTrainer(options: TrainingOptions(threads: threads))
  return [
    try trainer.train(data { a, b in a + b < 0.7 ? "low" : a > b ? "right" : "left" }).model,
    try trainer.train(data { a, b in "\(a * b)" }).model,
  ]
}

@Test func trainingsWithAnyNumberOfThreadsGiveOneFile() throws {
  let files = try models(threads: 1).map { try ModelFile.encode($0) }
  for threads in [1, 2, 4] {
    let again = try models(threads: threads).map { try ModelFile.encode($0) }
    #expect(again == files, "\(threads) threads")
  }
}

@Test func aLoadedModelPredictsBitForBit() throws {
  let rows = Array("a,b,colour\n0.1,0.9,red\n0.8,0.7,blue\n0.2,0.2,red\n".utf8)
  func predictions(_ model: TabularModel) throws -> [UInt8] {
    var predictor = try TabularPredictor(
      model, reading: ByteSource(bytes: rows, name: "new.csv"), decisionValues: true, threads: 1)
    var lines = predictor.header
    while let batch = try predictor.next() { lines += batch }
    return lines
  }
  for model in try models(threads: 1) {
    let loaded = try ModelFile.decode(ModelFile.encode(model))
    #expect(try predictions(loaded) == predictions(model))
  }
}
