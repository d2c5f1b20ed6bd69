import Basics
import Evaluation
import Reports
import SupportVectors
import Tables
import TabularModels

extension ModelReport {
  /// How the training went.
  var trainingSection: HTMLReport.Section? {
    var blocks: [HTMLReport.Block] = []
    if let plot = convergence, !plot.isEmpty { blocks.append(.figures([plot])) }
    let problems = model.predictor.problems
    let limit = 12
    if let first = problems.first, first.certificate.stopReason != .imported {
      let order = problems.indices.sorted {
        let (a, b) = (
          problems[$0].certificate.kktViolation, problems[$1].certificate.kktViolation
        )
        return a == b ? $0 < $1 : a > b
      }
      let names = problemNames(problems.count)
      blocks.append(
        .table(
          HTMLReport.Table(
            caption: problems.count > limit
              ? "The \(limit) of \(problems.count) problems with the largest violation"
              : "Distance from the optimum",
            columns: [
              .init("problem"), .init("end"), .init("iterations", isNumeric: true),
              .init("KKT violation", isNumeric: true), .init("primal", isNumeric: true),
              .init("dual", isNumeric: true), .init("relative gap", isNumeric: true),
              .init("support vectors", isNumeric: true),
            ],
            rows: order.prefix(limit).map { index in
              let certificate = problems[index].certificate
              return [
                names[index], certificate.stopReason.rawValue,
                NumberText.count(certificate.iterations),
                NumberText.significant(certificate.kktViolation, digits: 3),
                NumberText.significant(certificate.primalObjective, digits: 6),
                NumberText.significant(certificate.dualObjective, digits: 6),
                certificate.relativeGap.map { NumberText.significant($0, digits: 3) } ?? "",
                NumberText.count(problems[index].supportVectorCount),
              ]
            })))
    }
    return blocks.isEmpty ? nil : .init("Training", blocks)
  }

  /// The moments of each problem and where it ended; `nil` for trainings too short for a line.
  private var convergence: Plot? {
    // The solver works in units of the target's deviation, the tolerance is in those of the target.
    let unit = model.provenance.targetScaling?.unit ?? 1
    let problems = model.predictor.problems
    let names = problemNames(problems.count)
    var lines: [ConvergenceChart.Problem] = []
    for (index, problem) in problems.enumerated() {
      var line = moments.filter { $0.problem == index }.map { moment in
        ConvergenceChart.Moment(
          progress: moment.progress, violation: moment.violation * unit,
          relativeGap: moment.relativeGap)
      }
      // A line needs some points; short trainings report fewer.
      guard line.count > 1, let last = line.last else { continue }
      let certificate = problem.certificate
      if Double(certificate.iterations) >= last.progress {
        line.append(
          .init(
            progress: Double(certificate.iterations), violation: certificate.kktViolation,
            relativeGap: certificate.relativeGap))
      }
      lines.append(.init(names[index], moments: line))
    }
    guard !lines.isEmpty else { return nil }
    var plot = ConvergenceChart(problems: lines, tolerance: model.predictor.tolerance).plot()
    if lines.count < problems.count {
      let count = problems.count - lines.count
      plot.notes.append(
        "\(NumberText.count(count)) more \(count == 1 ? "problem was" : "problems were") solved too "
          + "quickly to be drawn.")
    }
    return plot
  }

  private func problemNames(_ count: Int) -> [String] {
    guard count > 1, let classes = model.classes, let classifier = model.predictor.classifier else {
      return [String](repeating: "the only problem", count: count)
    }
    return classifier.binaryProblems.map { problem in
      "\(classes[problem.positive]) / \(problem.negative.map { classes[$0] } ?? "the rest")"
    }
  }

  // MARK: Single rows

  /// Columns whose values are shown of a row.
  private static let shownColumns = 6

