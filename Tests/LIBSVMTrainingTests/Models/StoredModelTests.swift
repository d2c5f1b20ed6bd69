import LIBSVMTraining
import LinearAlgebra
import TestSupport
import Testing

// Trainings print on standard output; the suites of this module silence them for the whole process.
@Suite("Models as LIBSVM stores them", .serialized)
struct StoredModelTests {
  init() { Output.silence() }

  private func trained(
    _ type: MachineType, _ kernel: KernelType, probability: Bool,
    _ indices: LIBSVMProblems.Indices = .init()
  ) throws -> (model: StoredModel, machine: Machine, set: TrainingSet, rows: NodeRows) {
    let (rows, targets) = LIBSVMProblems.problem(type, kernel, seed: 7, indices)
    let parameters = try LIBSVMProblems.parameters(type, kernel, probability: probability)
    let set = try TrainingSet(rows, targets: targets, isPrecomputed: kernel == .precomputed)
    let (machine, probabilities) = try HostRandomTurn.take {
      try Trainer(parameters).trainedWithProbabilities(set)
    }
    let vectors = rows.selecting(machine.order.map { machine.expansion.supportIndices[$0] })
    return (
      StoredModel(machine, probabilities, parameters, vectors: vectors), machine, set, rows
    )
  }

  @Test("text written, read and written again is the same", arguments: [false, true])
  func textRoundTrip(probability: Bool) throws {
    for (type, kernel) in LIBSVMProblems.all {
      let (model, _, _, _) = try trained(type, kernel, probability: probability)
      let text = model.text
      let again = try #require(StoredModel(text: text), "\(type) \(kernel)")
      #expect(again.text == text, "\(type) \(kernel)")
      #expect(again.hasProbabilities == model.hasProbabilities)
      #expect(again.vectors.count == model.vectors.count)
    }
  }

  @Test(
    "a stored model predicts as the machine that it was made of",
    arguments: LIBSVMProblems.Indices.all)
  func storedPredictsAlike(_ indices: LIBSVMProblems.Indices) throws {
    for (type, kernel) in LIBSVMProblems.all {
      let (model, machine, set, rows) = try trained(type, kernel, probability: false, indices)
      if kernel != .precomputed {
        let isSparse = if case .sparse = machine.expansion.supportVectors { true } else { false }
        #expect(isSparse == (indices.stride > 1))
      }
      let packed = PackedModel(try Machine(model), isPrecomputed: kernel == .precomputed)
      let together = packed.decisionValues(rows)
      let expected = try machine.decisionValues(set.features)
      for row in 0..<rows.count {
        let alone = packed.decisionValues(rows.selecting([row]))[0]
        #expect(together[row].count == expected.columnCount)
        for column in 0..<expected.columnCount {
          let value = expected[row, column]
          let allowed = 1e-10 * max(1, value.magnitude)
          #expect(abs(together[row][column] - value) <= allowed, "\(type) \(kernel) row \(row)")
          #expect(abs(alone[column] - value) <= allowed, "\(type) \(kernel) row \(row)")
        }
      }
    }
  }

  @Test("the label is the one that most pairs vote for, of equals the first")
  func votes() throws {
    let (model, machine, _, _) = try trained(.cSVC, .linear, probability: false)
    let labels = try #require(model.labels)
    #expect(labels == [-1, 1, 3])
    // Pairs (0,1), (0,2), (1,2).
    for (decisions, winner) in [
      ([1.0, 1, 1], 0), ([-1, 1, 1], 1), ([-1, -1, -1], 2), ([1, -1, 1], 0),
    ] {
      #expect(model.prediction(decisions, machine).label == Double(labels[winner]))
    }
  }

