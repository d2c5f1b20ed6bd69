import CBLASRuntime
import Synchronization

/// The BLAS library as this process runs it: which kernels it chose, and how many threads it uses.
///
/// OpenBLAS carries kernels for many processors and chooses among them when it is loaded. An
/// OpenBLAS that is older than the processor may choose those of a far older one, and then runs up
/// to five times slower than it could; it does not say so. ``prepare(repairingCore:threads:)``
/// compares its choice with what the processor supports, and puts it right.
public enum BLASRuntime {
  /// What BLAS is and does in this process.
  package struct Status: Sendable, Equatable {
    /// The processor core whose kernels OpenBLAS chose, such as `Haswell`; nil for another BLAS.
    package var coreBefore: String?
    /// The core whose kernels it runs now.
    package var coreAfter: String?
    /// The core with the best kernels that this processor supports; nil when that is unknown, as on
    /// other processors than x86-64 and outside Linux.
    package var supportedCore: String?
    /// The value of the environment variable `OPENBLAS_CORETYPE`; when it is set, the core that it
    /// names is the user's choice and is never changed.
    package var coreSetting: String?
    /// Whether the core was changed to a better one.
    package var isRepaired: Bool
    /// How many threads one BLAS call may use; nil for a BLAS that does not say.
    package var threads: Int?
    /// OpenBLAS's version and build options; nil for another BLAS.
    package var configuration: String?
    /// The file that provides matrix products (`cblas_dgemm`), symbolic links resolved.
    package var blasLibrary: String?
    /// The file that provides LAPACK's computations (`dpotrf_`), symbolic links resolved.
    ///
    /// Debian lets the machine's owner choose among several ("alternatives"), which are of very
    /// different speed.
    package var lapackLibrary: String?
    /// The file that provides LAPACK's C interface (`LAPACKE_dpotrf`), symbolic links resolved.
    package var lapackeLibrary: String?

    /// Whether the processor supports better kernels than those that run now.
    package var isBelowProcessor: Bool {
      let level = BLASRuntime.level(ofCore: coreAfter)
      return level > 0 && level < BLASRuntime.level(ofCore: supportedCore)
    }
  }

  /// Repairs OpenBLAS's choice of processor core and sets its threads, for the whole process.
  ///
  /// Call this first thing, before any other thread runs: no other thread may be inside BLAS, or
  /// read or change the environment, while the core is switched (once, within 2 ms). A program that
  /// uses OpenBLAS for other work is affected too; a library should leave the call to its program.
  /// Nothing in this package calls it on its own, except the `svm` command.
  ///
  /// The core is looked at once in a process, by the first call that asks for the repair. It is
  /// changed only to one that the processor supports and whose kernels use wider instructions than
  /// the present one's; never when the environment variable `OPENBLAS_CORETYPE` is set, which is
  /// how a user chooses; and not when the BLAS library is another, or was built for one core.
  /// Results differ between cores in their last bits. Calling again with equal arguments changes
  /// nothing.
  ///
  /// - Parameters:
  ///   - repairingCore: Whether a wrongly chosen core is repaired.
  ///   - threads: How many threads one BLAS call may use, at least 1. This package cuts its work
  ///     into pieces and computes them on its own threads, each by single-threaded BLAS
  ///     calls, so that 1 is right for it.
  public static func prepare(repairingCore: Bool = true, threads: Int = 1) {
    _ = prepared(repairingCore: repairingCore, threads: threads)
  }

  /// Does what ``prepare(repairingCore:threads:)`` does.
  ///
  /// - Returns: What was found and what was done.
  package static func prepared(repairingCore: Bool = true, threads: Int = 1) -> Status {
    precondition(
      (1...Int(Int32.max)).contains(threads), "BLAS cannot use \(threads) threads")
    return state.withLock { state in
      if repairingCore, !state.wasExamined {
        state.wasExamined = true
        state.coreBefore = coreName
        state.isRepaired = repairCore()
      }
      if blas_thread_count() != 0, blas_thread_count() != Int32(threads) {
        _ = blas_set_thread_count(Int32(threads))
      }
      return status(state)
    }
  }

  /// Loads the BLAS that only this library calls, where it was linked with one; the first call does it.
  ///
  /// - Returns: Why there is none, or `nil` when all is well.
  package static func loadPrivateLibrary() -> String? { unsafe text(blas_load_private()) }

  /// What BLAS is and does now; changes nothing.
  package static var status: Status { state.withLock { status($0) } }

  private struct State {
    var wasExamined = false
    var isRepaired = false
    var coreBefore: String?
  }

  private static let state = Mutex(State())

  private static func status(_ state: State) -> Status {
    Status(
      coreBefore: state.wasExamined ? state.coreBefore : coreName,
      coreAfter: coreName,
      supportedCore: unsafe text(blas_supported_core()),
      coreSetting: coreSetting,
      isRepaired: state.isRepaired,
      threads: blas_thread_count() == 0 ? nil : Int(blas_thread_count()),
      configuration: unsafe text(blas_configuration()),
      blasLibrary: file(providing: "cblas_dgemm"),
      lapackLibrary: file(providing: "dpotrf_"),
      lapackeLibrary: file(providing: "LAPACKE_dpotrf"))
  }

  private static var coreName: String? { unsafe text(blas_core_name()) }

  private static var coreSetting: String? { unsafe text(blas_core_setting()) }

  private static func repairCore() -> Bool {
    let present = level(ofCore: coreName)
    // An unknown name is younger than our list: leave it.
    guard coreSetting == nil, present > 0, let supported = unsafe text(blas_supported_core()),
      level(ofCore: supported) > present
    else { return false }
    return switchCore(to: supported)
  }

  /// Makes OpenBLAS run another core's kernels, and says whether it now does.
  ///
  /// Tests make wrong choices with it.
  static func switchCore(to core: String) -> Bool { unsafe blas_switch_core(core) == 1 }

  /// The instruction sets that a core's kernels use, ascending; 0 for an unknown core.
  static func level(ofCore core: String?) -> Int {
    guard let core else { return 0 }
    return unsafe Int(blas_core_level(core))
  }

  private static func file(providing symbol: String) -> String? {
    guard let path = unsafe blas_symbol_file(symbol) else { return nil }
    defer { unsafe blas_free_text(path) }
    return unsafe String(cString: path)
  }

  private static func text(_ characters: UnsafePointer<CChar>?) -> String? {
    unsafe characters.map { unsafe String(cString: $0) }
  }
}
