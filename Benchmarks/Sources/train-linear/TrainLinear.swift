import Basics
import LinearModels
import SupportVectors
import Tables

/// Times one training of a linear model, without reading the data.
///
/// Usage: `train-linear FILE LOSS C INTERCEPT DECOMPOSITION SOLVER TOLERANCE THREADS [EPSILON
/// [SECONDS]]`. FILE is
/// LIBSVM text, or ends with `.dense` and holds two 64-bit numbers, rows and features, then as doubles
/// the targets and the features, row after row. INTERCEPT is free, none or the scale of a regularised
/// one. Prints one line of JSON.
@main
struct TrainLinear {
  static func main() {
    let arguments = CommandLine.arguments
    let decompositions: [String: Decomposition] = [
      "pairs": .oneVersusOne, "perClass": .oneVersusRest,
    ]
    guard arguments.count >= 9, let loss = LinearLoss(rawValue: arguments[2]),
      let boxConstraint = Double(arguments[3]),
      let decomposition = decompositions[arguments[5]],
      let solver = LinearSolver(rawValue: arguments[6]), let tolerance = Double(arguments[7]),
      let threads = Int(arguments[8])
    else {
      print(
        "usage: train-linear FILE LOSS C INTERCEPT DECOMPOSITION SOLVER TOLERANCE THREADS [EPSILON [SECONDS]]"
      )
      return
    }
    let intercept: Intercept =
      switch arguments[4] {
      case "free": .free
      case "none": .none
      case let text: .regularized(Double(text) ?? 1)
      }
    BLASRuntime.prepare()
    do {
      let (features, targets) = try read(arguments[1])
      let before = CurrentProcess.peakMemory ?? 0
      let options = TrainingOptions(
        tolerance: tolerance, threads: threads,
        timeLimit: arguments.count > 10 ? .seconds(Int(arguments[10]) ?? 60) : nil)
      let clock = ContinuousClock()
      let problems: [ProblemReport]
      let start = clock.now
      let seconds: Double
      if loss.isRegression {
        let model = try LinearRegressor.train(
          features: features, targets: targets,
          settings: .init(
            loss: loss, boxConstraint: boxConstraint,
            epsilon: arguments.count > 9 ? Double(arguments[9]) ?? 0.1 : 0.1,
            intercept: intercept
          ).solved(by: solver), options: options)
        seconds = (clock.now - start) / .seconds(1)
        problems = [model.problem]
      } else {
        let labels = targets.map { String(Int($0)) }
        let begin = clock.now
        let model = try LinearClassifier.train(
          features: features, labels: labels,
          settings: .init(
            loss: loss, boxConstraint: boxConstraint, intercept: intercept,
            decomposition: decomposition
          ).solved(by: solver), options: options)
        seconds = (clock.now - begin) / .seconds(1)
        problems = model.problems
      }
      let certificates = problems.map(\.certificate)
      let reasons = Set(certificates.map(\.stopReason.rawValue)).sorted().joined(separator: " ")
      let objective = certificates.map(\.primalObjective).reduce(0, +)
      let gap = certificates.map { $0.relativeGap ?? .infinity }.max() ?? 0
      let iterations = certificates.map(\.iterations).reduce(0, +)
      print(
        "{\"seconds\": \(seconds), \"objective\": \(objective), \"relativeGap\": \(gap), "
          + "\"iterations\": \(iterations), \"stopReasons\": \"\(reasons)\", \"rows\": "
          + "\(features.rowCount), \"features\": \(features.columnCount), \"memoryBefore\": "
          + "\(before), \"memoryPeak\": \(CurrentProcess.peakMemory ?? 0)}")
    } catch {
      print("\(error)")
      CurrentProcess.exit(1)
    }
  }

  static func read(_ path: String) throws -> (FeatureMatrix, [Double]) {
    guard path.hasSuffix(".dense") else {
      let data = try LIBSVMData(contentsOf: path)
      guard case .numbers(let labels) = data.labels.values else {
        throw UnreadableFile(path: path, reason: "its labels are not numbers")
      }
      return (.sparse(data.features), labels)
    }
    let file = try InputFile(path: path)
    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws {
      var start = 0
      while start < buffer.count {
        let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
        if count == 0 { throw UnreadableFile(path: path, reason: "it ends too early") }
        start += count
      }
    }
    var sizes = [0, 0]
    try sizes.withUnsafeMutableBytes(fill)
    let (rows, columns) = (sizes[0], sizes[1])
    func numbers(_ count: Int) throws -> [Double] {
      try [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
        try fill(UnsafeMutableRawBufferPointer(buffer))
        initialized = count
      }
    }
    let targets = try numbers(rows)
    let elements = try numbers(rows * columns)
    return (
      .dense(try Matrix(rowCount: rows, columnCount: columns, elements: elements)), targets
    )
  }
}

/// A file that is not what the usage says.
struct UnreadableFile: Error, CustomStringConvertible {
  var path: String
  var reason: String
  var description: String { "\(path): \(reason)" }
}
