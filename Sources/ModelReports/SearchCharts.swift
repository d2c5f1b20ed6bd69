import Basics
import Evaluation
import ModelSelection
import Reports
import TabularModels

/// Charts of a search for parameters.
package struct SearchCharts: Sendable {
  private let trials: [Trial]
  private let metric: MetricDefinition
  private let kernelName: String

  /// Makes charts of trials.
  ///
  /// - Parameters:
  ///   - trials: The trials in their order.
  ///   - metric: What was compared.
  ///   - kernelName: The kernel of candidates that are not linear.
  package init(_ trials: [Trial], metric: MetricDefinition, kernelName: String) {
    self.trials = trials
    self.metric = metric
    self.kernelName = kernelName
  }

  private var scoreName: String { metric.displayName }

  /// Trials of one number of rows, those with the most rows last.
  private var rungs: [Int] { Set(trials.map(\.rowCount)).sorted() }

  /// The scores over C and γ; over C alone where no two values of γ were tried.
  ///
  /// Of each pair the trial on most rows counts, and of several of these, as with other values of ε, the
  /// best.
  ///
  /// - Returns: The picture, or `nil` without trials that have C.
  package func heatMap() -> Plot? {
    let measured = trials.filter { $0.mean != nil && $0.candidate.boxConstraint != nil }
    let withGamma = measured.filter { $0.candidate.gamma != nil && !$0.candidate.isLinear }
    guard Set(withGamma.map { $0.candidate.gamma }).count > 1 else { return line(measured) }
    var best: [[Double]: Trial] = [:]
    for trial in withGamma {
      let key = [trial.candidate.boxConstraint ?? 0, trial.candidate.gamma ?? 0]
      if let old = best[key], !isBetter(trial, than: old) { continue }
      best[key] = trial
    }
    let points = best.map { key, trial in
      TuningTrial(x: key[0], y: key[1], score: trial.mean ?? .nan)
    }.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    var plot = TuningHeatMap(
      title: "\(scoreName) by C and γ", scoreName: scoreName, trials: points,
      isHigherBetter: metric.direction == .larger, base: isBinary(points.map(\.x)) ? 2 : 10
    ).plot()
    if rungs.count > 1 {
      plot.notes.append("For each pair, the trial on the most rows; early trials used fewer rows.")
    }
    let linear = measured.count { $0.candidate.isLinear }
    if linear > 0 {
      plot.notes.append(
        "\(linear) \(linear == 1 ? "trial" : "trials") of the linear kernel \(linear == 1 ? "has" : "have") no γ."
      )
    }
    return plot
  }

  private func isBetter(_ trial: Trial, than other: Trial) -> Bool {
    if trial.rowCount != other.rowCount { return trial.rowCount > other.rowCount }
    let (score, old) = (trial.mean ?? .nan, other.mean ?? .nan)
    return metric.score(score) > metric.score(old)
  }

  /// Whether values are powers of two, so that these are the ticks to have.
  private func isBinary(_ values: [Double]) -> Bool {
    values.count { $0.significand == 1 } * 2 > values.count
  }

  /// The scores over C, a line for each number of rows.
  private func line(_ measured: [Trial]) -> Plot? {
    guard Set(measured.map { $0.candidate.boxConstraint }).count > 1 else { return nil }
    let marks = series { trial in trial.candidate.boxConstraint }
    return Plot(
      title: "\(scoreName) by C", description: "\(scoreName) of \(measured.count) trials by C.",
      xAxis: PlotAxis("C", kind: .logarithmic(base: 10)), yAxis: PlotAxis(scoreName),
      marks: marks)
  }

  /// Points of all trials that have a score, a series for each of the larger numbers of rows.
  private func series(_ x: (Trial) -> Double?) -> [PlotMark] {
    let shown = Array(rungs.suffix(5))
    return shown.enumerated().compactMap { index, rowCount in
      let isFirst = index == 0 && shown.count < rungs.count
      let points = trials.compactMap { trial -> PlotPoint? in
        guard isFirst ? trial.rowCount <= rowCount : trial.rowCount == rowCount,
          let mean = trial.mean, let x = x(trial)
        else { return nil }
        return PlotPoint(x, mean)
      }
      guard !points.isEmpty else { return nil }
      let rows = "\(NumberText.count(rowCount)) rows"
      return PlotMark(
        .points(points), color: .series(index + 1), name: isFirst ? "up to \(rows)" : rows)
    }
  }

  /// The score of each trial in turn, and the best so far of those on most rows.
  package func path() -> Plot {
    let place = Dictionary(
      uniqueKeysWithValues: trials.indices.map { ($0, Double($0 + 1)) })
    var best: [PlotPoint] = []
    for index in trials.indices {
      guard trials[index].isEligible, trials[index].rowCount == rungs.last,
        let mean = trials[index].mean
      else { continue }
      let old = best.last?.y ?? mean
      best.append(
        PlotPoint(place[index] ?? 0, metric.direction == .smaller ? min(old, mean) : max(old, mean))
      )
    }
    if let last = best.last { best.append(PlotPoint(Double(trials.count), last.y)) }
    let shown = Array(rungs.suffix(5))
    var marks = [PlotMark(.steps(best), name: "best on the most rows", size: 2.2)]
    for (index, rowCount) in shown.enumerated() {
      let isFirst = index == 0 && shown.count < rungs.count
      let points = trials.indices.compactMap { trial -> PlotPoint? in
        guard isFirst ? trials[trial].rowCount <= rowCount : trials[trial].rowCount == rowCount,
          let mean = trials[trial].mean
        else { return nil }
        return PlotPoint(Double(trial + 1), mean)
      }
      guard !points.isEmpty else { continue }
      let rows = "\(NumberText.count(rowCount)) rows"
      marks.append(
        PlotMark(
          .points(points), color: .series(index + 1), name: isFirst ? "up to \(rows)" : rows))
    }
    return Plot(
      title: "Trial by trial",
      description:
        "\(scoreName) of \(trials.count) trials, and the best so far of those on the most rows.",
      xAxis: PlotAxis("trial"), yAxis: PlotAxis(scoreName), marks: marks)
  }

  /// The best trials among those on most rows.
  func table(limit: Int = 15) -> HTMLReport.Table {
    let eligible = trials.filter {
      $0.isEligible && $0.mean != nil && $0.rowCount == rungs.last
    }
    let order = eligible.indices.sorted { left, right in
      let (a, b) = (
        metric.score(eligible[left].mean ?? 0), metric.score(eligible[right].mean ?? 0)
      )
      return a == b ? left < right : a > b
    }
    func number(_ value: Double?) -> String {
      value.map { NumberText.significant($0, digits: 5) } ?? ""
    }
    let parameters: [(name: String, value: (Candidate) -> Double?)] = [
      ("C", { $0.boxConstraint }), ("γ", { $0.gamma }), ("ε", { $0.epsilon }), ("ν", { $0.nu }),
    ]
    let used = parameters.filter { parameter in
      eligible.contains { parameter.value($0.candidate) != nil }
    }
    return HTMLReport.Table(
      caption: "The best of \(NumberText.count(trials.count)) trials, on "
        + "\(NumberText.count(rungs.last ?? 0)) rows",
      columns: [.init("kernel")] + used.map { .init($0.name, isNumeric: true) } + [
        .init(scoreName, isNumeric: true), .init("± sd", isNumeric: true),
        .init("folds", isNumeric: true),
      ],
      rows: order.prefix(limit).map { index -> [String] in
        let trial = eligible[index]
        let deviation = trial.standardDeviation.map { NumberText.significant($0, digits: 2) }
        return [trial.candidate.kernelName(else: kernelName)]
          + used.map { number($0.value(trial.candidate)) }
          + [number(trial.mean), deviation ?? "", NumberText.count(trial.foldCount)]
      })
  }

  /// The section of a page.
  package var section: HTMLReport.Section {
    .init(
      "The search",
      [
        .figures([heatMap(), path()].compactMap { $0 }.filter { !$0.isEmpty }),
        .table(table()),
      ])
  }
}
