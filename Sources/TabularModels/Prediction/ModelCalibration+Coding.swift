import Basics
import Calibration
import SupportVectors

/// The calibration of a model, as a model file stores it.
///
///     {"kind": "classes", "method": "sigmoid", "shape": "pairs", "classCount": 3, "columns": [
///        {"kind": "sigmoid", "a": -1.5, "b": 0.1},
///        {"kind": "isotonic", "decisions": […], "probabilities": […]},
///        {"kind": "temperature", "inverse": 2.5}], "labelWeights": [1, 1, 20]}
///     {"kind": "intervals", "laplaceScale": 0.3, "sizes": {"values": […], "weights": […]}}
///     {"kind": "quantiles", "scores": {"values": […], "weights": […]}}
extension ModelCalibration {
  private enum Kind: String, CaseIterable {
    case classes
    case intervals
    case quantiles
  }

  /// The JSON.
  package var json: JSONValue {
    switch self {
    case .classes(let classes):
      .object(
        [
          .init("kind", .string(Kind.classes.rawValue)),
          .init("method", .string(classes.method.rawValue)),
          .init("shape", .string(classes.shape.rawValue)),
          .init("classCount", .integer(classes.classCount)),
          .init("columns", .array(classes.columns.map(Self.value))),
        ] + (classes.labelWeights.map { [.init("labelWeights", Self.numbers($0))] } ?? []))
    case .intervals(let intervals):
      [
        "kind": .string(Kind.intervals.rawValue), "laplaceScale": .number(intervals.laplaceScale),
        "sizes": Self.value(of: intervals.residualSizes),
      ]
    case .quantiles(let quantiles):
      ["kind": .string(Kind.quantiles.rawValue), "scores": Self.value(of: quantiles.scores)]
    }
  }

  private static func value(of column: ScoreCalibration) -> JSONValue {
    switch column {
    case .sigmoid(let sigmoid):
      [
        "kind": .string(CalibrationMethod.sigmoid.rawValue), "a": .number(sigmoid.a),
        "b": .number(sigmoid.b),
      ]
    case .isotonic(let isotonic):
      [
        "kind": .string(CalibrationMethod.isotonic.rawValue),
        "decisions": numbers(isotonic.decisions), "probabilities": numbers(isotonic.probabilities),
      ]
    case .temperature(let temperature):
      [
        "kind": .string(CalibrationMethod.temperature.rawValue),
        "inverse": .number(temperature.inverseTemperature),
      ]
    }
  }

  private static func value(of distribution: EmpiricalDistribution) -> JSONValue {
    [
      "values": numbers(distribution.values), "weights": numbers(distribution.cumulativeWeights),
    ]
  }

  private static func numbers(_ list: [Double]) -> JSONValue { .array(list.map(JSONValue.number)) }

  // MARK: Reading

  /// Reads what ``json`` wrote.
  package init(from cursor: JSONCursor) throws(ModelFileError) {
    switch try cursor.member("kind").word(Kind.self) {
    case .classes:
      try cursor.requireKeys(
        ["kind", "method", "shape", "classCount", "columns"], optional: ["labelWeights"])
      let method = try cursor.member("method").word(CalibrationMethod.self)
      let shape = try cursor.member("shape").word(DecisionShape.self)
      let classCount = try cursor.member("classCount").integer(in: 1...Int(Int32.max))
      var columns: [ScoreCalibration] = []
      for element in try cursor.member("columns").elements() {
        columns.append(try Self.column(element))
      }
      var labelWeights: [Double]?
      if let member = try cursor.optionalMember("labelWeights") {
        labelWeights = try Self.numbers(member)
      }
      self = .classes(
        try Self.checked(cursor) { () throws(CalibrationError) in
          try ClassCalibration(
            method: method, shape: shape, classCount: classCount, columns: columns,
            labelWeights: labelWeights)
        })
    case .intervals:
      try cursor.requireKeys(["kind", "laplaceScale", "sizes"])
      let scale = try cursor.member("laplaceScale").number()
      let sizes = try Self.distribution(try cursor.member("sizes"))
      self = .intervals(
        try Self.checked(cursor) { () throws(CalibrationError) in
          try PredictionIntervals(laplaceScale: scale, residualSizes: sizes)
        })
    case .quantiles:
      try cursor.requireKeys(["kind", "scores"])
      self = .quantiles(
        NoveltyQuantiles(scores: try Self.distribution(try cursor.member("scores"))))
    }
  }

  private static func column(_ cursor: JSONCursor) throws(ModelFileError) -> ScoreCalibration {
    switch try cursor.member("kind").word(CalibrationMethod.self) {
    case .sigmoid:
      try cursor.requireKeys(["kind", "a", "b"])
      let (a, b) = (try cursor.member("a").number(), try cursor.member("b").number())
      return .sigmoid(
        try checked(cursor) { () throws(CalibrationError) in try SigmoidCalibration(a: a, b: b) })
    case .isotonic:
      try cursor.requireKeys(["kind", "decisions", "probabilities"])
      let decisions = try numbers(try cursor.member("decisions"))
      let probabilities = try numbers(try cursor.member("probabilities"))
      return .isotonic(
        try checked(cursor) { () throws(CalibrationError) in
          try IsotonicCalibration(decisions: decisions, probabilities: probabilities)
        })
    case .temperature:
      try cursor.requireKeys(["kind", "inverse"])
      let inverse = try cursor.member("inverse").number()
      return .temperature(
        try checked(cursor) { () throws(CalibrationError) in
          try TemperatureCalibration(inverseTemperature: inverse)
        })
    }
  }

  private static func distribution(_ cursor: JSONCursor) throws(ModelFileError)
    -> EmpiricalDistribution
  {
    try cursor.requireKeys(["values", "weights"])
    let values = try numbers(try cursor.member("values"))
    let weights = try numbers(try cursor.member("weights"))
    return try checked(cursor) { () throws(CalibrationError) in
      try EmpiricalDistribution(values: values, cumulativeWeights: weights)
    }
  }

  private static func numbers(_ cursor: JSONCursor) throws(ModelFileError) -> [Double] {
    var numbers: [Double] = []
    for element in try cursor.elements() { numbers.append(try element.number()) }
    return numbers
  }

  private static func checked<Value>(
    _ cursor: JSONCursor, _ make: () throws(CalibrationError) -> Value
  ) throws(ModelFileError) -> Value {
    do throws(CalibrationError) {
      return try make()
    } catch {
      throw cursor.failure(.inconsistent(error.description))
    }
  }
}
