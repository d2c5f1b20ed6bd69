import Evaluation
import LinearAlgebra
import ModelFiles
import Tables
import TabularModels
import Testing

private let samples = SampleModels.all.indices

@Test(arguments: samples)
func jsonKeepsEveryNumberBitForBit(sample: Int) throws {
  let model = try SampleModels.all[sample].make()
  let text = try ModelFile.encodeJSON(model)
  let again = try ModelFile.decode(text, name: "model.json")
  expectSameModel(again, model)
  #expect(try ModelFile.encodeJSON(again) == text)
  #expect(try ModelFile.encode(again) == ModelFile.encode(model))
}

@Test func jsonIsForPeople() throws {
  let lines = String(decoding: try ModelFile.encodeJSON(SampleModels.table()), as: UTF8.self)
    .split(separator: "\n").map(String.init)
  #expect(lines.contains("    \"kernel\": \"gaussian\","))
  #expect(lines.contains("    \"classes\": [\"setosa\", \"versi\\\"color\", \"virginica\"],"))
  #expect(lines.contains("      \"values\": [0.1, -0.2, 1e-17]"))
}

@Test(arguments: [
  ("\"gaussian\"", "\"gausian\"", "header, kernel: \"gausian\" is unknown"),
  ("\"tables\"", "\"table\"", "table: is not part of this format"),
  (
    "\"format\": \"support-vectors model\"", "\"format\": \"other\"", "header, format: is \"other\""
  ),
  ("[0.1, -0.2, 1e-17]", "[0.1, -0.2]", "tensors, biases, values: is a list of 2; expected 3"),
  (
    "[0.1, -0.2, 1e-17]", "[0.1, -0.2, null]",
    "tensors, biases, values: is null; expected numbers alone"
  ),
  ("[0.1, -0.2, 1e-17]", "[0.1, -0.2, 1e999]", "byte "),
  ("\"I64\"", "\"I65\"", "tensors, supportCounts, type: \"I65\" is unknown"),
])
func flawsOfJSONAreNamed(found: String, instead: String, expected: String) throws {
  let text = String(decoding: try ModelFile.encodeJSON(SampleModels.table()), as: UTF8.self)
  let changed = text.replacing(found, with: instead, maxReplacements: 1)
  #expect(changed != text)
  let error = try #require(throws: ModelFileError.self) {
    try ModelFile.decode(Array(changed.utf8), name: "m.json")
  }
  #expect(error.description.hasPrefix("m.json: \(expected)"), "\(error)")
}

@Test(arguments: samples)
func changedJSONGivesAModelOrAnError(sample: Int) throws {
  let bytes = try ModelFile.encodeJSON(SampleModels.all[sample].make())
  let seed = UInt64(900 + sample)
  var generator = SeededGenerator(seed: seed)
  for trial in 0..<400 {
    var changed = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      changed[Int.random(in: 0..<bytes.count, using: &generator)] =
        Array("0123456789-.eE,:\"{}[]x ".utf8).randomElement(using: &generator) ?? 0
    }
    do throws(ModelFileError) {
      let model = try ModelFile.decode(changed, name: "changed")
      let again = try ModelFile.decode(ModelFile.encodeJSON(model))
      #expect(again.provenance == model.provenance, "seed \(seed), trial \(trial)")
    } catch {
      #expect(!error.description.isEmpty, "seed \(seed), trial \(trial)")
    }
  }
}

@Test func preprocessingHasAFileOfItsOwn() throws {
  let text = "colour,size,y\nred,1,no\nblue,2.5,yes\nred,4,no\n"
  let prepared = try PreparedData(
    ByteSource(bytes: Array(text.utf8), name: "d.csv").examples(TextOptions()), scaling: .minmax)
  let file = PreprocessingFile(preprocessor: prepared.preprocessor, classes: prepared.classes)
  let bytes = try file.encode()
  #expect(try PreprocessingFile(decoding: bytes) == file)
  #expect(prepared.classes == ["no", "yes"])
  // It is no model, and a model is no such file.
  let error = try #require(throws: ModelFileError.self) { try ModelFile.decode(bytes, name: "p") }
  #expect(error.description.hasPrefix("p: header, format: is \"support-vectors preprocessing\""))
  #expect(throws: ModelFileError.self) {
    try PreprocessingFile(decoding: ModelFile.encodeJSON(SampleModels.table()))
  }
}
