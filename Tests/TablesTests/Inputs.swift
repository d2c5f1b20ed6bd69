import Basics

@testable import Tables

/// A small generator, so that a seed makes a test repeatable (SplitMix64, Steele, Lea, Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A source of a text, that arrives in chunks of some size.
func source(_ text: String, name: String = "iris.csv", chunk: Int = .max) -> ByteSource {
  ByteSource(bytes: Array(text.utf8), name: name, chunkSize: chunk)
}

/// A table of a text.
func table(
  _ text: String, name: String = "iris.csv", format: TextFormat = .auto,
  header: HeaderMode = .auto, chunk: Int = .max
) throws -> Table {
  try Table(
    reading: source(text, name: name, chunk: chunk),
    options: TextOptions(format: format, header: header))
}

/// The message of the error that something throws, or what was returned instead.
func message<Result>(of body: () throws -> Result) -> String {
  do {
    return "no error, but \(try body())"
  } catch {
    return "\(error)"
  }
}

/// All batches of a stream.
func batches(
  _ text: String, _ preprocessor: Preprocessor, name: String = "new.csv",
  options: TextOptions = TextOptions(), kept: KeptColumns = .none, target: TargetUse = .ignored,
  batchSize: Int = 8192, chunk: Int = .max, model: String = "iris.model"
) throws -> [FeatureBatch] {
  var reader = try BatchReader(
    source(text, name: name, chunk: chunk), preprocessor: preprocessor, options: options,
    wishes: StreamWishes(kept: kept, target: target), batchSize: batchSize, model: model)
  var batches: [FeatureBatch] = []
  while let batch = try reader.next() { batches.append(batch) }
  return batches
}

extension FeatureBatch {
  /// The fields to be kept of one row as comma-separated text.
  func keptFields(_ row: Int, isSpreadsheetSafe: Bool = false) -> [UInt8] {
    var text: [UInt8] = []
    kept.append(row, by: CSVText(isSpreadsheetSafe: isSpreadsheetSafe), to: &text)
    return text
  }
}
