import Distribution
import Kernels
import SMOSolver

/// What a training in dual variables computes, stores and sends, on one machine or on ranks of several.
///
/// The only place where this is estimated: the announcement before a long training, the progress line and `svm plan`
/// take it from here. Kernel values, steps, rounds and bytes are counts, in which no clock takes part; seconds are
/// counts times constants that `make measure-costs` measures.
package struct TrainingCostModel: Sendable {
  /// The problem.
  package var problem: Problem
  /// How fast a thread is.
  package var speed: Speed

  /// What a problem's costs depend on.
  package struct Problem: Sendable {
    /// The number of rows, n.
    package var rowCount: Int
    /// The number of features, d.
    package var featureCount: Int
    /// The number of entries of a row that are stored, of sparse features; `nil` of dense ones.
    package var storedCount: Double?
    /// The sum of the squares of the numbers of rows of all binary problems: n² of two classes and of a regression.
    package var squares: Double
    /// The share of the rows that become support vectors, in (0, 1]; of several problems that of each.
    package var supportShare: Double
    /// C, as the rows are scaled: larger ones take more passes.
    package var boxConstraint: Double
    /// The number of variables of a row: 1, or 2 of a regression.
    package var variableCount: Int
    /// The rows of all problems of some of the rows, each of a pair of classes; 0 where all problems are of all rows.
    ///
    /// On ranks they are sent to where they are solved.
    package var chosenRowCount = 0.0

    /// Describes the problem of two classes.
    package init(
      rowCount: Int, featureCount: Int, storedCount: Double? = nil, supportShare: Double,
      boxConstraint: Double = 1
    ) {
      self.rowCount = rowCount
      self.featureCount = featureCount
      self.storedCount = storedCount
      squares = Double(rowCount) * Double(rowCount)
      self.supportShare = supportShare
      self.boxConstraint = boxConstraint
      variableCount = 1
    }
  }

  /// Seconds that one thread takes.
  package struct Speed: Sendable {
    /// A kernel value, with adding it to the gradient.
    package var valueSeconds: Double
    /// A step inside a working block of 2048 examples.
    package var stepSeconds = Calibration.stepSeconds
    /// A byte that is packed, received and unpacked, besides the time on the network.
    package var byteSeconds = Calibration.byteSeconds
    /// An example of the working block in a round on ranks, besides what one process does with it.
    package var memberSeconds = Calibration.memberSeconds

    /// A machine on which a kernel value takes this long to compute; what is done with it comes on top.
    package init(valueSeconds: Double) {
      self.valueSeconds = valueSeconds + Calibration.additionSeconds
    }

    /// The machine of the calibration.
    ///
    /// - Parameters:
    ///   - problem: How many features or entries examples have.
    ///   - pair: What the kernel computes of two examples.
    package init(calibratedFor problem: Problem, pair: PairValue) {
      // Products are of squared distances, too; other values have loops of their own.
      let cost = pair == .squaredDistance ? 1 : Double(pair.cost)
      if let stored = problem.storedCount {
        valueSeconds =
          Calibration.sparseValueSeconds + Calibration.sparseEntrySeconds * stored * cost
      } else {
        valueSeconds =
          Calibration.valueSeconds
          + Calibration.featureSeconds * Double(problem.featureCount) * cost
      }
    }

    /// Makes every thread so many times as fast.
    package mutating func multiply(by factor: Double) {
      valueSeconds /= factor
      stepSeconds /= factor
      byteSeconds /= factor
      memberSeconds /= factor
    }
  }

  /// Where a training runs.
  package struct Cluster: Sendable, Equatable {
    /// The number of ranks, P, at least 1.
    package var rankCount: Int
    /// The number of threads of a rank, at least 1.
    package var threadCount: Int
    /// What a rank may store besides its rows, in bytes.
    package var memoryLimit: Int
    /// The bits that a rank sends, and as many that it receives, in a second.
    package var bitsPerSecond: Double
    /// The seconds that a message without content takes.
    package var latency: Double

    /// Describes where a training runs.
    package init(
      rankCount: Int = 1, threadCount: Int, memoryLimit: Int = 2 << 30,
      bitsPerSecond: Double = 1e10,
      latency: Double = 5e-5
    ) {
      self.rankCount = rankCount
      self.threadCount = threadCount
      self.memoryLimit = memoryLimit
      self.bitsPerSecond = bitsPerSecond
      self.latency = latency
    }

    /// How many messages follow each other until each rank has heard of all: log₂ P of them.
    var stepsOfMessage: Double {
      Double(Int.bitWidth - (rankCount - 1).leadingZeroBitCount)
    }
  }

  /// Collects the parts.
  package init(problem: Problem, speed: Speed) {
    self.problem = problem
    self.speed = speed
  }
}

