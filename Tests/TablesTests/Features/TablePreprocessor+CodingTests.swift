import Foundation
import Testing

@testable import Tables

@Suite struct TablePreprocessorCodingTests {
  private func preprocessor() throws -> TablePreprocessor {
    let text = "id,x,c,only,y\na,1,red,7,0\nb,,blue,7,1\nc,5,,7,0\n"
    return try TablePreprocessor(
      fitting: Table(reading: source(text), options: TextOptions(missingMarkers: ["-"])), target: 4,
      choices: ColumnChoices(identifiers: ["id"]), missing: .constant("3")
    ).replacing(unseen: .ignore)
  }

  @Test func whatIsEncodedIsDecoded() throws {
    let made = try preprocessor()
    let decoded = try JSONDecoder().decode(
      TablePreprocessor.self, from: JSONEncoder().encode(made))
    #expect(decoded == made)
    #expect(decoded.inputPositions == made.inputPositions)
    let new = "x,c\n-,green\n2,\n"
    #expect(
      try batches(new, .table(decoded))[0].features == batches(new, .table(made))[0].features)
  }

  @Test(arguments: [
    ("\"position\":4", "\"position\":9", "the target's position 9 is not among 5 columns"),
    ("\"featureCount\":4", "\"featureCount\":5", "there are 4 offsets; expected 5"),
    (
      "[\"3\",\"blue\",\"red\"]", "[\"3\",\"red\",\"blue\"]",
      "the levels of column \"c\" are missing or not in ascending order"
    ),
    (
      "\"missingMarkers\":[\"-\"]", "\"missingMarkers\":[\"\"]",
      "a marker for missing values is empty"
    ),
  ])
  func whatDoesNotFitIsRefused(_ found: String, _ forged: String, _ reason: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(preprocessor()), as: UTF8.self)
    try #require(text.contains(found), "\(text)")
    let bytes = Data(text.replacingOccurrences(of: found, with: forged).utf8)
    #expect {
      try JSONDecoder().decode(TablePreprocessor.self, from: bytes)
    } throws: { error in
      guard case DecodingError.dataCorrupted(let context) = error else { return false }
      return context.debugDescription == reason
    }
  }
}
