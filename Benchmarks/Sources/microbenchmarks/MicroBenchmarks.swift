import Basics
import CVectorMath
import Kernels
import LinearAlgebra
import ModelFiles
import SMOSolver
import SupportVectors
import Tables
import TabularModels

/// Measures the parts that training and prediction are made of; `--json` for programs.
@main
struct MicroBenchmarks {
  static func main() throws {
    BLASRuntime.prepare()
    let asJSON = CommandLine.arguments.dropFirst().contains("--json")
    let threads = processorCount
    var entries: [Entry] = []
    let peak = try BLASRuntime.measureProducts().single * 1e9
    entries.append(Entry(name: "sgemm", rate: peak, unit: "flop/s"))
    for dimension in [8, 22, 122, 300, 784] {
      for count in Set([1, threads]).sorted() {
        entries.append(try tiles(dimension, density: nil, threads: count, peak: peak))
      }
    }
    for (dimension, density) in [(122, 0.11), (300, 0.04), (784, 0.19), (784, 0.02)] {
      for count in Set([1, threads]).sorted() {
        entries.append(try tiles(dimension, density: density, threads: count, peak: peak))
      }
    }
    entries += scans()
    entries += try trainingSteps(threads: threads)
    entries += try reading()
    entries += try prediction(threads: threads)
    if asJSON {
      print("[\n  " + entries.map(\.json).joined(separator: ",\n  ") + "\n]")
    } else {
      for entry in entries { print(entry.line) }
    }
  }

  static func features(_ rows: Int, _ columns: Int, density: Double? = nil, seed: UInt64 = 1) throws
    -> FeatureMatrix
  {
    var noise = Noise(seed: seed)
    let scale = 1 / Double(columns).squareRoot()
    let matrix = Matrix<Double>(rowCount: rows, columnCount: columns) { _, _ in
      if let density, (noise.next() + 1) / 2 >= density { return 0 }
      return noise.next() * scale
    }
    return density == nil ? .dense(matrix) : .sparse(try SparseMatrix(matrix))
  }

  // MARK: Kernel values

  /// Kernel values added to a gradient, as the solver does it: 512 rows against all examples.
  static func tiles(_ dimension: Int, density: Double?, threads: Int, peak: Double) throws -> Entry
  {
    let count = dimension >= 300 ? 12_000 : 48_000
    let rowCount = 512
    let kernel = TiledKernel<Float>(
      try features(count, dimension, density: density), .gaussian(gamma: 1), threads: threads,
      memoryLimit: 0)
    let rows = (0..<Int32(rowCount)).map { $0 * Int32(count / rowCount) }
    let coefficients = [Double](repeating: 0.5, count: rowCount)
    var sums = [Double](repeating: 0, count: count)
    let seconds = try medianSeconds {
      _ = try sums.withUnsafeMutableBufferPointer {
        try kernel.accumulate(
          rows: rows, coefficients: coefficients, besides: [], into: $0.baseAddress!,
          isCancelled: { false })
      }
    }
    let rate = Double(rowCount) * Double(count) / seconds
    return Entry(
      name: density == nil ? "tile" : "sparse tile", dimension: dimension, density: density,
      threads: threads, rate: rate, unit: "values/s",
      shareOfPeak: density == nil
        ? rate * 2 * Double(dimension) / (peak * Double(threads)) : nil)
  }

  // MARK: Solver

  /// The two scans that a step of sequential minimal optimization consists of.
  static func scans() -> [Entry] {
    let count = 1024
    var noise = Noise(seed: 2)
    var values = (0..<count).map { _ in Float(noise.next()) }
    let penalties = [Float](repeating: 0, count: count)
    let rows = (0..<2).map { _ in (0..<count).map { _ in Float(noise.next()) } }
    let diagonals = [Float](repeating: 1, count: count)
    var gain = 0.0
    var found = 0
    let partner = medianSeconds {
      found &+= vm_best_partner_f32(
        values, penalties, rows[0], diagonals, 1, 1, 0.5, count, &gain)
    }
    var (top, topIndex, bottom) = (Float(0), 0, Float(0))
    var sign: Float = 1e-9
    let move = medianSeconds {
      vm_move_pair_f32(
        &values, penalties, penalties, rows[0], rows[1], sign, count, &top, &topIndex, &bottom)
      sign = -sign
    }
    return [
      Entry(name: "bestPartner", rate: Double(count) / partner, unit: "elements/s"),
      Entry(name: "movePair", rate: Double(count) / move, unit: "elements/s"),
    ]
  }

