import Basics
import Evaluation
import Reports
import TabularModels

/// Metrics of single classes, and the most frequent confusions.
struct ClassTables {
  private let matrix: ConfusionMatrix?
  /// Charts of the rows, which know the areas below curves; `nil` when there are only counts.
  private let charts: RowCharts?

  /// Classes that are listed; of more, those with the lowest F1.
  private static let classLimit = 30
  private static let pairLimit = 15

  init(_ measurement: Measurement, _ charts: RowCharts) {
    if case .classes(let matrix) = measurement.counts { self.matrix = matrix } else { matrix = nil }
    self.charts = charts
  }

  init(_ matrix: ConfusionMatrix) {
    self.matrix = matrix
    charts = nil
  }

  func blocks() throws -> [HTMLReport.Block] {
    guard let matrix, matrix.classNames.count > 1 else { return [] }
    var blocks: [HTMLReport.Block] = [.table(try classTable(matrix))]
    if matrix.classNames.count > 2, let pairs = pairTable(matrix) { blocks.append(.table(pairs)) }
    return blocks
  }

  private func classTable(_ matrix: ConfusionMatrix) throws -> HTMLReport.Table {
    var areas: [String: Double] = [:]
    let rankings = try charts?.rankings() ?? []
    for ranking in rankings { areas[ranking.name] = ranking.labels.rocAUC }
    let hasAreas = matrix.classNames.count > 2 && !areas.isEmpty
    func share(_ value: Double?) -> String {
      value.map { NumberText.significant($0, digits: 3) } ?? ""
    }
    var order = Array(matrix.classNames.indices)
    if order.count > Self.classLimit {
      let figures = order.map { matrix.f1(of: $0) ?? 2 }
      order = Array(
        order.sorted { figures[$0] == figures[$1] ? $0 < $1 : figures[$0] < figures[$1] }
          .prefix(Self.classLimit))
    }
    var columns: [HTMLReport.Table.Column] = [
      .init("class"), .init("rows", isNumeric: true), .init("share", isNumeric: true),
      .init("recall", isNumeric: true), .init("precision", isNumeric: true),
      .init("F1", isNumeric: true),
    ]
    if hasAreas { columns.append(.init("ROC AUC", isNumeric: true)) }
    let isPart = order.count < matrix.classNames.count
    let total = matrix.totalWeight
    let rows = order.map { index in
      let name = matrix.classNames[index]
      return [
        name, NumberText.count(matrix.actualCount(of: index)),
        total > 0 ? NumberText.percentage(matrix.actualWeight(of: index) / total, decimals: 1) : "",
        share(matrix.recall(of: index)), share(matrix.precision(of: index)),
        share(matrix.f1(of: index)),
      ] + (hasAreas ? [share(areas[name])] : [])
    }
    let averages: [(name: String, average: ConfusionMatrix.Average)] = [
      ("mean of the classes", .macro), ("mean weighted by rows", .weighted),
    ]
    let means = averages.map { name, average in
      let all = matrix.classNames.compactMap { areas[$0] }
      let area =
        average == .macro && all.count == matrix.classNames.count
        ? all.reduce(0, +) / Double(all.count) : nil
      return [
        name, NumberText.count(matrix.rowCount), "", share(matrix.recall(average)),
        share(matrix.precision(average)), share(matrix.f1(average)),
      ] + (hasAreas ? [share(area)] : [])
    }
    return HTMLReport.Table(
      caption: isPart
        ? "The \(order.count) of \(matrix.classNames.count) classes with the lowest F1" : "Classes",
      columns: columns, rows: rows + means)
  }

  private func pairTable(_ matrix: ConfusionMatrix) -> HTMLReport.Table? {
    let indices = matrix.classNames.indices
    var pairs: [(actual: Int, predicted: Int, rows: Int)] = []
    for actual in indices {
      for predicted in indices where predicted != actual {
        let rows = matrix.count(actual: actual, predicted: predicted)
        if rows > 0 { pairs.append((actual, predicted, rows)) }
      }
    }
    guard !pairs.isEmpty else { return nil }
    // Stable: of equals the earlier classes first.
    let order = pairs.indices.sorted {
      pairs[$0].rows == pairs[$1].rows ? $0 < $1 : pairs[$0].rows > pairs[$1].rows
    }
    return HTMLReport.Table(
      caption: pairs.count > Self.pairLimit
        ? "Most frequent confusions: \(Self.pairLimit) of \(NumberText.count(pairs.count))"
        : "Confusions",
      columns: [
        .init("actual"), .init("predicted"), .init("rows", isNumeric: true),
        .init("share of the class", isNumeric: true),
      ],
      rows: order.prefix(Self.pairLimit).map { index in
        let pair = pairs[index]
        return [
          matrix.classNames[pair.actual], matrix.classNames[pair.predicted],
          NumberText.count(pair.rows),
          NumberText.percentage(Double(pair.rows) / Double(matrix.actualCount(of: pair.actual))),
        ]
      })
  }
}
