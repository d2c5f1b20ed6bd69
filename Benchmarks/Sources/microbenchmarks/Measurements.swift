/// One line of the output.
struct Entry {
  var name: String
  var dimension: Int?
  var density: Double?
  var threads = 1
  /// Work per second, in `unit`.
  var rate: Double
  /// What is counted, such as `values/s` or `bytes/s`.
  var unit: String
  /// How far from the matrix product's speed in the same run, 0 to 1.
  var shareOfPeak: Double?

  var json: String {
    var fields = ["\"name\": \"\(name)\""]
    if let dimension { fields.append("\"dimension\": \(dimension)") }
    if let density { fields.append("\"density\": \(density)") }
    fields.append("\"threads\": \(threads)")
    // What a comparison divides by has a key of its own.
    if unit == "values/s" { fields.append("\"valuesPerSecond\": \(rate)") }
    fields.append("\"rate\": \(rate), \"unit\": \"\(unit)\"")
    if let shareOfPeak { fields.append("\"shareOfPeak\": \(shareOfPeak)") }
    return "{" + fields.joined(separator: ", ") + "}"
  }

  var line: String {
    let place = [
      dimension.map { "d = \($0)" }, density.map { "density \($0)" },
      threads > 1 ? "\(threads) threads" : nil,
    ].compactMap { $0 }.joined(separator: ", ")
    let share = shareOfPeak.map { "\(Int(($0 * 100).rounded())) % of sgemm" } ?? ""
    return pad(name, 28) + pad(place, 34) + pad(shortened(rate) + " " + unit, 22) + share
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  /// Four digits or so, with a decimal prefix.
  private func shortened(_ value: Double) -> String {
    let (scale, prefix) = value >= 1e9 ? (1e9, "G") : value >= 1e6 ? (1e6, "M") : (1e3, "k")
    return "\((value / scale * 100).rounded() / 100) \(prefix)"
  }
}

/// The median seconds of one call, over runs of at least ten milliseconds each.
func medianSeconds(_ body: () throws -> Void) rethrows -> Double {
  func seconds(_ repetitions: Int) throws -> Double {
    let begin = ContinuousClock.now
    for _ in 0..<repetitions { try body() }
    return (ContinuousClock.now - begin) / .seconds(1)
  }
  let first = try {
    try body(); return try seconds(1)
  }()
  let repetitions = max(1, min(1_000_000, Int(0.01 / max(first, 1e-8))))
  var times: [Double] = []
  for _ in 0..<7 { times.append(try seconds(repetitions) / Double(repetitions)) }
  times.sort()
  return times[times.count / 2]
}

/// Numbers without a pattern, the same in every run.
struct Noise {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// Between −1 and 1.
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-52 - 1
  }
}
