// Good files, changed in every way that a disk, a network or an attacker might change them. Each
// load must end in a model or in a typed error; a model that differs from the one written, only
// when the digest was forged too.

import Basics
import Evaluation
import ModelFiles
import TabularModels
import Testing

private let samples = SampleModels.all.indices

/// Loads bytes that may be anything; says whether they made a model.
@discardableResult
private func loads(_ bytes: [UInt8], _ comment: @autoclosure () -> String) -> TabularModel? {
  do throws(ModelFileError) {
    let model = try ModelFile.decode(bytes, name: "changed")
    // What was accepted can be written again and gives the same model.
    let again = try ModelFile.decode(ModelFile.encode(model), name: "again")
    expectSameModel(model, again)
    return model
  } catch {
    if error.description.isEmpty { Issue.record("no message: \(comment())") }
    return nil
  }
}

@Test(arguments: samples)
func everyTruncationIsRefused(sample: Int) throws {
  let bytes = try ModelFile.encode(SampleModels.all[sample].make())
  for count in 0..<bytes.count {
    #expect(throws: ModelFileError.self, "\(count) of \(bytes.count) bytes") {
      try ModelFile.decode(Array(bytes[..<count]))
    }
  }
  #expect(throws: ModelFileError.self) { try ModelFile.decode(bytes + [0]) }
}

@Test(arguments: samples)
func noChangedByteGivesAnotherModel(sample: Int) throws {
  let model = try SampleModels.all[sample].make()
  let bytes = try ModelFile.encode(model)
  let seed = UInt64(100 + sample)
  var generator = SeededGenerator(seed: seed)
  for trial in 0..<800 {
    var changed = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      changed[place] =
        Bool.random(using: &generator)
        ? changed[place] ^ (1 << UInt8.random(in: 0..<8, using: &generator))
        : UInt8.random(in: 0...255, using: &generator)
    }
    // Blanks that pad the header may become other blanks.
    if let read = loads(changed, "seed \(seed), trial \(trial)") {
      #expect(try ModelFile.encode(read) == bytes, "seed \(seed), trial \(trial)")
    }
  }
}

/// Past the digest, the checks of every part must hold by themselves.
@Test(arguments: samples)
func randomBytesWithAForgedDigestGiveAModelOrAnError(sample: Int) throws {
  let bytes = try ModelFile.encode(SampleModels.all[sample].make())
  let seed = UInt64(200 + sample)
  var generator = SeededGenerator(seed: seed)
  var models = 0
  for trial in 0..<800 {
    var changed = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 8..<bytes.count, using: &generator)
      // Digits and brackets keep more of the structure alive than random bytes would.
      changed[place] =
        Bool.random(using: &generator)
        ? UInt8.random(in: 0...255, using: &generator)
        : Array("0123456789-.eE,:\"{}[]".utf8).randomElement(using: &generator) ?? 0
    }
    var forged: SafetensorsFile
    do {
      forged = try SafetensorsFile(parsing: changed, name: "changed")
    } catch {
      continue
    }
    forged.metadata["digest"] = forged.contentDigest
    if loads(try forged.bytes(name: "forged"), "seed \(seed), trial \(trial)") != nil {
      models += 1
    }
  }
  #expect(models > 0, "seed \(seed): no change got past the container")
}

// MARK: Forged fields

/// What a field may be replaced with; `nil` removes it.
private let forgeries: [JSONValue?] = [
  nil, .null, true, 0, -1, 1, 2, 3, .integer(Int.max), .integer(Int.min), .integer(1 << 40),
  .number(0.5), .number(-0.5), .number(1e308), .number(.leastNonzeroMagnitude), "", "x", "linear",
  "precomputed",
  "sparse", "features", "table", [], [0], ["a"], [[]], [:], ["gamma": 1],
  .string(String(repeating: "9", count: 10_000)),
]

