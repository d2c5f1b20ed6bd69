import Basics
import Reports

/// Random numbers that the seed determines, after Steele, Lea and Flood (SplitMix64, 2014).
struct Generator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The next word.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// Uniform between 0 and 1.
  mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) / 9_007_199_254_740_992 }

  /// Normal with mean 0 and deviation 1, after Box and Muller.
  mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
  }

  /// Below a bound; the bias is of no matter here.
  mutating func index(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// The logistic function.
func logistic(_ value: Double) -> Double { 1 / (1 + exp(-value)) }

/// Curves over thresholds of scores, thinned by nothing: as many points as rows.
struct Ranking {
  var roc = ThresholdCurve(name: "", points: [])
  var precisionRecall = ThresholdCurve(name: "", points: [])

  init(name: String, scores: [Double], isPositive: [Bool]) {
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    let positives = Double(isPositive.filter { $0 }.count)
    let negatives = Double(isPositive.count) - positives
    var (found, wrong, area, averagePrecision) = (0.0, 0.0, 0.0, 0.0)
    var curve = [PlotPoint(0, 0)]
    var precision: [PlotPoint] = [PlotPoint(0, 1)]
    for row in order {
      if isPositive[row] {
        found += 1
        averagePrecision += found / (found + wrong) / positives
      } else {
        wrong += 1
        area += found / positives / negatives
      }
      curve.append(PlotPoint(wrong / negatives, found / positives))
      precision.append(PlotPoint(found / positives, found / (found + wrong)))
    }
    roc = ThresholdCurve(name: name, points: curve, area: area)
    precisionRecall = ThresholdCurve(name: name, points: precision, area: averagePrecision)
  }
}
