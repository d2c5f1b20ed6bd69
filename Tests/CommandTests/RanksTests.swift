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
      let bytes = ending.bytes(place: "rank 1 on node7")
      let found = try #require(Ending(bytes, showsPlace: false))
      #expect(found.code == ending.code && found.messages == ending.messages)
      let named = try #require(Ending(bytes, showsPlace: true))
      #expect(named.messages.first == ending.messages.first.map { "rank 1 on node7: \($0)" })
      #expect(named.messages.dropFirst() == ending.messages.dropFirst())
      #expect(ending.isOwnFailure && !found.isOwnFailure)
    }
    #expect(!Ending(.done).isOwnFailure)
    #expect(Ending([1], showsPlace: false) == nil)
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

  /// Every command takes the option that is looked for before anything is parsed.
  @Test(arguments: ["inspect", "convert", "plot", "plan", "doctor", "train", "predict", "evaluate"])
  func everyCommandHasTheOption(command: String) throws {
    let result = try Tool.run([command, "--transport", "none", "--help"])
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("--transport"), "\(result)")
  }

  @Test func doctorTellsOfRanks() throws {
    let result = try Tool.run(["doctor", "--transport", "none"])
    #expect(result.output.contains("svm_mpi.so"), "\(result)")
  }
}
