import Kernels
import LinearAlgebra

/// One problem with one vector of weights.
///
///     minimize  ½‖w‖² + ½ρb² + Σ Cᵢ ℓ(yᵢ, ⟨w, xᵢ⟩ + b)
///
/// The parameters are w with b after it, when there is a b; its feature is 1 and its penalty ρ.
///
/// Every loss but the logistic one is a sum of pieces max(0, p − sz) or of their squares: a class has
/// one with s = y and p = 1, a target two with s = ±1 and p = ±y − ε. To each belongs a dual variable
/// α ≥ 0, and β = Σ sα is the example's dual coefficient, with which w = Σ βᵢxᵢ at the optimum.
struct LinearProblem: Sendable {
  let features: FeatureMatrix
  /// The examples that take part.
  let rows: [Int32]
  /// −1 or 1, or the target.
  let targets: NumberVector
  /// Cᵢ > 0.
  let costs: NumberVector
  let loss: LinearLoss
  let tubeWidth: Double
  let hasBias: Bool
  /// ρ ≥ 0; 0 for a free bias.
  let biasPenalty: Double
  let threads: Int
  let run: LinearRun

  init(
    features: FeatureMatrix, rows: [Int32], targets: [Double], costs: [Double], loss: LinearLoss,
    tubeWidth: Double, intercept: Intercept, threads: Int, run: LinearRun
  ) {
    self.run = run
    self.features = features
    self.rows = rows
    self.targets = NumberVector(targets)
    self.costs = NumberVector(costs)
    self.loss = loss
    self.tubeWidth = tubeWidth
    self.threads = threads
    switch intercept {
    case .free: (hasBias, biasPenalty) = (true, 0)
    case .regularized(let scale): (hasBias, biasPenalty) = (true, 1 / (scale * scale))
    case .none: (hasBias, biasPenalty) = (false, 0)
    }
  }

  var exampleCount: Int { rows.count }
  var featureCount: Int { features.columnCount }
  /// The number of parameters.
  var dimension: Int { featureCount + (hasBias ? 1 : 0) }
  var hasFreeBias: Bool { hasBias && biasPenalty == 0 }
  /// The number of pieces of each example's loss.
  var pieceCount: Int { loss.isRegression ? 2 : 1 }

  /// s and p of an example's piece.
  @inline(__always)
  func piece(_ example: Int, _ index: Int) -> (sign: Double, offset: Double) {
    guard loss.isRegression else { return (targets[example], 1) }
    return index == 0
      ? (1, targets[example] - tubeWidth) : (-1, -targets[example] - tubeWidth)
  }

  /// ½‖w‖² + ½ρb².
  func penalty(_ parameters: NumberVector) -> Double {
    var sum = 0.0
    for index in 0..<featureCount { sum += parameters[index] * parameters[index] }
    if hasBias { sum += biasPenalty * parameters[featureCount] * parameters[featureCount] }
    return sum / 2
  }

  /// The stored features of the examples that take part.
  var storedCount: Int {
    switch features {
    case .dense(let matrix): rows.count * matrix.columnCount
    case .sparse(let matrix):
      rows.reduce(0) { $0 + matrix.rowOffsets[Int($1) + 1] - matrix.rowOffsets[Int($1)] }
    }
  }
}

// MARK: Products with the examples

