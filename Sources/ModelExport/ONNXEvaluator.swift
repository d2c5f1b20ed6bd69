import Basics
import SupportVectors

/// Runs the operators that exported models use, as the standard describes them, in plain loops: what
/// was written is checked by what it means.
struct ONNXEvaluator {
  /// What flows between operators.
  struct Value: Equatable {
    var shape: [Int]
    var type: ONNXElementType
    /// Numbers of every type; Floats are rounded as they are made.
    var numbers: [Double] = []
    var texts: [String] = []

    var count: Int { type == .string ? texts.count : numbers.count }

    init(numbers: [Double], shape: [Int], type: ONNXElementType) {
      self.shape = shape
      self.type = type
      self.numbers = type == .float ? numbers.map { Double(Float($0)) } : numbers
    }

    init(texts: [String], shape: [Int]) {
      self.shape = shape
      self.type = .string
      self.texts = texts
    }

    init(_ tensor: ONNXTensor) {
      switch tensor.elements {
      case .floats(let values):
        self.init(numbers: values.map(Double.init), shape: tensor.shape, type: .float)
      case .doubles(let values):
        self.init(numbers: values, shape: tensor.shape, type: .double)
      case .int64s(let values):
        self.init(numbers: values.map { Double($0) }, shape: tensor.shape, type: .int64)
      case .strings(let values):
        self.init(texts: values, shape: tensor.shape)
      }
    }
  }

  /// Runs a graph.
  ///
  /// - Parameters:
  ///   - graph: The graph; of operators that exported models use.
  ///   - inputs: A value for each input.
  /// - Returns: All values by name, or `nil` when an operator is not known or does not fit.
  static func run(_ graph: ONNXGraph, inputs: [String: Value]) -> [String: Value]? {
    var values = inputs
    for (name, tensor) in graph.constants { values[name] = Value(tensor) }
    for node in graph.nodes {
      let arguments = node.inputs.compactMap { values[$0] }
      guard arguments.count == node.inputs.count,
        let results = apply(node, arguments, outer: values), results.count == node.outputs.count
      else { return nil }
      for (name, result) in zip(node.outputs, results) { values[name] = result }
    }
    return values
  }

