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

/// Short texts, a category and a number.
private let notes: String = {
  let words = ["ferry", "island", "тariff", "späte", "ticket", "harbour", "late", "船"]
  var generator = SeededGenerator(seed: 4)
  var text = "note,size,place,kind\n"
  for row in 0..<120 {
    let isLate = row % 3 == 0
    let note = (0..<5).map { _ in words[Int(generator.unitInterval() * 6)] }.joined(separator: " ")
    text += "\(note)\(isLate ? " late" : ""),\(row % 7),\(["n", "s"][row % 2]),"
    text += isLate ? "late\n" : "other\n"
  }
  return text
}()

private func textModel(threads: Int, buckets: Int?) throws -> TabularModel {
  let trainer = TabularTrainer(
    configuration: TrainingConfiguration(method: LearningMethod(kernel: .linear)).with(
      \.columnOverrides,
      ColumnChoices(
        kinds: [.init(column: "note", kind: .text)], textOptions: .init(bucketCount: buckets))),
    control: RunControl(threads: threads))
  let data = try TrainingData(
    reading: ByteSource(bytes: Array(notes.utf8), name: "notes.csv"))
  return try trainer.train(data).model
}

@Test(arguments: [nil, 64]) func modelsOfTextsTravel(_ buckets: Int?) throws {
  let file = try ModelFile.encode(textModel(threads: 1, buckets: buckets))
  #expect(try ModelFile.encode(textModel(threads: 3, buckets: buckets)) == file)
  let loaded = try ModelFile.decode(file)
  let rows = Array("place,note,size\nn,the ferry was late,3\ns,,2\nn,island 船,0\n".utf8)
  func predictions(_ model: TabularModel) throws -> String {
    var predictor = try TabularPredictor(
      model, reading: ByteSource(bytes: rows, name: "new.csv"),
      output: OutputColumns(decisionValues: true), TabularModel.Applying(threads: 1))
    var lines = predictor.header
    while let batch = try predictor.next() { lines += batch }
    return String(decoding: lines, as: UTF8.self)
  }
  let text = try predictions(loaded)
  #expect(try text == predictions(textModel(threads: 1, buckets: buckets)))
  #expect(
    text.split(separator: "\n").map { $0.prefix { $0 != "," } }.dropFirst() == [
      "late", "other", "other",
    ])
}

private func models(threads: Int) throws -> [TabularModel] {
  let trainer = TabularTrainer(control: RunControl(threads: threads))
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
      model, reading: ByteSource(bytes: rows, name: "new.csv"),
      output: OutputColumns(decisionValues: true), TabularModel.Applying(threads: 1))
    var lines = predictor.header
    while let batch = try predictor.next() { lines += batch }
    return lines
  }
  for model in try models(threads: 1) {
    let loaded = try ModelFile.decode(ModelFile.encode(model))
    #expect(try predictions(loaded) == predictions(model))
  }
}
