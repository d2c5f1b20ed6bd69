import LinearAlgebra
import SupportVectors
import TestSupport
import Testing

@testable import LinearModels

/// The loops over examples against sums that are written out.
@Suite struct LinearLoopsTests {
  /// Rows, features, and the rows that take part.
  private struct Case {
    var matrix: Matrix<Double>
    var rows: [Int32]
    var coefficients: [Double]
    var weights: [Double]

    init(seed: UInt64, width: Int) {
      var generator = TestGenerator(seed: seed)
      let count = 61
      matrix = Matrix(rowCount: count, columnCount: width) { _, _ in
        generator.uniform() < 0.4 ? 0 : generator.normal()
      }
      rows = (0..<count).filter { $0 % 3 != 1 }.map { Int32($0) }
      coefficients = rows.map { _ in generator.uniform() < 0.2 ? 0 : generator.normal() }
      weights = (0...width).map { _ in generator.normal() }
    }

    func value(_ example: Int, _ feature: Int) -> Double {
      feature < matrix.columnCount ? matrix[Int(rows[example]), feature] : 1
    }
  }

  private static func isClose(_ a: Double, _ b: Double) -> Bool {
    abs(a - b) <= 1e-12 * max(1, abs(a), abs(b))
  }

  @Test(arguments: [1, 3, 8, 17, 40], [false, true])
  func productsAndSums(width: Int, isSparse: Bool) throws {
    let seed = UInt64(width)
    let data = Case(seed: seed, width: width)
    let features: FeatureMatrix =
      try isSparse ? .sparse(SparseMatrix(data.matrix)) : .dense(data.matrix)
    let count = data.rows.count
    let training = LinearTraining(
      examples: .local(features), loss: .hinge, epsilon: 0, intercept: .free, solver: .automatic,
      run: try TrainingControl(TrainingOptions(threads: 1)))
    features.withExamples { memory in
      let problem = LinearProblem(
        examples: ExampleRows(memory, rows: data.rows),
        targets: [Double](repeating: 1, count: count), costs: [Double](repeating: 1, count: count),
        of: training, threads: 1)
      let margins = NumberVector(count: count)
      problem.margins(NumberVector(data.weights), into: margins)
      for example in 0..<count {
        let expected = (0...width).reduce(0.0) {
          $0 + data.weights[$1] * data.value(example, $1)
        }
        #expect(Self.isClose(margins[example], expected), "seed \(seed)")
      }
      let coefficients = NumberVector(data.coefficients)
      let sum = problem.sum(coefficients)
      let diagonal = problem.diagonal(NumberVector(data.coefficients.map(abs)))
      let gram = GramMatrix(problem, blockHeight: 100, takesChanges: false).sum(coefficients)
      for feature in 0...width {
        let expected = (0..<count).reduce(0.0) {
          $0 + data.coefficients[$1] * data.value($1, feature)
        }
        #expect(Self.isClose(sum[feature], expected), "seed \(seed)")
        let square = (0..<count).reduce(feature < width ? 1.0 : 0) {
          $0 + abs(data.coefficients[$1]) * data.value($1, feature) * data.value($1, feature)
        }
        #expect(Self.isClose(diagonal[feature], square), "seed \(seed)")
        for other in 0...feature {
          let product = (0..<count).reduce(0.0) {
            $0 + data.coefficients[$1] * data.value($1, feature) * data.value($1, other)
          }
          #expect(Self.isClose(gram[feature * (width + 1) + other], product), "seed \(seed)")
        }
      }
      // The second matrix is made of the changes of the first.
      let updates = GramUpdates(problem)
      _ = updates.sum(coefficients)
      let changed = NumberVector(data.coefficients)
      changed[2] += 0.5
      let updated = updates.sum(changed)
      let anew = GramMatrix(problem, blockHeight: 100, takesChanges: false).sum(changed)
      for row in 0...width {
        for column in 0...row {
          let place = row * (width + 1) + column
          #expect(Self.isClose(updated[place], anew[place]), "seed \(seed)")
        }
      }
    }
  }

  @Test(arguments: [LinearLoss.squaredHinge, .logistic, .squaredEpsilonInsensitive])
  func derivatives(loss: LinearLoss) throws {
    let seed: UInt64 = 5
    var generator = TestGenerator(seed: seed)
    let sizes = [-800.0, -40, -3, -0.5, -1e-9, 0, 1e-9, 0.7, 5, 36, 700]
    let targets = sizes.map { _ in generator.uniform() < 0.5 ? -1.0 : 1.0 }
    let costs = sizes.map { _ in generator.uniform(in: 0.1..<3) }
    let features = FeatureMatrix.dense(
      Matrix(rowCount: sizes.count, columnCount: 1) { row, _ in sizes[row] })
    let training = LinearTraining(
      examples: .local(features), loss: loss, epsilon: 0.1, intercept: .none, solver: .automatic,
      run: try TrainingControl(TrainingOptions(threads: 1)))
    features.withExamples { memory in
      let problem = LinearProblem(
        examples: ExampleRows(memory, rows: sizes.indices.map { Int32($0) }), targets: targets,
        costs: costs, of: training, threads: 1)
      let solver = NewtonSolver(problem, isDirect: true)
      let found = solver.losses(at: NumberVector(sizes))
      var expected = 0.0
      for (example, z) in sizes.enumerated() {
        for piece in 0..<problem.pieceCount {
          let (sign, offset) = problem.piece(example, piece)
          expected +=
            problem.pieceTerms(margin: offset - sign * z, alpha: 0, cost: costs[example]).loss
        }
      }
      #expect(Self.isClose(found, expected), "seed \(seed)")
    }
  }
}
