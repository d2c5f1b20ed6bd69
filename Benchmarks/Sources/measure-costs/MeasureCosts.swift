import Basics
import Distribution
import Kernels
import LinearAlgebra
import SMOSolver
import Synchronization
import Transport

/// Measures what the constants of `TrainingCostModel` are taken from: seconds of a kernel value, of a step and of a
/// byte that is passed on, and how many of them trainings take.
///
/// usage: measure-costs [values|trainings|transport]…
@main
struct MeasureCosts {
  static func main() throws {
    BLASRuntime.prepare()
    let chosen = CommandLine.arguments.dropFirst()
    func isWanted(_ part: String) -> Bool { chosen.isEmpty || chosen.contains(part) }
    if isWanted("values") { try printValues() }
    if isWanted("trainings") { try printTrainings() }
    if isWanted("transport") { try printTransport() }
  }

  // MARK: Kernel values

  /// Nanoseconds in which one thread computes a Gaussian kernel value and adds it to a gradient, and the line through
  /// them that is nearest relative to the values.
  static func printValues() throws {
    print("nanoseconds of a kernel value, one thread, single precision")
    var points: [(x: Double, y: Double)] = []
    for width in [4, 8, 16, 32, 64, 128, 256, 512, 1024] {
      let features = gaussianFeatures(rows: max(256, min(4096, 200_000 / width)), columns: width)
      let nanoseconds = try nanosecondsOfValue(.dense(features))
      points.append((Double(width), nanoseconds))
      print("  dense, \(width) features: \(rounded(nanoseconds))")
    }
    printLine(through: points, "features")
    points = []
    for (width, share) in [(100, 0.05), (200, 0.1), (500, 0.1), (2000, 0.05), (5000, 0.04)] {
      let features = try SparseMatrix(
        gaussianFeatures(rows: 1000, columns: width, density: share))
      let stored = Double(features.values.count) / 1000
      let nanoseconds = try nanosecondsOfValue(.sparse(features))
      points.append((stored, nanoseconds))
      print("  sparse, \(rounded(stored)) entries of \(width): \(rounded(nanoseconds))")
    }
    printLine(through: points, "entries")
  }

  private static func nanosecondsOfValue(_ features: FeatureMatrix) throws -> Double {
    let kernel = TiledKernel<Float>(
      features, .gaussian(gamma: 1 / Double(features.columnCount)), threads: 1, memoryLimit: 0)
    // Short enough to run without being interrupted, also on a machine that does other things.
    let rowCount = 64
    let rows = (0..<Int32(rowCount)).map { $0 * Int32(features.rowCount / rowCount) }
    var sums = [Double](repeating: 0, count: features.rowCount)
    var fastest = Double.infinity
    for _ in 0..<200 {
      let seconds = try seconds {
        _ = try sums.withUnsafeMutableBufferPointer {
          try kernel.accumulate(
            rows: rows, coefficients: [Double](repeating: 0.5, count: rowCount), besides: [],
            into: $0.baseAddress!, isCancelled: { false })
        }
      }
      fastest = min(fastest, seconds)
    }
    return fastest * 1e9 / Double(rowCount * features.rowCount)
  }

