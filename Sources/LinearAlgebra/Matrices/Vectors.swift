// Vectors are spans, so that a row of a matrix, a part of an array and a whole array are all the
// same to these routines; arrays have the same methods for convenience.
//
// A sum of n terms is within γₙ·Σ|xᵢyᵢ| of the exact one, γₙ = n·u/(1 − n·u), u half an ulp of 1.

extension Span where Element: BLASScalar {
  /// The inner product Σ xᵢ yᵢ (BLAS `dot`).
  ///
  /// - Parameter other: As many elements as this span has; it may be the same memory.
  /// - Returns: The sum; 0 for empty vectors.
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when the lengths differ;
  ///   `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count the elements.
  package func dot(_ other: Span<Element>) throws(LinearAlgebraError) -> Element {
    guard count == other.count else {
      throw .shapeMismatch(operation: "dot", left: [count], right: [other.count])
    }
    try checkLength("dot", count)
    guard count > 0 else { return 0 }
    return unsafe withUnsafeBufferPointer { x in
      unsafe other.withUnsafeBufferPointer { y in
        unsafe Element._dot(x.count, x.baseAddress!, y.baseAddress!)
      }
    }
  }

  /// The Euclidean norm √Σ xᵢ² (BLAS `nrm2`), without needless overflow or underflow.
  ///
  /// - Throws: `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count the
  ///   elements.
  package var norm2: Element {
    get throws(LinearAlgebraError) {
      try checkLength("norm2", count)
      guard count > 0 else { return 0 }
      return unsafe withUnsafeBufferPointer { unsafe Element._nrm2($0.count, $0.baseAddress!) }
    }
  }

  /// The sum of magnitudes Σ |xᵢ| (BLAS `asum`).
  ///
  /// - Throws: `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count the
  ///   elements.
  package var norm1: Element {
    get throws(LinearAlgebraError) {
      try checkLength("norm1", count)
      guard count > 0 else { return 0 }
      return unsafe withUnsafeBufferPointer { unsafe Element._asum($0.count, $0.baseAddress!) }
    }
  }

  /// The largest magnitude max |xᵢ|; NaN when an element is NaN.
  ///
  /// BLAS has `iamax` for this, but libraries disagree about NaN, so that it is not called.
  package var normInfinity: Element {
    unsafe withUnsafeBufferPointer { unsafe largestMagnitude($0) }
  }
}

extension MutableSpan where Element: BLASScalar {
  /// Adds a multiple of another vector to this one (BLAS `axpy`): y = alpha · x + y.
  ///
  /// - Parameters:
  ///   - other: As many elements as this span has, in other memory.
  ///   - alpha: The factor of the other vector.
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when the lengths differ;
  ///   `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count the elements.
  package mutating func add(
    _ other: Span<Element>, scaledBy alpha: Element = 1
  ) throws(LinearAlgebraError) {
    let length = count
    guard length == other.count else {
      throw .shapeMismatch(operation: "axpy", left: [length], right: [other.count])
    }
    try checkLength("axpy", length)
    guard length > 0 else { return }
    unsafe withUnsafeMutableBufferPointer { y in
      unsafe other.withUnsafeBufferPointer { x in
        unsafe Element._axpy(x.count, alpha, x.baseAddress!, y.baseAddress!)
      }
    }
  }
}

// A pointer keeps the array alive to the end of a call, also where the call is made part of optimised
// code of another module; Swift 6.3 ends the life of an array of literals early when only its span is used.
extension Array where Element: BLASScalar {
  /// The inner product Σ xᵢ yᵢ (BLAS `dot`).
  ///
  /// - Parameter other: As many elements as this array has.
  /// - Returns: The sum; 0 for empty vectors.
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when the lengths differ;
  ///   `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count the elements.
  package func dot(_ other: [Element]) throws(LinearAlgebraError) -> Element {
    try unsafe withUnsafeBufferPointer { x throws(LinearAlgebraError) in
      try unsafe other.withUnsafeBufferPointer { y throws(LinearAlgebraError) in
        try unsafe x.span.dot(y.span)
      }
    }
  }

  /// Adds a multiple of another vector to this one (BLAS `axpy`): y = alpha · x + y.
  ///
  /// - Parameters:
  ///   - other: As many elements as this array has; it may be this array.
  ///   - alpha: The factor of the other vector.
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when the lengths differ;
  ///   `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count the elements.
  package mutating func add(
    _ other: [Element], scaledBy alpha: Element = 1
  ) throws(LinearAlgebraError) {
    try unsafe other.withUnsafeBufferPointer { x throws(LinearAlgebraError) in
      var target = mutableSpan
      try unsafe target.add(x.span, scaledBy: alpha)
    }
  }

  /// The Euclidean norm √Σ xᵢ² (BLAS `nrm2`), without needless overflow or underflow.
  ///
  /// - Throws: `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count the
  ///   elements.
  package var norm2: Element {
    get throws(LinearAlgebraError) {
      try unsafe withUnsafeBufferPointer { x throws(LinearAlgebraError) in try unsafe x.span.norm2 }
    }
  }

  /// The sum of magnitudes Σ |xᵢ| (BLAS `asum`).
  ///
  /// - Throws: `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count the
  ///   elements.
  package var norm1: Element {
    get throws(LinearAlgebraError) {
      try unsafe withUnsafeBufferPointer { x throws(LinearAlgebraError) in try unsafe x.span.norm1 }
    }
  }

  /// The largest magnitude max |xᵢ|; NaN when an element is NaN.
  package var normInfinity: Element {
    unsafe withUnsafeBufferPointer { unsafe largestMagnitude($0) }
  }
}

private func checkLength(_ operation: String, _ length: Int) throws(LinearAlgebraError) {
  guard length <= Int(Int32.max) else { throw .tooLarge(operation: operation, count: length) }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func largestMagnitude<Scalar: BLASScalar>(_ elements: UnsafeBufferPointer<Scalar>) -> Scalar {
  var largest: Scalar = 0
  for index in elements.indices {
    let magnitude = unsafe elements[index].magnitude
    if magnitude.isNaN { return magnitude }
    if magnitude > largest { largest = magnitude }
  }
  return largest
}

/// Whether no element is NaN or infinite.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func allFinite<Scalar: BLASScalar>(_ elements: UnsafeBufferPointer<Scalar>) -> Bool {
  // A chunk without a branch for each element takes vector instructions.
  for start in stride(from: 0, to: elements.count, by: 1024) {
    var others = 0
    for index in start..<min(start + 1024, elements.count) {
      let element = unsafe elements[index]
      others &+= element - element == 0 ? 0 : 1
    }
    if others > 0 { return false }
  }
  return true
}
