import Basics
import LinearAlgebra

/// What reports say about the machine.
struct Machine {
  /// The processor core that BLAS computes for.
  var core: String
  /// Whether BLAS had chosen another, slower one by itself.
  var isRepaired: Bool

  /// Sets BLAS up for the command, before anything else uses it.
  ///
  /// It gets the right core, and one thread in each call: the tiles of a kernel matrix are what
  /// runs in parallel.
  @discardableResult
  static func prepare() -> Machine {
    let status = BLASRuntime.prepared()
    return Machine(core: status.coreAfter ?? "unknown", isRepaired: status.isRepaired)
  }

  /// The number of threads that a command takes unless `--threads` says another.
  static var processorCount: Int { Basics.processorCount }
}
