import Kernels
import LinearAlgebra
import LinearModels
import ModelFiles
import SupportVectors
import TabularModels
import TestSupport
import Testing

/// Changes the model object of a file and gives the file its digest again.
func forged(
  _ bytes: [UInt8], _ change: (inout SafetensorsFile) throws -> Void
) throws -> [UInt8] {
  var file = try SafetensorsFile(parsing: bytes, name: "good")
  try change(&file)
  file.metadata["digest"] = file.contentDigest
  return try file.bytes(name: "forged")
}

/// Replaces a text inside the metadata's model object.
private func forged(_ bytes: [UInt8], replacing old: String, with new: String) throws -> [UInt8] {
  try forged(bytes) { file in
    let model = try #require(file.metadata["model"])
    let parts = model.split(separator: old, omittingEmptySubsequences: false)
    try #require(parts.count == 2, "\(old) occurs \(parts.count - 1) times in \(model)")
    file.metadata["model"] = parts.joined(separator: new)
  }
}

private func expectRefusal(_ bytes: [UInt8], _ message: String) {
  #expect {
    try ModelFile.decode(bytes, name: "iris.model")
  } throws: { error in
    "\(error)" == "iris.model: " + message
  }
}

@Test(arguments: SampleModels.all.indices)
func modelsSurviveBitForBit(sample: Int) throws {
  let model = try SampleModels.all[sample].make()
  let bytes = try ModelFile.encode(model)
  let read = try ModelFile.decode(bytes)
  expectSameModel(model, read)
  #expect(try ModelFile.encode(read) == bytes)
  #expect(bytes[8] == UInt8(ascii: "{"))
}

@Test(arguments: SampleModels.all.indices)
func equalModelsGiveEqualBytes(sample: Int) throws {
  let make = SampleModels.all[sample].make
  #expect(try ModelFile.encode(make()) == ModelFile.encode(make()))
}

@Test func theNumberOfKernelValuesComputedIsNotStored() throws {
  let model = try SampleModels.sparse()
  guard let classifier = model.predictor.model(as: SupportVectorClassifier.self) else { return }
  var problems = classifier.problems
  problems[0].kernelValuesComputed += 1
  let other = try TabularModel(
    preprocessor: model.preprocessor,
    predictor: .init(
      try SupportVectorClassifier(
        classes: classifier.classes, expansion: classifier.expansion,
        boxConstraint: classifier.boxConstraint, tolerance: classifier.tolerance,
        trainingCount: classifier.trainingCount, problems: problems)),
    provenance: model.provenance)
  #expect(try ModelFile.encode(model) == ModelFile.encode(other))
}

@Test(arguments: [
  KernelFunction.linear, .polynomial(degree: 7, gamma: 1e-3, constantTerm: 0.1),
  .gaussian(gamma: .leastNonzeroMagnitude), .laplacian(gamma: 1e300), .laplacianL1(gamma: 1.0 / 3),
  .sigmoid(gamma: 0.7, constantTerm: -0.0),
])
func everyKernelSurvivesBitForBit(kernel: KernelFunction) throws {
  let read = try ModelFile.decode(ModelFile.encode(SampleModels.table(kernel: kernel)))
  #expect("\(read.predictor.kernel)" == "\(kernel)")
}

@Test func aCallersOwnKernelCannotBeSaved() throws {
  let kernel = CustomKernel(name: "mine", isPositiveSemidefinite: true) { _, _ in 1 }
  #expect {
    try ModelFile.encode(SampleModels.table(kernel: .custom(kernel)), name: "m.model")
  } throws: { error in
    "\(error)"
      == "m.model: the model cannot be saved: its kernel \"mine\" is a function of the program "
      + "that trained it"
  }
}

// MARK: Messages

@Test func anUnknownKernelIsNamedWithTheNearest() throws {
  let bytes = try forged(
    ModelFile.encode(SampleModels.table()), replacing: "\"kernel\":\"gaussian\"",
    with: "\"kernel\":\"rbg\"")
  expectRefusal(
    bytes,
    "header, kernel: \"rbg\" is unknown; expected \(KernelCatalog.names()). Did you mean \"rbf\"?"
  )
}

