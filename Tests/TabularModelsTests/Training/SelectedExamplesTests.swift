import LinearAlgebra
import Tables
import Testing

@testable import TabularModels

private func examples(
  _ text: String, name: String = "data.csv", target: String? = nil, choices: ColumnChoices,
  missing: MissingValuePolicy = .mean
) throws -> SelectedExamples {
  var configuration = TrainingConfiguration(target: target)
  configuration.missing = missing
  configuration.columnOverrides = choices
  return try SelectedExamples(TestData.examples(text, name: name), configuration)
}

private let weighted = """
  x,w,g,c,y
  1,0,p,odd,zero
  2,2,q,a,yes
  ,1,p,b,no
  5,0,p,a,yes
  4,0.5,r,a,no
  3,3,p,b,yes

  """

@Test func examplesHaveWeightsAndGroups() throws {
  let found = try examples(weighted, choices: ColumnChoices(weight: "w", group: "g"))
  #expect(found.rows == [0, 1, 2, 3])
  #expect(found.fileRows == [1, 2, 4, 5])
  #expect(found.weights == [2, 1, 0.5, 3])
  #expect(found.groups == [1, 0, 2, 0])
  #expect(found.zeroWeightRowCount == 2)
  #expect(found.skippedRowCount == 0)
  guard
    case .classes(let classes) = Targets(.classification, found)
  else {
    Issue.record("no classes")
    return
  }
  #expect(classes.names == ["no", "yes"])
  #expect(classes.codes == [1, 0, 0, 1])
}

@Test func rowsWithoutAValueAreCountedApart() throws {
  let found = try examples(
    weighted, choices: ColumnChoices(weight: "w", group: "g"), missing: .drop)
  #expect(found.rows == [0, 2, 3])
  #expect(found.fileRows == [1, 4, 5])
  #expect(found.weights == [2, 0.5, 3])
  #expect(found.groups == [1, 2, 0])
  #expect(found.zeroWeightRowCount == 2)
  #expect(found.skippedRowCount == 1)
}

@Test func someExamplesAreFittedByTheirWeights() throws {
  let found = try examples(weighted, choices: ColumnChoices(weight: "w", group: "g"))
  let (preprocessor, training, others) = try found.fitted(training: [0, 2, 3], others: [1])
  guard case .table(let table) = preprocessor else {
    Issue.record("no table")
    return
  }
  // 2 and 4 and 3, of weights 2, ½ and 3.
  let mean = 15 / 5.5
  #expect(abs(table.scaler.offsets[0] - mean) < 1e-15)
  #expect(table.featureNames == ["x", "c=a", "c=b"])
  #expect(training.rowCount == 3)
  // The mean stands in for the missing value.
  #expect(abs(others.dense[0, 0]) < 1e-15)
}

@Test func withoutWeightsThereAreNone() throws {
  let found = try examples(weighted, choices: ColumnChoices())
  #expect(found.weights == nil && found.groups == nil && found.zeroWeightRowCount == 0)
  #expect(found.fileRows == Array(0..<6))
}

@Test func everyExampleNeedsAGroup() {
  #expect {
    try examples("x,g,y\n1,a,p\n2,,q\n", choices: ColumnChoices(group: "g"))
  } throws: { error in
    "\(error)" == "data.csv:3:3: field 2 (g) is empty; every row needs a group"
  }
}

@Test func sparseTextHasNoColumnOfWeights() {
  for choices in [ColumnChoices(weight: "w"), ColumnChoices(group: "w")] {
    #expect(throws: TableError(.columnOfLIBSVMText(file: "data.libsvm", name: "w"))) {
      try examples(TestData.sparse, name: "data.libsvm", choices: choices)
    }
  }
}

@Test func aPlanLeavesRowsOfWeightZeroOut() throws {
  let plan = try TabularTrainer(
    configuration: TrainingConfiguration().with(
      \.columnOverrides, ColumnChoices(weight: "w", group: "g"))
  )
  .plan(TestData.examples(weighted))
  #expect(plan.rowCount == 6 && plan.zeroWeightRowCount == 2)
  #expect(plan.featureCount == 3 && plan.problem == nil)
  #expect(plan.schema?.columns[1].role == .unused(.weight))
}
