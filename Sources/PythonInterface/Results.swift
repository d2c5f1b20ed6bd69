import CSupportVectors
import LinearAlgebra

// What a caller gets: memory from malloc, which sv_free takes back.

/// A text for the caller, ended by a zero.
func callerText(_ text: String) -> UnsafeMutablePointer<CChar> {
  let bytes = Array(text.utf8)
  let memory = unsafe sv_allocate(bytes.count + 1)!.assumingMemoryBound(to: CChar.self)
  for (index, byte) in bytes.enumerated() { unsafe memory[index] = CChar(bitPattern: byte) }
  unsafe memory[bytes.count] = 0
  return unsafe memory
}

extension sv_array {
  /// Copies values into memory of the caller's.
  @unsafe
  private init<Value>(_ values: UnsafeBufferPointer<Value>, kind: Int, shape: [Int]) {
    let memory = unsafe sv_allocate(values.count * MemoryLayout<Value>.stride)!
    if let start = values.baseAddress, !values.isEmpty {
      unsafe memory.copyMemory(
        from: start, byteCount: values.count * MemoryLayout<Value>.stride)
    }
    unsafe self.init(
      data: memory, kind: Int32(kind), dimension_count: Int32(shape.count),
      shape: (Int64(shape[0]), Int64(shape.count > 1 ? shape[1] : 1)))
  }

  @unsafe
  init(_ numbers: [Double]) {
    unsafe self = unsafe numbers.withUnsafeBufferPointer {
      unsafe sv_array($0, kind: SV_DOUBLE.place, shape: [$0.count])
    }
  }

  @unsafe
  init(_ integers: [Int]) {
    unsafe self = unsafe integers.withUnsafeBufferPointer {
      unsafe sv_array($0, kind: SV_INT64.place, shape: [$0.count])
    }
  }

  @unsafe
  init(_ bytes: [UInt8]) {
    unsafe self = unsafe bytes.withUnsafeBufferPointer {
      unsafe sv_array($0, kind: SV_BYTE.place, shape: [$0.count])
    }
  }

  @unsafe
  init(_ matrix: Matrix<Double>) {
    unsafe self = unsafe matrix.withUnsafeElements {
      unsafe sv_array(
        $0, kind: SV_DOUBLE.place, shape: [matrix.rowCount, matrix.columnCount])
    }
  }
}

extension RawRepresentable where RawValue: BinaryInteger {
  fileprivate var place: Int { Int(rawValue) }
}

extension BinaryInteger {
  fileprivate var place: Int { Int(self) }
}
