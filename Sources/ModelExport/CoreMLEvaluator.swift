import Basics
import Calibration
import LinearAlgebra
import SupportVectors

/// Evaluates a Core ML file from its bytes, as its specification describes it: Core ML itself runs on
/// Apple's platforms alone.
struct CoreMLEvaluator {
  private enum Value {
    case number(Double)
    case integer(Int)
    case text(String)
    case array([Double])

    var numbers: [Double]? {
      switch self {
      case .number(let number): [number]
      case .array(let numbers): numbers
      case .text, .integer: nil
      }
    }
  }

  /// A message whose fields are requested by number.
  private struct Message {
    let fields: [ProtobufField]

    init?(_ data: ArraySlice<UInt8>) {
      guard let fields = ProtobufField.fields(of: data) else { return nil }
      self.fields = fields
    }

    func all(_ number: Int) -> [ProtobufField] { fields.filter { $0.number == number } }
    func first(_ number: Int) -> ProtobufField? { fields.first { $0.number == number } }
    func message(_ number: Int) -> Message? { first(number).flatMap { Message($0.data) } }
    func messages(_ number: Int) -> [Message] { all(number).compactMap { Message($0.data) } }
  }

  /// Decision values with our signs, and class indices in the model's order.
  ///
  /// - Returns: `nil` when the file does not say what it should.
  static func predictions(
    _ bytes: [UInt8], _ rows: SampleRows
  ) -> ExportCheck.Answer? {
    guard let model = Message(bytes[...]), let description = model.message(2) else { return nil }
    let inputs = description.messages(1).compactMap { $0.first(1)?.text }
    var stages = [model]
    for field in [CoreMLModelField.pipelineClassifier, CoreMLModelField.pipelineRegressor] {
      if let pipeline = model.message(field)?.message(1) { stages = pipeline.messages(1) }
    }
    var decisions: [Double] = []
    var classes: [Int] = []
    var probabilities: [Double] = []
    // The support vectors, once they are read.
    var vectors: Vectors?
    for row in 0..<rows.rowCount {
      var values: [String: Value] = [:]
      if inputs.count == rows.columns.count, inputs != ["features"] {
        for (name, column) in zip(inputs, rows.columns) {
          switch column {
          case .numbers(let numbers): values[name] = .number(numbers[row])
          case .texts(let texts): values[name] = .text(texts[row])
          }
        }
      } else if let name = inputs.first {
        let numbers = rows.columns.compactMap { column in
          if case .numbers(let numbers) = column { numbers[row] } else { nil }
        }
        values[name] = .array(numbers)
      }
      for stage in stages {
        guard let result = apply(stage, &values, &vectors) else { return nil }
        decisions += result.decisions
        probabilities += result.probabilities
        if let winner = result.winner { classes.append(winner) }
      }
    }
    return ExportCheck.Answer(
      decisions: decisions, classes: classes.isEmpty ? nil : classes,
      probabilities: probabilities.isEmpty ? nil : probabilities)
  }

  /// What the last stage says; nothing from the others.
  private struct Result {
    var decisions: [Double] = []
    var winner: Int?
    var probabilities: [Double] = []
  }

