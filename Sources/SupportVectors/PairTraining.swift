import Basics
import Kernels
import LinearAlgebra
import SMOSolver
import Synchronization

/// One pair's solution in terms of the pair's own rows.
struct PairSolution: Sendable {
  /// yᵢαᵢ of each row of the pair, first the earlier class's; empty when all are 0.
  var coefficients: [Double]
  var bias: Double
  var report: PairReport

  /// A problem that was not begun.
  static func untrained(_ reason: StopReason) -> PairSolution {
    PairSolution(coefficients: [], bias: 0, report: .untrained(reason))
  }
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
  let formulation: ClassifierFormulation
  /// The bound of each row's dual variables.
  let upperBounds: [Double]
  /// The size of kernel values, where the problems' tolerance follows it.
  let kernelScale: Double
  let run: TrainingRun
  /// Where the problems begin, or `nil` for their own starts.
  let start: ClassifierStart?

  private typealias Outcome = Result<PairSolution, TrainingError>

  /// Solves all problems.
  ///
  /// - Returns: A solution for each pair, in their order; those that were not begun say so.
  /// - Throws: ``TrainingError`` of the first pair that has one.
  func solveAll() throws(TrainingError) -> [PairSolution] {
    if let reason = run.interruption {
      return [PairSolution](repeating: .untrained(reason), count: pairs.count)
    }
    let results = Mutex([Outcome?](repeating: nil, count: pairs.count))
    var alone = Array(0..<pairs.count)
    let precision = run.precision(for: features, function)
    let isShared =
      try precision == .double
      ? solveShared(Double.self, results) : solveShared(Float.self, results)
    if isShared {
      alone = []
    } else if members.count > 2 {
      let together = alone.filter { pairs.size($0, members) <= SolverOptions.wholeBlockLimit }
      let isSolved: Bool
      switch precision {
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
        if let reason = run.interruption { return .untrained(reason) }
        let problem = problem(of: pair)
        let rows = rows(of: pair)
        let all = rows.count == features.rowCount && rows == Array(0..<rows.count)
        let solution = try run.solve(
          problem.program, all ? features : features.subset(rows, for: function),
          all ? function : function.choosingExamples(rows), problem: pair,
          threads: threadsEach, share: workers,
          startingAt: start?.start(of: pair))
        run.finishProblem(solution.certificate)
        return problem.solution(solution)
      }
      results.withLock { $0[pair] = result }
    }
  }

  // MARK: Pairs that read all of K

  /// Solves all pairs from the kernel values that several trainings share.
  ///
  /// - Returns: Whether there are such values; nothing was done if not.
  private func solveShared<Scalar: SMOScalar>(
    _ scalar: Scalar.Type, _ results: borrowing Mutex<[Outcome?]>
  ) throws(TrainingError) -> Bool {
    guard run.options.sharedKernel != nil, pairs.count > 0 else { return false }
    // Class by class, so that the examples of a pair are two ranges.
    let shared: (matrix: KernelMatrix<Scalar>, computed: Int)? = try run.sharedMatrix(
      features, function, order: members.flatMap { $0.map { Int32($0) } })
    guard let shared else { return false }
    var ranges: [Range<Int>] = []
    for rows in members {
      let first = ranges.last?.upperBound ?? 0
      ranges.append(first..<first + rows.count)
    }
    let workers = max(1, min(run.threads, pairs.count))
    let threadsEach = pairs.count == 1 ? run.threads : 1
    // The largest first, so that none is left over at the end.
    let order = (0..<pairs.count).sorted {
      let (a, b) = (pairs.size($0, members), pairs.size($1, members))
      return a != b ? a > b : $0 < $1
    }
    concurrentTiles(count: order.count, threads: workers) { [ranges] tile in
      let pair = order[tile]
      let result = Outcome { () throws(TrainingError) in
        if let reason = run.interruption { return .untrained(reason) }
        let problem = problem(of: pair)
        let kernel = StoredKernel(
          shared.matrix, ranges: [ranges[pairs[pair].earlier], ranges[pairs[pair].later]],
          threads: threadsEach, valuesComputed: tile == 0 ? shared.computed : 0
        ) {
          let (features, function) = examples(of: pair)
          return TiledKernel<Double>(features, function, threads: threadsEach, memoryLimit: 0)
        }
        let solution = try run.solve(
          problem.program, kernel, problem: pair, threads: threadsEach, share: workers,
          startingAt: start?.start(of: pair)
        ) {
          examples(of: pair)
        }
        run.finishProblem(solution.certificate)
        return problem.solution(solution)
      }
      results.withLock { $0[pair] = result }
    }
    return true
  }

