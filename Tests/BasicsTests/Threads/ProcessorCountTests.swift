import Testing

@testable import Basics

/// How many threads a process takes by itself.
@Suite struct ProcessorCountTests {
  private func count(_ online: Int, _ allowed: Int, _ variables: [String: String] = [:]) -> Int {
    Processors(onlineCount: online, allowedCount: allowed) { variables[$0] }.threadCount
  }

  @Test func aProcessAloneTakesAll() {
    #expect(count(8, 8) == 8)
    #expect(count(1, 1) == 1)
    #expect(count(1000, 1000) == 256)
    // What the system does not say.
    #expect(count(-1, -1) == 1)
  }

  @Test func aBoundProcessTakesItsOwn() {
    #expect(count(64, 4) == 4)
    // Ranks that are bound have different processors.
    #expect(count(64, 4, ["OMPI_COMM_WORLD_LOCAL_SIZE": "16"]) == 4)
  }

  @Test(arguments: ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_STEP_TASKS_PER_NODE"])
  func ranksOnOneMachineDivideIt(variable: String) {
    #expect(count(16, 16, [variable: "4"]) == 4)
    #expect(count(16, 16, [variable: "1"]) == 16)
    #expect(count(2, 2, [variable: "4"]) == 1)
    for other in ["", "many", "-2", "0"] { #expect(count(16, 16, [variable: other]) == 16) }
  }

  @Test func tasksOfSlurmAreThoseOfTheFullestMachine() {
    #expect(count(16, 16, ["SLURM_STEP_TASKS_PER_NODE": "4(x2),3"]) == 4)
    #expect(count(16, 16, ["SLURM_STEP_TASKS_PER_NODE": "1,2(x5)"]) == 8)
    // A script that Slurm runs is no step.
    #expect(count(16, 16, ["SLURM_NTASKS_PER_NODE": "4"]) == 16)
  }

  @Test func theSystemIsAsked() {
    let processors = Processors(environment: { _ in nil })
    #expect(processors.allowedCount <= processors.onlineCount)
    #expect(processorCount >= 1)
    #expect(processorCount <= processors.onlineCount)
    #expect(Processors(onlineCount: 8, allowedCount: 4) { _ in nil }.isPartial)
    #expect(!Processors(onlineCount: 8, allowedCount: 8) { _ in nil }.isPartial)
  }
}
