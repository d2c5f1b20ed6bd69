/// What a shard's kernel knows of all examples of a training.
package struct WholeExamples: Sendable, Equatable {
  /// Their number.
  package let count: Int
  /// What they are moved by, for each kernel that the kernel is made of; see ``CentreSums``.
  package let centres: [[Double]]

  /// Collects the parts.
  package init(count: Int, centres: [[Double]]) {
    self.count = count
    self.centres = centres
  }
}
