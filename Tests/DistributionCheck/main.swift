import Distribution
import DistributionScenarios
import Glibc

// Trains the scenarios of the tests on ranks and in one process, and compares the models.
//
//     distribution-check                  ranks are threads of this process
//     mpirun -n 4 distribution-check LIB  ranks are processes; LIB is what `make mpi` builds

func check() -> Int32 {
  let arguments = CommandLine.arguments.dropFirst()
  var failures = 0
  let scenarios = Scenario.special + Scenario.formulations
  if let library = arguments.first, library.contains(".so") {
    return checkMPI(library, scenarios)
  }
  let sizes = arguments.first.map { [Int($0) ?? 2] } ?? [1, 2, 3, 5, 8]
  let filter = arguments.dropFirst().first
  var count = 0
  for scenario in scenarios where filter.map({ scenario.description.contains($0) }) ?? true {
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
              if found.header != expected.header { print("  \(expected.header)\n  \(found.header)") }
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
  }
  print("\(count) trainings compared, \(failures) differ or failed")
  return failures == 0 ? 0 : 1
}

func checkMPI(_ library: String, _ scenarios: [Scenario]) -> Int32 {
  print("not built yet")
  return 1
}

exit(check())
