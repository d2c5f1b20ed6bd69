import Learning
import LinearAlgebra
import Synchronization

/// The kernel values of the set that was validated last, for the next call: searches of hosts validate one problem
/// again and again, with C innermost.
///
/// Values are the same whether they come from here or not. They stay in memory, within the `cache_size` of the call
/// that computed them, until another set or kernel is validated.
package final class SideCache: Sendable {
  /// That of the process.
  package static let shared = SideCache()

  private struct Entry {
    let features: SparseMatrix<Double>
    let kernel: KernelNumbers
    let whole: WholeKernel
  }

  private let entry = Mutex<Entry?>(nil)

  /// Makes an empty one.
  package init() {}

  /// The kernel values of a set, which may have been computed before.
  ///
  /// - Parameters:
  ///   - set: The rows.
  ///   - trainer: The kernel, and how much memory there is.
  /// - Returns: The values; `nil` where ``Trainer/wholeKernel(of:)`` has none.
  package func kernel(of set: TrainingSet, _ trainer: Trainer) -> WholeKernel? {
    guard let made = trainer.wholeKernel(of: set), case .sparse(let features) = set.features else {
      return nil
    }
    let kernel = KernelNumbers(trainer.parameter)
    return entry.withLock { entry in
      if let entry, entry.kernel == kernel, entry.whole.byteCount <= made.byteLimit,
        entry.features == features
      {
        return entry.whole
      }
      entry = Entry(features: features, kernel: kernel, whole: made)
      return made
    }
  }
}

/// What decides kernel values besides the rows.
private struct KernelNumbers: Equatable {
  let type: KernelType
  let degree: Int32
  let gamma: Double
  let constantTerm: Double

  init(_ parameter: Parameters) {
    type = parameter.kernelType
    degree = parameter.degree
    gamma = parameter.gamma
    constantTerm = parameter.constantTerm
  }
}