/// Every value that differs from a JSON value in one place: a member or element replaced, removed
/// or, for members, renamed.
private func forgedVariants(of value: JSONValue) -> [JSONValue] {
  var variants: [JSONValue] = []
  switch value {
  case .object(let members):
    for (index, member) in members.enumerated() {
      for forgery in forgeries {
        var changed = members
        if let forgery { changed[index].value = forgery } else { changed.remove(at: index) }
        variants.append(.object(changed))
      }
      var renamed = members
      renamed[index].key += "X"
      variants.append(.object(renamed))
      for inner in forgedVariants(of: member.value) {
        var changed = members
        changed[index].value = inner
        variants.append(.object(changed))
      }
    }
  case .array(let elements):
    for (index, element) in elements.enumerated() {
      for forgery in forgeries {
        var changed = elements
        if let forgery { changed[index] = forgery } else { changed.remove(at: index) }
        variants.append(.array(changed))
      }
      variants.append(.array(elements + [element]))
      for inner in forgedVariants(of: element) {
        var changed = elements
        changed[index] = inner
        variants.append(.array(changed))
      }
    }
  default: break
  }
  return variants
}

@Test(arguments: samples)
func everyForgedFieldOfTheModelGivesAModelOrAnError(sample: Int) throws {
  let bytes = try ModelFile.encode(SampleModels.all[sample].make())
  let file = try SafetensorsFile(parsing: bytes, name: "good")
  let model = try JSONValue(parsing: try #require(file.metadata["model"]).utf8)
  let variants = forgedVariants(of: model)
  #expect(variants.count > 300)
  for variant in variants {
    loads(try forged(bytes) { $0.metadata["model"] = variant.text() }, variant.text())
  }
  // A missing field is never overlooked, unless it says something that most models need not say.
  guard case .object(let members) = model else { return }
  let optional: Set = [
    "zeroWeightRows", "calibrationFolds", "classWeights", "decomposition", "exampleWeights",
    "excludedRows", "precisionServes",
  ]
  for index in members.indices where !optional.contains(members[index].key) {
    var removed = members
    removed.remove(at: index)
    #expect(throws: ModelFileError.self, "without \(members[index].key)") {
      try ModelFile.decode(
        forged(bytes) { $0.metadata["model"] = JSONValue.object(removed).text() })
    }
  }
}

@Test(arguments: samples)
func everyForgedTableGivesAModelOrAnError(sample: Int) throws {
  let bytes = try ModelFile.encode(SampleModels.all[sample].make())
  let file = try SafetensorsFile(parsing: bytes, name: "good")
  for (name, tensor) in file.tensors {
    // Vocabularies are the only tables that are not JSON.
    guard case .uint8(let text) = tensor.elements, !name.hasSuffix(".terms") else { continue }
    for variant in forgedVariants(of: try JSONValue(parsing: text)) {
      let forgedText = variant.canonicalBytes
      loads(
        try forged(bytes) {
          $0.tensors[name] = .init(.uint8(forgedText), shape: [forgedText.count])
        }, "\(name): \(variant.text())")
    }
  }
}

