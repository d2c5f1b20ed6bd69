#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The number of threads that a computation takes unless it is told another.
///
/// One on each processor that this process may use, and never more than 256; several ranks on a machine share its
/// processors.
package let processorCount = Processors(environment: CurrentProcess.variable).threadCount

/// The processors of this machine, and which part of them is for this process.
package struct Processors: Sendable {
  /// Those that the machine has.
  let onlineCount: Int
  /// Those that this process is bound to, by `taskset`, a batch system or the start of ranks.
  let allowedCount: Int
  /// The ranks of one job that were started on this machine.
  let localRankCount: Int

  /// Describes them.
  init(onlineCount: Int, allowedCount: Int, environment: (String) -> String?) {
    self.onlineCount = max(1, onlineCount)
    self.allowedCount = min(max(1, allowedCount), self.onlineCount)
    localRankCount = Self.localRankCount(environment)
  }

  /// Asks the system.
  ///
  /// - Parameter environment: The value of a variable of the environment.
  package init(environment: (String) -> String?) {
    let online = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    self.init(
      onlineCount: online, allowedCount: Self.affinity ?? online, environment: environment)
  }

  /// One thread on each processor that is for this process.
  ///
  /// Ranks that are bound to processors have theirs; others divide all.
  package var threadCount: Int {
    let count = allowedCount < onlineCount ? allowedCount : onlineCount / localRankCount
    return max(1, min(256, count))
  }

  /// Whether other processes have some of the machine's processors.
  package var isPartial: Bool { threadCount < min(256, onlineCount) }

  /// The number of processors that this process is bound to; `nil` where the system does not say.
  private static var affinity: Int? {
    #if canImport(Glibc)
      // In a part of a header that Swift does not import.
      typealias Ask = @convention(c) (Int32, Int, UnsafeMutableRawPointer) -> Int32
      guard let address = unsafe dlsym(nil, "sched_getaffinity") else { return nil }
      let ask = unsafe unsafeBitCast(address, to: Ask.self)
      // One bit for each of 8192 processors.
      var set = [UInt64](repeating: 0, count: 128)
      let status = unsafe set.withUnsafeMutableBytes { bytes in
        unsafe bytes.baseAddress.map { unsafe ask(0, bytes.count, $0) } ?? -1
      }
      guard status == 0 else { return nil }
      return set.reduce(0) { $0 + $1.nonzeroBitCount }
    #else
      return nil
    #endif
  }

  /// How many ranks Open MPI, MPICH or srun have started on this machine: 1 when none has.
  private static func localRankCount(_ environment: (String) -> String?) -> Int {
    for name in ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"] {
      if let count = environment(name).flatMap({ Int($0) }), count > 0 { return count }
    }
    // Such as 4(x2),3: two machines with four tasks, and one with three.
    guard let tasks = environment("SLURM_STEP_TASKS_PER_NODE") else { return 1 }
    return tasks.split(separator: ",").compactMap { Int($0.prefix { $0.isNumber }) }.max()
      .map { max(1, $0) } ?? 1
  }
}