  /// Prints a + b·x with the least squares of relative deviations, and the largest of these.
  private static func printLine(through points: [(x: Double, y: Double)], _ unit: String) {
    var (s, sx, sxx, sy, sxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for point in points {
      let weight = 1 / (point.y * point.y)
      s += weight
      sx += weight * point.x
      sxx += weight * point.x * point.x
      sy += weight * point.y
      sxy += weight * point.x * point.y
    }
    let slope = (s * sxy - sx * sy) / (s * sxx - sx * sx)
    let constant = (sy - slope * sx) / s
    let worst = points.map { abs((constant + slope * $0.x) / $0.y - 1) }.max() ?? 0
    print(
      "  = \(rounded(constant)) + \(rounded(slope)) · \(unit), to within \(rounded(100 * worst)) %")
  }

  // MARK: Trainings

  /// Counts that no clock takes part in, and the nanoseconds of a step.
  static func printTrainings() throws {
    print(
      "rows, features, noise, C: support vectors a row, kernel values a row and support vector, "
        + "steps a support vector, rounds, rows of K a round, nanoseconds of a step, of a kernel value"
    )
    for (count, width) in [(10_000, 10), (20_000, 10), (20_000, 50), (40_000, 10)] {
      for noise in [0.1, 1.0] {
        for boxConstraint in [1.0, 10, 100] {
          try printTraining(count, width, noise: noise, boxConstraint)
        }
      }
    }
  }

  private static func printTraining(
    _ count: Int, _ width: Int, noise: Double, _ boxConstraint: Double
  ) throws {
    let features = gaussianFeatures(rows: count, columns: width)
    var generator = SplitMix(state: 7)
    let isPositive = (0..<count).map { row in
      let x = features.row(row)
      return x[0] * x[0] - 1 + x[1] * x[2] + noise * generator.gaussian() > 0
    }
    let rounds = Mutex(0)
    var options = SolverOptions(tolerance: 1e-3)
    options.checkpointing = SolverOptions.Checkpointing(
      isDue: {
        rounds.withLock { $0 += 1 }
        return false
      }, take: { _ in })
    let solver = BlockSolver(
      QuadraticProgram.classification(
        isPositive: isPositive, boxConstraints: Array(repeating: boxConstraint, count: count)),
      kernel: TiledKernel<Float>(
        .dense(features), .gaussian(gamma: 1 / Double(width)), threads: 1, memoryLimit: 0),
      options: options)
    let solution = try solver.solve()
    let support = solution.alpha.count { $0 > 0 }
    let roundCount = rounds.withLock { $0 }
    let values = Double(solution.kernelValuesComputed)
    let stepSeconds = solution.phases.optimization / .seconds(1)
    let parts = [
      Double(support) / Double(count), values / Double(support) / Double(count),
      Double(solution.certificate.iterations) / Double(support), Double(roundCount),
      values / Double(count) / Double(roundCount),
      stepSeconds * 1e9 / Double(solution.certificate.iterations),
      (solution.phases.block + solution.phases.gradient + solution.phases.selection)
        / .seconds(1) * 1e9 / values,
    ]
    print(
      "  \(count), \(width), \(noise), \(boxConstraint): "
        + parts.map { rounded($0) }.joined(separator: ", "))
  }

  // MARK: Transport

  /// Nanoseconds of a byte that two ranks gather, from numbers and back to numbers.
  static func printTransport() throws {
    let count = 1 << 16
    let results = ThreadTransport.run(ranks: 2) { transport in
      let values = [Double](repeating: 1.5, count: count)
      var fastest = Double.infinity
      for _ in 0..<50 {
        fastest = min(
          fastest,
          try seconds {
            let bytes = try transport.allGather(ByteWriter.bytes { $0.append(values) })
            for part in bytes {
              var reader = ByteReader(part)
              _ = try reader.doubles(count)
            }
          })
      }
      return fastest
    }
    let nanoseconds = try results.map { try $0.get() }.max() ?? 0
    print(
      "nanoseconds of a byte from numbers to numbers, two ranks of one process: "
        + rounded(nanoseconds * 1e9 / Double(2 * 8 * count)))
  }

  // MARK: Helpers

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let begin = ContinuousClock.now
    try body()
    return (ContinuousClock.now - begin) / .seconds(1)
  }

  private static func gaussianFeatures(
    rows: Int, columns: Int, density: Double = 1
  ) -> Matrix<Double> {
    var generator = SplitMix(state: 1)
    return Matrix(rowCount: rows, columnCount: columns) { _, _ in
      density < 1 && generator.unit() >= density ? 0 : generator.gaussian()
    }
  }

  private static func rounded(_ value: Double) -> String { Text.significant(value, 3) }
}

/// Numbers by lot, the same on every machine.
private struct SplitMix {
  var state: UInt64

  mutating func unit() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }

  /// The sum of twelve uniform numbers, which is near enough to a normal one.
  mutating func gaussian() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + unit() } }
}
