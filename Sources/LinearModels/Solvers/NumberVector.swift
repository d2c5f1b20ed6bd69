import Basics
import Kernels
import LinearAlgebra

/// Numbers that the threads of one training share: each tile writes only its own part.
@safe
struct NumberVector: @unchecked Sendable {
  private let owner: AlignedBuffer<Double>
  let pointer: UnsafeMutablePointer<Double>
  let count: Int

  /// A vector of zeros.
  init(count: Int) {
    owner = AlignedBuffer<Double>(count: count)
    owner.clear(count: count)
    unsafe pointer = owner.pointer
    self.count = count
  }

  init(_ numbers: [Double]) {
    self.init(count: numbers.count)
    for (index, number) in numbers.enumerated() { self[index] = number }
  }

  @inline(__always)
  subscript(index: Int) -> Double {
    get {
      assert(index >= 0 && index < count, "element \(index) is outside a vector of \(count)")
      return unsafe pointer[index]
    }
    nonmutating set {
      assert(index >= 0 && index < count, "element \(index) is outside a vector of \(count)")
      unsafe pointer[index] = newValue
    }
  }

  var numbers: [Double] { (0..<count).map { self[$0] } }

  func copy(from other: NumberVector) {
    precondition(other.count == count, "a vector of \(other.count) cannot fill one of \(count)")
    unsafe pointer.update(from: other.pointer, count: count)
  }

  func clear() { owner.clear(count: count) }

  func dot(_ other: NumberVector) -> Double {
    var sum = 0.0
    for index in 0..<count { sum += self[index] * other[index] }
    return sum
  }
}

/// Elementwise work is cut into tiles of this many examples, whatever the number of threads.
private let tileHeight = 4096

/// Computes something of each tile of examples and returns the results in the tiles' order.
///
/// - Parameters:
///   - count: The number of examples.
///   - threads: The largest number of threads to use.
///   - body: The work on one range of examples.
/// - Returns: One result for each tile.
func tileResults<Result>(
  count: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Result
) -> [Result] {
  let tiles = (count + tileHeight - 1) / tileHeight
  return unsafe [Result](unsafeUninitializedCapacity: tiles) { target, initialized in
    if let base = target.baseAddress {
      let results = unsafe UnsafeSendable(base)
      // Fewer examples are done before another thread has woken up.
      concurrentTiles(count: tiles, threads: count < 1 << 14 ? 1 : threads) { tile in
        let range = tile * tileHeight..<min((tile + 1) * tileHeight, count)
        unsafe (results.value + tile).initialize(to: body(range))
      }
    }
    initialized = tiles
  }
}
