import Kernels
import LinearAlgebra
import Transport

/// The examples of the working block, which every rank has.
struct Guests {
  private let source: ShardedFeatures
  private var features: FeatureMatrix?
  private var numbers: [Int32] = []
  private var places: [Int32: Int32] = [:]
  /// Whether the rows of the shard's kernel are these.
  var isShown = false

  init(_ source: ShardedFeatures) { self.source = source }

  /// How many there are.
  var count: Int { numbers.count }

  /// Whether all of these are among them.
  func contain(_ examples: [Int32]) -> Bool { examples.allSatisfy { places[$0] != nil } }

  /// Their places, in the order of `examples`.
  func places(of examples: [Int32]) -> [Int32] {
    examples.map { example in
      guard let place = places[example] else {
        preconditionFailure("example \(example) is not among the guests")
      }
      return place
    }
  }

  /// Lets others go, and has those sent that are missing; a collective.
  ///
  /// - Parameters:
  ///   - examples: Examples.
  ///   - others: More of them, which may be among the first.
  ///   - message: What this rank has to say of its own among those that are missing.
  /// - Returns: What each rank has to say of them; nothing when none was missing.
  /// - Throws: `KernelError.unreachable`.
  mutating func hold(
    _ examples: [Int32], and others: [Int32], _ message: (_ missing: [Int32]) -> [UInt8]
  ) throws(KernelError) -> [ByteReader] {
    let known = Set(examples)
    let wanted = examples + others.filter { !known.contains($0) }
    guard wanted != numbers else { return [] }
    let missing = wanted.filter { places[$0] == nil }
    var parts = features.map { [$0] } ?? []
    var messages: [ByteReader] = []
    if !missing.isEmpty {
      let found = try source.gathering(missing.map { Int($0) }, with: message(missing))
      parts.append(found.features)
      messages = found.messages
    }
    let first = numbers.count
    for (offset, example) in missing.enumerated() { places[example] = Int32(first + offset) }
    features = FeatureMatrix.merging(parts, order: wanted.map { Int(places[$0] ?? 0) })
    numbers = wanted
    places = Dictionary(uniqueKeysWithValues: zip(wanted, Int32(0)...))
    isShown = false
    return messages
  }

  /// Makes them the rows of the shard's kernel.
  mutating func show<Scalar: KernelScalar>(to kernel: TiledKernel<Scalar>) {
    guard !isShown, let features else { return }
    kernel.bring(features, numbers: numbers)
    isShown = true
  }
}
