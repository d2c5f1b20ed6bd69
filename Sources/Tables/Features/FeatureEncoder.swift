/// Writes the values of one row as features into a buffer that holds many rows.
struct FeatureEncoder {
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

  /// Adds a number that is scaled already to a sparse row, unless it is 0.
  func put(scaled value: Double, _ input: Int, part: Int = 0, in rows: inout SparseRows) {
    guard value != 0 else { return }
    rows.columns.append(Int32(starts[input] + part))
    rows.values.append(value)
  }

  /// What the feature is that says whether an input is missing.
  func indicator(_ isMissing: Bool, _ input: Int) -> Double {
    let feature = starts[input + 1] - 1
    return isMissing ? levelPresent[feature] : absent[feature]
  }

  /// Adds indicators to a sparse row, as far as they are not 0; level −1 is none of them.
  func put(level: Int, _ input: Int, in rows: inout SparseRows) {
    func put(_ feature: Int, _ value: Double) {
      guard value != 0 else { return }
      rows.columns.append(Int32(feature))
      rows.values.append(value)
    }
    let start = starts[input]
    if isAbsentZero[input] {
      if level >= 0 { put(start + level, levelPresent[start + level]) }
    } else {
      for feature in start..<starts[input + 1] {
        put(feature, feature == start + level ? levelPresent[feature] : absent[feature])
      }
    }
  }

  /// What to subtract from a number, and what to multiply by then, to make it a feature.
  func scaling(_ input: Int) -> (offset: Double, factor: Double) {
    (offsets[starts[input]], factors[starts[input]])
  }

  /// A number as a feature.
  @inline(__always)
  func scaled(_ value: Double, _ input: Int, part: Int = 0) -> Double {
    let feature = starts[input] + part
    return (value - offsets[feature]) * factors[feature]
  }

  /// Writes a number; says whether it is still finite when scaled.
  @inline(__always)
  func put(_ value: Double, _ input: Int, in elements: inout [Double], at start: Int) -> Bool {
    let scaled = scaled(value, input)
    elements[start + starts[input]] = scaled
    return scaled.isFinite
  }

  /// Writes a level's indicator; those of the other levels are there already.
  func put(level: Int, _ input: Int, in elements: inout [Double], at start: Int) {
    let feature = starts[input] + level
    elements[start + feature] = levelPresent[feature]
  }

  /// Writes the numbers of a date; says whether they are still finite when scaled.
  func put(_ values: [Double], _ input: Int, in elements: inout [Double], at start: Int) -> Bool {
    var areFinite = true
    for (part, value) in values.enumerated() {
      let scaled = scaled(value, input, part: part)
      elements[start + starts[input] + part] = scaled
      areFinite = areFinite && scaled.isFinite
    }
    return areFinite
  }

  /// Adds the numbers of a date to a sparse row; says whether they are still finite when scaled.
  func put(_ values: [Double], _ input: Int, in rows: inout SparseRows) -> Bool {
    var areFinite = true
    for (part, value) in values.enumerated() {
      let scaled = scaled(value, input, part: part)
      put(scaled: scaled, input, part: part, in: &rows)
      areFinite = areFinite && scaled.isFinite
    }
    return areFinite
  }

  /// Writes what stands in for a missing value; says whether something does.
  func replaceMissing(_ input: Int, in elements: inout [Double], at start: Int) -> Bool {
    let isReplaced: Bool
    switch inputs[input].kind {
    case .numeric(let replacement?):
      isReplaced = put(replacement, input, in: &elements, at: start)
    case .categorical(_, let replacement?):
      put(level: replacement, input, in: &elements, at: start)
      isReplaced = true
    case .date(let dates):
      isReplaced = dates.replacement.map { put($0, input, in: &elements, at: start) } ?? false
    case .numeric(nil), .categorical(_, nil): isReplaced = false
    case .text: isReplaced = true
    }
    if isReplaced, inputs[input].indicatesMissing {
      elements[start + starts[input + 1] - 1] = indicator(true, input)
    }
    return isReplaced
  }

  /// Adds what stands in for a missing value to a sparse row; says whether something does.
  func replaceMissing(_ input: Int, in rows: inout SparseRows) -> Bool {
    switch inputs[input].kind {
    case .numeric(let replacement?): put(scaled: scaled(replacement, input), input, in: &rows)
    case .categorical(_, let replacement?): put(level: replacement, input, in: &rows)
    case .date(let dates):
      guard let replacement = dates.replacement else { return false }
      _ = put(replacement, input, in: &rows)
    case .numeric(nil), .categorical(_, nil): return false
    case .text: break
    }
    if inputs[input].indicatesMissing {
      put(
        scaled: indicator(true, input), input,
        part: starts[input + 1] - starts[input] - 1, in: &rows)
    }
    return true
  }
}
