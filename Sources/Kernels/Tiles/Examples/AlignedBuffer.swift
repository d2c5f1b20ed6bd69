import Basics

/// Memory for numbers on a cache-line boundary, freed with its owner.
///
/// It is not zeroed. What threads do with it is the owner's promise: no two write to the same
/// part, or one writes what another reads, at the same time.
@safe
package final class AlignedBuffer<Scalar: BitwiseCopyable>: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Scalar>
  package let count: Int

  /// Allocates memory for `count` scalars; large buffers on huge pages where the system offers
  /// them, because touching gigabytes page by page costs more than the arithmetic on them.
  package init(count: Int) {
    let hugePage = HugePages.size
    let (byteCount, overflow) = max(count, 1).multipliedReportingOverflow(
      by: MemoryLayout<Scalar>.stride)
    precondition(!overflow, "a buffer of \(count) scalars is too large")
    let isLarge = byteCount >= 2 * hugePage
    let alignment = isLarge ? hugePage : 64
    let raw = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: alignment)
    if isLarge { unsafe HugePages.advise(raw, byteCount: byteCount) }
    unsafe pointer = raw.bindMemory(to: Scalar.self, capacity: max(count, 1))
    self.count = count
  }

  /// Sets elements to 0. (Generic code would do it one element at a time.)
  package func clear(from first: Int = 0, count: Int) {
    precondition(
      first >= 0 && count >= 0 && first + count <= max(self.count, 1),
      "elements \(first)..<\(first + count) are outside a buffer of \(self.count)")
    unsafe memset(pointer + first, 0, count * MemoryLayout<Scalar>.stride)
  }

  deinit { unsafe UnsafeMutableRawPointer(pointer).deallocate() }
}
