import Synchronization

/// Memory that problems solved one after the other hand on, because the first touch of fresh pages
/// takes longer than the work on a small problem.
package final class BufferPool<Scalar: KernelScalar>: Sendable {
  private let idle = Mutex<[AlignedBuffer<Scalar>]>([])

  package init() {}

  /// A buffer of at least a number of scalars, whose content is arbitrary.
  package func take(count: Int) -> AlignedBuffer<Scalar> {
    let found = idle.withLock { idle -> AlignedBuffer<Scalar>? in
      // The smallest that fits: larger ones are for those who need them.
      let fitting = idle.indices.filter { idle[$0].count >= count }
      guard let place = fitting.min(by: { idle[$0].count < idle[$1].count }) else {
        // All are too small; one of them gives way, so that the pool does not grow.
        if let smallest = idle.indices.min(by: { idle[$0].count < idle[$1].count }) {
          idle.remove(at: smallest)
        }
        return nil
      }
      return idle.remove(at: place)
    }
    return found ?? AlignedBuffer(count: count)
  }

  /// Hands a buffer on, which nobody may use any more.
  package func give(_ buffer: AlignedBuffer<Scalar>) {
    idle.withLock { $0.append(buffer) }
  }
}

/// One pool for each precision.
package struct BufferPools: Sendable {
  private let single = BufferPool<Float>()
  private let double = BufferPool<Double>()

  package init() {}

  /// The pool of a precision.
  package func pool<Scalar: KernelScalar>(of scalar: Scalar.Type) -> BufferPool<Scalar> {
    let pool: Any = Scalar.self == Float.self ? single : double
    guard let pool = pool as? BufferPool<Scalar> else {
      preconditionFailure("a pool of \(Scalar.self) is not possible")
    }
    return pool
  }
}
