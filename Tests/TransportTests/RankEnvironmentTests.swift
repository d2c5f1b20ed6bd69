import Testing
import Transport

@Suite struct RankEnvironmentTests {
  @Test(arguments: [
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"),
    ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
  ])
  func ranksAreFound(rank: String, size: String) {
    let found = RankEnvironment(["HOME": "/", rank: "2", size: "4"])
    #expect(found?.rank == 2 && found?.size == 4)
    #expect(RankEnvironment([rank: "0", size: "1"]) == nil)
    #expect(RankEnvironment([rank: "4", size: "4"]) == nil)
    #expect(RankEnvironment([rank: "-1", size: "4"]) == nil)
    #expect(RankEnvironment([rank: "two", size: "4"]) == nil)
    #expect(RankEnvironment([size: "4"]) == nil)
  }

  @Test func aProcessByItselfIsNoRank() {
    #expect(RankEnvironment(["PATH": "/bin", "SLURM_PROCID": "0", "SLURM_NTASKS": "8"]) == nil)
  }
}
