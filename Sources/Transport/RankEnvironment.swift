/// What the variables of a process tell of how it was started.
package struct RankEnvironment: Sendable, Equatable {
  /// This process among those that were started together, from 0.
  package let rank: Int
  /// Their number.
  package let size: Int

  /// The variables of what starts ranks: Open MPI, MPICH and others by PMI, srun. (A script that Slurm runs has
  /// SLURM_NTASKS as well, and is alone.)
  private static let variables = [
    (rank: "OMPI_COMM_WORLD_RANK", size: "OMPI_COMM_WORLD_SIZE"),
    (rank: "PMI_RANK", size: "PMI_SIZE"),
    (rank: "SLURM_PROCID", size: "SLURM_STEP_NUM_TASKS"),
  ]

  /// Looks for the variables; `nil` when the process was started alone.
  ///
  /// - Parameter environment: Those of the process.
  package init?(_ environment: [String: String]) {
    for names in Self.variables {
      guard let rank = environment[names.rank].flatMap({ Int($0) }),
        let size = environment[names.size].flatMap({ Int($0) }), size > 1, (0..<size).contains(rank)
      else { continue }
      self.rank = rank
      self.size = size
      return
    }
    return nil
  }
}
