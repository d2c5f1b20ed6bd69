import Dispatch
import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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
    let status = BLASRuntime.prepare()
    return Machine(core: status.coreAfter ?? "unknown", isRepaired: status.isRepaired)
  }

  /// The number of threads that run at once.
  static var processorCount: Int { LinearAlgebra.processorCount }

  #if canImport(Darwin)
    private static let thisProcess = RUSAGE_SELF
  #else
    private static let thisProcess = __rusage_who_t(RUSAGE_SELF.rawValue)
  #endif

  /// The most memory that this process has held so far, in bytes.
  static var peakMemory: Int? {
    var usage = rusage()
    guard unsafe getrusage(Self.thisProcess, &usage) == 0 else { return nil }
    #if canImport(Darwin)
      return Int(usage.ru_maxrss)
    #else
      return Int(usage.ru_maxrss) * 1024
    #endif
  }
}
