import Basics
import CVectorMath
import LinearAlgebra
import Learning

/// One problem with one vector of weights.
///
///     minimize  ½‖w‖² + ½ρb² + Σ Cᵢ ℓ(yᵢ, ⟨w, xᵢ⟩ + b)
///
/// The parameters are w with b after it, when there is a b; its feature is 1 and its penalty ρ.
///
/// Every loss but the logistic one is a sum of pieces max(0, p − sz) or of their squares: a class has
/// one with s = y and p = 1, a target two with s = ±1 and p = ±y − ε. To each belongs a dual variable
/// α ≥ 0, and β = Σ sα is the example's dual coefficient, with which w = Σ βᵢxᵢ at the optimum.
struct LinearProblem: Sendable {
  /// The examples that take part.
  private(set) var examples: any ProblemExamples
  /// −1 or 1, or the target.
  private(set) var targets: NumberVector
  /// Cᵢ > 0.
  private(set) var costs: NumberVector
  private(set) var loss: LinearLoss
  let epsilon: Double
  let hasBias: Bool
  /// ρ ≥ 0; 0 for a free bias.
  let biasPenalty: Double
  let threads: Int
  let run: TrainingControl

  /// A problem of a training.
  ///
  /// - Parameters:
  ///   - examples: The examples that take part, which are here.
  ///   - targets: −1 or 1 for each, or the target.
  ///   - costs: Cᵢ > 0 for each.
  ///   - training: What all problems of the training have in common.
  ///   - threads: How many threads this one may use.
  init(
    examples: ExampleRows, targets: [Double], costs: [Double], of training: LinearTraining,
    threads: Int
  ) {
    self.init(
      LocalExamples(examples), targets: targets, costs: costs, of: training, threads: threads)
  }

  /// A problem of a training whose examples are here or on ranks.
  init(
    _ examples: any ProblemExamples, targets: [Double], costs: [Double],
    of training: LinearTraining,
    threads: Int
  ) {
    run = training.run
    self.examples = examples
    self.targets = NumberVector(targets)
    self.costs = NumberVector(costs)
    loss = training.loss
    epsilon = training.epsilon
    self.threads = threads
    switch training.intercept {
    case .free: (hasBias, biasPenalty) = (true, 0)
    case .regularized(let scale): (hasBias, biasPenalty) = (true, 1 / (scale * scale))
    case .none: (hasBias, biasPenalty) = (false, 0)
    }
  }

  /// Calls a closure with every few examples, which cost the more.
  func withSample(every stride: Int, _ body: (LinearProblem) -> Void) {
    let chosen = (0..<exampleCount / stride).map { Int32($0 * stride) }
    examples.withChosen(chosen) { examples in
      var sample = self
      sample.examples = examples
      sample.targets = NumberVector(chosen.map { targets[Int($0)] })
      sample.costs = NumberVector(chosen.map { Double(stride) * costs[Int($0)] })
      body(sample)
    }
  }

  /// Why to stop, as all ranks of the training see it.
  var interruption: StopReason? { examples.link.map { $0.interruption } ?? run.interruption }

  var exampleCount: Int { examples.count }
  var featureCount: Int { examples.width }
  /// The number of parameters.
  var dimension: Int { featureCount + (hasBias ? 1 : 0) }
  var hasFreeBias: Bool { hasBias && biasPenalty == 0 }
  /// The number of pieces of each example's loss.
  var pieceCount: Int { loss.isRegression ? 2 : 1 }

  /// s and p of an example's piece.
  @inline(__always)
  func piece(_ example: Int, _ index: Int) -> (sign: Double, offset: Double) {
    guard loss.isRegression else { return (targets[example], 1) }
    return index == 0
      ? (1, targets[example] - epsilon) : (-1, -targets[example] - epsilon)
  }

  /// ½‖w‖² + ½ρb².
  func penalty(_ parameters: NumberVector) -> Double {
    var sum = 0.0
    for index in 0..<featureCount { sum += parameters[index] * parameters[index] }
    if hasBias { sum += biasPenalty * parameters[featureCount] * parameters[featureCount] }
    return sum / 2
  }

  /// The derivative of ``penalty(_:)`` by one parameter.
  func penaltySlope(_ index: Int, at parameters: NumberVector) -> Double {
    (index < featureCount ? 1 : biasPenalty) * parameters[index]
  }