  private static func apply(
    _ node: ONNXNode, _ inputs: [Value], outer: [String: Value]
  ) -> [Value]? {
    guard let x = inputs.first else { return nil }
    let attributes = Dictionary(uniqueKeysWithValues: node.attributes.map { ($0.name, $0.value) })
    func integer(_ name: String, default value: Int) -> Int {
      if case .integer(let value)? = attributes[name] { value } else { value }
    }
    func floats(_ name: String) -> [Double] {
      if case .floats(let values)? = attributes[name] { values.map(Double.init) } else { [] }
    }
    func integers(_ name: String) -> [Int] {
      if case .integers(let values)? = attributes[name] { values } else { [] }
    }
    func strings(_ name: String) -> [String] {
      if case .strings(let values)? = attributes[name] { values } else { [] }
    }
    func string(_ name: String) -> String {
      if case .string(let value)? = attributes[name] { value } else { "" }
    }
    func map(_ function: (Double) -> Double) -> [Value] {
      [Value(numbers: x.numbers.map(function), shape: x.shape, type: x.type)]
    }
    func binary(_ function: (Double, Double) -> Double) -> [Value]? {
      inputs.count == 2 && x.type == inputs[1].type
        ? broadcast(x, inputs[1], function).map { [$0] } : nil
    }

    switch node.type {
    case "Identity": return [x]
    case "Neg": return map { -$0 }
    case "Abs": return map { abs($0) }
    case "Exp": return map { exp($0) }
    case "Tanh": return map { tanh($0) }
    case "Sqrt": return map { $0.squareRoot() }
    case "Add": return binary(+)
    case "Sub": return binary(-)
    case "Mul": return binary(*)
    case "Div": return binary(/)
    case "Min": return binary { min($0, $1) }
    case "Max": return binary { max($0, $1) }
    case "Pow": return binary { pow($0, $1) }
    case "Greater", "GreaterOrEqual":
      let isStrict = node.type == "Greater"
      return binary { $0 > $1 || !isStrict && $0 == $1 ? 1 : 0 }?.map {
        Value(numbers: $0.numbers, shape: $0.shape, type: .bool)
      }
    case "IsNaN":
      return [Value(numbers: x.numbers.map { $0.isNaN ? 1 : 0 }, shape: x.shape, type: .bool)]
    case "Where":
      guard inputs.count == 3,
        inputs[1].count == 1 || inputs[1].shape == x.shape
          || x.shape.suffix(inputs[1].shape.count).elementsEqual(inputs[1].shape),
        inputs[2].shape == x.shape
      else { return nil }
      let chosen = x.numbers.indices.map { index in
        x.numbers[index] != 0
          ? inputs[1].numbers[index % inputs[1].count] : inputs[2].numbers[index]
      }
      return [Value(numbers: chosen, shape: x.shape, type: inputs[2].type)]
    case "Cast":
      guard let type = ONNXElementType(rawValue: integer("to", default: 0)), type != .string,
        x.type != .string
      else { return nil }
      return [Value(numbers: x.numbers, shape: x.shape, type: type)]
    case "Reshape":
      guard inputs.count == 2 else { return nil }
      var shape = inputs[1].numbers.map { Int($0) }
      if let free = shape.firstIndex(of: -1) {
        shape[free] = 1
        shape[free] = x.count / max(1, shape.reduce(1, *))
      }
      guard shape.reduce(1, *) == x.count else { return nil }
      var result = x
      result.shape = shape
      return [result]
    case "MatMul":
      return inputs.count == 2 ? product(x, inputs[1]).map { [$0] } : nil
    case "ReduceSum":
      guard inputs.count == 2, inputs[1].numbers.count == 1 else { return nil }
      return reduced(
        x, axis: Int(inputs[1].numbers[0]), keeps: integer("keepdims", default: 1) == 1
      ) { rounded($0 + $1, x.type) }.map { [$0] }
    case "ReduceMax":
      guard let axis = integers("axes").first, integers("axes").count == 1 else { return nil }
      return reduced(x, axis: axis, keeps: integer("keepdims", default: 1) == 1) { max($0, $1) }
        .map { [$0] }
    case "Concat":
      guard integer("axis", default: 0) == 1, inputs.allSatisfy({ $0.shape.count == 2 }) else {
        return nil
      }
      return [concatenated(inputs)]
    case "ArgMax":
      guard integer("axis", default: 0) == 1, x.shape.count == 2,
        integer("keepdims", default: 1) == 0
      else { return nil }
      let width = x.shape[1]
      let places = (0..<x.shape[0]).map { row -> Double in
        var best = 0
        for column in 0..<width
        where x.numbers[row * width + column] > x.numbers[row * width + best] { best = column }
        return Double(best)
      }
      return [Value(numbers: places, shape: [x.shape[0]], type: .int64)]
    case "Gather":
      guard inputs.count == 2 else { return nil }
      return gathered(x, inputs[1], axis: integer("axis", default: 0)).map { [$0] }
    case "Scan":
      guard case .graph(let body)? = attributes["body"], inputs.count == 1,
        integer("num_scan_inputs", default: 0) == 1
      else { return nil }
      return scanned(x, body, outer).map { [$0] }
    case "Imputer":
      let replacements = floats("imputed_value_floats")
      guard !replacements.isEmpty else { return nil }
      return [
        Value(
          numbers: x.numbers.enumerated().map { index, value in
            value.isNaN ? replacements[index % replacements.count] : value
          }, shape: x.shape, type: .float)
      ]
    case "Scaler":
      let (offsets, factors) = (floats("offset"), floats("scale"))
      guard offsets.count == x.shape.last, factors.count == offsets.count else { return nil }
      return [
        Value(
          numbers: x.numbers.enumerated().map { index, value in
            let feature = index % offsets.count
            return Double(Float(value - offsets[feature])) * factors[feature]
          }, shape: x.shape, type: .float)
      ]
    case "LabelEncoder":
      let (keys, values) = (strings("keys_strings"), strings("values_strings"))
      guard x.type == .string, keys.count == values.count else { return nil }
      let table = Dictionary(zip(keys, values)) { first, _ in first }
      let unknown = string("default_string")
      return [Value(texts: x.texts.map { table[$0] ?? unknown }, shape: x.shape)]
    case "OneHotEncoder":
      let categories = strings("cats_strings")
      guard x.type == .string else { return nil }
      var numbers: [Double] = []
      for text in x.texts {
        guard integer("zeros", default: 1) == 1 || categories.contains(text) else { return nil }
        numbers += categories.map { $0 == text ? 1 : 0 }
      }
      return [Value(numbers: numbers, shape: x.shape + [categories.count], type: .float)]
    case "SVMRegressor", "SVMClassifier":
      return Machine(
        isClassifier: node.type == "SVMClassifier", kernelName: string("kernel_type"),
        parameters: floats("kernel_params"), supportVectors: floats("support_vectors"),
        coefficients: floats("coefficients"), rho: floats("rho"),
        counts: integers("vectors_per_class"), labels: integers("classlabels_ints"),
        names: strings("classlabels_strings")
      ).outputs(x)
    default: return nil
    }
  }

  // MARK: Shapes

