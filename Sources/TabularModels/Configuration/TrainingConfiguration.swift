import Basics
import Calibration
import Kernels
import SupportVectors
import Tables

/// Everything that decides what a training makes of its data: how the data is read, how its columns
/// are treated, the method, how exactly it is solved, what is learned about probabilities, and the seed.
///
/// Equal configurations and equal data give equal models, bit for bit, whatever ``RunControl`` says. The
/// command's options fill a configuration; a model file keeps the one that it was trained with; and as
/// `Codable` it can be read from JSON, where any subset of the keys is enough:
///
/// ```json
/// { "method": { "formulation": "nu-svc", "nu": 0.1 }, "columns": { "target": "species" } }
/// ```
public struct TrainingConfiguration: Sendable {
  /// How files are read; threads and memory limit are those of ``RunControl``.
  public var reading = TextOptions()
  /// The column to predict, by name or by number from 1; `nil` for the last one.
  public var target: String?
  /// How columns are treated, where their values do not decide it.
  public var columnOverrides = ColumnChoices()
  /// What to do about missing values; by default means and most frequent categories are put in.
  public var missing = MissingValuePolicy.mean
  /// What to do, when predicting, about categories that do not occur in the training data.
  public var unseen = UnseenCategoryPolicy.error
  /// How to scale features; `nil` standardises tables and leaves LIBSVM text as it is.
  public var scaling: Scaling?
  /// Train on a random sample of this many rows of a file, at least 1; `nil` is all rows.
  public var sampleSize: Int?
  /// What to learn; `nil` is what fits the target, see ``TaskDecision``.
  public var task: LearningTask?
  /// The problem that is solved, and the parameters that shape it.
  public var method: LearningMethod
  /// Whether a regression is solved in units of the target's deviation; `nil` does so for tables and
  /// not for LIBSVM text.
  ///
  /// This changes nothing about the problem, whose C and ε stay in units of the target: only the
  /// solver's tolerance is then one in units of the deviation (`TargetScaling/unit`).
  public var standardizesTarget: Bool?
  /// Stop when the KKT violation is at most this, in units of the decision value; > 0.
  public var tolerance = 1e-3
  /// The precision of kernel products.
  public var precision = Precision.automatic
  /// The largest number of solver steps for one binary problem, or `nil` for ten millions, or 100 for each
  /// variable when these are more.
  public var maximumIterations: Int?
  /// Whether to recompute the certificate in Double from the dual variables at the end, and to continue when
  /// the recomputed violation is above the tolerance.
  public var certify = false
  /// Whether variables that look settled at a bound may be left out for a while; it changes the time, never
  /// the answer beyond the tolerance.
  package var shrinking = true
  /// How to calibrate the model, or `nil` not to.
  public var calibration: CalibrationChoice?
  /// The part of the rows, between 0 and 1, to measure on, or `nil` to measure on training rows.
  ///
  /// Rows of one group are held out together. The model is trained on all rows in any case.
  public var holdoutFraction: Double?
  /// Decides which rows are sampled and held out, and all other random choices.
  public var seed: UInt64

  /// Makes a configuration, with the defaults of the command.
  public init(
    target: String? = nil, task: LearningTask? = nil, method: LearningMethod = LearningMethod(),
    calibration: CalibrationChoice? = nil, holdoutFraction: Double? = nil, seed: UInt64 = 0
  ) {
    self.target = target
    self.task = task
    self.method = method
    self.calibration = calibration
    self.holdoutFraction = holdoutFraction
    self.seed = seed
  }

  /// The same configuration with another value of a property.
  package func with<Value>(
    _ property: WritableKeyPath<TrainingConfiguration, Value>, _ value: Value
  ) -> TrainingConfiguration {
    var configuration = self
    configuration[keyPath: property] = value
    return configuration
  }

  /// The configuration as a model records it: the task and the formulation are named, parameters have
  /// their defaults, and what does not shape the model is left out.
  func recorded(_ formulation: Formulation) -> TrainingConfiguration {
    var configuration = self
    configuration.task = formulation.task
    configuration.method = method.settled(formulation)
    configuration.holdoutFraction = nil
    return configuration
  }
}

// MARK: Coding

extension TrainingConfiguration: Equatable {
  /// Whether two configurations have equal fields; functions of a caller's own count by their names.
  public static func == (left: TrainingConfiguration, right: TrainingConfiguration) -> Bool {
    left.json == right.json
  }
}

extension TrainingConfiguration: Codable {
  /// Reads a configuration; keys that are absent have their defaults.
  ///
  /// - Throws: ``ConfigurationError`` for unknown keys, values of another kind, and values out of their
  ///   range; what the decoder throws for what is not such a value at all.
  public init(from decoder: any Decoder) throws {
    try self.init(JSONValue(from: decoder))
  }

  /// Writes every field.
  public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

  /// Reads a configuration; see ``init(from:)``.
  package init(_ value: JSONValue) throws(ConfigurationError) {
    self.init()
    try read(value)
  }
}

extension TrainingConfiguration: FieldStructure {
  package mutating func visitFields(_ visitor: inout some FieldVisitor) throws(ConfigurationError) {
    try visitor.visit("reading", &reading, .fields(of: reading))
    try visitor.group("columns") { visitor throws(ConfigurationError) in
      try visitor.visitOptional("target", &target, .text)
      try columnOverrides.visitFields(&visitor)
      try visitor.visit("missing", &missing, .missingValues)
      try visitor.visit("unseen", &unseen, .word)
      try visitor.visitOptional("scale", &scaling, .word)
    }
    try visitor.group("rows") { visitor throws(ConfigurationError) in
      try visitor.visitOptional("subsample", &sampleSize, .count(1...Int(Int32.max)))
      try visitor.visitOptional("holdout", &holdoutFraction, .number(.fraction))
      try visitor.visit("seed", &seed, .seed)
    }
    var choice = TaskChoice(task)
    try visitor.visit("task", &choice, .word)
    task = choice.task
    try visitor.visit("method", &method, .fields(of: method))
    try visitor.group("solving") { visitor throws(ConfigurationError) in
      try visitor.visit("tolerance", &tolerance, .number(.positive))
      try visitor.visit("precision", &precision, .word)
      try visitor.visitOptional("maxIterations", &maximumIterations, .count(1...Int.max))
      try visitor.visit("certify", &certify, .flag)
      try visitor.visit("shrinking", &shrinking, .flag)
      try visitor.visitOptional("scaleTarget", &standardizesTarget, .flag)
    }
    try visitor.visitOptional("probability", &calibration, .fields(of: CalibrationChoice()))
  }
}

extension CalibrationChoice: FieldStructure {
  package mutating func visitFields(_ visitor: inout some FieldVisitor) throws(ConfigurationError) {
    try visitor.visit("calibration", &method, .calibrationMethod)
    try visitor.visit("folds", &foldCount, .count(2...1000))
  }
}

extension FieldCoding where Value == CalibrationMethod? {
  /// A method, or `auto` for the one that does best.
  fileprivate static var calibrationMethod: FieldCoding {
    let automatic = "auto"
    return FieldCoding(
      write: { .string($0?.rawValue ?? automatic) },
      read: { value throws(FieldError) in
        let words = CalibrationMethod.allCases.map(\.rawValue) + [automatic]
        guard case .string(let text) = value else {
          throw FieldError(expected: alternatives(words), found: value)
        }
        if text == automatic { return nil }
        guard let method = CalibrationMethod(rawValue: text) else {
          throw FieldError(text, among: words)
        }
        return method
      })
  }
}