  @Test("probabilities add up to 1, and the label is the most probable class")
  func probabilities() throws {
    let (model, machine, set, _) = try trained(.cSVC, .gaussian, probability: true)
    let labels = try #require(model.labels)
    let values = try machine.decisionValues(set.features)
    for row in 0..<values.rowCount {
      let decisions = (0..<values.columnCount).map { values[row, $0] }
      let (label, found) = model.prediction(decisions, machine)
      let probabilities = try #require(found)
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
      #expect(
        label
          == Double(labels[probabilities.indices.max { probabilities[$0] < probabilities[$1] }!]))
    }
  }

  @Test(
    "a feature that no support vector has counts in distances, not in products",
    arguments: LIBSVMProblems.Indices.all)
  func unknownFeatures(_ indices: LIBSVMProblems.Indices) throws {
    for kernel in [KernelType.linear, .gaussian] {
      let (model, _, _, rows) = try trained(.epsilonSVR, kernel, probability: false, indices)
      let packed = PackedModel(try Machine(model), isPrecomputed: false)
      var wide = NodeRows()
      for (index, value) in zip(rows.indices(ofRow: 0), rows.values(ofRow: 0)) {
        wide.append(index, value)
      }
      wide.append(90, 3)
      wide.append(91, 4)
      wide.endRow()
      let near = packed.decisionValues(rows.selecting([0]))[0][0] + model.rho[0]
      let far = packed.decisionValues(wide)[0][0] + model.rho[0]
      // ‖(3, 4)‖² = 25.
      let factor = kernel == .linear ? 1 : PlainExponential.value(-0.25 * 25)
      #expect(abs(far - near * factor) < 1e-9)
    }
  }

  static let malformed: [(String, String)] = [
    ("an unknown key", "svm_type c_svc\nsigma 1\n"),
    ("an unknown kernel", "svm_type c_svc\nkernel_type rbg\n"),
    (
      "no vectors",
      "svm_type c_svc\nkernel_type linear\nnr_class 2\ntotal_sv 2\nrho 0\nlabel 1 2\nnr_sv 1 1\nSV\n1 1:1\n"
    ),
    (
      "counts of another total",
      "svm_type c_svc\nkernel_type linear\nnr_class 2\ntotal_sv 1\nrho 0\nlabel 1 2\nnr_sv 1 1\nSV\n1 1:1\n"
    ),
    (
      "no labels",
      "svm_type c_svc\nkernel_type linear\nnr_class 2\ntotal_sv 0\nrho 0\nnr_sv 0 0\nSV\n"
    ),
    (
      "a huge total",
      "svm_type one_class\nkernel_type linear\nnr_class 2\ntotal_sv 2000000000\nrho 0\nSV\n"
    ),
    ("huge classes", "svm_type c_svc\nkernel_type linear\nnr_class 65000\ntotal_sv 0\nrho 0\nSV\n"),
    (
      "no number",
      "svm_type one_class\nkernel_type linear\nnr_class 2\ntotal_sv 1\nrho x\nSV\n1 1:1\n"
    ),
    (
      "a node without value",
      "svm_type one_class\nkernel_type linear\nnr_class 2\ntotal_sv 1\nrho 0\nSV\n1 1:\n"
    ),
    (
      "a negative index",
      "svm_type one_class\nkernel_type linear\nnr_class 2\ntotal_sv 1\nrho 0\nSV\n1 -3:1\n"
    ),
    (
      "sigmoids before classes",
      "svm_type c_svc\nprobA 1\nkernel_type linear\nnr_class 2\ntotal_sv 0\nrho 0\nlabel 1 2\nnr_sv 0 0\nSV\n"
    ),
    ("nothing", ""),
  ]

  @Test("a malformed text is refused", arguments: malformed.map(\.0))
  func malformedText(_ name: String) throws {
    let text = try #require(Self.malformed.first { $0.0 == name }?.1)
    #expect(StoredModel(text: Array(text.utf8)) == nil)
  }

  @Test("a text cut off before its last line is refused")
  func truncatedText() throws {
    let (model, _, _, _) = try trained(.cSVC, .gaussian, probability: true)
    let text = model.text
    let lastLine = try #require(text.dropLast().lastIndex(of: UInt8(ascii: "\n")))
    for length in 0...lastLine {
      let isRead = StoredModel(text: Array(text[..<length])) != nil
      #expect(!isRead, "length \(length)")
    }
  }
}