  private static func broadcast(
    _ a: Value, _ b: Value, _ function: (Double, Double) -> Double
  ) -> Value? {
    let rank = max(a.shape.count, b.shape.count)
    func padded(_ shape: [Int]) -> [Int] { Array(repeating: 1, count: rank - shape.count) + shape }
    let (left, right) = (padded(a.shape), padded(b.shape))
    guard zip(left, right).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else { return nil }
    let shape = zip(left, right).map { $0 == 1 ? $1 : $0 }
    var numbers: [Double] = []
    let count = shape.reduce(1, *)
    numbers.reserveCapacity(count)
    // Where the last axes agree, or one side is a single number there, runs are plain loops.
    func strides(_ own: [Int]) -> [Int] {
      var stride = 1
      var result = [Int](repeating: 0, count: rank)
      for axis in (0..<rank).reversed() {
        result[axis] = own[axis] == 1 ? 0 : stride
        stride *= own[axis]
      }
      return result
    }
    let (leftStrides, rightStrides) = (strides(left), strides(right))
    let width = shape.last ?? 1
    let (leftStep, rightStep) = (leftStrides.last ?? 0, rightStrides.last ?? 0)
    for run in 0..<(width == 0 ? 0 : count / width) {
      var (i, j, rest) = (0, 0, run)
      for axis in (0..<max(rank - 1, 0)).reversed() {
        let place = rest % shape[axis]
        rest /= shape[axis]
        i += place * leftStrides[axis]
        j += place * rightStrides[axis]
      }
      for _ in 0..<width {
        numbers.append(function(a.numbers[i], b.numbers[j]))
        i += leftStep
        j += rightStep
      }
    }
    return Value(numbers: numbers, shape: shape, type: a.type)
  }

  /// A number as a type holds it.
  private static func rounded(_ value: Double, _ type: ONNXElementType) -> Double {
    type == .float ? Double(Float(value)) : value
  }

  /// One axis folded into a number, of size 1 or gone.
  private static func reduced(
    _ x: Value, axis: Int, keeps: Bool, _ function: (Double, Double) -> Double
  ) -> Value? {
    guard x.shape.indices.contains(axis), x.shape[axis] > 0 else { return nil }
    let length = x.shape[axis]
    let inner = x.shape[(axis + 1)...].reduce(1, *)
    let outer = x.shape[..<axis].reduce(1, *)
    var numbers: [Double] = []
    for block in 0..<outer {
      for place in 0..<inner {
        let first = block * length * inner + place
        numbers.append(
          (1..<max(length, 1)).reduce(x.numbers[first]) {
            function($0, x.numbers[first + $1 * inner])
          })
      }
    }
    var shape = x.shape
    if keeps { shape[axis] = 1 } else { shape.remove(at: axis) }
    return Value(numbers: numbers, shape: shape, type: x.type)
  }

