// Composite kernels in model files. That every sample model travels, and that no forged field of it does
// harm, the other files test.

import Basics
import Kernels
import ModelFiles
import TabularModels
import Testing

/// The sample model with other kernel parameters.
private func decoding(_ kernel: String, _ parameters: String) throws -> TabularModel {
  var file = try SafetensorsFile(
    parsing: ModelFile.encode(SampleModels.composite()), name: "good")
  guard
    case .object(var members) = try JSONValue(
      parsing: (try #require(file.metadata["model"])).utf8)
  else { throw JSONShape() }
  for index in members.indices {
    if members[index].key == "kernel" { members[index].value = .string(kernel) }
    if members[index].key == "kernelParameters" {
      members[index].value = try JSONValue(parsing: parameters.utf8)
    }
  }
  file.metadata["model"] = JSONValue.object(members).text()
  file.metadata["digest"] = file.contentDigest
  return try ModelFile.decode(file.bytes(name: "forged"), name: "m.model")
}

private struct JSONShape: Error {}

private func message(_ kernel: String, _ parameters: String) throws -> String {
  do {
    return "read \(try decoding(kernel, parameters).predictor)"
  } catch let error as ModelFileError {
    return error.description
  }
}

@Test func compositeKernelsAreStoredAsTheirFormula() throws {
  let file = try SafetensorsFile(
    parsing: ModelFile.encode(SampleModels.composite()), name: "good")
  let header = try #require(file.metadata["model"])
  #expect(
    header.contains(
      #""kernel":"sum","kernelParameters":{"parts":[{"columns":[[0,6]],"kernel":"columns","part":{"kernel":"precomputed"}},"#
    ))
  #expect(header.contains(#"{"factor":0.3333333333333333,"kernel":"scaled","part":{"kernel":"#))
  #expect(header.contains(#"{"columns":[[6,7],[8,10]],"kernel":"columns","part":{"gamma":"#))
}

@Test func forgedCompositeKernelsAreRefusedInWords() throws {
  func part(_ text: String) -> String { "{\"parts\":[\(text)]}" }
  #expect(try message("sum", part(#"{"kernel":"linear"}"#)).hasPrefix("read"))
  for (kernel, parameters, expected) in [
    ("sum", "{}", "parts"), ("sum", part(""), "is empty"),
    ("sum", part(#"{"kernel":"linear","gamma":1}"#), "gamma"),
    ("sum", part(#"{"gamma":1}"#), "kernel"), ("sum", part("1"), "an object"),
    ("sum", part(#"{"kernel":"lineal"}"#), "linear"),
    ("sum", part(#"{"kernel":"gaussian","gamma":-1}"#), "greater than 0"),
    ("sum", part(#"{"kernel":"precomputed"}"#), "its rows need 6 columns"),
    (
      "sum", part(Array(repeating: #"{"kernel":"linear"}"#, count: 65).joined(separator: ",")),
      "at most 64"
    ),
    (
      "product",
      part(
        Array(
          repeating:
            "{\"kernel\":\"sum\",\"parts\":[\(Array(repeating: #"{"kernel":"linear"}"#, count: 33).joined(separator: ","))]}",
          count: 2
        ).joined(separator: ",")), "more than 64 kernels"
    ),
    ("scaled", #"{"factor":0,"part":{"kernel":"linear"}}"#, "greater than 0"),
    ("scaled", #"{"factor":1}"#, "part"),
    ("columns", #"{"columns":[],"part":{"kernel":"linear"}}"#, "is empty"),
    ("columns", #"{"columns":[[0,11]],"part":{"kernel":"linear"}}"#, "names column 10"),
    ("columns", #"{"columns":[[0,2],[1,3]],"part":{"kernel":"linear"}}"#, "twice"),
    ("columns", #"{"columns":[[2,2]],"part":{"kernel":"linear"}}"#, "3 to"),
    ("columns", #"{"columns":[[-1,2]],"part":{"kernel":"linear"}}"#, "0 to"),
    ("columns", #"{"columns":[[0,2000000000]],"part":{"kernel":"linear"}}"#, "names column"),
    ("columns", #"{"columns":[[0]],"part":{"kernel":"linear"}}"#, "2"),
    ("columns", #"{"columns":[0,1],"part":{"kernel":"linear"}}"#, "an array"),
  ] {
    let found = try message(kernel, parameters)
    #expect(found.hasPrefix("m.model") && found.contains(expected), "\(parameters): \(found)")
  }
  func nested(_ depth: Int) -> String {
    var text = #"{"kernel":"linear"}"#
    for _ in 2..<depth { text = "{\"kernel\":\"sum\",\"parts\":[\(text)]}" }
    return part(text)
  }
  #expect(try message("sum", nested(12)).hasPrefix("read"))
  let deep = try message("sum", nested(13))
  #expect(deep.contains("at most 12 nested kernels"), "\(deep)")
}

@Test func aFunctionInsideAKernelCannotBeSaved() throws {
  let own = CustomKernel(name: "own", isPositiveSemidefinite: true) { x, z in x[0] * z[0] }
  let model = try SampleModels.composite(kernel: .sum([.linear, .scaled(2, .custom(own))]))
  do {
    _ = try ModelFile.encode(model, name: "m.model")
    Issue.record("a function was saved")
  } catch {
    #expect(error.description.contains("\"own\" is a function of the program that trained it"))
  }
}
