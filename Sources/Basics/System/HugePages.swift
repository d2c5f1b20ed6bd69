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

  /// Moves memory to huge pages, or asks the system to do so when it can; the content stays.
  ///
  /// Only memory that will be read for a long time in changing order is worth it: a virtual machine that has
  /// returned its free memory to the host waits for the host at each huge page, for some 7 ms, seven times as long
  /// as for as much memory in small pages, which are seldom returned.
  ///
  /// - Parameters:
  ///   - start: Where the memory begins, at the beginning of a huge page.
  ///   - byteCount: How much there is.
  package static func move(_ start: UnsafeMutableRawPointer, byteCount: Int) {
    #if os(Linux)
      // What the system refuses changes nothing but the time. The first call is for systems without the second.
      _ = unsafe madvise(start, byteCount, Int32(MADV_HUGEPAGE))
      _ = unsafe madvise(start, byteCount, collapse)
    #endif
  }

  #if os(Linux)
    /// `MADV_COLLAPSE`, of Linux 6.1, which older headers lack.
    private static let collapse: Int32 = 25
  #endif
}
