import Distribution
import Kernels
import LinearAlgebra
import Learning
import SMOSolver
import Transport

/// The problems of a training whose examples are on several ranks.
///
/// What is solved in the weights is solved by all ranks together, one problem after the other: each has all
/// weights and what belongs to the examples, and all take the same steps. Coordinate descent takes one
/// example after the other and cannot be shared: each such problem is solved by one rank, which gets all its
/// examples, and as many problems at the same time as there are ranks.
struct SpreadTraining {
  private let training: LinearTraining
  private let shards: ShardedFeatures
  private let link: RankLink
  private let targets: [Double]
  private let costs: [Double]

  /// Collects the parts.
  ///
  /// - Throws: `TrainingError` when a rank does not answer.
  init(
    _ training: LinearTraining, _ shards: ShardedFeatures, targets: [Double], costs: [Double]
  ) throws(TrainingError) {
    self.training = training
    self.targets = targets
    self.costs = costs
    link = RankLink(shards.transport, training.run)
    self.shards = try kernelErrors { () throws(KernelError) in
      try Self.compact(shards, training)
    }
  }

  /// The examples with every feature stored, where one process would store them so.
  private static func compact(
    _ shards: ShardedFeatures, _ training: LinearTraining
  ) throws(KernelError) -> ShardedFeatures {
    guard case .sparse(let matrix) = shards.own else { return shards }
    let stored = try shards.storedCount()
    let (count, isTooMany) = shards.rowCount.multipliedReportingOverflow(by: shards.columnCount)
    let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: 8)
    guard
      training.isCompact(denseBytes: isTooMany || isTooLarge ? nil : bytes, storedCount: stored)
    else { return shards }
    return try ShardedFeatures(.dense(matrix.dense), shards.transport)
  }

  /// Solves all problems, on every rank alike; see ``LinearTraining/solve(_:targets:costs:)``.
  func solve(_ parts: [LinearTraining.Part]) throws(TrainingError) -> [LinearSolution] {
    let sizes = try kernelErrors { () throws(KernelError) in
      try ProblemSizes.find(of: parts.map(\.rows), in: shards)
    }
    // Ranks may have different numbers of threads, but must decide alike.
    let threads = link.first(training.run.threads) ?? training.run.threads
    try link.check()
    let ways = sizes.map { training.way($0, threads: threads) }
    var solutions = [LinearSolution](
      repeating: .untrained(dimension: training.dimension, .cancelled), count: parts.count)
    let order = LinearTraining.order(parts)
    for index in order where ways[index] != .coordinateDescent {
      solutions[index] = solve(parts[index], by: ways[index], sizes[index])
      try link.check()
      training.run.finishProblem(iterations: solutions[index].report.certificate.iterations)
    }
    let alone = order.filter { ways[$0] == .coordinateDescent }
    for first in stride(from: 0, to: alone.count, by: link.size) {
      let batch = Array(alone[first..<min(first + link.size, alone.count)])
      for index in batch { try requireMemory(sizes[index]) }
      let found = solveAlone(batch.map { parts[$0] })
      try link.check()
      for (index, solution) in zip(batch, found) {
        solutions[index] = solution
        training.run.finishProblem(iterations: solution.report.certificate.iterations)
      }
    }
    return solutions
  }

  /// Solves a problem in its weights, by all ranks.
  private func solve(
    _ part: LinearTraining.Part, by way: LinearTraining.Way, _ sizes: ProblemSizes
  ) -> LinearSolution {
    link.settle()
    let chosen = link.reach { () throws(KernelError) in
      try shards.choosing(part.rows.map { Int($0) })
    }
    guard let chosen, link.interruption == nil else { return untrained }
    return chosen.own.withExamples { memory in
      training.solve(
        training.problem(
          part, SpreadExamples(chosen, memory, sizes, link), targets, costs,
          threads: training.run.threads), by: way)
    }
  }

  private var untrained: LinearSolution {
    .untrained(dimension: training.dimension, link.interruption ?? .cancelled)
  }

  // MARK: One rank for each problem

  /// Refuses examples that one rank has no room for.
  private func requireMemory(_ sizes: ProblemSizes) throws(TrainingError) {
    let isSparse = sizes.pairCount != nil
    do throws(MemoryShortage) {
      try MemoryShortage.require(
        sizes.storedCount + (isSparse ? sizes.count : 0), each: isSparse ? 12 : 8,
        limit: training.run.options.memoryLimit,
        purpose:
          "\(sizes.count) rows of a linear model of \(shards.columnCount) features, which one "
          + "rank solves alone,", remedy: "choose --solver dual")
    } catch {
      throw .memory(error)
    }
  }

  /// Solves problems by coordinate descent, at most one on each rank.
  private func solveAlone(_ parts: [LinearTraining.Part]) -> [LinearSolution] {
    link.settle()
    if link.interruption != nil { return parts.map { _ in untrained } }
    var own: FeatureMatrix?
    for (rank, part) in parts.enumerated() {
      let cuts = (0...link.size).map { $0 <= rank ? 0 : part.rows.count }
      let chosen = link.reach { () throws(KernelError) in
        try shards.choosing(part.rows.map { Int($0) }, cuts: cuts).own
      }
      if rank == link.rank { own = chosen }
    }
    let solution = own.map { own in
      own.withExamples { memory in
        let part = parts[link.rank]
        let rows = ExampleRows(memory, rows: (0..<Int32(part.rows.count)).map { $0 })
        return training.solve(
          training.problem(
            part, LocalExamples(rows), targets, costs, threads: training.run.threads),
          by: .coordinateDescent)
      }
    }
    guard let readers = link.allGather({ solution?.append(to: &$0) }) else { return [] }
    var solutions: [LinearSolution] = []
    for (reader, _) in zip(readers, parts) {
      var reader = reader
      let found = link.read { () throws(TransportError) in
        try LinearSolution(from: &reader, dimension: training.dimension)
      }
      guard let found else { return [] }
      solutions.append(found)
    }
    return solutions
  }
}

extension LinearSolution {
  /// Writes the solution for other ranks.
  fileprivate func append(to writer: inout ByteWriter) {
    let certificate = report.certificate
    parameters.append(0..<parameters.count, to: &writer)
    writer.append(certificate.iterations)
    writer.append(StopReason.allCases.firstIndex(of: certificate.stopReason) ?? 0)
    writer.append(
      [
        certificate.kktViolation, certificate.primalObjective, certificate.dualObjective,
        certificate.relativeGap ?? 0,
      ])
    writer.append(certificate.relativeGap == nil ? 0 : 1)
    writer.append(report.supportVectorCount)
    writer.append(report.boundedSupportVectorCount)
  }

  /// Reads what ``append(to:)`` has written.
  fileprivate init(from reader: inout ByteReader, dimension: Int) throws(TransportError) {
    parameters = NumberVector(count: dimension)
    try parameters.fill(0..<dimension, from: &reader)
    let iterations = try reader.integer()
    let reasons = StopReason.allCases
    let reason = reasons[min(max(0, try reader.integer()), reasons.count - 1)]
    let figures = try reader.doubles(4)
    let hasGap = try reader.integer() == 1
    report = ProblemReport(
      certificate: Certificate(
        iterations: iterations, stopReason: reason, kktViolation: figures[0],
        primalObjective: figures[1], dualObjective: figures[2],
        relativeGap: hasGap ? figures[3] : nil, source: .recomputed),
      supportVectorCount: try reader.integer(),
      boundedSupportVectorCount: try reader.integer(), kernelValuesComputed: 0)
  }
}
