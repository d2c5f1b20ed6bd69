import Basics
import Kernels
import LinearAlgebra
import SupportVectors
import Tables
import Transport

/// What a training on many rows will probably take, so that it can be told before it begins.
///
/// The number of kernel values is that of the support vectors times the rows, and how many support
/// vectors there will be is known only afterwards: this is an order of magnitude.
package struct TrainingForecast: Sendable {
  /// The number of rows to train on.
  package let rowCount: Int
  /// The number of kernel values that will be computed, roughly.
  package let kernelValueCount: Double
  /// How long that takes, roughly, on the threads that there are, those of other ranks too.
  package private(set) var seconds: Double
  /// The memory that the training takes at its peak, roughly, with its features; on ranks, that of each.
  package let byteCount: Int
  /// The problem that is solved.
  package let formulation: Formulation
  /// What the ranks send each other takes this share of the time, roughly; `nil` for one process.
  package private(set) var communicationShare: Double?

  /// Trainings on fewer rows take seconds, and no time is spent on a forecast.
  static let leastRows = 10_000
  /// The numbers of rows and columns that are computed to see how long a kernel value takes.
  private static let probedRows = 256
  private static let probedColumns = 2048
  /// A kernel value's share in the time of a training: the others are for what is done with it.
  private static let effort = 2.5
  /// Floating-point operations that one thread does in a second when it factors a matrix.
  private static let factorRate = 2e10

  /// Looks ahead; `nil` when there are few rows, or when the time grows with the rows alone.
  ///
  /// - Parameters:
  ///   - formulation: The problem.
  ///   - method: Its numbers and the kernel.
  ///   - examples: Features of examples, all or some.
  ///   - rowCount: The number of examples to train on.
  ///   - classSizes: How many of them each class has; empty when no classes are predicted.
  ///   - options: Threads and memory.
  /// - Throws: What the kernel rejects about the examples.
  package init?(
    _ formulation: Formulation, _ method: LearningMethod, examples: ExampleSet, rowCount: Int,
    classSizes: [Int], options: TrainingOptions
  ) throws {
    guard rowCount >= Self.leastRows, examples.rowCount > 0, examples.columnCount > 0,
      method.featureMap == nil
    else { return nil }
    if case .precomputed = method.kernel { return nil }
    let rows = Double(rowCount)
    let squares = Self.squares(rows, classSizes, method)
    self.rowCount = rowCount
    self.formulation = formulation
    let ranks = Double(examples.ranks?.size ?? 1)
    let threads = Double(options.threads ?? processorCount) * ranks
    let sample = try Self.sample(examples)
    let featureBytes = Double(sample.byteCount / sample.rowCount * rowCount) / ranks
    let share: Double
    switch formulation.definition.workload(method, rowCount: rowCount) {
    case .linear: return nil
    case .kernelValues(let computed): share = computed
    case .equations(let findsLambda):
      kernelValueCount = rows * rows
      seconds = (findsLambda ? 9 : 0.4) * rows * rows * rows / (Self.factorRate * threads)
      byteCount = Int(min(0x1p60, 16 * rows * rows + 2 * featureBytes))
      return
    }
    kernelValueCount = share * squares
    let each = try Self.secondsOfValue(sample, method.kernel, options)
    seconds = Self.effort * kernelValueCount * each / threads
    if let ranks = examples.ranks {
      let communication = try Communication(ranks, sample).seconds(
        rounds: kernelValueCount / (rows * Communication.newcomers))
      communicationShare = communication / (communication + seconds)
      seconds += communication
    }
    byteCount =
      min(options.memoryLimit, Int(min(0x1p60, 4 * kernelValueCount / ranks)) + 300 * rowCount)
      + 2 * Int(featureBytes)
  }

  /// The sum of the squares of the problems' numbers of rows.
  private static func squares(
    _ rows: Double, _ classSizes: [Int], _ method: LearningMethod
  ) -> Double {
    guard classSizes.count > 2 else { return rows * rows }
    if method.decomposition == .oneVersusRest { return Double(classSizes.count) * rows * rows }
    let own = classSizes.reduce(0.0) { $0 + Double($1) * Double($1) }
    return Double(classSizes.count - 2) * own + rows * rows
  }

  /// Examples at equal distances, as many as are probed.
  private static func sample(_ examples: ExampleSet) throws -> FeatureMatrix {
    let count = min(probedColumns, examples.rowCount)
    let step = max(1, examples.rowCount / count)
    return try examples.gatheringRows((0..<count).map { $0 * step })
  }

  /// How long one thread takes for a kernel value of such examples.
  private static func secondsOfValue(
    _ sample: FeatureMatrix, _ kernel: Kernel, _ options: TrainingOptions
  ) throws -> Double {
    let columnCount = sample.rowCount
    let function = try TrainingChecks.kernel(
      kernel, for: sample, weights: nil, memoryLimit: options.memoryLimit)
    let tiles = KernelSource(sample, function).tiles(Float.self, threads: 1)
    let rows = (0..<Int32(min(probedRows, columnCount))).map { $0 }
    let columns = (0..<Int32(columnCount)).map { $0 }
    let values = AlignedBuffer<Float>(count: rows.count * columns.count)
    var fastest = Double.infinity
    // The first time touches fresh memory.
    for _ in 0..<2 {
      let begin = ContinuousClock.now
      _ = try unsafe tiles.block(
        rows: rows, columns: columns, into: values.pointer, stride: columns.count,
        stopping: { false })
      fastest = min(fastest, (ContinuousClock.now - begin) / .seconds(1))
    }
    return fastest / Double(rows.count * columns.count)
  }
}

