import Calibration
import SupportVectors
import TabularModels

// Probabilities, and the labels that they decide, in ordinary operators and in Double: decision values
// of Float are widened first.

extension ONNXBuilder {
  /// The outputs of a model with probabilities: the label that they decide, the decision values, and
  /// the probabilities themselves.
  mutating func calibrated(
    _ outputs: [Output], _ calibration: ClassCalibration
  ) throws(ModelExportError) -> [Output] {
    guard outputs.count == 2 else { return outputs }
    let decision = outputs[1]
    let values = isComposed ? decision.value : cast(decision.value, to: .double)
    let later = laterProbabilities(values, calibration)
    let earlier = node("Sub", [doubles([1], "one"), later])
    let label: Output
    let probabilities: String
    if calibration.classCount == 2 {
      probabilities = node("Concat", [earlier, later], [("axis", .integer(1))])
      let threshold: Double
      do { threshold = try source.threshold() } catch {
        throw source.failure("the threshold of its labels cannot be found: \(error)")
      }
      let isLater = node("Greater", [values, doubles([threshold], "threshold")])
      let flat = node("Reshape", [cast(isLater, to: .int64), constant(.integers([-1]), "shape")])
      label = self.label(index: flat)
    } else {
      probabilities = coupled(later: later, earlier: earlier, calibration.classCount)
      let votes = votes(decision.value)
      if calibration.labelWeights != nil, calibration.constantCount == calibration.columns.count {
        // Probabilities that know nothing of a row say nothing of the weights either.
        label = self.label(scores: votes)
      } else {
        let weighted =
          calibration.labelWeights.map { weights in
            node("Mul", [probabilities, doubles(weights, "labelWeights")])
          } ?? probabilities
        label = self.label(scores: scores(weighted, votes: votes))
      }
    }
    let output = isComposed ? probabilities : cast(probabilities, to: .float)
    return [
      label, decision,
      (output, "probabilities", (type, [Self.rows, .fixed(calibration.classCount)])),
    ]
  }

  private mutating func cast(_ value: String, to type: ONNXElementType) -> String {
    node("Cast", [value], [("to", .integer(type.rawValue))])
  }

  private mutating func doubles(_ values: [Double], _ name: String, shape: [Int]? = nil) -> String {
    constant(.numbers(values, .double, shape: shape), name)
  }

  /// The probability of each pair's later class, rows × pairs.
  private mutating func laterProbabilities(
    _ values: String, _ calibration: ClassCalibration
  ) -> String {
    let exponents = calibration.columns.compactMap(\.exponent)
    if exponents.count == calibration.columns.count {
      // 1 / (1 + e^(A·d + B))
      let product = node("Mul", [values, doubles(exponents.map(\.a), "slopes")])
      let power = node("Exp", [node("Add", [product, doubles(exponents.map(\.b), "offsets")])])
      let one = doubles([1], "one")
      return node("Div", [one, node("Add", [one, power])])
    }
    let columns = calibration.columns.enumerated().map { place, column in
      let value = node(
        "Gather", [values, constant(.integers([place]), "pair")], [("axis", .integer(1))])
      return laterProbability(value, column)
    }
    return columns.count == 1 ? columns[0] : node("Concat", columns, [("axis", .integer(1))])
  }

  private mutating func laterProbability(_ value: String, _ column: ScoreCalibration) -> String {
    if let (a, b) = column.exponent {
      let product = node("Mul", [value, doubles([a], "slope")])
      let power = node("Exp", [node("Add", [product, doubles([b], "offset")])])
      let one = doubles([1], "one")
      return node("Div", [one, node("Add", [one, power])])
    }
    guard case .isotonic(let table) = column else {
      preconditionFailure("every other calibration has the parameters of a sigmoid")
    }
    // Between neighbours of the table a line; before the first and after the last a constant.
    let (x, y) = (table.decisions, table.probabilities)
    let knots = doubles(x, "knots", shape: [1, x.count])
    let passed = cast(node("GreaterOrEqual", [value, knots]), to: .double)
    let count = node(
      "ReduceSum", [passed, constant(.integers([1]), "axes")], [("keepdims", .integer(1))])
    let place = cast(count, to: .int64)
    let widths = zip(x.dropFirst(), x).map { $0 / 2 - $1 / 2 }
    let starts = gather([x[0]] + x, place, "starts")
    let lengths = gather([1] + widths + [1], place, "widths")
    let lows = gather([y[0]] + y, place, "lows")
    let rises = gather([0] + zip(y.dropFirst(), y).map { $0 - $1 } + [0], place, "rises")
    // Halves, because differences of the largest numbers overflow.
    let half = doubles([0.5], "half")
    let distance = node("Sub", [node("Mul", [value, half]), node("Mul", [starts, half])])
    let part = node("Div", [distance, lengths])
    return node("Add", [lows, node("Mul", [rises, part])])
  }