  /// How far parameters are from those that dual variables stand for.
  ///
  /// - Parameters:
  ///   - parameters: w and b.
  ///   - combination: Σβ(x, 1).
  /// - Returns: ‖w − Σβx‖², half of which belongs to the gap, and what the bias adds to the gap.
  func residual(_ parameters: NumberVector, _ combination: NumberVector)
    -> (squared: Double, bias: Double)
  {
    var squared = 0.0
    for feature in 0..<featureCount {
      let difference = parameters[feature] - combination[feature]
      squared += difference * difference
    }
    guard hasBias else { return (squared, 0) }
    let (bias, total) = (parameters[featureCount], combination[featureCount])
    guard biasPenalty > 0 else { return (squared, abs(bias * total)) }
    let difference = biasPenalty * bias - total
    return (squared, difference * difference / (2 * biasPenalty))
  }

  /// The same problem with the squares of the pieces.
  var squared: LinearProblem {
    var problem = self
    problem.loss = loss.isRegression ? .squaredEpsilonInsensitive : .squaredHinge
    return problem
  }

  /// What examples pay, as the loops in C take it.
  var losses: lm_losses {
    let kind =
      switch loss {
      case .hinge: LM_HINGE
      case .squaredHinge: LM_SQUARED_HINGE
      case .logistic: LM_LOGISTIC
      case .epsilonInsensitive: LM_TUBE
      case .squaredEpsilonInsensitive: LM_SQUARED_TUBE
      }
    return unsafe lm_losses(
      targets: targets.pointer, costs: costs.pointer, tube: epsilon, count: exampleCount,
      kind: kind)
  }
}

// MARK: Products with the examples

extension LinearProblem {
  /// Examples whose features stay in the processor's cache from one use to the next.
  var blockHeight: Int {
    max(
      16, min(1024, (1 << 18) / (8 * max(1, examples.storedCount / max(1, exampleCount))) / 8 * 8))
  }

  /// zᵢ ← ⟨w, xᵢ⟩ + b.
  ///
  /// This and the sums below are given up when the training is to stop, unless `stopsEarly` is false;
  /// the caller must check that before using what they return.
  func margins(
    _ parameters: NumberVector, into margins: NumberVector, stopsEarly: Bool = true
  ) {
    var pass = ExamplePass(tiles(ofHeight: 4096))
    pass.stopsEarly = stopsEarly
    pass.products = (parameters, margins)
    examples.carryOut(pass, self)
  }

  /// The bias among parameters, or 0.
  func bias(of parameters: NumberVector) -> Double { hasBias ? parameters[featureCount] : 0 }

  /// All examples, cut into tiles.
  func tiles(ofHeight height: Int) -> [Range<Int>] {
    let count = exampleCount
    return stride(from: 0, to: count, by: height).map { $0..<min($0 + height, count) }
  }

  /// The threads that a pass over the examples is worth: waking one takes as long as
  /// about ten thousand multiplications.
  var workers: Int { examples.storedCount + 4 * exampleCount < 1 << 17 ? 1 : threads }

  /// Parts of the examples with separate sums: few enough for their memory, and the same for
  /// every number of threads.
  ///
  /// - Parameters:
  ///   - count: The number of examples.
  ///   - numbers: The numbers in each part's sum.
  /// - Returns: The number of parts.
  static func parts(_ count: Int, ofSize numbers: Int) -> Int {
    max(1, min(32, count / 1024, max(2, (8 << 20) / 8 / max(numbers, 1))))
  }

  /// All examples, cut into a number of parts.
  func parts(_ count: Int) -> [Range<Int>] {
    (0..<count).map { exampleCount * $0 / count..<exampleCount * ($0 + 1) / count }
  }

  /// Σ cᵢ(xᵢ, 1) for a coefficient of each example.
  ///
  /// - Parameters:
  ///   - coefficients: cᵢ.
  ///   - stopsEarly: Whether to give up when the training is to stop.
  /// - Returns: One number for each parameter.
  func sum(_ coefficients: NumberVector, stopsEarly: Bool = true) -> NumberVector {
    sum(coefficients, ofSquares: false, stopsEarly: stopsEarly)
  }

  /// Σ cᵢ(xᵢ, 1), or of the squares of features.
  func sum(_ coefficients: NumberVector, ofSquares: Bool, stopsEarly: Bool) -> NumberVector {
    let count = Self.parts(exampleCount, ofSize: dimension)
    let sum = ExampleSum(coefficients, pieces: count, dimension: dimension, ofSquares: ofSquares)
    var pass = ExamplePass(parts(count))
    pass.stopsEarly = stopsEarly
    pass.sums = [sum]
    examples.carryOut(pass, self)
    return sum.total()
  }
}
