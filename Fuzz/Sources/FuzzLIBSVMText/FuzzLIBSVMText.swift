import LinearAlgebra
import Tables

/// Reads any bytes as LIBSVM text: whole, and as a stream, which must agree.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLIBSVMText(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = Array(UnsafeBufferPointer(start: start, count: count))
  do {
    let data = try LIBSVMData(reading: ByteSource(bytes: text, name: "fuzz"))
    _ = TargetClasses(data.labels)
    // What was read has the form that the sparse matrix itself checks.
    _ = try SparseMatrix(
      rowCount: data.features.rowCount, columnCount: data.features.columnCount,
      rowOffsets: data.features.rowOffsets, columnIndices: data.features.columnIndices,
      values: data.features.values)
    guard data.features.columnCount < 1 << 12 else { return 0 }
    let features = data.featureMatrix.dense
    let preprocessor = LIBSVMPreprocessor(
      isZeroBased: data.isZeroBased, scaler: .identity(featureCount: features.columnCount))
    var reader = try BatchReader(
      ByteSource(bytes: text, name: "fuzz"), preprocessor: .libsvm(preprocessor), kept: .all,
      target: .texts, batchSize: 3)
    var rows = 0
    while let batch = try reader.next() {
      for row in 0..<batch.rowCount {
        _ = batch.keptFields(row)
        precondition(
          batch.features.dense.row(row) == features.row(rows + row),
          "row \(rows + row) differs between data and stream")
      }
      rows += batch.rowCount
    }
    precondition(rows == features.rowCount)
  } catch let error as LinearAlgebraError {
    preconditionFailure("\(error)")
  } catch {
    // A message must be made of anything.
    _ = "\(error)"
  }
  return 0
}
