import Kernels
import LinearAlgebra
import SMOSolver
import Transport

/// Examples of several ranks with the kernel among them, and what follows from all of them.
///
/// Making one is a collective, and so are its functions.
package struct ShardedSource: Sendable {
  /// The examples.
  package let given: ShardedFeatures
  /// The same without the features that none has.
  package let features: ShardedFeatures
  package let function: KernelFunction
  /// What the kernels of the ranks know of all examples.
  package let whole: WholeExamples

  /// Finds what follows from all examples.
  ///
  /// - Parameters:
  ///   - features: The examples.
  ///   - function: The kernel.
  /// - Throws: `KernelError.unreachable`, also of a kernel that cannot be computed from parts.
  package init(_ features: ShardedFeatures, _ function: KernelFunction) throws(KernelError) {
    try Self.check(function, features)
    self.function = function
    given = features
    self.features = try features.withoutAbsentFeatures(for: function)
    let own = self.features.own
    var sums = CentreSums.empty(for: function, own)
    if sums.contains(where: { !$0.sums.isEmpty }) {
      let flat = try reach { () throws(TransportError) in
        try features.transport.relay(Self.flattened(sums)) { values in
          var reached = Self.restored(values, like: sums)
          CentreSums.add(own, to: &reached, of: function)
          values = Self.flattened(reached)
        }
      }
      sums = Self.restored(flat, like: sums)
    }
    whole = WholeExamples(
      count: features.rowCount, centres: sums.map { $0.centre(count: features.rowCount) })
  }

  private init(_ source: ShardedSource, centres: [[Double]]) {
    given = source.given
    features = source.features
    function = source.function
    whole = WholeExamples(count: source.whole.count, centres: centres)
  }

  /// The same examples, moved as others of the same training are.
  package func moved(like other: ShardedSource) -> ShardedSource {
    ShardedSource(self, centres: other.whole.centres)
  }

  private static func check(
    _ function: KernelFunction, _ features: ShardedFeatures
  ) throws(KernelError) {
    if function.isPrecomputed || function.hasPrecomputedPart {
      throw .unreachable("a precomputed kernel matrix cannot be spread over several machines")
    }
    if function.isComposite && features.own.isSparse {
      throw .unreachable(
        "sums and products of kernels of sparse examples cannot be spread over several machines")
    }
  }

  private static func flattened(_ sums: [CentreSums]) -> [Double] {
    sums.flatMap { $0.sums + $0.nearest }
  }

  private static func restored(_ values: [Double], like sums: [CentreSums]) -> [CentreSums] {
    var first = 0
    return sums.map { part in
      let count = part.sums.count
      defer { first += 2 * count }
      return CentreSums(
        sums: Array(values[first..<first + count]),
        nearest: Array(values[first + count..<first + 2 * count]))
    }
  }

  /// The kernel between this rank's examples, as columns, and any.
  package func tiles<Scalar: KernelScalar>(
    _ scalar: Scalar.Type = Scalar.self, threads: Int, memoryLimit: Int = 0
  ) -> TiledKernel<Scalar> {
    TiledKernel(
      shard: features.own, from: features.ownRows.lowerBound, function, of: whole, threads: threads,
      memoryLimit: memoryLimit)
  }

  /// An estimate of how far kernel values lie from the exact ones: that of one kernel of all examples.
  package func rounding<Scalar: KernelScalar>(_ kernel: TiledKernel<Scalar>) throws(KernelError)
    -> Double
  {
    let empty = [Double](repeating: 0, count: 3 * whole.centres.count)
    let values = try reach { () throws(TransportError) in
      try features.transport.relay(empty) { values in
        var sums = [NormSums](repeating: NormSums(), count: values.count / 3)
        for place in sums.indices {
          sums[place].largest = values[3 * place]
          sums[place].sum = values[3 * place + 1]
          sums[place].count = Int(values[3 * place + 2])
        }
        values = []
        for sum in kernel.normSums(after: sums) {
          values += [sum.largest, sum.sum, Double(sum.count)]
        }
      }
    }
    let sums = stride(from: 0, to: values.count, by: 3).map { place in
      var sum = NormSums()
      (sum.largest, sum.sum, sum.count) = (
        values[place], values[place + 1], Int(values[place + 2])
      )
      return sum
    }
    return kernel.rounding(of: sums)
  }

  /// The magnitudes that kernel values can have, of each kernel that the kernel is made of.
  package func largestParts() throws(KernelError) -> [Double] {
    let own = KernelMagnitudes.largestParts(given.own, function, centres: whole.centres)
    return try reach { () throws(TransportError) in
      try features.transport.allReduceMaxima(own)
    }
  }
}
