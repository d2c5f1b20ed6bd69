/// Memory that a computation needs and is not allowed to take.
///
/// Whatever grows with the data asks `require(_:each:limit:purpose:remedy:)` before it allocates, so
/// that what does not fit is refused with a message and not by the operating system.
package struct MemoryShortage: Error, Equatable, Sendable, Codable {
  /// What needs the memory, as the subject of a sentence in the plural.
  package let purpose: String
  /// The number of bytes that it needs.
  package let needed: Int
  /// The number of bytes that it may take.
  package let limit: Int
  /// What else there is to do than to raise the limit, if anything.
  package let remedy: String?

  /// A shortage.
  ///
  /// - Parameters:
  ///   - purpose: What needs the memory, as the subject of a sentence in the plural.
  ///   - needed: The number of bytes that it needs.
  ///   - limit: The number of bytes that it may take.
  ///   - remedy: What else there is to do than to raise the limit.
  package init(purpose: String, needed: Int, limit: Int, remedy: String? = nil) {
    self.purpose = purpose
    self.needed = needed
    self.limit = limit
    self.remedy = remedy
  }

  /// Rejects what would need too much.
  ///
  /// - Parameters:
  ///   - count: How many there are to be of something.
  ///   - bytes: What each of them takes.
  ///   - limit: The number of bytes that may be taken, or `nil` for any.
  ///   - purpose: What needs the memory, as the subject of a sentence in the plural.
  ///   - remedy: What else there is to do than to raise the limit.
  /// - Throws: ``MemoryShortage``.
  package static func require(
    _ count: Int, each bytes: Int, limit: Int?, purpose: @autoclosure () -> String,
    remedy: @autoclosure () -> String? = nil
  ) throws(MemoryShortage) {
    guard let limit else { return }
    let (needed, overflow) = count.multipliedReportingOverflow(by: bytes)
    guard !overflow, needed <= limit else {
      throw MemoryShortage(
        purpose: purpose(), needed: overflow ? .max : needed, limit: limit, remedy: remedy())
    }
  }

  /// A number of bytes in megabytes, rounded up, as a limit is rounded down.
  private static func megabytes(_ bytes: Int) -> String {
    let whole = bytes >> 20
    return "\(bytes & (1 << 20 - 1) == 0 ? whole : whole + 1) MB"
  }
}

extension MemoryShortage: CustomStringConvertible {
  /// One sentence that says how much is needed, and what to do.
  package var description: String {
    // A limit that no machine has is not a remedy.
    let remedies = [remedy, needed < 1 << 38 ? "raise --memory" : nil].compactMap { $0 }
    return "\(purpose) need \(Self.megabytes(needed)), but the memory limit is "
      + "\(limit >> 20) MB" + (remedies.isEmpty ? "" : "; " + remedies.joined(separator: ", or "))
  }
}
