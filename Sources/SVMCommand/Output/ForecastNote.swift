import Basics
import Kernels
import TabularModels

/// What a long training will take, and what else there is, in words.
struct ForecastNote {
  /// Trainings in one process that take longer are announced; on ranks all that are forecast.
  static let longSeconds = 60.0

  private let forecast: TrainingForecast
  /// How many trainings of that size there are.
  private let trainings: Double

  /// Speaks of trainings that all have about as many rows.
  init(_ forecast: TrainingForecast, trainings: Double = 1) {
    self.forecast = forecast
    self.trainings = trainings
  }

  /// How long all of them take, roughly.
  var seconds: Double { forecast.seconds * trainings }

  /// The sentence to print before the training; `nil` when it is short, and in one process.
  var announcement: String? {
    let isLong = seconds > Self.longSeconds
    guard isLong || !communication.isEmpty else { return nil }
    let values = forecast.kernelValueCount * trainings
    return "note: \(Text.count(forecast.rowCount)) rows need about "
      + "\(Text.count(Int(min(values, 1e15)))) kernel values, about \(Self.roughly(seconds))\(communication) "
      + "and \(Self.size(forecast.byteCount))\(communication.isEmpty ? "" : " a rank")\(isLong ? "; \(alternatives)" : "")"
  }

  /// How much of the time is spent on messages between ranks.
  private var communication: String {
    forecast.communicationShare.map {
      " (\(Text.significant(100 * $0, $0 < 0.1 ? 1 : 2)) % of it communication)"
    } ?? ""
  }

  /// What can be done when a rank is lost, where checkpoints are written.
  static func checkpoints(_ path: String) -> String {
    "note: if a rank is lost, all end; the same command with --resume \(MessageText.path(path)) continues "
      + "from the last checkpoint"
  }

  /// What each rank holds, as a sentence.
  static func shares(_ shares: RankShares) -> String {
    func range(_ counts: [Int], _ text: (Int) -> String) -> String {
      let ends = [counts.min() ?? 0, counts.max() ?? 0].map(text)
      return ends[0] == ends[1] ? ends[0] : "\(ends[0]) to \(ends[1])"
    }
    return "note: each of \(Text.count(shares.rowCounts.count, "rank")) trains on "
      + "\(range(shares.rowCounts) { Text.count($0) }) rows, whose features take "
      + range(shares.byteCounts, size)
  }

  /// What is faster.
  var alternatives: String { Self.alternatives(forecast.formulation) }

  /// What is faster than a formulation on all rows.
  static func alternatives(_ formulation: Formulation) -> String {
    let sample = "--subsample ROWS trains on a sample of the rows"
    let isLinear = formulation.definition.workload(LearningMethod(), rowCount: 0) == .linear
    if formulation.has(.featureMap), !isLinear {
      return "\(sample), and --feature-map nystrom or --kernel linear take time proportional to "
        + "the rows"
    }
    return sample
      + (formulation.definition.quickerFormulation.map {
        ", and --formulation \($0.rawValue) is quicker"
      } ?? "")
  }

  /// A time in one unit and no more digits than are meant.
  static func roughly(_ seconds: Double) -> String {
    let (value, unit) =
      seconds < 90
      ? (seconds, "s") : seconds < 5400 ? (seconds / 60, "min") : (seconds / 3600, "h")
    return "\(Text.significant(value, value < 100 ? 1 : 2)) \(unit)"
  }

  /// A number of bytes in megabytes or gigabytes.
  static func size(_ bytes: Int) -> String {
    let megabytes = Double(bytes) / 0x1p20
    return megabytes < 1000
      ? "\(Text.significant(megabytes, 2)) MB" : "\(Text.significant(megabytes / 1024, 2)) GB"
  }
}
