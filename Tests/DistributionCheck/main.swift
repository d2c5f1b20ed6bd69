import Basics
import DistributionScenarios
import LinearAlgebra
import Transport

// Trains the scenarios of the tests on ranks and in one process, and compares the models.
//
//     distribution-check                  ranks are threads of this process
//     distribution-check SIZE WORDS       this many, and scenarios of which the name contains the words
//     mpirun -n 4 distribution-check LIB  ranks are processes; LIB is what `make mpi` builds
//     … LIB RANK                          the same, but this rank fails

func check() throws -> Int32 {
  let arguments = CommandLine.arguments.dropFirst()
  var failures = 0
  let scenarios = Scenario.special + Scenario.formulations + Scenario.linear
  if let library = arguments.first, library.contains(".so") {
    let failing = arguments.dropFirst().first.flatMap { Int($0) }
    return checkMPI(library, scenarios, failing: failing)
  }
  let sizes = arguments.first.map { [Int($0) ?? 2] } ?? [1, 2, 3, 5, 8]
  let filter = arguments.dropFirst().first
  let chosen = scenarios.filter { scenario in
    filter.map { scenario.description.contains($0) } ?? true
  }
  var count = 0
  for (place, scenario) in chosen.enumerated() {
    let start = ContinuousClock.now
    do {
      let expected = try scenario.local()
      for size in sizes {
        for cuts in scenario.cuts(size) {
          count += 1
          let results = ThreadTransport.run(ranks: size, patience: 60) {
            try scenario.asRank($0, cuts: cuts)
          }
          for (rank, result) in results.enumerated() {
            switch result {
            case .success(let found) where found == expected: continue
            case .success(let found):
              print("DIFFERS \(scenario), \(size) ranks, rank \(rank), cuts \(cuts)")
              if found.header != expected.header {
                print("  \(expected.header)\n  \(found.header)")
              }
            case .failure(let error):
              print("FAILED \(scenario), \(size) ranks, rank \(rank), cuts \(cuts): \(error)")
            }
            failures += 1
            break
          }
        }
      }
    } catch {
      print("FAILED \(scenario) in one process: \(error)")
      failures += 1
    }
    let seconds = NumberText.fixed((ContinuousClock.now - start) / .seconds(1), decimals: 1)
    let progress = "\(place + 1) of \(chosen.count), \(seconds) s: \(scenario)\n"
    try writeAll(Array(progress.utf8), to: StandardStreams.error)
  }
  print("\(count) trainings compared, \(failures) differ or failed")
  return failures == 0 ? 0 : 1
}

/// Every rank trains each scenario with the others and by itself.
///
/// - Parameters:
///   - library: What `make mpi` has built.
///   - scenarios: The trainings.
///   - failing: The rank that fails in the middle, to see that all end, or `nil`.
/// - Returns: The status to end with.
func checkMPI(_ library: String, _ scenarios: [Scenario], failing: Int?) -> Int32 {
  do {
    let transport = try MPITransport(library: library)
    do {
      var differing: [String] = []
      for (place, scenario) in scenarios.enumerated() {
        if place == 2, failing == transport.rank { throw TransportError("this rank was to fail") }
        let expected = try scenario.local()
        let cuts = scenario.cuts(transport.size)
        let found = try scenario.asRank(transport, cuts: cuts[place % cuts.count])
        if found != expected { differing.append(scenario.description) }
      }
      let all = try transport.allReduceSums([differing.count])[0]
      for name in differing { print("DIFFERS \(name), rank \(transport.rank)") }
      if transport.rank == 0 {
        let traffic = transport.traffic
        print(
          "\(transport.size) ranks: \(scenarios.count) trainings compared, \(all) differ; rank 0: "
            + "\(traffic.calls) calls, \(traffic.bytesSent) bytes sent")
      }
      transport.finish()
      return all == 0 ? 0 : 1
    } catch {
      transport.abort("\(error)")
      return 1
    }
  } catch {
    print(error)
    return 1
  }
}

// One BLAS thread for each call: many ranks in one process would wait for each other's.
BLASRuntime.prepare()
CurrentProcess.exit(try check())
