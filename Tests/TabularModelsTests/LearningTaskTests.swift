import Tables
import TabularModels
import Testing

private func decision(
  _ target: TableColumn, _ choice: TaskChoice = .auto, isLIBSVM: Bool = false
) throws -> TaskDecision {
  try TaskDecision(choice, target: target, isLIBSVM: isLIBSVM, file: "data.csv")
}

private func column(_ numbers: [Double]) -> TableColumn {
  TableColumn(name: "y", numbers: numbers)
}

@Test func textMeansClassification() throws {
  let decision = try decision(TableColumn(name: "y", texts: ["a", "b", "a"]))
  #expect(decision.task == .classification)
  #expect(decision.reason == "the target is text")
}

@Test func fewWholeNumbersMeanClassification() throws {
  let few = try decision(column((0..<100).map { Double($0 % 10) }))
  #expect(few.task == .classification)
  #expect(few.reason == "the target has 10 different whole numbers")
  let many = try decision(column((0..<100).map { Double($0 % 11) }))
  #expect(many.task == .regression)
  #expect(many.reason == "the target has more than 10 different numbers")
  let one = try decision(column([3, 3]))
  #expect(one.reason == "the target has 1 different whole number")
}

@Test func decimalsMeanRegression() throws {
  let decision = try decision(column([1, 2, 2.5]))
  #expect(decision.task == .regression)
  #expect(decision.reason == "the target has decimals")
}

@Test func wholeLabelsOfLIBSVMTextMeanClassificationHoweverMany() throws {
  let many = column((0..<100).map { Double($0 % 40) })
  #expect(try decision(many, isLIBSVM: true).task == .classification)
  #expect(try decision(column([0.5, 1]), isLIBSVM: true).task == .regression)
}

@Test func aTaskThatIsAskedForIsTaken() throws {
  #expect(try decision(column([0, 1]), .regression).task == .regression)
  #expect(try decision(column([0.5, 1]), .classification).task == .classification)
}

@Test func aRegressionOnTextIsRefused() {
  #expect {
    try decision(TableColumn(name: "species", texts: ["a"]), .regression)
  } throws: { error in
    "\(error)" == "data.csv: the target \"species\" is text; a regression needs numbers"
  }
}