  // MARK: Pairs that share pieces of K

  /// The pairs in which one class is the earlier one, and their strip of K: the class's examples
  /// against those of all the later classes, side by side.
  private struct Strip {
    var earlier: Int
    var list: [Int] = []
    /// Where the columns of each pair begin.
    var offsets: [Int] = []
    var columnCount = 0
  }

  /// Cuts pairs into strips of at most so many values, and gathers strips to groups of such size.
  private func groups(of list: [Int], room: Int) -> [[Strip]] {
    var groups: [[Strip]] = []
    var taken = room
    // Pairs are in the order of their earlier classes.
    var first = 0
    while first < list.count {
      let earlier = pairs[list[first]].earlier
      var end = first + 1
      while end < list.count, pairs[list[end]].earlier == earlier { end += 1 }
      defer { first = end }
      let rowCount = members[earlier].count
      var strip = Strip(earlier: earlier)
      var strips: [Strip] = []
      for pair in list[first..<end] {
        let count = members[pairs[pair].later].count
        if !strip.list.isEmpty && (strip.columnCount + count) * rowCount > room {
          strips.append(strip)
          strip = Strip(earlier: earlier)
        }
        strip.list.append(pair)
        strip.offsets.append(strip.columnCount)
        strip.columnCount += count
      }
      for strip in strips + [strip] {
        let size = strip.columnCount * rowCount
        if taken + size > room {
          groups.append([])
          taken = 0
        }
        groups[groups.count - 1].append(strip)
        taken += size
      }
    }
    return groups
  }