extension LinearProblem {
  /// zᵢ ← ⟨w, xᵢ⟩ + b.
  ///
  /// This and the sums below are given up when the training is to stop, unless `stopsEarly` is false;
  /// whoever calls them then looks whether it is before using what they return.
  func margins(
    _ parameters: NumberVector, into margins: NumberVector, stopsEarly: Bool = true
  ) {
    let height = 1024
    let bias = hasBias ? parameters[featureCount] : 0
    let count = exampleCount
    concurrentTiles(count: (count + height - 1) / height, threads: threads) { tile in
      if stopsEarly && run.interruption != nil { return }
      let range = tile * height..<min((tile + 1) * height, count)
      switch features {
      case .dense(let matrix):
        let width = featureCount
        unsafe matrix.withUnsafeElements { elements in
          guard let base = elements.baseAddress else { return }
          for example in range {
            let row = unsafe base + Int(rows[example]) * width
            margins[example] = unsafe Double._dot(width, row, parameters.pointer) + bias
          }
        }
      case .sparse(let matrix):
        for example in range {
          margins[example] = matrix.withRow(Int(rows[example])) { columns, values in
            var sum = bias
            for entry in columns.indices {
              sum += values[entry] * parameters[Int(columns[entry])]
            }
            return sum
          }
        }
      }
    }
  }

  /// Parts of the examples that have sums of their own: few enough for their memory, and the same for
  /// every number of threads.
  ///
  /// - Parameters:
  ///   - count: The number of examples.
  ///   - numbers: The numbers in each part's sum.
  /// - Returns: The number of parts.
  static func parts(_ count: Int, ofSize numbers: Int) -> Int {
    max(1, min(32, count / 256, max(2, (64 << 20) / 8 / max(numbers, 1))))
  }

  private func part(_ index: Int, of count: Int) -> Range<Int> {
    exampleCount * index / count..<exampleCount * (index + 1) / count
  }

  /// Σ cᵢ(xᵢ, 1) for each of some lists of coefficients.
  ///
  /// - Parameters:
  ///   - lists: For each sum a coefficient of each example.
  ///   - stopsEarly: Whether to give up when the training is to stop.
  /// - Returns: As many sums, each with one number for each parameter.
  func sums(_ lists: [NumberVector], stopsEarly: Bool = true) -> [NumberVector] {
    let count = Self.parts(exampleCount, ofSize: dimension * lists.count)
    let size = dimension
    let partial = (0..<count * lists.count).map { _ in NumberVector(count: size) }
    concurrentTiles(count: count, threads: threads) { index in
      if stopsEarly && run.interruption != nil { return }
      let range = part(index, of: count)
      switch features {
      case .dense(let matrix):
        let width = featureCount
        unsafe matrix.withUnsafeElements { elements in
          guard let base = elements.baseAddress else { return }
          for example in range {
            let row = unsafe base + Int(rows[example]) * width
            for list in lists.indices where lists[list][example] != 0 {
              let sum = partial[index * lists.count + list]
              unsafe Double._axpy(width, lists[list][example], row, sum.pointer)
            }
          }
        }
      case .sparse(let matrix):
        for example in range {
          matrix.withRow(Int(rows[example])) { columns, values in
            for list in lists.indices where lists[list][example] != 0 {
              let sum = partial[index * lists.count + list]
              let coefficient = lists[list][example]
              for entry in columns.indices {
                sum[Int(columns[entry])] += coefficient * values[entry]
              }
            }
          }
        }
      }
      if hasBias {
        for list in lists.indices {
          var total = 0.0
          for example in range { total += lists[list][example] }
          partial[index * lists.count + list][size - 1] = total
        }
      }
    }
    for index in 1..<max(count, 1) {
      for list in lists.indices {
        let (sum, part) = (partial[list], partial[index * lists.count + list])
        for feature in 0..<size { sum[feature] += part[feature] }
      }
    }
    return Array(partial[..<lists.count])
  }

  /// Multiplications and additions for one matrix Σ cᵢ(xᵢ, 1)(xᵢ, 1)ᵀ by its sparse entries, and by
  /// dense tiles.
  var gramCosts: (sparse: Double, dense: Double) {
    let dense = Double(exampleCount) * Double(dimension) * Double(dimension) / 2
    guard case .sparse(let matrix) = features else { return (.infinity, dense) }
    var sparse = 0.0
    for row in rows {
      let stored = Double(matrix.rowOffsets[Int(row) + 1] - matrix.rowOffsets[Int(row)] + 1)
      sparse += stored * stored / 2
    }
    return (sparse, dense)
  }

