import Basics
import LIBSVMTraining

/// svm-grid: measures C and gamma on a grid by cross-validation.
///
/// Each cell has the folds of a fresh svm-train. The cells of one gamma are computed together, when the first of them
/// is due, so that their models share kernel values; lines appear in LIBSVM's order.
struct Grid {
  private let options: GridOptions

  /// Exponents of C and gamma; `nil` where a parameter is not searched.
  private struct Cell: Hashable {
    var c: Double?
    var gamma: Double?
  }

  /// The best cell.
  struct Best {
    var c: Double?
    var gamma: Double?
    var rate: Double
  }

  init(_ arguments: [String]) throws(ProgramEnd) { options = try GridOptions(arguments) }

  @discardableResult
  func run(_ console: Console) throws(ProgramEnd) -> Best {
    guard FileStatus.exists(options.input) else {
      throw GridOptions.failure("dataset not found")
    }
    let resumed = try options.resumed.map { path throws(ProgramEnd) in try Self.results(path) }
    let problem = try CheckedProblem(contentsOf: options.input, options.training.numbers)
    var progress = Progress(options, console, smallestIsBest: problem.parameters.type.isRegression)
    Output.silence()
    defer { Output.speak() }
    for (cell, rate) in resumed ?? [] { progress.add(cell, rate, worker: "resumed") }
    let known = Dictionary(resumed ?? [], uniquingKeysWith: { $1 })
    if let path = options.output { try progress.open(path, keeping: options.resumed != nil) }
    let cells = cells.filter { known[$0] == nil }
    var computed: [Cell: Double] = [:]
    for cell in cells {
      if computed[cell] == nil {
        let column = cells.filter { $0.gamma == cell.gamma }
        for (cell, rate) in zip(column, try rates(column, problem)) { computed[cell] = rate }
      }
      progress.add(cell, computed[cell] ?? 0, worker: "local")
      try progress.save(cell, computed[cell] ?? 0)
    }
    return try progress.finish()
  }

  // MARK: The order of cells

  /// The cells in LIBSVM's order, which refines both axes in turn.
  private var cells: [Cell] {
    let cs = options.c.map { Self.spread($0.exponents).map(Optional.some) } ?? [nil]
    let gammas = options.gamma.map { Self.spread($0.exponents).map(Optional.some) } ?? [nil]
    var (i, j) = (0, 0)
    var cells: [Cell] = []
    while i < cs.count || j < gammas.count {
      if Double(i) / Double(cs.count) < Double(j) / Double(gammas.count) {
        cells += gammas[..<j].map { Cell(c: cs[i], gamma: $0) }
        i += 1
      } else {
        cells += cs[..<i].map { Cell(c: $0, gamma: gammas[j]) }
        j += 1
      }
    }
    return cells
  }

  /// The middle first, then the middles of both halves, and so on.
  private static func spread(_ sequence: [Double]) -> [Double] {
    guard sequence.count > 1 else { return sequence }
    let middle = sequence.count / 2
    let left = spread(Array(sequence[..<middle]))
    let right = spread(Array(sequence[(middle + 1)...]))
    var result = [sequence[middle]]
    for place in 0..<max(left.count, right.count) {
      if place < left.count { result.append(left[place]) }
      if place < right.count { result.append(right[place]) }
    }
    return result
  }

  // MARK: Measuring

  /// The figures of cells that differ in C.
  private func rates(_ column: [Cell], _ problem: CheckedProblem) throws(ProgramEnd) -> [Double] {
    var numbers = options.training.numbers
    numbers.gamma = column.first?.gamma.map(exp2) ?? problem.parameters.gamma
    let values = column.map { $0.c.map(exp2) ?? problem.parameters.boxConstraint }
    let ascending = column.indices.sorted { values[$0] < values[$1] }
    var rates = [Double](repeating: 0, count: column.count)
    do throws(LIBSVMError) {
      var trainer = Trainer(try Parameters(numbers))
      // Folds of probabilities draw random numbers, which must be those of a fresh program for each cell.
      let isOneByOne = trainer.isClassification && trainer.parameter.hasProbabilities
      for group in isOneByOne ? ascending.map({ [$0] }) : [ascending] {
        HostRandom.restart()
        trainer.parameter = trainer.parameter.with(boxConstraint: values[group[0]])
        let found = try trainer.crossValidated(
          problem.set, foldCount: options.foldCount, boxConstraints: group.map { values[$0] })
        for (place, predictions) in zip(group, found) {
          rates[place] = figure(predictions, problem)
        }
      }
    } catch {
      throw ProgramEnd("ERROR: \(error)")
    }
    return rates
  }