  /// A matrix product, summed term after term in the precision of its type.
  private static func product(_ a: Value, _ b: Value) -> Value? {
    guard a.shape.count == 2, b.shape.count == 2, a.shape[1] == b.shape[0], a.type == b.type else {
      return nil
    }
    let (rows, inner, columns) = (a.shape[0], a.shape[1], b.shape[1])
    var numbers = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for k in 0..<inner {
        let factor = a.numbers[row * inner + k]
        guard factor != 0 else { continue }
        for column in 0..<columns {
          numbers[row * columns + column] = rounded(
            numbers[row * columns + column] + factor * b.numbers[k * columns + column], a.type)
        }
      }
    }
    return Value(numbers: numbers, shape: [rows, columns], type: a.type)
  }

  private static func concatenated(_ inputs: [Value]) -> Value {
    let rows = inputs[0].shape[0]
    var numbers: [Double] = []
    for row in 0..<rows {
      for input in inputs {
        let width = input.shape[1]
        numbers += input.numbers[row * width..<(row + 1) * width]
      }
    }
    return Value(
      numbers: numbers, shape: [rows, inputs.map { $0.shape[1] }.reduce(0, +)],
      type: inputs[0].type)
  }

  private static func gathered(_ x: Value, _ indices: Value, axis: Int) -> Value? {
    let places = indices.numbers.map { Int($0) }
    if axis == 0, x.shape.count == 1 {
      guard places.allSatisfy({ (0..<x.count).contains($0) }) else { return nil }
      return x.type == .string
        ? Value(texts: places.map { x.texts[$0] }, shape: indices.shape)
        : Value(numbers: places.map { x.numbers[$0] }, shape: indices.shape, type: x.type)
    }
    guard x.type != .string, x.shape.indices.contains(axis),
      places.allSatisfy({ (0..<x.shape[axis]).contains($0) })
    else { return nil }
    let inner = x.shape[(axis + 1)...].reduce(1, *)
    let outer = x.shape[..<axis].reduce(1, *)
    let numbers = (0..<outer).flatMap { block in
      places.flatMap { place in
        let first = (block * x.shape[axis] + place) * inner
        return x.numbers[first..<first + inner]
      }
    }
    return Value(
      numbers: numbers, shape: x.shape[..<axis] + indices.shape + x.shape[(axis + 1)...],
      type: x.type)
  }

  private static func scanned(_ x: Value, _ body: ONNXGraph, _ outer: [String: Value]) -> Value? {
    guard x.shape.count == 2, let input = body.inputs.first, let output = body.outputs.first else {
      return nil
    }
    let width = x.shape[1]
    var numbers: [Double] = []
    var resultWidth = 0
    for row in 0..<x.shape[0] {
      var values = outer
      values[input.name] = Value(
        numbers: Array(x.numbers[row * width..<(row + 1) * width]), shape: [width], type: x.type)
      guard let result = run(body, inputs: values)?[output.name] else { return nil }
      numbers += result.numbers
      resultWidth = result.count
    }
    return Value(numbers: numbers, shape: [x.shape[0], resultWidth], type: x.type)
  }

  // MARK: Support vector machines

  // Decision values as onnxruntime gives them: one column for each pair, but [−f, f] for two
  // classes, where f > 0 means the first of them.
  private struct Machine {
    var isClassifier: Bool
    var kernelName: String
    var parameters: [Double]
    var supportVectors: [Double]
    var coefficients: [Double]
    var rho: [Double]
    var counts: [Int]
    var labels: [Int]
    var names: [String]

    func outputs(_ x: Value) -> [Value]? {
      guard x.shape.count == 2, parameters.count == 3, x.shape[1] > 0 else { return nil }
      let width = x.shape[1]
      let total = supportVectors.count / width
      let (gamma, constantTerm, degree) = (parameters[0], parameters[1], parameters[2])
      let classCount = counts.count
      guard total * width == supportVectors.count,
        coefficients.count == total * max(1, classCount - 1),
        rho.count == (isClassifier ? DecisionShape.pairCount(of: classCount) : 1),
        counts.reduce(0, +) == (isClassifier ? total : 0)
      else { return nil }
      // The operators compute in Float, so that their rounding is part of what is compared.
      let numbers = x.numbers.map { Float($0) }
      let vectors = supportVectors.map { Float($0) }
      let weights = coefficients.map { Float($0) }
      var starts = [0]
      for count in counts { starts.append(starts[starts.count - 1] + count) }
      var decisions: [Double] = []
      var winners: [Int] = []
      for row in 0..<x.shape[0] {
        var kernel = [Float](repeating: 0, count: total)
        for vector in 0..<total {
          var (dot, distance): (Float, Float) = (0, 0)
          for feature in 0..<width {
            let (a, b) = (numbers[row * width + feature], vectors[vector * width + feature])
            dot += a * b
            distance += (a - b) * (a - b)
          }
          let inner = Double(Float(gamma) * dot + Float(constantTerm))
          switch kernelName {
          case "LINEAR": kernel[vector] = dot
          case "POLY": kernel[vector] = Float(pow(inner, degree))
          case "RBF": kernel[vector] = Float(exp(Double(-Float(gamma) * distance)))
          case "SIGMOID": kernel[vector] = Float(tanh(inner))
          default: return nil
          }
        }
        guard isClassifier else {
          var sum: Float = 0
          for vector in 0..<total { sum += weights[vector] * kernel[vector] }
          decisions.append(Double(sum + Float(rho[0])))
          continue
        }
        var votes = [Int](repeating: 0, count: classCount)
        for first in 0..<classCount {
          for second in first + 1..<max(classCount, first + 1) {
            var sum: Float = 0
            for vector in starts[first]..<starts[first + 1] {
              sum += weights[(second - 1) * total + vector] * kernel[vector]
            }
            for vector in starts[second]..<starts[second + 1] {
              sum += weights[first * total + vector] * kernel[vector]
            }
            let decision = Double(sum + Float(rho[pairIndex(first, second, classCount)]))
            votes[decision > 0 ? first : second] += 1
            decisions += classCount == 2 ? [-decision, decision] : [decision]
          }
        }
        winners.append(
          votes.indices.max { votes[$0] < votes[$1] || votes[$0] == votes[$1] && $0 > $1 } ?? 0)
      }
      let count = x.shape[0]
      let scores = Value(
        numbers: decisions, shape: [count, count == 0 ? 0 : decisions.count / count], type: .float)
      guard isClassifier else { return [scores] }
      let label =
        names.isEmpty
        ? Value(numbers: winners.map { Double(labels[$0]) }, shape: [count], type: .int64)
        : Value(texts: winners.map { names[$0] }, shape: [count])
      return [label, scores]
    }

    /// The place of the pair i < j in the order (0,1), (0,2), …, (1,2) and so on.
    private func pairIndex(_ i: Int, _ j: Int, _ count: Int) -> Int {
      i * count - i * (i + 1) / 2 + j - i - 1
    }
  }
}
