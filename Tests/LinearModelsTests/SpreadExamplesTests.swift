import Distribution
import Kernels
import Learning
import LinearAlgebra
import TestSupport
import Testing
import Transport

@testable import LinearModels

/// What is computed of examples on ranks has the bits of what one process computes.
@Suite struct SpreadExamplesTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    var count: Int
    var width: Int
    var isSparse = false
    var loss = LinearLoss.hinge
    var testDescription: String {
      "\(count) × \(width), \(isSparse ? "sparse" : "dense"), \(loss)"
    }
  }

  static let settings = [
    Setting(count: 700, width: 5), Setting(count: 5003, width: 11, loss: .epsilonInsensitive),
    // Parts of a matrix that are no multiples of the sums' parts, and blocks of few rows.
    Setting(count: 9001, width: 350), Setting(count: 2600, width: 40, isSparse: true),
    Setting(count: 3000, width: 30, isSparse: true, loss: .epsilonInsensitive),
    Setting(count: 3, width: 2),
  ]

  /// Everything that a problem's methods ask of its examples.
  private static func results(
    _ setting: Setting, _ examples: ExampleSet, seed: UInt64
  ) throws -> [[Double]] {
    var options = TrainingOptions(tolerance: 1e-6)
    options.threads = 2
    let run = try TrainingControl(options)
    let training = LinearTraining(
      examples: examples, loss: setting.loss, epsilon: 0.1, intercept: .free, solver: .newton,
      run: run)
    var generator = TestGenerator(seed: seed)
    let targets = (0..<setting.count).map { _ in generator.uniform() < 0.5 ? -1.0 : 1.0 }
    let costs = (0..<setting.count).map { _ in generator.uniform(in: 0.2..<2) }
    // Many are 0, so that what is added together begins and ends anywhere.
    let coefficients = (0..<setting.count).map { _ in
      generator.uniform() < 0.6 ? 0 : generator.uniform(in: -1..<1)
    }
    let weights = (0...setting.width).map { _ in generator.uniform(in: -1..<1) }
    let part = LinearTraining.Part(rows: (0..<Int32(setting.count)).map { $0 }, positive: 1)
    func found(_ examples: any ProblemExamples) -> [[Double]] {
      let problem = training.problem(part, examples, targets, costs, threads: 2)
      let (parameters, numbers) = (NumberVector(weights), NumberVector(coefficients))
      let margins = NumberVector(count: setting.count)
      problem.margins(parameters, into: margins)
      let list = (0..<Int32(setting.count)).filter { $0 % 3 != 1 }
      let size = problem.dimension
      func triangle(_ gram: NumberVector) -> [Double] {
        (0..<size).flatMap { row in (0...row).map { gram[row * size + $0] } }
      }
      let gram = GramMatrix(problem, blockHeight: 100, takesChanges: false)
      // A matrix, and one that follows from it by a few examples.
      let updates = GramUpdates(problem)
      _ = updates.sum(numbers)
      let changed = NumberVector(
        coefficients.enumerated().map { $0.offset % 7 == 3 ? $0.element + 0.5 : $0.element })
      var results = [
        margins.numbers, problem.sum(numbers).numbers,
        problem.diagonal(NumberVector(coefficients.map(abs))).numbers,
        triangle(gram.sum(numbers)), triangle(updates.sum(changed)),
        problem.examples.squaredNorms().numbers,
        problem.examples.products(of: list, parameters, bias: 0.5, threads: 2).numbers,
        [Double(problem.examples.storedCount), problem.examples.pairCount ?? 0],
      ]
      problem.withSample(every: 3) {
        results.append($0.sum(NumberVector($0.costs.numbers)).numbers)
      }
      if setting.width < 100 {
        results.append(InteriorPointSolver(problem).solve().parameters.numbers)
      }
      return results
    }
    switch examples {
    case .local(let features):
      return features.withExamples { memory in
        found(LocalExamples(ExampleRows(memory, rows: part.rows)))
      }
    case .sharded(let shards):
      let link = RankLink(shards.transport, run)
      let sizes = try ProblemSizes.find(of: [part.rows], in: shards)
      let results = shards.own.withExamples { memory in
        found(SpreadExamples(shards, memory, sizes[0], link))
      }
      try link.check()
      return results
    }
  }

  @Test(arguments: settings) func ranksComputeTheBitsOfOneProcess(setting: Setting) throws {
    let seed: UInt64 = 31
    let dense = TestExamples.clouds(
      setting.count, features: setting.width, distance: 1, seed: seed
    ).features
    let features: FeatureMatrix
    if setting.isSparse {
      features = .sparse(
        SparseMatrix(
          fitting: Matrix(rowCount: setting.count, columnCount: setting.width) { row, column in
            (row * 5 + column * 3) % 7 == 0 ? dense[row, column] : 0
          }))
    } else {
      features = .dense(dense)
    }
    let expected = try Self.results(setting, .local(features), seed: seed)
    for size in [1, 2, 3, 5, 8] {
      // Equal shares, and growing ones after one that is empty.
      for cuts in [
        (0...size).map { $0 * setting.count / size },
        [0, 0] + (1...size).dropFirst().map { $0 * $0 * setting.count / (size * size) },
      ] where cuts.last == setting.count && cuts.count == size + 1 {
        let results = ThreadTransport.run(ranks: size) { transport in
          let own = Array(cuts[transport.rank]..<cuts[transport.rank + 1])
          return try Self.results(
            setting, .sharded(ShardedFeatures(features.gatheringRows(own), transport)), seed: seed)
        }
        for (rank, result) in results.enumerated() {
          let found = try result.get()
          for (place, numbers) in found.enumerated() {
            #expect(
              numbers == expected[place],
              "result \(place) of rank \(rank), cuts \(cuts), seed \(seed)")
          }
        }
      }
    }
  }
}
