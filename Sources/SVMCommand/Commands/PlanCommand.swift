import ArgumentParser
import Basics
import Tables
import TabularModels

/// `svm plan`: what a training would take, on one machine or on several, before it is begun.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Predict memory, time and traffic of a training, on one machine or several.",
    discussion: """
      Nothing is trained: counts follow from the problem, and times from how long a kernel value, a \
      step and a message take. Absolute figures are right to an order of magnitude; ratios are more \
      accurate.

      The memory of ranks is that of svm train. svm cv and svm tune train whole folds on each rank and \
      keep all rows on each rank, so each needs as much memory as with --ranks 1.

      svm plan flowers.csv                          this machine, with rows of this file
      svm plan flowers.csv --rows 1e7 --ranks 16    as many rows of that kind, on 16 ranks
      svm plan --rows 1e6 --features 50 --ranks 8 --network 10G
      """)

  @Argument(
    help: ArgumentHelp(
      "\(DataInput.help) (default: none; then --rows and --features are required)",
      valueName: "data"))
  var data: String?

  @OptionGroup(title: "THE PROBLEM") var size: PlanOptions.Size
  @OptionGroup(title: "THE MACHINES") var machines: PlanOptions.Machines
  @OptionGroup var json: JSONOption
  @OptionGroup var learning: LearningOptions
  @OptionGroup var parameters: ParameterOptions

  mutating func run() throws {
    let request = try TrainingRequest(self)
    let size = try size.checked(hasData: data != nil)
    let cluster = try machines.cluster(request.control)
    let factor = try machines.speedFactor
    let place = try json.place(inputs: data.map { [$0] } ?? [])
    var described =
      if let data { try describe(data, request) } else { try describe(size, request) }
    if data != nil, let rowCount = size.rowCount { described.costs.problem.resize(to: rowCount) }
    if let share = size.supportShare { described.costs.problem.supportShare = share }
    described.costs.speed.multiply(by: factor)
    let report = PlanReport(
      costs: described.costs, cluster: cluster, formulation: described.formulation,
      kernel: request.kernel.name.rawValue, isMeasured: data != nil)
    try place?.write(report.json.text(.indented) + "\n")
    try place?.commit()
    if place?.isStandardOutput != true { try Console.output(report.text) }
  }

  private typealias Described = (costs: TrainingCostModel, formulation: Formulation)

  /// The problem of rows that are read, and how long their kernel values take here.
  private func describe(_ path: String, _ request: TrainingRequest) throws -> Described {
    Machine.prepare()
    let trainer = request.trainer()
    let data = try trainer.data(reading: DataInput.open(path))
    let remedies = Remedies(
      data, path: path, options: trainer.textOptions, request: request)
    let forecast = try hintingAtOptions(remedies) {
      try trainer.forecastWhateverItsSize(data)
    }
    guard let forecast, let costs = forecast.costs else {
      let method = request.configuration.method
      throw Self.refusal(method.formulation ?? forecast?.formulation, method)
    }
    return (costs, forecast.formulation)
  }

  /// The problem that options describe, on the machine that the constants were measured on.
  private func describe(
    _ size: PlanOptions.Checked, _ request: TrainingRequest
  ) throws -> Described {
    let method = request.configuration.method
    let formulation = method.formulation ?? .default(for: .classification)
    let rowCount = size.rowCount ?? 0
    let classes = formulation.task == .classification ? size.classCount : 0
    let problem = TrainingCostModel.Problem(
      formulation, method, rowCount: rowCount, featureCount: size.featureCount ?? 0,
      classSizes: [Int](repeating: rowCount / max(classes, 1), count: classes))
    guard var problem else { throw Self.refusal(formulation, method) }
    if size.density < 1 { problem.storedCount = size.density * Double(problem.featureCount) }
    let cost = request.kernel.kernel.formula.map { $0.formula.pair } ?? .squaredDistance
    return (
      TrainingCostModel(problem: problem, speed: .init(calibratedFor: problem, pair: cost)),
      formulation
    )
  }

  /// Why a training is not predicted, by the option that decides it, and what to do instead.
  private static func refusal(_ formulation: Formulation?, _ method: LearningMethod) -> UsageError {
    let name = formulation?.rawValue ?? "this training"
    let isOfEquations =
      if case .equations? = formulation?.definition.workload(method, rowCount: 1 << 20) {
        true
      } else {
        false
      }
    let (option, reason) =
      if method.featureMap != nil {
        ("--feature-map", "with a feature map \(name) \(linearWords)")
      } else if isOfEquations {
        (
          "--formulation",
          "\(name) solves equations in one process, and its time grows with the cube of the rows; time "
            + "'svm train --subsample ROWS'"
        )
      } else if method.kernel.isInnerProduct, formulation?.has(.solver) == true {
        (
          "--kernel",
          "with the linear kernel \(name) \(linearWords)"
            + (method.solver == .auto && method.loss != .squared ? ", or plan --solver dual" : "")
        )
      } else {
        ("--formulation", "\(name) \(linearWords)")
      }
    return UsageError(
      option: option,
      "plan predicts trainings that compute kernel values of support vectors, but \(reason)")
  }

  private static let linearWords =
    "takes time proportional to the rows; time 'svm train --subsample ROWS'"
}

extension PlanCommand: TrainingCommand {
  var givenParameters: ParameterOptions? { parameters }
  var holdout: String? { nil }
  var holdsOut: Bool { false }
  var seed: String? { nil }
}