  /// Solves pairs strip by strip.
  ///
  /// - Returns: Whether the pieces fit the memory; nothing was done if not.
  private func solveTogether<Scalar: SMOScalar>(
    _ list: [Int], _ scalar: Scalar.Type, _ results: borrowing Mutex<[Outcome?]>
  ) throws(TrainingError) -> Bool {
    let classes = Set(list.flatMap { [pairs[$0].earlier, pairs[$0].later] }).sorted()
    // A group of strips should stay in the last cache level, and touch few fresh pages.
    let limit = min(run.options.memoryLimit / 8, 24 << 20) / MemoryLayout<Scalar>.stride
    let diagonalSize = classes.reduce(0) { $0 + members[$1].count * members[$1].count }
    let largest = classes.map { members[$0].count }.max() ?? 0
    let room = max(limit, largest * SolverOptions.wholeBlockLimit)
    guard list.count > 1,
      (diagonalSize + room) * MemoryLayout<Scalar>.stride <= run.options.memoryLimit / 2
    else { return false }
    let kernel = TiledKernel<Scalar>(features, function, threads: run.threads, memoryLimit: 0)
    let isPositiveSemidefinite = kernel.isPositiveSemidefinite
    let rounding = kernel.rounding
    var began = ContinuousClock.now
    var pieces: [Int: KernelPiece<Scalar>] = [:]
    for index in classes {
      let rows = members[index].map { Int32($0) }
      let buffer = AlignedBuffer<Scalar>(count: rows.count * rows.count)
      guard try block(of: kernel, rows, rows, into: buffer, at: 0) else { break }
      pieces[index] = KernelPiece(buffer, stride: rows.count)
    }
    var isCounted = Set<Int>()
    let groups = groups(of: list, room: room)
    let size = groups.map { $0.reduce(0) { $0 + $1.columnCount * members[$1.earlier].count } }
    let buffer = AlignedBuffer<Scalar>(count: size.max() ?? 0)
    for group in groups {
      var tasks: [(pair: Int, cross: KernelPiece<Scalar>, valueCount: Int)] = []
      var offset = 0
      var isDone = pieces.count == classes.count
      for strip in group where isDone {
        let rows = members[strip.earlier].map { Int32($0) }
        let columns = strip.list.flatMap { members[pairs[$0].later].map { Int32($0) } }
        isDone = try block(of: kernel, rows, columns, into: buffer, at: offset)
        for (pair, first) in zip(strip.list, strip.offsets) {
          // What is computed once is counted with the first pair that uses it.
          var valueCount = rows.count * members[pairs[pair].later].count
          for index in [strip.earlier, pairs[pair].later] where isCounted.insert(index).inserted {
            valueCount += members[index].count * (members[index].count + 1) / 2
          }
          let cross = KernelPiece(buffer, offset: offset + first, stride: strip.columnCount)
          tasks.append((pair, cross, valueCount))
        }
        offset += rows.count * strip.columnCount
      }
      guard isDone else {
        let reason = run.interruption ?? .cancelled
        for pair in group.flatMap(\.list) {
          results.withLock { $0[pair] = .success(.untrained(reason)) }
        }
        continue
      }
      // The largest first, so that none is left over at the end.
      tasks.sort { (a, b) in
        let sizes = (pairs.size(a.pair, members), pairs.size(b.pair, members))
        return sizes.0 != sizes.1 ? sizes.0 > sizes.1 : a.pair < b.pair
      }
      let shared = ContinuousClock.now - began
      concurrentTiles(count: tasks.count, threads: run.threads) { [tasks, pieces] tile in
        let (pair, cross, valueCount) = tasks[tile]
        let (earlier, later) = pairs[pair]
        guard let first = pieces[earlier], let second = pieces[later] else { return }
        let result = Outcome { () throws(TrainingError) in
          if let reason = run.interruption { return .untrained(reason) }
          let problem = problem(of: pair)
          let kernel = PairKernel(
            first: first, firstCount: members[earlier].count, second: second,
            secondCount: members[later].count, cross: cross,
            isPositiveSemidefinite: isPositiveSemidefinite, rounding: rounding,
            valuesComputed: valueCount
          ) {
            let (features, function) = examples(of: pair)
            return TiledKernel(features, function, threads: 1, memoryLimit: 0)
          }
          var solution = try run.solve(
            problem.program, kernel, problem: pair, threads: 1, share: run.threads,
            startingAt: start?.start(of: pair)
          ) {
            examples(of: pair)
          }
          if tile == 0 { solution.phases.block += shared }
          run.finishProblem(solution.certificate)
          return problem.solution(solution)
        }
        results.withLock { $0[pair] = result }
      }
      began = ContinuousClock.now
    }
    return true
  }

  private func block<Scalar: KernelScalar>(
    of kernel: TiledKernel<Scalar>, _ rows: [Int32], _ columns: [Int32],
    into buffer: AlignedBuffer<Scalar>, at offset: Int
  ) throws(TrainingError) -> Bool {
    do throws(KernelError) {
      return try unsafe kernel.block(
        rows: rows, columns: columns, into: buffer.pointer + offset, stride: columns.count,
        stopping: { run.interruption != nil })
    } catch {
      throw .kernel(error)
    }
  }

  // MARK: One pair

  private func rows(of pair: Int) -> [Int] {
    members[pairs[pair].earlier] + members[pairs[pair].later]
  }

  /// The pair's examples, and the kernel among them.
  private func examples(of pair: Int) -> (FeatureMatrix, KernelFunction) {
    let rows = rows(of: pair)
    return (features.subset(rows, for: function), function.choosingExamples(rows))
  }

  private func problem(of pair: Int) -> BinaryProblem {
    let (earlier, later) = pairs[pair]
    return BinaryProblem(
      formulation: formulation,
      isPositive: Array(repeating: false, count: members[earlier].count)
        + Array(repeating: true, count: members[later].count),
      upperBounds: rows(of: pair).map { upperBounds[$0] }, kernelScale: kernelScale)
  }
}
