import SupportVectors

// What becomes of decision values: votes, labels, and the outputs of models without classes.

extension ONNXBuilder {
  /// The votes that each class has of decision values, rows × classes, in Float.
  mutating func votes(_ decision: String) -> String {
    let classCount = source.classes?.count ?? 0
    let pairCount = source.expansion.biases.count
    // Every pair votes: 1 for its later class when positive, else 1 for its earlier class.
    var weights = [Double](repeating: 0, count: pairCount * classCount)
    var start = [Double](repeating: 0, count: classCount)
    let pairs = ClassProblems(.pairs, classCount: classCount)
    for pair in pairs.indices where !source.abstains[pair] {
      let (earlier, later) = pairs[pair: pair]
      weights[pair * classCount + earlier] = -1
      weights[pair * classCount + later] = 1
      start[earlier] += 1
    }
    let zero = numbers([0], "zero")
    let isPositive = node("Greater", [decision, zero])
    let votes = node("Cast", [isPositive], [("to", .integer(ONNXElementType.float.rawValue))])
    let votingWeights = constant(
      .numbers(weights, .float, shape: [pairCount, classCount]), "votes")
    let changes = node("MatMul", [votes, votingWeights])
    return node("Add", [changes, constant(.numbers(start, .float), "votes")])
  }

  /// The class with the largest score, the earliest of equals.
  mutating func label(scores: String) -> Output {
    let winner = node("ArgMax", [scores], [("axis", .integer(1)), ("keepdims", .integer(0))])
    return label(index: winner)
  }

  mutating func label(index: String) -> Output {
    let integers = source.integerClasses
    let names = source.classes ?? []
    let texts = constant(
      integers.map(ONNXTensor.integers) ?? ONNXTensor(.strings(names), shape: [names.count]),
      "classes")
    let label = node("Gather", [texts, index], [("axis", .integer(0))])
    return (label, "label", (integers == nil ? .string : .int64, [Self.rows]))
  }

  /// The outputs of a model that knows no classes: the number, or how typical a row is, with a label
  /// that is 1 above 0, else −1.
  mutating func numberOutputs(_ value: String) -> [Output] {
    let shape: [ONNXValueInfo.Size] = [Self.rows, .fixed(1)]
    guard source.isDetector else { return [(value, "prediction", (type, shape))] }
    let isTypical = node("Greater", [value, numbers([0], "zero")])
    let places = node("Cast", [isTypical], [("to", .integer(ONNXElementType.int64.rawValue))])
    let flat = node("Reshape", [places, constant(.integers([-1]), "shape")])
    let labels = constant(.integers([-1, 1]), "labels")
    let label = node("Gather", [labels, flat], [("axis", .integer(0))])
    return [(label, "label", (.int64, [Self.rows])), (value, "decision", (type, shape))]
  }
}