extension TrainingCostModel.Problem {
  /// The problem of a method, with the share of support vectors that is typical of its formulation; `nil` for a method
  /// that does not compute kernel values of support vectors, but takes time in proportion to the rows or solves
  /// equations.
  ///
  /// - Parameters:
  ///   - formulation: The problem.
  ///   - method: Its numbers and the kernel.
  ///   - rowCount: The number of rows.
  ///   - featureCount: The number of features.
  ///   - classSizes: How many rows each class has; empty when no classes are predicted.
  package init?(
    _ formulation: Formulation, _ method: LearningMethod, rowCount: Int, featureCount: Int,
    classSizes: [Int]
  ) {
    guard
      case .kernelValues(let share) = formulation.definition.workload(method, rowCount: rowCount),
      method.featureMap == nil
    else { return nil }
    let settled = method.settled(formulation)
    self.init(
      rowCount: rowCount, featureCount: featureCount, supportShare: share,
      boxConstraint: formulation.has(.boxConstraint)
        ? settled.number(.boxConstraint)
          ?? (formulation.task == .regression ? LearningMethod.boxConstraintInDeviations : 1) : 1)
    if formulation.task == .regression { variableCount = 2 }
    let rows = Double(rowCount)
    if classSizes.count > 2 {
      if method.decomposition == .oneVersusRest {
        squares = Double(classSizes.count) * rows * rows
      } else {
        let own = classSizes.reduce(0.0) { $0 + Double($1) * Double($1) }
        squares = Double(classSizes.count - 2) * own + rows * rows
        chosenRowCount = Double(classSizes.count - 1) * rows
      }
    } else {
      squares = rows * rows * Double(max(1, formulation.definition.quantiles(method).count))
    }
  }

  /// The same problem of another number of rows, the classes in proportion.
  package mutating func resize(to count: Int) {
    let factor = Double(count) / Double(max(rowCount, 1))
    squares *= factor * factor
    chosenRowCount *= factor
    rowCount = count
  }
}

// MARK: Counts

extension TrainingCostModel {
  private var boxFactor: Double { max(1, problem.boxConstraint) }

  /// The number of support vectors.
  package var supportVectorCount: Double { problem.supportShare * Double(problem.rowCount) }

  /// Kernel values of all ranks together: those of each support vector with all rows, as often as its variable moves
  /// in a round of its own.
  package var kernelValueCount: Double {
    Calibration.passes(boxFactor) * problem.supportShare * problem.squares
  }

  /// Steps inside working blocks, which every rank takes.
  package var stepCount: Double {
    Calibration.steps(boxFactor) * problem.supportShare * problem.squares
      / Double(max(problem.rowCount, 1))
  }

  /// The number of examples in a full working block.
  package var blockSize: Int { min(2048, problem.rowCount) }

  /// The number of rounds.
  package var roundCount: Double {
    guard problem.rowCount > SolverOptions.wholeBlockLimit else { return 1 }
    let movedRows = kernelValueCount / Double(problem.rowCount)
    return max(1, (movedRows / Calibration.movedRows).rounded(.up))
  }

  private var keepsRows: Bool {
    KeepingRule.keepsRows(
      valueCost: problem.storedCount.map { Int(3 * $0) } ?? problem.featureCount)
  }

  /// The bytes of a row's features, in double precision.
  package var rowBytes: Double {
    problem.storedCount.map { 12 * $0 + 8 } ?? 8 * Double(problem.featureCount)
  }
}

// MARK: Costs

extension TrainingCostModel {
  /// What a training costs somewhere.
  package struct Cost: Sendable, Equatable {
    /// The ranks and their machines.
    package let cluster: Cluster
    /// The rows of the rank that has most.
    package let rankRows: Int
    /// The bytes of its rows, with the copy that tiles are computed from.
    package let dataBytes: Int
    /// What it stores at its peak, all in all.
    package let rankBytes: Int
    /// The kernel values that it computes.
    package let rankKernelValues: Double
    /// What all ranks hand to their collectives in a full round, in bytes.
    package let roundBytes: Int
    /// The same of all rounds.
    package let trafficBytes: Double
    /// What they send of the rows besides, in bytes, for which no time is counted.
    ///
    /// The columns of a table before the training, and the rows of pairs of classes.
    package let rowTrafficBytes: Double
    /// Kernel values, in seconds.
    package let valueSeconds: Double
    /// Steps inside the working block, which do not get fewer with more ranks.
    package let stepSeconds: Double
    /// Sending, waiting for what others send, and putting it in place.
    package let communicationSeconds: Double

    /// The whole training, in seconds.
    package var seconds: Double { valueSeconds + stepSeconds + communicationSeconds }
    /// The share of ``communicationSeconds``, from 0 to 1.
    package var communicationShare: Double {
      seconds > 0 ? communicationSeconds / seconds : 0
    }
  }

  /// What a full round sends.
  package func round(rankCount: Int) -> RoundTraffic {
    let example =
      problem.storedCount.map { RoundTraffic.bytesOfExample(storedCount: Int($0.rounded(.up))) }
      ?? RoundTraffic.bytesOfExample(featureCount: problem.featureCount)
    let size = blockSize
    var round = RoundTraffic(
      rankCount: rankCount, memberCount: size,
      newcomerCount: max(1, min(size, Int(Double(size) * Calibration.newcomerShare))),
      exampleBytes: example)
    round.variableCount = problem.variableCount * size
    return round
  }