  /// The number that svm-train prints: the accuracy in percent, or the mean squared error.
  private func figure(_ predictions: [Double], _ problem: CheckedProblem) -> Double {
    var agreement = Agreement()
    for (target, value) in zip(problem.set.targets, predictions) { agreement.add(target, value) }
    let number =
      problem.parameters.type.isRegression ? agreement.meanSquaredError : agreement.percentage
    return Input.number(Output.general(number)) ?? .nan
  }

  // MARK: Results

  /// The cells that a file of results has.
  private static func results(_ path: String) throws(ProgramEnd) -> [(Cell, Double)] {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.bytes(path)
    } catch {
      throw GridOptions.failure("file for resumption not found")
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      var fields: [Substring: Double] = [:]
      for word in line.split(separator: " ") {
        let parts = word.split(separator: "=")
        if parts.count == 2 { fields[parts[0]] = Double(parts[1]) }
      }
      return fields["rate"].map { (Cell(c: fields["log2c"], gamma: fields["log2g"]), $0) }
    }
  }

  /// The lines that appear, the file of results, and the best cell.
  private struct Progress {
    private let options: GridOptions
    private let console: Console
    private let smallestIsBest: Bool
    private var best: Best?
    private var file: GrowingFile?

    init(_ options: GridOptions, _ console: Console, smallestIsBest: Bool) {
      self.options = options
      self.console = console
      self.smallestIsBest = smallestIsBest
    }

    mutating func open(_ path: String, keeping isKept: Bool) throws(ProgramEnd) {
      do throws(SystemError) {
        file = try GrowingFile(path: path, keeping: isKept)
      } catch {
        throw GridOptions.failure("can't open output file \(path)")
      }
    }

    mutating func add(_ cell: Cell, _ rate: Double, worker: String) {
      if isBetter(cell, rate) { best = Best(c: cell.c, gamma: cell.gamma, rate: rate) }
      let exponents = [
        cell.c.map { options.c?.text($0) ?? "\($0)" },
        cell.gamma.map { options.gamma?.text($0) ?? "\($0)" },
      ].compactMap { $0 }
      var line = "[\(worker)] \(exponents.joined(separator: " ")) \(rate) (best "
      if cell.c != nil, let c = best?.c { line += "c=\(exp2(c)), " }
      if cell.gamma != nil, let gamma = best?.gamma { line += "g=\(exp2(gamma)), " }
      console.line(line + "rate=\(best?.rate ?? rate))")
    }

    /// A higher rate, or for the same gamma the same rate with a smaller C.
    private func isBetter(_ cell: Cell, _ rate: Double) -> Bool {
      guard let best else { return true }
      if rate != best.rate { return smallestIsBest ? rate < best.rate : rate > best.rate }
      guard let c = cell.c, let bestC = best.c else { return false }
      return cell.gamma == best.gamma && c < bestC
    }

    func save(_ cell: Cell, _ rate: Double) throws(ProgramEnd) {
      guard let file, let path = options.output else { return }
      var line = ""
      if let c = cell.c { line += "log2c=\(options.c?.text(c) ?? "\(c)") " }
      if let gamma = cell.gamma { line += "log2g=\(options.gamma?.text(gamma) ?? "\(gamma)") " }
      do throws(SystemError) {
        try file.append(line + "rate=\(rate)\n")
      } catch {
        throw ProgramEnd("can't write output file \(path)")
      }
    }

    func finish() throws(ProgramEnd) -> Best {
      guard let best else { throw GridOptions.failure("there is nothing to search") }
      let numbers = [best.c.map(exp2), best.gamma.map(exp2)].compactMap { $0 }
      console.line((numbers + [best.rate]).map { "\($0)" }.joined(separator: " "))
      return best
    }
  }
}
