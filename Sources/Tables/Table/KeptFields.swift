import Basics

/// The fields of some rows that are repeated in the output, as their texts.
package struct KeptFields: Sendable {
  /// The number of fields of a row.
  private let width: Int
  private var bytes: [UInt8] = []
  /// Where each field ends, row after row.
  private var ends: [Int] = []

  init(width: Int) { self.width = width }

  /// Adds the next field: what a closure appends to the bytes of the others.
  mutating func append(_ field: (inout [UInt8]) -> Void) {
    field(&bytes)
    ends.append(bytes.count)
  }

  /// Adds the rows of others.
  mutating func append(_ others: KeptFields) {
    let start = bytes.count
    bytes.append(contentsOf: others.bytes)
    ends.append(contentsOf: others.ends.lazy.map { start + $0 })
  }

  /// The first rows.
  func prefix(_ rowCount: Int) -> KeptFields {
    var first = self
    first.ends = Array(ends.prefix(rowCount * width))
    return first
  }

  private func range(_ row: Int, _ column: Int) -> Range<Int> {
    let field = row * width + column
    return (field == 0 ? 0 : ends[field - 1])..<ends[field]
  }

  /// The texts of a row.
  package func texts(_ row: Int) -> [String] {
    (0..<width).map { String(decoding: bytes[range(row, $0)], as: UTF8.self) }
  }

  /// Appends a row as comma-separated text, without a separator or line end after the last field.
  package func append(_ row: Int, by writer: CSVText, to output: inout [UInt8]) {
    for column in 0..<width {
      if column > 0 { output.append(UInt8(ascii: ",")) }
      writer.append(bytes.span, range(row, column), to: &output)
    }
  }
}