  /// Steps per second of a problem that fits one working block.
  static func trainingSteps(threads: Int) throws -> [Entry] {
    let examples = try features(1000, 10, seed: 3)
    var noise = Noise(seed: 4)
    let labels = (0..<1000).map { _ in noise.next() > 0 ? "a" : "b" }
    var steps = 0
    let seconds = try medianSeconds {
      let model = try SupportVectorClassifier.train(
        features: examples, labels: labels, boxConstraint: 10,
        options: TrainingOptions(precision: .single, threads: 1))
      steps = model.problems[0].certificate.iterations
    }
    return [
      Entry(name: "pair steps", dimension: 10, rate: Double(steps) / seconds, unit: "steps/s")
    ]
  }

  // MARK: Reading

  static func reading() throws -> [Entry] {
    let matrix = try features(20_000, 20, seed: 5).dense
    var csv = (0..<20).map { "x\($0)" }.joined(separator: ",") + ",y\n"
    var libsvm = ""
    for row in 0..<matrix.rowCount {
      let values = matrix.row(row)
      csv += values.map { "\($0)" }.joined(separator: ",") + ",\(row % 2)\n"
      libsvm += "\(row % 2)"
      for (column, value) in values.enumerated() { libsvm += " \(column + 1):\(value)" }
      libsvm += "\n"
    }
    let texts = [("CSV reading", Array(csv.utf8)), ("LIBSVM reading", Array(libsvm.utf8))]
    return try texts.map { name, bytes in
      let seconds = try medianSeconds {
        _ = try TrainingData(reading: ByteSource(bytes: bytes, name: "text"))
      }
      return Entry(name: name, rate: Double(bytes.count) / seconds, unit: "bytes/s")
    }
  }

  // MARK: Models

  /// A model of so many support vectors, without training.
  static func model(_ count: Int, _ dimension: Int) throws -> SupportVectorRegressor {
    var noise = Noise(seed: 6)
    let expansion = try KernelExpansion(
      kernel: .gaussian(gamma: 1), featureCount: dimension,
      supportVectors: try features(count, dimension, seed: 7), supportIndices: Array(0..<count),
      supportCounts: [count],
      dualCoefficients: Matrix(rowCount: 1, columnCount: count) { _, _ in noise.next() },
      biases: [0.5], precision: .single)
    return try SupportVectorRegressor(
      expansion: expansion, boxConstraint: 1, epsilon: 0.1, tolerance: 1e-3,
      trainingCount: count,
      problem: ProblemReport(
        certificate: Certificate(
          iterations: 1, stopReason: .converged, kktViolation: 0, primalObjective: 0,
          dualObjective: 0, relativeGap: 0, source: .running),
        supportVectorCount: count, boundedSupportVectorCount: 0, kernelValuesComputed: 0))
  }

  static func prediction(threads: Int) throws -> [Entry] {
    var entries: [Entry] = []
    let wide = try model(5000, 100)
    let bytes = try ModelFile.encode(
      TabularModel(
        preprocessor: nil, predictor: .init(wide), provenance: TabularModel.Provenance()))
    let load = try medianSeconds { _ = try ModelFile.decode(bytes) }
    entries.append(Entry(name: "model load", rate: Double(bytes.count) / load, unit: "bytes/s"))
    let example = try features(1, 100, seed: 8).dense.row(0)
    var sum = 0.0
    let single = try medianSeconds { sum += try wide.predict(example: example) }
    entries.append(
      Entry(
        name: "prediction of one row", dimension: 100, rate: 5000 / single, unit: "values/s"))
    entries.append(
      Entry(name: "rows one by one", dimension: 100, rate: 1 / single, unit: "rows/s"))
    for dimension in [8, 22, 122, 300, 784] {
      let model = try model(2000, dimension)
      let batch = try features(10_000, dimension, seed: 9)
      for count in Set([1, threads]).sorted() {
        let seconds = try medianSeconds { sum += try model.predict(batch, threads: count)[0] }
        entries.append(
          Entry(
            name: "prediction", dimension: dimension, threads: count, rate: 2e7 / seconds,
            unit: "values/s"))
      }
    }
    precondition(sum.isFinite, "a prediction is \(sum)")
    return entries
  }
}
