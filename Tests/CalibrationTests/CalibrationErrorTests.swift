import Calibration
import Testing

struct CalibrationErrorTests {
  static let sentences: [(CalibrationError, String)] = [
    (
      .invalidParameter(name: "the coverage", value: 2, expected: "less than 1"),
      "the coverage must be less than 1, but is 2.0"
    ),
    (
      .countMismatch(what: "weights", found: 2, expected: 3),
      "there are 2 weights, but there must be 3"
    ),
    (
      .notFinite(what: "a decision value", row: 4),
      "a decision value of row 4 is not a finite number"
    ),
    (
      .invalidWeight(row: 1, weight: -1),
      "the weight of row 1 must be a finite number of at least 0, but is -1.0"
    ),
    (
      .weightsOverflow,
      "the weights add up to more than the largest number there is; divide them by a common number"
    ),
    (
      .invalidClass(row: 3, found: 5, classCount: 4),
      "the class of row 3 must be at least 0 and below 4, but is 5"
    ),
    (
      .tooFewRows(found: 1, needed: 2),
      "2 rows with a weight greater than 0 are needed, but there are 1"
    ),
    (.notAscending(what: "the values", index: 2), "the values must ascend, but do not at index 2"),
    (.invalidShape("there are no pairs"), "there are no pairs"),
  ]

  @Test(arguments: sentences)
  func errorsAreSentences(error: CalibrationError, sentence: String) {
    #expect(error.description == sentence)
  }
}
