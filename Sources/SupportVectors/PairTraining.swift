import Kernels
import LinearAlgebra
import SMOSolver
import Synchronization

/// One pair's solution in terms of the pair's own rows.
struct PairSolution: Sendable {
  /// yᵢαᵢ of each row of the pair, first the earlier class's.
  var coefficients: [Double]
  var bias: Double
  var report: PairReport
}

/// The problems of a one-versus-one training, solved side by side.
///
/// A pair whose whole block of K is small gets it from pieces: the values among one class's examples
/// are computed once for all its pairs, and those between two classes once in place of twice. Of k
/// equal classes that is a quarter of what the pairs would compute by themselves, and their examples
/// are made ready once. Larger pairs have a kernel of their own.
struct PairTraining {
  let pairs: ClassPairs
  /// The rows of each class.
  let members: [[Int]]
  let features: FeatureMatrix
  let function: KernelFunction
  let boxConstraint: Double
  let run: TrainingRun

  private typealias Outcome = Result<PairSolution, TrainingError>

  /// Solves all problems.
  ///
  /// - Returns: A solution for each pair, in their order; those that were not begun say so.
  /// - Throws: ``TrainingError`` of the first pair that has one.
  func solveAll() throws(TrainingError) -> [PairSolution] {
    let results = Mutex([Outcome?](repeating: nil, count: pairs.count))
    var alone = Array(0..<pairs.count)
    if members.count > 2 {
      let together = alone.filter { pairs.size($0, members) <= SolverOptions.wholeBlockLimit }
      let isSolved: Bool
      switch run.precision(for: features, function) {
      case .double: isSolved = try solveTogether(together, Double.self, results)
      case .single, .automatic: isSolved = try solveTogether(together, Float.self, results)
      }
      if isSolved { alone.removeAll { pairs.size($0, members) <= SolverOptions.wholeBlockLimit } }
    }
    solveAlone(alone, results)
    var solutions: [PairSolution] = []
    for result in results.withLock({ $0 }) {
      guard let result else { preconditionFailure("a pair was forgotten") }
      solutions.append(try result.get())
    }
    return solutions
  }

  // MARK: Pairs by themselves

  /// Pairs side by side, one thread each, beat one pair at a time on all threads; a single pair gets
  /// all threads.
  private func solveAlone(_ list: [Int], _ results: borrowing Mutex<[Outcome?]>) {
    let workers = max(1, min(run.threads, list.count))
    let threadsEach = list.count == 1 ? run.threads : 1
    // The largest first, so that none is left over at the end.
    let order = list.sorted {
      let (a, b) = (pairs.size($0, members), pairs.size($1, members))
      return a != b ? a > b : $0 < $1
    }
    concurrentTiles(count: order.count, threads: workers) { tile in
      let pair = order[tile]
      let result = Outcome { () throws(TrainingError) in
        if let reason = run.interruption { return untrained(pair, reason) }
        let rows = rows(of: pair)
        let all = rows.count == features.rowCount && rows == Array(0..<rows.count)
        let solution = try run.solve(
          program(of: pair), all ? features : features.subset(rows, for: function), function,
          threads: threadsEach, share: workers)
        return pairSolution(pair, solution)
      }
      results.withLock { $0[pair] = result }
    }
  }

  // MARK: Pairs that share pieces of K

