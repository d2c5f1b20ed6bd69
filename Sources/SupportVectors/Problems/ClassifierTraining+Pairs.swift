import Kernels
import Learning
import LinearAlgebra
import SMOSolver
import Synchronization

// The problems of a one-versus-one training, solved side by side.
//
// A pair whose whole block of K is small gets it from pieces: the values among one class's examples
// are computed once for all its pairs, and those between two classes once in place of twice. Of k
// equal classes that is a quarter of what the pairs would compute by themselves, and their examples
// are prepared once. Larger pairs have a separate kernel.

extension ClassifierTraining {
  private var pairs: ClassProblems { problems.split }
  private var members: [[Int]] { problems.members }

  /// The number of a pair's examples.
  private func size(of pair: Int) -> Int {
    members[pairs[pair: pair].earlier].count + members[pairs[pair: pair].later].count
  }

  /// Solves all pairs of classes.
  func solvePairs() throws(TrainingError) -> [ProblemSolution] {
    let precision = try run.precision(for: source)
    if source.isSharded {
      return try precision == .double ? solveInTurn(Double.self) : solveInTurn(Float.self)
    }
    let results = Mutex([Outcome?](repeating: nil, count: pairs.count))
    var alone = Array(0..<pairs.count)
    let isShared =
      try precision == .double
      ? solveShared(Double.self, results) : solveShared(Float.self, results)
    if isShared {
      alone = []
    } else if members.count > 2 {
      let together = togetherPairs
      let isSolved =
        try precision == .double
        ? solveTogether(together, Double.self, results)
        : solveTogether(together, Float.self, results)
      if isSolved { alone.removeAll { size(of: $0) <= SolverOptions.wholeBlockLimit } }
    }
    solveAlone(alone, results)
    return try collected(results)
  }

  /// The largest first, so that none is left over at the end.
  private func largestFirst(_ list: [Int]) -> [Int] {
    list.sorted {
      let (a, b) = (size(of: $0), size(of: $1))
      return a != b ? a > b : $0 < $1
    }
  }

  // MARK: Pairs by themselves

