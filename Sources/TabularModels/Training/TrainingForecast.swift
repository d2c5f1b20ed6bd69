import Basics
import Kernels
import LinearAlgebra
import SupportVectors
import Tables
import Transport

/// What a training on many rows will probably take, so that it can be announced before it begins.
///
/// ``TrainingCostModel`` estimates it, with the time of a kernel value measured on some of the rows. How many support
/// vectors there will be is known only afterwards: this is an order of magnitude.
package struct TrainingForecast: Sendable {
  /// The number of rows to train on.
  package let rowCount: Int
  /// The number of kernel values that will be computed, roughly.
  package let kernelValueCount: Double
  /// How long that takes, roughly, on the threads that there are, those of other ranks too.
  package let seconds: Double
  /// The memory that the training takes at its peak, roughly, with its features; on ranks, that of each.
  package let byteCount: Int
  /// The problem that is solved.
  package let formulation: Formulation
  /// What the ranks send each other takes this share of the time, roughly; `nil` for one process.
  package let communicationShare: Double?
  /// What the figures come from; `nil` of formulations that solve equations.
  package let costs: TrainingCostModel?

  /// Trainings on fewer rows take seconds, and no time is spent on a forecast.
  static let minimumRows = 10_000
  /// The numbers of rows and columns that are computed to see how long a kernel value takes.
  private static let probedRows = 256
  private static let probedColumns = 2048
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
    guard examples.rowCount > 0, examples.columnCount > 0, method.featureMap == nil
    else { return nil }
    if case .precomputed = method.kernel { return nil }
    self.rowCount = rowCount
    self.formulation = formulation
    let threads = options.threads ?? processorCount
    if case .equations(let findsLambda) = formulation.definition.workload(
      method, rowCount: rowCount)
    {
      // These are not trained on ranks: all examples are here.
      let rows = Double(rowCount)
      kernelValueCount = rows * rows
      seconds =
        (findsLambda ? 9 : 0.4) * rows * rows * rows / (Self.factorRate * Double(threads))
      let featureBytes = examples.own.byteCount / examples.rowCount * rowCount
      byteCount = Int(min(0x1p60, 16 * rows * rows)) + 2 * featureBytes
      (communicationShare, costs) = (nil, nil)
      return
    }
    guard
      var problem = TrainingCostModel.Problem(
        formulation, method, rowCount: rowCount, featureCount: examples.columnCount,
        classSizes: classSizes)
    else { return nil }
    let sample = try Self.sample(examples)
    if case .sparse(let matrix) = sample {
      problem.storedCount = Double(matrix.values.count) / Double(matrix.rowCount)
    }
    let costs = TrainingCostModel(
      problem: problem,
      speed: .init(valueSeconds: try Self.secondsOfValue(sample, method.kernel, options)))
    var cluster = TrainingCostModel.Cluster(
      threadCount: threads, memoryLimit: options.memoryLimit)
    if let ranks = examples.ranks { try cluster.measure(ranks) }
    let cost = costs.cost(on: cluster)
    kernelValueCount = costs.kernelValueCount
    seconds = cost.seconds
    byteCount = cost.rankBytes
    communicationShare = examples.ranks == nil ? nil : cost.communicationShare
    self.costs = costs
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
    // The first time touches fresh memory, and others are interrupted.
    let start = ContinuousClock.now
    for time in 0..<6 where time < 2 || ContinuousClock.now - start < .milliseconds(20) {
      let begin = ContinuousClock.now
      _ = try unsafe tiles.block(
        rows: rows, columns: columns, into: values.pointer, stride: columns.count,
        isCancelled: { false })
      fastest = min(fastest, (ContinuousClock.now - begin) / .seconds(1))
    }
    return fastest / Double(rows.count * columns.count)
  }
}

extension TabularTrainer {
  /// What training on data will probably take; see ``TrainingForecast``.
  ///
  /// - Parameter data: The rows.
  /// - Returns: The forecast, or `nil` when the training is short or the time grows with the rows alone.
  /// - Throws: What a training would throw about the data.
  package func forecast(_ data: any ExampleText) throws -> TrainingForecast? {
    guard data.rowCount >= TrainingForecast.minimumRows else { return nil }
    return try forecastWhateverItsSize(data)
  }

  /// The same of short trainings, too.
  package func forecastWhateverItsSize(_ data: any ExampleText) throws -> TrainingForecast? {
    let examples = try examples(data)
    let problem = try TrainingProblem(self, examples)
    let rowCount = examples.rows.count
    let places = Array(stride(from: 0, to: rowCount, by: max(1, rowCount / 4096)))
    let fitted = try examples.fitted(training: places, control)
    return try forecastWhateverItsSize(problem.formulation, fitted.training, problem.targets)
  }

  /// What a training will probably take, from some of its examples.
  func forecast(
    _ formulation: Formulation, _ examples: ExampleSet, _ targets: Targets
  ) throws -> TrainingForecast? {
    guard targets.strata.count >= TrainingForecast.minimumRows else { return nil }
    return try forecastWhateverItsSize(formulation, examples, targets)
  }

  private func forecastWhateverItsSize(
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
