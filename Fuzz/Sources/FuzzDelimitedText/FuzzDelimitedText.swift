import Tables

/// Reads any bytes as a table: whole, and in chunks as a stream, which must agree.
///
/// The first byte chooses options; the others are the text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDelimitedText(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = input.first else { return 0 }
  let text = Array(input.dropFirst())
  let formats: [TextFormat] = [.auto, .csv, .tsv]
  let headers: [HeaderMode] = [.auto, .yes, .no]
  let options = TextOptions(
    format: formats[Int(choice) % 3], header: headers[Int(choice) / 3 % 3],
    decimal: Int(choice) / 36 % 2 == 0 ? .auto : .comma,
    missingMarkers: Int(choice) / 72 % 2 == 0 ? [] : ["-", "1"])
  let policies: [MissingValuePolicy] = [.error, .median, .constant("0"), .drop]
  let missing = policies[Int(choice) / 9 % 4]

  do {
    let table = try Table(reading: ByteSource(bytes: text, name: "fuzz"), options: options)
    _ = TargetClasses(
      table.columns[0], rows: (0..<table.rowCount).filter { !table.columns[0].isMissing($0) })
    // Wide one-hot tables only cost time.
    // Training drops rows without a target, for which a prediction can still be made.
    let preprocessor = try TablePreprocessor(
      fitting: table, target: missing == .drop ? nil : table.columns.count - 1, missing: missing)
    let features = try preprocessor.transform(table, byteLimit: 1 << 24)
    var reader = try BatchReader(
      ByteSource(bytes: text, name: "fuzz"), preprocessor: .table(preprocessor),
      options: options, kept: .all, batchSize: 3)
    var rows = 0
    while let batch = try reader.next() {
      for row in 0..<batch.rowCount { _ = batch.keptFields(row) }
      for row in 0..<batch.features.rowCount {
        precondition(
          batch.features.dense.row(row) == features.dense.row(rows + row),
          "row \(rows + row) differs between table and stream")
      }
      rows += batch.features.rowCount
    }
    precondition(rows == features.rowCount, "\(rows) of \(features.rowCount) rows were streamed")
  } catch {
    // A message must be made of anything.
    _ = "\(error)"
  }
  return 0
}
