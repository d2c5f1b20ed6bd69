/// Numbers or bytes in a model file: elements and their shape, row-major.
package struct StoredTensor: Equatable, Sendable {
  package let shape: [Int]
  package let elements: Elements

  /// Gives elements a shape.
  ///
  /// - Precondition: The product of `shape` is the number of elements.
  package init(_ elements: Elements, shape: [Int]) {
    precondition(
      Self.elementCount(shape) == elements.count,
      "a tensor of shape \(shape) cannot hold \(elements.count) elements")
    self.shape = shape
    self.elements = elements
  }

  /// The product of the sizes, or `nil` when an Int cannot hold it.
  package static func elementCount(_ shape: [Int]) -> Int? {
    // A size of 0 empties the tensor whatever the others are.
    if shape.contains(0) { return 0 }
    var product = 1
    for size in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      product = next
    }
    return product
  }

  /// The element types that model files use.
  package enum ElementType: String, CaseIterable, Sendable {
    case float64 = "F64"
    case int64 = "I64"
    case float32 = "F32"
    case int32 = "I32"
    case uint8 = "U8"

    /// Bytes of an element.
    package var width: Int {
      switch self {
      case .float64, .int64: 8
      case .float32, .int32: 4
      case .uint8: 1
      }
    }
  }

  /// The elements of a tensor.
  package enum Elements: Equatable, Sendable {
    case float64([Double])
    case int64([Int64])
    case float32([Float])
    case int32([Int32])
    case uint8([UInt8])

    package var type: ElementType {
      switch self {
      case .float64: .float64
      case .int64: .int64
      case .float32: .float32
      case .int32: .int32
      case .uint8: .uint8
      }
    }

    package var count: Int {
      switch self {
      case .float64(let elements): elements.count
      case .int64(let elements): elements.count
      case .float32(let elements): elements.count
      case .int32(let elements): elements.count
      case .uint8(let elements): elements.count
      }
    }
  }
}
