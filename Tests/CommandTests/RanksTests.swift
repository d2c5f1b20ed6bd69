import Testing

@testable import SVMCommand

/// What the command makes of being one of several processes; `make check-mpi` runs it on MPI.
@Suite struct RanksTests {
  @Test func theTransportIsFoundAmongArguments() throws {
    #expect(try TransportChoice(arguments: ["train", "a.csv"]) == .automatic)
    #expect(try TransportChoice(arguments: ["train", "a.csv", "--transport", "none"]) == .alone)
    #expect(try TransportChoice(arguments: ["train", "--transport=auto", "a.csv"]) == .automatic)
    #expect(
      try TransportChoice(arguments: ["cv", "--transport", "mpi:/x/y.so"]) == .library("/x/y.so"))
    // The argument parser says what is wrong with it.
    #expect(try TransportChoice(arguments: ["train", "--transport"]) == .automatic)
    #expect(throws: UsageError.self) { try TransportChoice(arguments: ["--transport", "mpi:"]) }
  }

  @Test func anEndReachesOtherRanks() throws {
    for ending in [
      Ending(.failure, ["one sentence"]), Ending(.notConverged),
      Ending(.interrupted(signal: 15), ["größer", "--x"]),
    ] {
      let found = try #require(Ending(ending.bytes))
      #expect(found.code == ending.code && found.messages == ending.messages)
      #expect(ending.isOwnFailure && !found.isOwnFailure)
    }
    #expect(!Ending(.done).isOwnFailure)
    #expect(Ending([1]) == nil)
  }

  /// A rank without the library must not train alone: as many would write the same file.
  @Test(arguments: [
    ["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "4"],
    ["PMI_RANK": "0", "PMI_SIZE": "4"], ["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "4"],
  ])
  func aRankThatCannotReachTheOthersSaysSo(environment: [String: String]) throws {
    let folder = try Folder()
    try folder.write("line.csv", "a,b\n1,x\n2,y\n3,x\n4,y\n")
    let library = ["--transport", "mpi:no/such/library.so"]
    let refused = try Tool.run(
      ["train", "line.csv"] + library, in: folder, environment: environment)
    #expect(refused.status == 1 && refused.errors.contains("no/such/library.so"), "\(refused)")
    #expect(try !folder.names.contains("line.model"))
    let alone = try Tool.run(
      ["train", "line.csv", "--transport", "none", "--quiet"], in: folder, environment: environment)
    #expect(alone.status == 0 && alone.errors.isEmpty, "\(alone)")
    #expect(try folder.names.contains("line.model"))
  }

  /// The first rank speaks for all.
  @Test func otherRanksSayWhoTheyAre() throws {
    let environment = ["OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "4"]
    let result = try Tool.run(
      ["inspect", "x", "--transport", "mpi:no/such/library.so"], environment: environment)
    #expect(result.status == 1 && result.errors.hasPrefix("rank 3: "), "\(result)")
  }

  @Test func doctorTellsOfRanks() throws {
    let result = try Tool.run(["doctor"])
    #expect(result.output.contains("svm_mpi.so"), "\(result)")
  }
}