  /// What the training costs on some ranks.
  package func cost(on cluster: Cluster) -> Cost {
    let ranks = Double(cluster.rankCount)
    let rankRows = (problem.rowCount + cluster.rankCount - 1) / cluster.rankCount
    let values = kernelValueCount / ranks
    // A prepared copy in single precision; sparse rows keep their columns.
    let copy = problem.storedCount.map { 4 * $0 } ?? 4 * Double(problem.featureCount)
    let data = Double(rankRows) * (rowBytes + copy)
    // On ranks features are where rows were read, too, and not only where the problem has them; one process keeps the
    // columns of a table.
    let isHeldTwice = cluster.rankCount > 1 || problem.storedCount == nil
    let read = isHeldTwice ? Double(rankRows) * rowBytes : 0
    let block = 3 * 4 * Double(blockSize) * Double(blockSize)
    // Labels, weights and the program of all rows; the solver's state of a rank's.
    let states =
      Calibration.sharedRowBytes * Double(problem.rowCount) + Calibration.ownRowBytes
      * Double(rankRows)
    let guests = cluster.rankCount > 1 ? Double(blockSize) * (rowBytes + copy) : 0
    // Rows that cost much are kept, and fill what there is, if there are so many.
    let stored = min(Double(cluster.memoryLimit), block + (keepsRows ? 4 * values : 0))
    let model = supportVectorCount * rowBytes
    let bytes = data + read + states + guests + stored + model
    let valueSeconds = values * speed.valueSeconds / Double(cluster.threadCount)
    let round = round(rankCount: cluster.rankCount)
    let rounds = roundCount
    let isAlone = cluster.rankCount == 1
    let traffic = isAlone ? 0 : rounds * Double(round.bytes) + model
    // In a ring each rank receives what the others have; it packs its own and unpacks all.
    let network = traffic * (ranks - 1) / ranks * 8 / cluster.bitsPerSecond
    let waiting =
      rounds * Double(RoundTraffic.messageCount) * cluster.stepsOfMessage * cluster.latency
    let exchange = isAlone ? 0 : rounds * Double(blockSize) * speed.memberSeconds
    return Cost(
      cluster: cluster, rankRows: rankRows, dataBytes: Self.integer(data),
      rankBytes: Self.integer(bytes), rankKernelValues: values,
      roundBytes: isAlone ? 0 : round.bytes, trafficBytes: traffic,
      rowTrafficBytes: isAlone ? 0 : rowTrafficBytes,
      valueSeconds: valueSeconds, stepSeconds: stepCount * speed.stepSeconds,
      communicationSeconds: network + traffic * speed.byteSeconds + waiting + exchange)
  }

  /// The bytes of the rows that ranks send each other besides those of the working block.
  ///
  /// Each column of a table is sent twice: for what it holds, and for what is learned of it (`SharedColumns`). A row is in a
  /// problem of its class and each other one.
  private var rowTrafficBytes: Double {
    let columns =
      problem.storedCount == nil
      ? 2 * 8 * Double(problem.rowCount) * Double(problem.featureCount) : 0
    return columns + problem.chosenRowCount * rowBytes
  }

  private static func integer(_ value: Double) -> Int { Int(min(value, 0x1p60)) }

  /// The largest number of ranks that is considered.
  package static let largestRankCount = 1 << 14

  /// How many ranks pay, on machines of a kind.
  package struct BreakEven: Sendable, Equatable {
    /// The number of ranks, a power of two, with which the training takes the least time.
    package let fastest: Int
    /// The largest number of ranks, a power of two, of which each still does at least half of what one machine alone
    /// would do in its time; beyond it more ranks cost more than they save.
    package let efficient: Int
    /// The least number of ranks on which communication takes longer than computing, a power of two, if it is at
    /// most ``largestRankCount``.
    package let communicationBound: Int?
  }

  /// How many ranks pay.
  package func breakEven(on cluster: Cluster) -> BreakEven {
    var alone = cluster
    alone.rankCount = 1
    let single = cost(on: alone).seconds
    var fastest = (ranks: 1, seconds: single)
    var efficient = 1
    var bound: Int?
    var ranks = 2
    while ranks <= min(Self.largestRankCount, max(problem.rowCount, 1)) {
      var other = cluster
      other.rankCount = ranks
      let cost = cost(on: other)
      if cost.seconds < fastest.seconds { fastest = (ranks, cost.seconds) }
      if single >= 0.5 * Double(ranks) * cost.seconds { efficient = ranks }
      if bound == nil, cost.communicationShare > 0.5 { bound = ranks }
      ranks *= 2
    }
    return BreakEven(fastest: fastest.ranks, efficient: efficient, communicationBound: bound)
  }
}
