import Evaluation
import SupportVectors
import TabularModels

/// The trainings of one path on one fold, from small C to large.
struct PathWalk {
  /// How one candidate did on one fold.
  struct Step: Sendable {
    enum Outcome: Sendable {
      /// The metric, and whether the model was stopped before its tolerance was met.
      case value(Double, isLimited: Bool)
      /// Not tried: smaller C did not converge within the limit already.
      case skipped
      /// The training rejects the parameters, or the metric is undefined.
      case refused
      /// Time was up, or somebody asked to stop.
      case interrupted
    }

    var outcome: Outcome
    var duration: Duration
  }

  let examples: FoldTraining
  let metric: MetricDefinition
  let share: WorkShare
  let deadline: ContinuousClock.Instant?
  let rung: SearchRung

  /// Iterations that every problem may have, however small.
  private static let minimumIterations = 20_000

  /// Trains and measures.
  ///
  /// - Parameters:
  ///   - candidates: Candidates that differ in C, which ascends.
  ///   - fold: The fold.
  /// - Returns: A step for each.
  /// - Throws: What training throws for reasons other than its parameters.
  mutating func steps(_ candidates: [Candidate], fold: Int) throws -> [Step] {
    let clock = ContinuousClock()
    var steps: [Step] = []
    let prepared = try rung.fold(fold, examples)
    var isHopeless = false
    var settled: Double?
    var earlier: TabularModel.Predictor?
    // A single candidate reads fewer kernel values than all.
    let sharedKernel = candidates.count > 1 ? SharedKernel() : nil
    for candidate in candidates {
      let begin = clock.now
      func append(_ outcome: Step.Outcome) {
        steps.append(Step(outcome: outcome, duration: clock.now - begin))
      }
      if let settled {
        append(.value(settled, isLimited: false))
        continue
      }
      guard !isHopeless else {
        append(.skipped)
        continue
      }
      guard var options = share.options(until: deadline) else {
        append(.interrupted)
        continue
      }
      options.sharedKernel = sharedKernel
      options.tolerance = max(options.tolerance, rung.tolerance)
      let limit = Self.minimumIterations + rung.iterationsPerRow * prepared.training.count
      options.maximumIterations = min(options.maximumIterations ?? limit, limit)
      let method = candidate.applied(to: examples.trainer.method)
      let predictor: TabularModel.Predictor
      let measured: FoldOutcome?
      do {
        predictor = try examples.train(
          prepared, method: method, startingFrom: earlier.map { EarlierModel($0) }, options: options
        )
        measured = try examples.measure(predictor, prepared, method: method, options: options)
      } catch let error as TrainingError where error.isAboutParameters {
        append(.refused)
        continue
      } catch let error as TabularError where error.isAboutParameters {
        append(.refused)
        continue
      }
      earlier = predictor
      guard let outcome = measured else {
        append(.interrupted)
        continue
      }
      guard let value = outcome.measurement.value(of: metric) else {
        append(.refused)
        continue
      }
      let isLimited = predictor.problems.contains {
        $0.certificate.stopReason == .iterationLimit
      }
      append(.value(value, isLimited: isLimited))
      // A larger C takes longer.
      if isLimited { isHopeless = true }
      // Without a dual variable at its bound, a larger bound changes nothing.
      if !isLimited, predictor.hasDualVariables, !predictor.problems.isEmpty,
        predictor.problems.allSatisfy({
          $0.certificate.stopReason == .converged && $0.boundedSupportVectorCount == 0
        })
      {
        settled = value
      }
    }
    return steps
  }
}

extension TrainingError {
  /// Whether other parameters might do.
  fileprivate var isAboutParameters: Bool {
    switch reason {
    case .infeasibleNu: true
    case .kernel(let error): error.reason == .notFinite
    default: false
    }
  }
}