  /// Seconds that one such matrix takes, roughly.
  ///
  /// Dense tiles do about 20 multiplications in the time that a sparse one takes.
  var gramSeconds: Double {
    let costs = gramCosts
    return min(costs.sparse * 1e-9, costs.dense * 5e-11)
  }

  /// Σ cᵢ(xᵢ, 1)(xᵢ, 1)ᵀ, the lower triangle, for coefficients cᵢ ≥ 0.
  func gram(_ coefficients: NumberVector) -> Matrix<Double> {
    let size = dimension
    let count = Self.parts(exampleCount, ofSize: size * size)
    let partial = (0..<count).map { _ in NumberVector(count: size * size) }
    let costs = gramCosts
    let isSparse = costs.sparse * 1e-9 < costs.dense * 5e-11
    concurrentTiles(count: count, threads: threads) { index in
      let range = part(index, of: count)
      if isSparse, case .sparse(let matrix) = features {
        for example in range where coefficients[example] != 0 {
          if example % 1024 == 0 && run.interruption != nil { return }
          addOuterProduct(
            of: matrix, row: Int(rows[example]), times: coefficients[example], to: partial[index])
        }
      } else {
        addDenseProducts(range, coefficients, to: partial[index])
      }
    }
    let sum = partial[0]
    let height = 64
    concurrentTiles(count: (size + height - 1) / height, threads: count > 1 ? threads : 1) { tile in
      for other in partial.dropFirst() {
        for row in tile * height..<min((tile + 1) * height, size) {
          for column in 0...row { sum[row * size + column] += other[row * size + column] }
        }
      }
    }
    return Matrix(rowCount: size, columnCount: size) { sum[$0 * size + $1] }
  }

  private func addOuterProduct(
    of matrix: SparseMatrix<Double>, row: Int, times coefficient: Double, to sum: NumberVector
  ) {
    let size = dimension
    matrix.withRow(row) { columns, values in
      for entry in columns.indices {
        let begin = Int(columns[entry]) * size
        let value = coefficient * values[entry]
        for other in 0...entry { sum[begin + Int(columns[other])] += value * values[other] }
      }
      guard hasBias else { return }
      let begin = (size - 1) * size
      for entry in columns.indices {
        sum[begin + Int(columns[entry])] += coefficient * values[entry]
      }
      sum[begin + size - 1] += coefficient
    }
  }

  /// Rows times √c, gathered in a tile, then BLAS `syrk`.
  private func addDenseProducts(
    _ range: Range<Int>, _ coefficients: NumberVector, to sum: NumberVector
  ) {
    let size = dimension
    let height = max(64, min(512, (1 << 16) / size))
    let tile = NumberVector(count: height * size)
    var filled = 0
    func flush() {
      guard filled > 0 else { return }
      unsafe Double._syrk(
        transposeA: true, size, filled, 1, tile.pointer, size, 1, sum.pointer, size)
      filled = 0
    }
    for example in range where coefficients[example] != 0 {
      let root = coefficients[example].squareRoot()
      let begin = filled * size
      switch features {
      case .dense(let matrix):
        let width = featureCount
        unsafe matrix.withUnsafeElements { elements in
          guard let base = elements.baseAddress else { return }
          let row = unsafe base + Int(rows[example]) * width
          let target = unsafe tile.pointer + begin
          for feature in 0..<width { unsafe target[feature] = root * row[feature] }
        }
      case .sparse(let matrix):
        for feature in 0..<size { tile[begin + feature] = 0 }
        matrix.withRow(Int(rows[example])) { columns, values in
          for entry in columns.indices { tile[begin + Int(columns[entry])] = root * values[entry] }
        }
      }
      if hasBias { tile[begin + size - 1] = root }
      filled += 1
      if filled == height {
        if run.interruption != nil { return }
        flush()
      }
    }
    flush()
  }
}