@Test(arguments: [
  (
    #""gamma":0.30000000000000004"#, #""gamma":0"#,
    "header, kernelParameters, gamma: is 0.0; expected a number greater than 0"
  ),
  (
    #""gamma":0.30000000000000004"#, #""gamma":"1""#,
    "header, kernelParameters, gamma: is a string; expected a number greater than 0"
  ),
  (#""gamma":0.30000000000000004"#, "", "header, kernelParameters, gamma: is missing"),
  (
    #""gamma":0.30000000000000004"#, #""gamma":1,"degree":3"#,
    "header, kernelParameters, degree: is not part of this format"
  ),
  (
    #""formulation":"c-svc""#, #""formulation":"c-scv""#,
    "header, formulation: \"c-scv\" is unknown; expected "
      + "\(listed(Formulation.allCases.map(\.rawValue))). Did you mean \"c-svc\"?"
  ),
  (
    #""formulation":"c-svc""#, #""formulation":"nu-svc""#,
    "header, boxConstraint: is not part of this format"
  ),
  (
    #""trainingCount":150"#, #""trainingCount":100"#,
    "the model contradicts itself: a support vector is training row 120, counted from 0, of 100"
  ),
  (
    #""trainingCount":150"#, #""trainingCount":-1"#,
    "header, trainingCount: is -1; expected at least 1"
  ),
  (
    #""featureCount":4"#, #""featureCount":5"#,
    "tensor preprocessing: the model contradicts itself: there are 4 offsets; expected 5"
  ),
  (
    #""targetScaling":null"#, #""targetScaling":{"center":1.0,"unit":2.0}"#,
    "header, targetScaling: is an object; expected null unless it is a regression"
  ),
  (
    #""sampling":null"#, #""sampling":{"of":1,"rows":2,"seed":"0"}"#,
    "header, sampling, of: is 1; expected at least 2"
  ),
  (
    #""sampling":null"#, #""sampling":{"of":9,"rows":2,"seed":"-1"}"#,
    "header, sampling, seed: is another text; expected a whole number of 64 bits without a sign"
  ),
  (
    #""supportVectors":"dense""#, #""supportVectors":"sparse""#,
    "tensor supportVectors.values: is missing"
  ),
  (
    #""boxConstraint":1.0"#, #""boxConstraint":1e999"#,
    "header: byte 17: the number 1e999 is out of range"
  ),
])
func forgedHeadersAreNamed(old: String, new: String, message: String) throws {
  expectRefusal(
    try forged(ModelFile.encode(SampleModels.table()), replacing: old, with: new), message)
}

@Test func damageThatWouldStillMakeAModelIsToldByTheDigest() throws {
  var bytes = try ModelFile.encode(SampleModels.table())
  let first = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
  // The lowest bit of the first number: a model all but the same.
  bytes[first] ^= 1
  expectRefusal(
    bytes,
    "the digest differs from the one that the model was written with; the file was damaged or "
      + "changed")
}

@Test func numbersThatAreNotFiniteAreRefused() throws {
  for name in [
    "supportVectors", "dualCoefficients", "biases", "scaling.offsets", "scaling.factors",
  ] {
    for value in [Double.nan, .infinity, -.infinity] {
      let bytes = try forged(ModelFile.encode(SampleModels.table())) { file in
        let tensor = try #require(file.tensors[name])
        guard case .float64(var values) = tensor.elements else { return }
        values[values.count - 1] = value
        file.tensors[name] = .init(.float64(values), shape: tensor.shape)
      }
      #expect(throws: ModelFileError.self, "\(value) in \(name)") { try ModelFile.decode(bytes) }
    }
  }
}

@Test func filesOfOtherFormatsAreRefused() throws {
  let good = try ModelFile.encode(SampleModels.oneClass())
  expectRefusal(
    try forged(good) { $0.metadata["formatVersion"] = "2" },
    "header, formatVersion: 2 is unknown; this version reads format 1. "
      + "Was the model written by a newer version?")
  expectRefusal(
    try forged(good) { $0.metadata["format"] = "pt" },
    "header, format: is \"pt\"; expected \"support-vectors model\"")
  expectRefusal(
    try forged(good) { $0.metadata["format"] = nil }, "header, format: is missing")
  expectRefusal(
    try forged(good) { $0.metadata["note"] = "x" }, "header, note: is not part of this format")
  expectRefusal(
    Array("a,b,label\n1,2,yes\n".utf8),
    "is not a model file, but text, such as data; the model comes first, then the data: "
      + "svm predict MODEL DATA")
  expectRefusal(
    Array("svm_type c_svc\nkernel_type rbf\n".utf8),
    "line 3: is the end of the file; expected the line \"SV\"")
}

// MARK: Files

@Test func modelsWithoutTablesAreSavedAndLoaded() throws {
  try withTemporaryFolder { folder in
    let (path, tablePath) = (folder + "/bare.model", folder + "/table.model")
    let regressor = try #require(
      try SampleModels.regression().predictor.model(as: SupportVectorRegressor.self))
    try regressor.write(to: path)
    let read = try SupportVectorRegressor(contentsOf: path)
    #expect(read.expansion.dualCoefficients == regressor.expansion.dualCoefficients)
    #expect(throws: ModelFileError.self) { try SupportVectorClassifier(contentsOf: path) }

    try ModelFile.save(SampleModels.table(), to: tablePath)
    #expect(throws: ModelFileError.self) { try SupportVectorClassifier(contentsOf: tablePath) }
    expectSameModel(try ModelFile.load(path: tablePath), try SampleModels.table())
  }
}

