extension TrainingCostModel {
  /// The constants, as `make measure-costs` found them.
  enum Calibration {
    static let valueSeconds = 0.5e-9
    static let featureSeconds = 0.02e-9
    static let sparseValueSeconds = 1e-9
    static let sparseEntrySeconds = 0.3e-9
    static let stepSeconds = 0.5e-6
    static let byteSeconds = 1e-9
    static let movedRows = 700.0
    static let firstRounds = 3.0
    static let newcomerShare = 0.25
    static let sharedRowBytes = 60.0
    static func passes(_ boxConstraint: Double) -> Double { 1.3 * boxConstraint.squareRoot() }
    static func steps(_ boxConstraint: Double) -> Double { 3 * boxConstraint.squareRoot() }
  }
}
