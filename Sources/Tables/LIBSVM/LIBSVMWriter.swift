import Basics
import LinearAlgebra

/// Writes examples as LIBSVM's sparse text.
package enum LIBSVMWriter {
  /// Appends one example as a line: its label, and `index:value` for what is not zero, with numbers
  /// that read back as the same.
  ///
  /// - Parameters:
  ///   - row: The example's row in `features`.
  ///   - features: The examples.
  ///   - label: The label: a number, or a text without blanks, colons and `#`.
  ///   - firstIndex: The index of the first feature, 1 or 0.
  ///   - output: Where to put the line.
  package static func append(
    row: Int, of features: FeatureMatrix, label: String, firstIndex: Int = 1,
    to output: inout [UInt8]
  ) {
    output.append(contentsOf: label.utf8)
    func append(_ column: Int, _ value: Double) {
      guard value != 0 else { return }
      output.append(UInt8(ascii: " "))
      output.append(contentsOf: String(column + firstIndex).utf8)
      output.append(UInt8(ascii: ":"))
      output.append(contentsOf: NumberText.shortest(value).utf8)
    }
    switch features {
    case .dense(let matrix):
      for column in 0..<matrix.columnCount { append(column, matrix[row, column]) }
    case .sparse(let matrix):
      for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
        append(Int(matrix.columnIndices[entry]), matrix.values[entry])
      }
    }
    output.append(UInt8(ascii: "\n"))
  }
}