  private static func apply(
    _ stage: Message, _ values: inout [String: Value], _ vectors: inout Vectors?
  ) -> Result? {
    guard let description = stage.message(2),
      let output = description.message(10)?.first(1)?.text
    else { return nil }
    let inputs = description.messages(1).compactMap { $0.first(1)?.text }.compactMap { values[$0] }
    guard let input = inputs.first else { return nil }
    if let imputer = stage.message(CoreMLModelField.imputer) {
      switch input {
      case .number(let number):
        guard let replacement = imputer.first(1)?.double else { return nil }
        values[output] = .number(number.isNaN ? replacement : number)
      case .text, .integer, .array: return nil
      }
      return Result()
    }
    if let mapping = stage.message(CoreMLModelField.categoricalMapping) {
      guard case .text(let text) = input, let map = mapping.message(1),
        let unknown = mapping.first(102)?.integer
      else { return nil }
      let entry = map.messages(1).first { $0.first(1)?.text == text }
      values[output] = .integer(entry.map { $0.first(2)?.integer ?? 0 } ?? unknown)
      return Result()
    }
    if let encoder = stage.message(CoreMLModelField.oneHotEncoder) {
      guard case .integer(let level) = input, let levels = encoder.message(2)?.first(1)?.integers,
        levels.contains(level) || encoder.first(11)?.integer == 1
      else { return nil }
      values[output] = .array(levels.map { $0 == level ? 1 : 0 })
      return Result()
    }
    if let vectorizer = stage.message(CoreMLModelField.vectorizer) {
      var numbers: [Double] = []
      for column in vectorizer.messages(1) {
        guard let name = column.first(1)?.text, let part = values[name]?.numbers,
          part.count == column.first(2)?.integer
        else { return nil }
        numbers += part
      }
      values[output] = .array(numbers)
      return Result()
    }
    if let scaler = stage.message(CoreMLModelField.scaler) {
      guard case .array(let numbers) = input, let shifts = scaler.first(1)?.doubles,
        let factors = scaler.first(2)?.doubles, shifts.count == numbers.count,
        factors.count == numbers.count
      else { return nil }
      values[output] = .array(numbers.indices.map { (numbers[$0] + shifts[$0]) * factors[$0] })
      return Result()
    }
    guard let features = input.numbers else { return nil }
    if let machine = stage.message(CoreMLModelField.classifier) {
      if vectors == nil {
        vectors = supportVectors(machine, sparse: 3, dense: 4, width: features.count)
      }
      return vectors.flatMap { classify(machine, features, $0) }
    }
    guard let machine = stage.message(CoreMLModelField.regressor) else { return nil }
    if vectors == nil {
      vectors = supportVectors(machine, sparse: 2, dense: 3, width: features.count)
    }
    return vectors.flatMap { regress(machine, features, $0) }
  }

  // MARK: Support vector machines

  /// Support vectors, sparse ones as they are stored.
  private enum Vectors {
    case dense([[Double]])
    case sparse([[(index: Int, value: Double)]])

    var count: Int {
      switch self {
      case .dense(let rows): rows.count
      case .sparse(let rows): rows.count
      }
    }

    func dots(_ x: [Double]) -> [Double] {
      switch self {
      case .dense(let rows): rows.map { z in zip(x, z).reduce(0) { $0 + $1.0 * $1.1 } }
      case .sparse(let rows):
        rows.map { z in z.reduce(0) { $0 + x[$1.index] * $1.value } }
      }
    }

    func squaredDistances(_ x: [Double]) -> [Double] {
      switch self {
      case .dense(let rows):
        return rows.map { z in zip(x, z).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
      case .sparse(let rows):
        let occurring = x.indices.filter { x[$0] != 0 }
        return rows.map { z in
          var (sum, place) = (0.0, 0)
          for entry in z {
            while place < occurring.count, occurring[place] < entry.index {
              sum += x[occurring[place]] * x[occurring[place]]
              place += 1
            }
            let own = x[entry.index]
            sum += (own - entry.value) * (own - entry.value)
            if place < occurring.count, occurring[place] == entry.index { place += 1 }
          }
          for index in occurring[place...] { sum += x[index] * x[index] }
          return sum
        }
      }
    }
  }

  private static func supportVectors(
    _ machine: Message, sparse: Int, dense: Int, width: Int
  ) -> Vectors? {
    if let list = machine.message(dense) {
      let rows = list.messages(1).map { $0.first(1)?.doubles ?? [] }
      return rows.allSatisfy { $0.count == width } ? .dense(rows) : nil
    }
    guard let list = machine.message(sparse) else { return nil }
    return .sparse(
      list.messages(1).map { vector in
        vector.messages(1).compactMap { node in
          guard let index = node.first(1)?.integer, (1...max(width, 1)).contains(index) else {
            return nil
          }
          return (index - 1, node.first(2)?.double ?? .nan)
        }
      })
  }

  private static func kernelValues(
    _ kernel: Message, _ x: [Double], _ vectors: Vectors
  ) -> [Double]? {
    if kernel.first(1) != nil { return vectors.dots(x) }
    if let gamma = kernel.message(2)?.first(1)?.double {
      return vectors.squaredDistances(x).map { exp(-gamma * $0) }
    }
    if let polynomial = kernel.message(3), let degree = polynomial.first(1)?.integer,
      let constantTerm = polynomial.first(2)?.double, let gamma = polynomial.first(3)?.double
    {
      return vectors.dots(x).map { pow(gamma * $0 + constantTerm, Double(degree)) }
    }
    guard let sigmoid = kernel.message(4), let gamma = sigmoid.first(1)?.double,
      let constantTerm = sigmoid.first(2)?.double
    else { return nil }
    return vectors.dots(x).map { tanh(gamma * $0 + constantTerm) }
  }