  private mutating func gather(_ values: [Double], _ place: String, _ name: String) -> String {
    node("Gather", [doubles(values, name), place], [("axis", .integer(0))])
  }

  /// One probability for each class from those of pairs, rows × classes.
  ///
  /// Solves (Q + eeᵀ)·p = e with Q_ii = Σ r_si² and Q_ij = −r_ji·r_ij, where r_ij is the probability of
  /// i among i and j, and divides by the sum; see `PairwiseCoupling`. The system is positive definite
  /// and well conditioned, so that eliminating without exchanging rows is safe.
  private mutating func coupled(later: String, earlier: String, _ classCount: Int) -> String {
    let pairs = ClassProblems(.pairs, classCount: classCount)
    let pairCount = pairs.count
    // Columns of `known`: the earlier classes' probabilities, the later ones', and one for r_ii.
    var own = [Int](repeating: 2 * pairCount, count: classCount * classCount)
    for pair in pairs.indices {
      let (first, second) = pairs[pair: pair]
      own[first * classCount + second] = pair
      own[second * classCount + first] = pairCount + pair
    }
    let others = (0..<classCount * classCount).map { place in
      own[place % classCount * classCount + place / classCount]
    }
    let firstColumn = node(
      "Gather", [later, constant(.integers([0]), "pair")], [("axis", .integer(1))])
    let zero = node("Mul", [firstColumn, doubles([0], "zero")])
    let known = node("Concat", [earlier, later, zero], [("axis", .integer(1))])
    let cube = constant(.integers([-1, classCount, classCount]), "shape")
    func square(_ places: [Int]) -> String {
      let gathered = node(
        "Gather", [known, constant(.integers(places), "places")], [("axis", .integer(1))])
      return node("Reshape", [gathered, cube])
    }
    // wins[i, j] is r_ij, losses[i, j] is r_ji.
    let (wins, losses) = (square(own), square(others))
    let squares = node(
      "ReduceSum", [node("Mul", [losses, losses]), constant(.integers([2]), "axes")],
      [("keepdims", .integer(1))])
    let identity = doubles(
      (0..<classCount * classCount).map { $0 / classCount == $0 % classCount ? 1 : 0 }, "identity",
      shape: [1, classCount, classCount])
    let diagonal = node("Mul", [squares, identity])
    let one = doubles([1], "one")
    var system = node("Add", [node("Sub", [diagonal, node("Mul", [wins, losses])]), one])
    // A column of ones, of as many rows.
    var solution = node("Add", [node("Mul", [squares, doubles([0], "zero")]), one])
    for step in 0..<classCount {
      let place = constant(.integers([step]), "step")
      let pivotRow = node("Gather", [system, place], [("axis", .integer(1))])
      let pivot = node("Gather", [pivotRow, place], [("axis", .integer(2))])
      let row = node("Div", [pivotRow, pivot])
      let value = node(
        "Div", [node("Gather", [solution, place], [("axis", .integer(1))]), pivot])
      let column = node("Gather", [system, place], [("axis", .integer(2))])
      let unit = doubles(
        (0..<classCount).map { $0 == step ? 1 : 0 }, "unit", shape: [1, classCount, 1])
      let factors = node("Sub", [column, unit])
      system = node("Sub", [system, node("Mul", [factors, row])])
      solution = node("Sub", [solution, node("Mul", [factors, value])])
    }
    let flat = node("Reshape", [solution, constant(.integers([-1, classCount]), "shape")])
    let positive = node("Max", [flat, doubles([0], "zero")])
    let sum = node(
      "ReduceSum", [positive, constant(.integers([1]), "axes")], [("keepdims", .integer(1))])
    return node("Div", [positive, sum])
  }

  /// What the predicted class has most of: the votes of the most probable class or, where several are
  /// as probable but for rounding, of the one with most votes.
  private mutating func scores(_ probabilities: String, votes: String) -> String {
    let largest = node(
      "ReduceMax", [probabilities], [("axes", .integers([1])), ("keepdims", .integer(1))])
    let least = node("Mul", [largest, doubles([1 - 1e-12], "share")])
    let isLargest = cast(node("GreaterOrEqual", [probabilities, least]), to: .float)
    let counted = node("Add", [votes, constant(.numbers([1], .float), "one")])
    return node("Mul", [isLargest, counted])
  }
}
