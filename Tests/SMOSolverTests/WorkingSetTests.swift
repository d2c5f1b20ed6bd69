import Testing

@testable import SMOSolver

@Suite struct WorkingSetTests {
  @Test(arguments: [
    // The first one, hard problems, easy ones, and a block that is full.
    (last: 0, unsettled: 0, capacity: 2048, expected: 256),
    (last: 256, unsettled: 256, capacity: 2048, expected: 512),
    (last: 512, unsettled: 355, capacity: 2048, expected: 710),
    (last: 710, unsettled: 300, capacity: 2048, expected: 710),
    (last: 2048, unsettled: 2000, capacity: 2048, expected: 2048),
    (last: 0, unsettled: 0, capacity: 2, expected: 2),
  ])
  func setsGrowWithWhatIsNotSettled(
    _ set: (last: Int, unsettled: Int, capacity: Int, expected: Int)
  ) {
    #expect(
      WorkingSet.size(after: set.last, unsettled: set.unsettled, capacity: set.capacity)
        == set.expected)
  }
}
