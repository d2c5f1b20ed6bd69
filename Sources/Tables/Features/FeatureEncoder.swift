/// Where the features of each input are, and what its values become there: the plan that every road from
/// rows to features follows.
struct FeatureEncoder: Sendable {
  /// A row in which every indicator says no and every number is 0.
  let absent: [Double]
  private let levelPresent: [Double]
  private let offsets: [Double]
  private let factors: [Double]
  private let starts: [Int]
  private let inputs: [InputColumn]
  /// For each input, whether its features are 0 unless something is said.
  private let isAbsentZero: [Bool]

  init(_ preprocessor: TablePreprocessor) {
    let scaler = preprocessor.scaler
    let isScaled = scaler.scaling != .none
    let count = scaler.featureCount
    offsets = isScaled ? scaler.offsets : [Double](repeating: 0, count: count)
    factors = isScaled ? scaler.factors : [Double](repeating: 1, count: count)
    let absent = zip(offsets, factors).map { (0 - $0) * $1 }
    let starts = preprocessor.featureOffsets
    levelPresent = zip(offsets, factors).map { (1 - $0) * $1 }
    isAbsentZero = preprocessor.inputs.indices.map { input in
      guard case .categorical = preprocessor.inputs[input].kind else { return true }
      return absent[starts[input]..<starts[input + 1]].allSatisfy { $0 == 0 }
    }
    self.absent = absent
    self.starts = starts
    inputs = preprocessor.inputs
  }

  /// Whether an indicator that says no is 0.
  var keepsAbsentZero: Bool { isAbsentZero.allSatisfy { $0 } }

  /// The first feature of an input.
  func firstFeature(_ input: Int) -> Int { starts[input] }

  /// What to subtract from a number, and what to multiply by then, to make it a feature.
  func scaling(_ input: Int) -> (offset: Double, factor: Double) {
    (offsets[starts[input]], factors[starts[input]])
  }

  /// Writes a number to the row that is being made; says whether it is still finite when scaled.
  func put(_ value: Double, _ input: Int, part: Int = 0, in rows: inout FeatureBatch) -> Bool {
    let feature = starts[input] + part
    let scaled = (value - offsets[feature]) * factors[feature]
    rows.put(scaled, feature)
    return scaled.isFinite
  }

  /// Writes the numbers of a date; says whether they are still finite when scaled.
  func put(_ values: [Double], _ input: Int, in rows: inout FeatureBatch) -> Bool {
    var areFinite = true
    for (part, value) in values.enumerated() {
      areFinite = put(value, input, part: part, in: &rows) && areFinite
    }
    return areFinite
  }

  /// Writes the indicators of a level; `nil` is none of them.
  func put(level: Int?, _ input: Int, in rows: inout FeatureBatch) {
    let start = starts[input]
    guard rows.isSparse, !isAbsentZero[input] else {
      // What says no is there already.
      if let level { rows.put(levelPresent[start + level], start + level) }
      return
    }
    for feature in start..<starts[input + 1] {
      rows.put(feature - start == level ? levelPresent[feature] : absent[feature], feature)
    }
  }

  /// Writes what stands in for a missing value; says whether something does.
  func replaceMissing(_ input: Int, in rows: inout FeatureBatch) -> Bool {
    var isReplaced = true
    switch inputs[input].kind {
    case .numeric(let replacement?): isReplaced = put(replacement, input, in: &rows)
    case .categorical(_, let replacement?): put(level: replacement, input, in: &rows)
    case .date(let dates):
      isReplaced = dates.replacement.map { put($0, input, in: &rows) } ?? false
    case .numeric(nil), .categorical(_, nil): isReplaced = false
    case .text: break
    }
    if isReplaced, inputs[input].indicatesMissing {
      let feature = starts[input + 1] - 1
      rows.put(levelPresent[feature], feature)
    }
    return isReplaced
  }
}
