import Basics

extension TrainingCostModel {
  /// The constants, as `make measure-costs` found them on two idle cores of a Xeon with AVX-512.
  ///
  /// Counts are of 24 trainings on 10 000 to 40 000 rows of 10 and 50 features, with little and with much noise and C 1,
  /// 10 and 100; given the share of support vectors, the model's kernel values are within a factor of 2.8 of each, and
  /// within one of 1.53 of three in four. `Benchmarks/RESULTS-costs.md` has the figures.
  enum Calibration {
    // MARK: Seconds

    /// A kernel value of dense examples with adding it to the gradient, besides what each feature costs.
    static let valueSeconds = 0.6e-9
    /// What each feature costs; to within 20 % from 4 to 1024 features.
    static let featureSeconds = 0.021e-9
    /// A kernel value of sparse examples, besides what each stored entry costs.
    static let sparseValueSeconds = 0.6e-9
    /// What each stored entry of an example costs; to within 50 % from 5 to 200 entries.
    static let sparseEntrySeconds = 0.042e-9
    /// What a training does with a kernel value that is computed: what the constants above have of it, by trainings with 10
    /// features; with 50 it is hidden.
    static let additionSeconds = 0.2e-9
    /// A step inside a working block of 2048 examples: 1.0 to 2.1 µs.
    static let stepSeconds = 1.4e-6
    /// Packing a byte, copying it and unpacking it.
    static let byteSeconds = 0.2e-9

    /// What an example of the working block costs in a round on ranks, whatever their number: messages of a round are
    /// written, copied and read by one thread of each, and all wait for the last.
    ///
    /// Blocks and selection of two ranks took 3.6 to 4.2 µs more for each of 2048 examples in a round than half of what they
    /// take in one process with as many threads, on four sets of 10 800 to 41 157 rows and 9 to 60 features, and 6.3 by the
    /// phases in `Benchmarks/RESULTS-kinds.md`.
    static let memberSeconds = 5e-6

    // MARK: Counts

    /// How many rows of K a round computes, of new examples and of those that moved: 560 to 1330.
    static let movedRows = 800.0
    /// The share of new examples in a full working block; three quarters stay if they still move.
    static let newcomerShare = 0.25

    /// Kernel values for each support vector and row: 1.8 to 3.1 for C 1, 3.6 to 13 for C 10, 5.6 to 25 for C 100.
    static func passes(_ boxConstraint: Double) -> Double { 2 * pow(boxConstraint, 0.35) }

    /// Steps for each support vector: 1.9 to 3.3 for C 1, 12 to 21 for C 10, 12 to 290 for C 100.
    static func steps(_ boxConstraint: Double) -> Double { 2.5 * pow(boxConstraint, 0.75) }

    /// What every rank stores for each row of the whole training at the peak, in bytes.
    ///
    /// Lists of rows, labels, the solution and predictions: 70.5 by the peaks of 4 ranks with 1 250 000 and 5 000 000 rows
    /// of 50 features.
    static let sharedRowBytes = 71.0
    /// What a rank stores for each of its rows besides its features, in bytes, the solver's state: 104 by the peaks of 4
    /// and 8 ranks with 1 250 000 of these rows.
    static let ownRowBytes = 104.0
  }
}
