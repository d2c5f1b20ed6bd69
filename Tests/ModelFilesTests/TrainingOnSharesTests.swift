import Evaluation
import ModelFiles
import Tables
import TabularModels
import Testing
import Transport

/// Models of rows that ranks have read together are those of one process that reads them all, byte for byte.
@Suite struct TrainingOnSharesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String
    var configuration = TrainingConfiguration()

    init(
      _ name: String, _ text: String, _ adjust: (inout TrainingConfiguration) -> Void = { _ in }
    ) {
      testDescription = name
      self.text = text
      adjust(&configuration)
    }
  }

  static let cases: [Case] = [
    Case("classes, probabilities, holdout", table(classes: 3)) {
      $0.calibration = CalibrationChoice(method: nil, foldCount: 3)
      $0.holdoutFraction = 0.2
    },
    Case("weights, rows with missing values left out", table(classes: 2)) {
      $0.columnOverrides.weight = "weight"
      $0.missing = .drop
    },
    Case("a class in the last rows only", table(classes: 2) + table(classes: 0, header: "")) {
      $0.task = .classification
    },
    Case("regression, intervals", table(classes: 0)) {
      $0.calibration = CalibrationChoice(foldCount: 3)
    },
    Case("one class", table(classes: 0)) { $0.method.formulation = .oneClass },
    Case("linear in the weights", table(classes: 3)) {
      $0.method.kernel = .linear
      $0.method.solver = .primal
    },
    Case("fourier", table(classes: 2)) {
      $0.method.featureMap = .fourier
      $0.method.componentCount = 10
    },
    Case("LIBSVM text", sparse()) { $0.holdoutFraction = 0.3 },
    Case("LIBSVM text, scaled", sparse()) { $0.scaling = .standard },
  ]

  private static func table(
    classes: Int, header: String = "x,y,colour,day,weight,target\n"
  ) -> String {
    header
      + (0..<72).map { row in
        let kind = classes > 0 ? row % classes : 0
        let x = Double(kind) + Double(row * 37 % 41) / 30
        let target = classes > 0 ? "k\(kind)" : "\(x * (3 - x))"
        return "\(x),\(row % 7 == 3 ? "" : "\(row * 13 % 29)"),\(["red", "blue", "NA"][row % 3]),"
          + "2024-0\(row % 9 + 1)-11,\(row % 4),\(target)\n"
      }.joined()
  }

  private static func sparse() -> String {
    (0..<60).map { row in
      let entries = (1...9).filter { row * $0 % 4 == 1 }.map { " \($0):\(row % 11 - 5)" }
      return (row % 2 == 0 ? "+1" : "-1") + entries.joined() + " 10:\(row % 2 * 2)\n"
    }.joined()
  }

  @Test(arguments: cases) func sharesGiveTheModelOfOneProcess(test: Case) throws {
    @Sendable func source() -> ByteSource {
      ByteSource(bytes: Array(test.text.utf8), name: "data")
    }
    let alone = TabularTrainer(
      configuration: test.configuration, control: RunControl(threads: 1))
    let expected = try alone.train(try alone.data(reading: source()))
    let bytes = try ModelFile.encode(expected.model)
    for size in [1, 2, 3, 5, 8] {
      let results = ThreadTransport.run(ranks: size) { transport in
        var trainer = alone
        trainer.control.ranks = transport
        // The columns go as soon as they may, or stay.
        trainer.control.keepsColumns = size % 2 == 0
        let training = try trainer.train(
          try trainer.data(reading: source(), over: transport).examples)
        return (try ModelFile.encode(training.model), training.measurement)
      }
      for (rank, result) in results.enumerated() {
        let (model, measurement) = try result.get()
        #expect(model == bytes, "the model of rank \(rank) of \(size)")
        #expect(measurement == expected.measurement, "the figures of rank \(rank) of \(size)")
      }
    }
  }

  /// Rows that a reader should look at have their values, which are on one rank each.
  @Test(arguments: cases) func sharesKeepTheRowsOfOneProcess(test: Case) throws {
    @Sendable func source() -> ByteSource {
      ByteSource(bytes: Array(test.text.utf8), name: "data")
    }
    let alone = TabularTrainer(
      configuration: test.configuration, control: RunControl(threads: 1),
      sampling: RowKeeping(seed: 3, exampleLimit: 10))
    let expected = try #require(try alone.train(try alone.data(reading: source())).rows)
    for size in [2, 5] {
      let results = ThreadTransport.run(ranks: size) { transport in
        var trainer = alone
        trainer.control.ranks = transport
        let data = try trainer.data(reading: source(), over: transport).examples
        return try trainer.train(data).rows?.notable
      }
      for result in results { #expect(try result.get() == expected.notable) }
    }
  }
}