/// Every kind of model has files of its own kind, and says which kind it found in another's.
@Test func everyKindOfModelIsWrittenAndReadAsItself() throws {
  func expectSameFile<Model: StorableModel>(_ model: Model, _ path: String, _ name: String) throws {
    try model.write(to: path)
    let copy = path + ".copy"
    try Model(contentsOf: path).write(to: copy)
    #expect(
      try ModelFile.encode(.init(contentsOf: path)) == ModelFile.encode(.init(contentsOf: copy)),
      "\(name)")
  }
  try withTemporaryFolder { folder in
    let path = folder + "/bare.model"
    for sample in SampleModels.all {
      let model = try sample.make().predictor.model
      try expectSameFile(model, path, sample.name)
      if let mapped = model as? MappedClassifier, mapped.map == nil {
        try expectSameFile(mapped.base, path, "linear classifier of " + sample.name)
      } else {
        #expect(throws: ModelFileError.self, "\(sample.name)") {
          try LinearClassifier(contentsOf: path)
        }
      }
    }
    struct Stranger: StorableModel {}
    #expect(throws: ModelFileError.self) { try Stranger().write(to: path) }
    #expect(throws: ModelFileError.self) { try Stranger(contentsOf: path) }
  }
}

/// `/dev/zero` has no end.
@Test(arguments: ["/dev/zero", "/dev/null"])
func filesOfAnotherKindAreNotReadToTheirEnd(path: String) {
  #expect(throws: ModelFileError.self) { try ModelFile.load(path: path) }
}

@Test func filesThatCannotBeReadOrWrittenAreNamed() throws {
  try withTemporaryFolder { folder in
    let path = folder + "/none/iris.model"
    #expect {
      try ModelFile.load(path: path)
    } throws: { error in
      "\(error)" == "\(path): cannot be read: No such file or directory"
    }
    #expect {
      try ModelFile.save(SampleModels.table(), to: path)
    } throws: { error in
      "\(error)" == "\(path): cannot be written: No such file or directory"
    }
    #expect {
      try ModelFile.load(path: folder)
    } throws: { error in
      "\(error)" == "\(folder): cannot be read: Is a directory"
    }
  }
}