  /// Pairs side by side, one thread each, beat one pair at a time on all threads; a single pair gets
  /// all threads.
  private func solveAlone(_ list: [Int], _ results: borrowing Mutex<[Outcome?]>) {
    let workers = max(1, min(run.threads, list.count))
    let threadsEach = list.count == 1 ? run.threads : 1
    let order = largestFirst(list)
    sideBySide(order, workers: workers, results) { position in
      solve(order[position], threads: threadsEach, share: workers)
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
    let shared: SharedValues<Scalar>? = try run.sharedValues(
      source, order: members.flatMap { $0.map { Int32($0) } })
    guard let shared else { return false }
    var ranges: [Range<Int>] = []
    for rows in members {
      let first = ranges.last?.upperBound ?? 0
      ranges.append(first..<first + rows.count)
    }
    let workers = max(1, min(run.threads, pairs.count))
    let threadsEach = pairs.count == 1 ? run.threads : 1
    let order = largestFirst(Array(0..<pairs.count))
    sideBySide(order, workers: workers, results) { [ranges] position in
      let pair = order[position]
      let kernel = SolverKernel {
        StoredKernel(
          shared.matrix,
          ranges: [ranges[pairs[pair: pair].earlier], ranges[pairs[pair: pair].later]],
          threads: threadsEach, valuesComputed: position == 0 ? shared.computed : 0
        ) {
          sourceHere(of: pair).tiles(threads: threadsEach)
        }
      }
      return solve(pair, threads: threadsEach, share: workers, kernel: kernel)
    }
    return true
  }

  // MARK: Pairs that share pieces of K

  /// The pairs in which one class is the earlier one, and their strip of K: the class's examples
  /// against those of all the later classes, side by side.
  fileprivate struct Strip {
    var earlier: Int
    var list: [Int] = []
    /// Where the columns of each pair begin.
    var offsets: [Int] = []
    var columnCount = 0
  }

  /// Cuts pairs into strips of at most this many values, and gathers strips into groups of that size.
  private func groups(of list: [Int], room: Int) -> [[Strip]] {
    var groups: [[Strip]] = []
    var taken = room
    // Pairs are in the order of their earlier classes.
    var first = 0
    while first < list.count {
      let earlier = pairs[pair: list[first]].earlier
      var end = first + 1
      while end < list.count, pairs[pair: list[end]].earlier == earlier { end += 1 }
      defer { first = end }
      let rowCount = members[earlier].count
      var strip = Strip(earlier: earlier)
      var strips: [Strip] = []
      for pair in list[first..<end] {
        let count = members[pairs[pair: pair].later].count
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

  /// The blocks among the examples of each class; fewer than classes when the training is interrupted.
  private func diagonalPieces<Scalar: SMOScalar>(
    _ kernel: TiledKernel<Scalar>, of classes: [Int]
  ) throws(TrainingError) -> [Int: KernelPiece<Scalar>] {
    var pieces: [Int: KernelPiece<Scalar>] = [:]
    for index in classes {
      let rows = members[index].map { Int32($0) }
      let buffer = AlignedBuffer<Scalar>(count: rows.count * rows.count)
      guard try block(of: kernel, rows, rows, into: buffer) else { break }
      pieces[index] = KernelPiece(buffer, stride: rows.count)
    }
    return pieces
  }

  /// The pairs small enough to share pieces of K.
  private var togetherPairs: [Int] {
    guard members.count > 2 else { return [] }
    return (0..<pairs.count).filter { size(of: $0) <= SolverOptions.wholeBlockLimit }
  }

  private func classes(of list: [Int]) -> [Int] {
    Set(list.flatMap { [pairs[pair: $0].earlier, pairs[pair: $0].later] }).sorted()
  }

  /// How many values a group of strips may have.
  private func room<Scalar: SMOScalar>(for classes: [Int], _ scalar: Scalar.Type) -> Int {
    // A group of strips should stay in the last cache level, and touch few fresh pages.
    let limit = min(run.options.memoryLimit / 8, 24 << 20) / MemoryLayout<Scalar>.stride
    let largest = classes.map { members[$0].count }.max() ?? 0
    return max(limit, largest * SolverOptions.wholeBlockLimit)
  }

  /// Whether there are several pairs, and their pieces of K fit the memory.
  private func fitTogether<Scalar: SMOScalar>(_ list: [Int], _ scalar: Scalar.Type) -> Bool {
    let classes = classes(of: list)
    let diagonalSize = classes.reduce(0) { $0 + members[$1].count * members[$1].count }
    return list.count > 1
      && (diagonalSize + room(for: classes, scalar)) * MemoryLayout<Scalar>.stride
        <= run.options.memoryLimit / 2
  }

  // MARK: Pairs on several ranks

  /// Solves one pair after the other on all ranks.
  ///
  /// Pairs that would share pieces of K in one process have examples that are moved, and round, as those
  /// of all classes do there.
  private func solveInTurn<Scalar: SMOScalar>(
    _ scalar: Scalar.Type
  ) throws(TrainingError) -> [ProblemSolution] {
    let list = togetherPairs
    let together = fitTogether(list, scalar) ? Set(list) : []
    let rounding = together.isEmpty ? nil : try source.rounding(scalar, threads: run.threads)
    var solutions: [ProblemSolution] = []
    for pair in 0..<pairs.count {
      var kernel: SolverKernel?
      if together.contains(pair), run.interruption == nil {
        kernel = run.fieldKernel(
          scalar, try source(of: pair).moved(like: source), threads: run.threads, memoryLimit: 0,
          rounding: rounding)
      }
      solutions.append(
        try solve(pair, threads: run.threads, share: 1, kernel: kernel).get())
    }
    return solutions
  }

  /// Solves pairs strip by strip.
  ///
  /// - Returns: Whether the pieces fit the memory; nothing was done if not.
  private func solveTogether<Scalar: SMOScalar>(
    _ list: [Int], _ scalar: Scalar.Type, _ results: borrowing Mutex<[Outcome?]>
  ) throws(TrainingError) -> Bool {
    guard fitTogether(list, scalar) else { return false }
    let classes = classes(of: list)
    let room = room(for: classes, scalar)
    let kernel = source.tiles(scalar, threads: run.threads)
    let isPositiveSemidefinite = kernel.isPositiveSemidefinite
    let rounding = kernel.rounding
    var began = ContinuousClock.now
    let pieces = try diagonalPieces(kernel, of: classes)
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
        let columns = strip.list.flatMap { members[pairs[pair: $0].later].map { Int32($0) } }
        isDone = try block(of: kernel, rows, columns, into: buffer, at: offset)
        for (pair, first) in zip(strip.list, strip.offsets) {
          // What is computed once is counted with the first pair that uses it.
          var valueCount = rows.count * members[pairs[pair: pair].later].count
          for index in [strip.earlier, pairs[pair: pair].later]
          where isCounted.insert(index).inserted {
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
      let order = largestFirst(tasks.map(\.pair))
      let taskOf = Dictionary(uniqueKeysWithValues: tasks.map { ($0.pair, $0) })
      let sharedTime = ContinuousClock.now - began
      sideBySide(order, workers: run.threads, results) { position in
        let pair = order[position]
        let (earlier, later) = pairs[pair: pair]
        guard let task = taskOf[pair], let first = pieces[earlier], let second = pieces[later]
        else { preconditionFailure("a piece of pair \(pair) was forgotten") }
        let kernel = SolverKernel {
          PairKernel(
            first: first, firstCount: members[earlier].count, second: second,
            secondCount: members[later].count, cross: task.cross,
            isPositiveSemidefinite: isPositiveSemidefinite, rounding: rounding,
            valuesComputed: task.valueCount
          ) {
            sourceHere(of: pair).tiles(threads: 1)
          }
        }
        return solve(
          pair, threads: 1, share: run.threads, kernel: kernel,
          sharedTime: position == 0 ? sharedTime : .zero)
      }
      began = ContinuousClock.now
    }
    return true
  }
}