/// What a round of a training sends, and how long that takes between these ranks; README.md of `Distribution`
/// has the bytes of each call.
private struct Communication {
  /// The examples that a round adds to the working block, and those in it.
  static let newcomers = 512.0
  private static let block = 2048.0
  /// The collectives of a round.
  private static let calls = 8.0
  private static let probedBytes = 1 << 20

  private let latency: Double
  private let secondsOfByte: Double
  private let bytesOfExample: Double

  /// Measures with a few messages.
  ///
  /// - Parameters:
  ///   - ranks: The ranks.
  ///   - sample: Examples like those that are sent.
  /// - Throws: `TransportError` when a rank does not answer.
  init(_ ranks: any Transport, _ sample: FeatureMatrix) throws(TransportError) {
    let message = [UInt8](repeating: 0, count: Self.probedBytes)
    var (latency, long) = (Double.infinity, Double.infinity)
    for _ in 0..<3 {
      let begin = ContinuousClock.now
      try ranks.barrier()
      let middle = ContinuousClock.now
      _ = try ranks.broadcast(message, from: 0)
      latency = min(latency, (middle - begin) / .seconds(1))
      long = min(long, (ContinuousClock.now - middle) / .seconds(1))
    }
    self.latency = latency
    secondsOfByte = max(0, long - latency) / Double(Self.probedBytes)
    bytesOfExample = Double(sample.byteCount) / Double(max(1, sample.rowCount))
  }

  /// How long a number of rounds takes.
  func seconds(rounds: Double) -> Double {
    let bytes =
      Self.newcomers * (bytesOfExample + 4 * Self.block) + 2 * Self.block * (17 + 33)
    return rounds * (Self.calls * latency + bytes * secondsOfByte)
  }
}

/// How the examples of a training are spread over ranks.
package struct RankShares: Sendable {
  /// The number of examples of each rank.
  package let rowCounts: [Int]
  /// The bytes of their features.
  package let byteCounts: [Int]

  /// Asks all ranks; `nil` for one process.
  ///
  /// - Throws: `TransportError` when a rank does not answer.
  init?(_ examples: ExampleSet) throws(TransportError) {
    guard let ranks = examples.ranks else { return nil }
    let own = examples.own
    var (rowCounts, byteCounts): ([Int], [Int]) = ([], [])
    let message = ByteWriter.bytes {
      $0.append(own.rowCount)
      $0.append(own.byteCount)
    }
    for bytes in try ranks.allGather(message) {
      var reader = ByteReader(bytes)
      rowCounts.append(try reader.integer())
      byteCounts.append(try reader.integer())
    }
    (self.rowCounts, self.byteCounts) = (rowCounts, byteCounts)
  }
}

extension TabularTrainer {
  /// What training on data will probably take; see ``TrainingForecast``.
  ///
  /// - Parameter data: The rows.
  /// - Returns: The forecast, or `nil` when the training is short or the time grows with the rows alone.
  /// - Throws: What a training would throw about the data.
  package func forecast(_ data: TrainingData) throws -> TrainingForecast? {
    guard data.rowCount >= TrainingForecast.leastRows else { return nil }
    let problem = try TrainingProblem(self, data.examples)
    let rowCount = problem.examples.rows.count
    let places = Array(stride(from: 0, to: rowCount, by: max(1, rowCount / 4096)))
    let fitted = try problem.examples.fitted(training: places, control)
    return try forecast(problem.formulation, fitted.training, problem.targets)
  }

  /// What a training will probably take, from some of its examples.
  func forecast(
    _ formulation: Formulation, _ examples: ExampleSet, _ targets: Targets
  ) throws -> TrainingForecast? {
    var sizes: [Int] = []
    if case .classes(let classes) = targets {
      sizes = [Int](repeating: 0, count: classes.names.count)
      for code in classes.codes { sizes[code] += 1 }
    }
    return try TrainingForecast(
      formulation, configuration.method, examples: examples, rowCount: targets.strata.count,
      classSizes: sizes,
      options: options)
  }
}