  private static func regress(_ machine: Message, _ x: [Double], _ vectors: Vectors)
    -> Result?
  {
    guard let kernel = machine.message(1).flatMap({ kernelValues($0, x, vectors) }),
      let coefficients = machine.message(4)?.first(1)?.doubles, coefficients.count == kernel.count,
      let rho = machine.first(5)?.double
    else { return nil }
    return Result(decisions: [zip(coefficients, kernel).reduce(0) { $0 + $1.0 * $1.1 } - rho])
  }

  private static func classify(_ machine: Message, _ x: [Double], _ vectors: Vectors)
    -> Result?
  {
    guard let counts = machine.first(2)?.integers,
      let kernel = machine.message(1).flatMap({ kernelValues($0, x, vectors) }),
      let rho = machine.first(6)?.doubles
    else { return nil }
    let rows = machine.messages(5).compactMap { $0.first(1)?.doubles }
    let labels = (machine.message(100) ?? machine.message(101)).map { list in
      machine.message(100) == nil ? list.first(1)?.integers.count ?? 0 : list.all(1).count
    }
    guard labels == counts.count, rows.count == counts.count - 1,
      rows.allSatisfy({ $0.count == kernel.count }), counts.reduce(0, +) == kernel.count,
      rho.count == DecisionShape.pairCount(of: counts.count)
    else { return nil }
    var starts = [0]
    for count in counts { starts.append(starts[starts.count - 1] + count) }
    var votes = [Int](repeating: 0, count: counts.count)
    var decisions: [Double] = []
    for first in counts.indices {
      for second in counts.indices.dropFirst(first + 1) {
        var sum = -rho[decisions.count]
        for vector in starts[first]..<starts[first + 1] {
          sum += rows[second - 1][vector] * kernel[vector]
        }
        for vector in starts[second]..<starts[second + 1] {
          sum += rows[first][vector] * kernel[vector]
        }
        votes[sum > 0 ? first : second] += 1
        decisions.append(sum)
      }
    }
    // Of two classes the later one stands first; of more, signs are turned.
    var result = Result(decisions: counts.count == 2 ? decisions : decisions.map { -$0 })
    if let slopes = machine.first(7)?.doubles, let offsets = machine.first(8)?.doubles {
      guard
        let probabilities = coupled(
          result.decisions, slopes: slopes, offsets: offsets, classCount: counts.count)
      else { return nil }
      result.probabilities = probabilities.values
      result.winner = probabilities.winner
    } else {
      let winner =
        votes.indices.max { votes[$0] < votes[$1] || votes[$0] == votes[$1] && $0 > $1 } ?? 0
      result.winner = counts.count == 2 ? 1 - winner : winner
    }
    return result
  }

  /// The probabilities of the classes, in the model's order, and the most probable one.
  private static func coupled(
    _ decisions: [Double], slopes: [Double], offsets: [Double], classCount: Int
  ) -> (values: [Double], winner: Int)? {
    // The file's are those of the class that stands first: of two the later one, as ours.
    let sign: Double = classCount == 2 ? 1 : -1
    guard slopes.count == decisions.count, slopes.count == offsets.count else { return nil }
    do {
      let calibration = try ClassCalibration(
        method: .sigmoid, shape: classCount == 2 ? .binary : .pairs, classCount: classCount,
        columns: zip(slopes, offsets).map { a, b in
          .sigmoid(try SigmoidCalibration(a: a, b: sign * b))
        })
      let row = try Matrix(rowCount: 1, columnCount: decisions.count, elements: decisions)
      let values = try calibration.probabilities(decisionValues: row)
      let winners = try calibration.classIndices(decisionValues: row, probabilities: values)
      return (values.elements, winners[0])
    } catch {
      // Numbers that make no calibration: the file says nothing, as where a number is missing.
      return nil
    }
  }
}
