import Basics

/// Memory for numbers on a cache-line boundary, freed with its owner.
///
/// It is not zeroed. What threads do with it is the owner's promise: no two write to the same
/// part, or one writes what another reads, at the same time.
@safe
package final class AlignedBuffer<Scalar: BitwiseCopyable>: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Scalar>
  package let count: Int

  /// Allocates memory for `count` scalars.
  package init(count: Int) {
    let (byteCount, overflow) = max(count, 1).multipliedReportingOverflow(
      by: MemoryLayout<Scalar>.stride)
    precondition(!overflow, "a buffer of \(count) scalars is too large")
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount, alignment: Self.mayMove(byteCount) ? HugePages.size : 64)
    unsafe pointer = raw.bindMemory(to: Scalar.self, capacity: max(count, 1))
    self.count = count
  }

  private static func mayMove(_ byteCount: Int) -> Bool { byteCount >= 2 * HugePages.size }

  /// Moves a buffer of at least two huge pages there, where the system has them; what it holds stays.
  package func moveToHugePages() {
    let byteCount = count * MemoryLayout<Scalar>.stride
    if Self.mayMove(byteCount) {
      unsafe HugePages.move(UnsafeMutableRawPointer(pointer), byteCount: byteCount)
    }
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
