#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Memory in pages of two megabytes, of which a processor finds the addresses much faster than of as
/// much memory in pages of four kilobytes.
package enum HugePages {
  /// The number of bytes in a huge page.
  package static let size = 1 << 21

  /// Asks the system to put memory on huge pages.
  ///
  /// Only advice: without them nothing changes but the time.
  ///
  /// - Parameters:
  ///   - start: Where the memory begins, at the beginning of a page.
  ///   - byteCount: How much there is.
  package static func advise(_ start: UnsafeMutableRawPointer, byteCount: Int) {
    #if os(Linux)
      _ = unsafe madvise(start, byteCount, Int32(MADV_HUGEPAGE))
    #endif
  }
}