@Test(arguments: samples)
func everyForgedFieldOfTheContainerGivesAModelOrAnError(sample: Int) throws {
  let bytes = try ModelFile.encode(SampleModels.all[sample].make())
  let length = Int(bytes[0]) + Int(bytes[1]) << 8
  let header = try JSONValue(parsing: bytes[8..<8 + length])
  for variant in forgedVariants(of: header) {
    let text = variant.canonicalBytes
    let changed =
      (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
      + bytes[(8 + length)...]
    // Some forgeries put in what was there.
    if let read = loads(changed, variant.text()) {
      #expect(try ModelFile.encode(read) == bytes, "\(variant.text())")
    }
  }
}

@Test(arguments: samples)
func everyForgedTensorGivesAModelOrAnError(sample: Int) throws {
  let bytes = try ModelFile.encode(SampleModels.all[sample].make())
  let file = try SafetensorsFile(parsing: bytes, name: "good")
  for (name, tensor) in file.tensors {
    var variants: [SafetensorsFile.Tensor] = [
      .init(tensor.elements, shape: [1] + tensor.shape),
      .init(tensor.elements, shape: tensor.shape + [1]),
      .init(tensor.elements, shape: tensor.shape.reversed()), .init(.float64([]), shape: [0]),
      .init(.float64([]), shape: [0, 0]), .init(.float64([]), shape: [5, 0]),
      .init(.int64([0]), shape: [1]), .init(.int32([7]), shape: [1]), .init(.uint8([]), shape: [0]),
      .init(.float32([1]), shape: [1]), .init(.float64([1]), shape: [1]),
      .init(.float64([1]), shape: []),
    ]
    switch tensor.elements {
    case .int64(let values):
      for index in values.indices {
        for value in [-1, 0, 1, 2, 1_000_000, .max, .min, .max - 1] as [Int64] {
          var changed = values
          changed[index] = value
          variants.append(.init(.int64(changed), shape: tensor.shape))
        }
      }
    case .int32(let values):
      for index in values.indices {
        for value in [-1, 0, 5, 999, 1000, .max, .min] as [Int32] {
          var changed = values
          changed[index] = value
          variants.append(.init(.int32(changed), shape: tensor.shape))
        }
      }
    default: break
    }
    for variant in variants {
      loads(try forged(bytes) { $0.tensors[name] = variant }, "\(name): \(variant)")
    }
    // A model may have no calibration, and need not record what it was trained with.
    if !["calibration", "configuration"].contains(name) {
      #expect(throws: ModelFileError.self, "without \(name)") {
        try ModelFile.decode(forged(bytes) { $0.tensors[name] = nil })
      }
    }
    #expect(throws: ModelFileError.self, "with a second \(name)") {
      try ModelFile.decode(forged(bytes) { $0.tensors[name + "X"] = tensor })
    }
  }
}

@Test func forgedVocabulariesAreRefused() throws {
  let bytes = try ModelFile.encode(SampleModels.texts())
  let file = try SafetensorsFile(parsing: bytes, name: "good")
  let terms = "texts.0.terms"
  #expect(
    file.tensors[terms]?.elements == .uint8(Array("drei\none\ntwo\nдва\n".utf8)))
  func problem(_ name: String, _ tensor: SafetensorsFile.Tensor) -> String {
    do {
      let changed = try forged(bytes) { $0.tensors[name] = tensor }
      return "no error, but \(try ModelFile.decode(changed).predictor.formulation)"
    } catch {
      return "\(error)"
    }
  }
  func text(_ text: String) -> SafetensorsFile.Tensor {
    .init(.uint8(Array(text.utf8)), shape: [text.utf8.count])
  }
  let cases: [(SafetensorsFile.Tensor, String)] = [
    (text("drei\none\ntwo\nдва"), "not UTF-8 text with a line feed after each term"),
    (text("drei\none\ntwo\n"), "there are 4 weights of terms; expected 3"),
    (text("drei\ntwo\none\nдва\n"), "term 2 of the vocabulary is empty or not in ascending"),
    (text("drei\n\none\ntwo\n"), "term 1 of the vocabulary is empty or not in ascending"),
    (text("drei\none\none\nдва\n"), "term 2 of the vocabulary is empty or not in ascending"),
    (.init(.uint8([0xC3, 0x28, 0x0A]), shape: [3]), "not UTF-8 text"),
    (.init(.float64([1]), shape: [1]), "U8"),
  ]
  for (tensor, expected) in cases {
    #expect(problem(terms, tensor).contains(expected), "\(problem(terms, tensor))")
  }
  for weight in [Double.nan, .infinity, 0, -1] {
    let weights = SafetensorsFile.Tensor(.float64([1, 1, weight, 1]), shape: [4])
    let found = problem("texts.0.weights", weights)
    #expect(found.contains("weight 2 of a term is not a finite number"), "\(found)")
  }
  #expect(problem("texts.3.weights", text("x")).contains("texts.3.weights"))
}