  /// Wrong, far off or unusual rows.
  func rowsSection(_ ranking: ImportanceRanking?) -> HTMLReport.Section? {
    guard let rows, !rows.notable.isEmpty else { return nil }
    let place = rows.countsLines ? "line" : "row"
    let task = model.predictor.task
    var columns: [HTMLReport.Table.Column] = [.init(place, isNumeric: true)]
    if task != .novelty { columns += [.init("actual"), .init("predicted")] }
    columns.append(.init(rows.confidence.rawValue, isNumeric: true))
    let hasValues = rows.notable.contains { !$0.values.isEmpty }
    if hasValues { columns.append(.init("values")) }
    let order = columnOrder(ranking)
    let entries = rows.notable.map { row -> [String] in
      var entries = [NumberText.count(row.place)]
      if task == .regression {
        entries += [row.actual, row.predicted].map {
          Double($0).map { NumberText.significant($0) } ?? $0
        }
      } else if task != .novelty {
        entries += [row.actual, row.predicted]
      }
      entries.append(row.size.isFinite ? NumberText.significant(row.size) : "")
      if hasValues { entries.append(excerpt(row, order)) }
      return entries
    }
    let caption: String
    let title: String
    switch task {
    case .regression: (title, caption) = ("Rows with large errors", "Largest errors")
    case .novelty: (title, caption) = ("Unusual rows", "Most unlike the training rows")
    case .classification, .components:
      title = "Wrong predictions"
      caption =
        rows.wrongCount > rows.notable.count
        ? "Most confidently wrong: \(rows.notable.count) of \(NumberText.count(rows.wrongCount)) wrong rows"
        : "Wrong rows, the most confidently wrong first"
    }
    return .init(
      title, [.table(HTMLReport.Table(caption: caption, columns: columns, rows: entries))])
  }

  /// The rank of each column: those that name rows first, then by importance.
  private func columnOrder(_ ranking: ImportanceRanking?) -> [String: Int] {
    var order: [String: Int] = [:]
    var names: [String] = []
    if case .table(let preprocessor)? = rows?.model.preprocessor {
      names = preprocessor.identifiers
    }
    names += ranking?.columns.map(\.column) ?? []
    for (rank, name) in names.enumerated() where order[name] == nil { order[name] = rank }
    return order
  }

  private func excerpt(_ row: NotableRow, _ order: [String: Int]) -> String {
    let ranks = row.values.indices.sorted {
      let (a, b) = (order[row.values[$0].name] ?? Int.max, order[row.values[$1].name] ?? Int.max)
      return a == b ? $0 < $1 : a < b
    }
    let shown = ranks.prefix(Self.shownColumns).map { index in
      "\(MessageText.plain(row.values[index].name)) \(MessageText.plain(row.values[index].text))"
    }
    let left = row.values.count - shown.count
    return shown.joined(separator: ", ") + (left > 0 ? " and \(left) more" : "")
  }

  // MARK: The data

  /// The columns and what was done to them.
  var dataSection: HTMLReport.Section? {
    var blocks: [HTMLReport.Block] = []
    if !notes.isEmpty { blocks.append(.list(notes)) }
    if let columns { blocks.append(.table(columns)) }
    return blocks.isEmpty ? nil : .init("Data", blocks)
  }

  // MARK: How it was made

  /// What the figures and pictures were made of.
  var aboutSection: HTMLReport.Section {
    var blocks: [HTMLReport.Block] = []
    if !commandLine.isEmpty { blocks.append(.command(commandLine)) }
    if let rows {
      var text = ""
      if rows.count < rows.measuredCount {
        text +=
          "Metrics are of all \(NumberText.count(rows.measuredCount)) rows, curves of a random sample of "
          + "\(NumberText.count(rows.count)) (seed \(rows.seed)). "
      }
      text +=
        "Importance, dependence and decision regions were computed from at most "
        + "\(NumberText.count(rows.examples.count)) rows, fewer for large models."
      blocks.append(.paragraph(text))
    }
    var facts: [[String]] = [
      ["formulation", model.predictor.formulation.rawValue],
      ["kernel", model.predictor.kernel.name],
    ]
    for parameter in model.predictor.parameters {
      facts.append([parameter.label, NumberText.significant(parameter.value)])
    }
    if let gamma = model.predictor.kernel.gamma {
      facts.append(["gamma", NumberText.significant(gamma, digits: 6)])
    }
    if let tolerance = model.predictor.tolerance {
      facts.append(["tolerance", NumberText.significant(tolerance)])
    }
    facts.append(["features", NumberText.count(model.predictor.featureCount)])
    facts.append(["trained by", "svm \(model.provenance.programVersion)"])
    if let digest = model.provenance.dataDigest { facts.append(["SHA-256 of the data", digest]) }
    blocks.append(
      .table(
        HTMLReport.Table(
          caption: "The model", columns: [.init("property"), .init("value")], rows: facts)))
    return .init("How this was made", blocks)
  }
}