  /// Solves pairs class by class: all pairs in which a class is the earlier one share a strip of K.
  ///
  /// - Returns: Whether the pieces fit the memory; nothing was done if not.
  private func solveTogether<Scalar: SMOScalar>(
    _ list: [Int], _ scalar: Scalar.Type, _ results: borrowing Mutex<[Outcome?]>
  ) throws(TrainingError) -> Bool {
    let classes = Set(list.flatMap { [pairs[$0].earlier, pairs[$0].later] }).sorted()
    let room = run.options.memoryLimit / 4 / MemoryLayout<Scalar>.stride
    let diagonalSize = classes.reduce(0) { $0 + members[$1].count * members[$1].count }
    let largest = classes.map { members[$0].count }.max() ?? 0
    guard list.count > 1, diagonalSize <= room, largest * SolverOptions.wholeBlockLimit <= room
    else { return false }
    let kernel = TiledKernel<Scalar>(features, function, threads: run.threads, memoryLimit: 0)
    let isPositiveSemidefinite = kernel.isPositiveSemidefinite
    let rounding = kernel.rounding
    let stopping: @Sendable () -> Bool = { run.interruption != nil }
    let began = ContinuousClock.now
    var pieces: [Int: KernelPiece<Scalar>] = [:]
    for index in classes {
      let rows = members[index].map { Int32($0) }
      let buffer = AlignedBuffer<Scalar>(count: rows.count * rows.count)
      guard try block(of: kernel, rows, rows, into: buffer, stopping: stopping) else { break }
      pieces[index] = KernelPiece(buffer, stride: rows.count)
    }
    var spent = ContinuousClock.now - began
    var isCounted = Set<Int>()
    var strip: AlignedBuffer<Scalar>?
    for earlier in classes {
      var rest = list.filter { pairs[$0].earlier == earlier }
      while !rest.isEmpty {
        // As many pairs as the memory has room for.
        var part: [Int] = []
        var offsets: [Int] = []
        var width = 0
        while let next = rest.first {
          let count = members[pairs[next].later].count
          if !part.isEmpty && (width + count) * members[earlier].count > room { break }
          part.append(next)
          offsets.append(width)
          width += count
          rest.removeFirst()
        }
        let size = members[earlier].count * width
        let buffer = strip.flatMap { $0.count >= size ? $0 : nil } ?? AlignedBuffer(count: size)
        strip = buffer
        let began = ContinuousClock.now
        let columns = part.flatMap { members[pairs[$0].later].map { Int32($0) } }
        guard pieces.count == classes.count,
          try block(
            of: kernel, members[earlier].map { Int32($0) }, columns, into: buffer,
            stopping: stopping)
        else {
          let reason = run.interruption ?? .cancelled
          for pair in part { results.withLock { $0[pair] = .success(untrained(pair, reason)) } }
          continue
        }
        spent += ContinuousClock.now - began
        // What is computed once is counted with the first pair that uses it.
        var counts = part.map { members[earlier].count * members[pairs[$0].later].count }
        for (position, pair) in part.enumerated() {
          for index in [earlier, pairs[pair].later] where isCounted.insert(index).inserted {
            counts[position] += members[index].count * members[index].count
          }
        }
        let shared = spent
        spent = .zero
        concurrentTiles(count: part.count, threads: run.threads) {
          [part, offsets, counts, width, pieces] tile in
          let pair = part[tile]
          let later = pairs[pair].later
          guard let first = pieces[earlier], let second = pieces[later] else { return }
          let result = Outcome { () throws(TrainingError) in
            if let reason = run.interruption { return untrained(pair, reason) }
            let kernel = PairKernel(
              first: first, firstCount: members[earlier].count, second: second,
              secondCount: members[later].count,
              cross: KernelPiece(buffer, offset: offsets[tile], stride: width),
              isPositiveSemidefinite: isPositiveSemidefinite, rounding: rounding,
              valuesComputed: counts[tile]
            ) {
              TiledKernel(
                features.subset(rows(of: pair), for: function), function, threads: 1,
                memoryLimit: 0)
            }
            var solution = try run.solve(
              program(of: pair), kernel, threads: 1, share: run.threads
            ) {
              (features.subset(rows(of: pair), for: function), function)
            }
            if tile == 0 { solution.phases.block += shared }
            return pairSolution(pair, solution)
          }
          results.withLock { $0[pair] = result }
        }
      }
    }
    return true
  }

  private func block<Scalar: KernelScalar>(
    of kernel: TiledKernel<Scalar>, _ rows: [Int32], _ columns: [Int32],
    into buffer: AlignedBuffer<Scalar>, stopping: @Sendable () -> Bool
  ) throws(TrainingError) -> Bool {
    do throws(KernelError) {
      return try unsafe kernel.block(
        rows: rows, columns: columns, into: buffer.pointer, stride: columns.count,
        stopping: stopping)
    } catch {
      throw .kernel(error)
    }
  }

  // MARK: One pair

  private func rows(of pair: Int) -> [Int] {
    members[pairs[pair].earlier] + members[pairs[pair].later]
  }

  private func isPositive(_ pair: Int) -> [Bool] {
    Array(repeating: false, count: members[pairs[pair].earlier].count)
      + Array(repeating: true, count: members[pairs[pair].later].count)
  }

  private func program(of pair: Int) -> QuadraticProgram {
    QuadraticProgram.classification(
      isPositive: isPositive(pair),
      boxConstraints: Array(repeating: boxConstraint, count: pairs.size(pair, members)))
  }

  private func untrained(_ pair: Int, _ reason: StopReason) -> PairSolution {
    PairSolution(
      coefficients: Array(repeating: 0, count: pairs.size(pair, members)), bias: 0,
      report: .untrained(reason))
  }

  private func pairSolution(_ pair: Int, _ solution: Solution) -> PairSolution {
    run.finishProblem(solution.certificate)
    return PairSolution(
      coefficients: zip(solution.alpha, isPositive(pair)).map { $1 ? $0 : -$0 },
      bias: solution.multipliers[0],
      report: PairReport(
        certificate: solution.certificate,
        supportVectorCount: solution.alpha.count { $0 > 0 },
        boundedSupportVectorCount: solution.alpha.count { $0 >= boxConstraint },
        kernelValuesComputed: solution.kernelValuesComputed, phases: solution.phases))
  }
}
