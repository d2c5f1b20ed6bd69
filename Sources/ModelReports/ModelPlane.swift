import Basics
import Evaluation
import KernelMethods
import Kernels
import LinearAlgebra
import Reports
import SupportVectors
import Tables
import TabularModels

/// Why a plane cannot be drawn.
package enum PlaneError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The model does not take a column.
  case noSuchColumn(String, columns: [String])
  /// A column does not hold numbers.
  case notNumbers(String)
  /// One column was named twice.
  case sameColumn(String)

  /// One sentence.
  package var description: String {
    switch self {
    case .noSuchColumn(let name, let columns):
      "the model takes no column \(MessageText.quoted(name)); its columns are "
        + MessageText.list(columns)
    case .notNumbers(let name):
      "column \(MessageText.quoted(name)) does not contain numbers, which an axis needs"
    case .sameColumn(let name): "column \(MessageText.quoted(name)) was named for both axes"
    }
  }
}

/// Pictures of rows in a plane: two columns with what the model predicts in between, or two directions
/// found by the kernel.
package struct ModelPlane: Sendable {
  private let model: TabularModel
  private let examples: LabelledExamples
  private let seed: UInt64
  private let threads: Int?

  /// Points that are drawn at most: more would hide the areas below.
  private static let pointLimit = 400
  /// Rows that components are found from.
  private static let componentRows = 400

  /// Draws a model and some rows.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - examples: Rows as the model sees them.
  ///   - seed: Decides which rows are drawn.
  ///   - threads: The number of threads, or `nil` for one on each core.
  package init(
    _ model: TabularModel, examples: LabelledExamples, seed: UInt64 = 0, threads: Int? = nil
  ) {
    self.model = model
    self.examples = examples
    self.seed = seed
    self.threads = threads
  }

  /// The columns of numbers, in order.
  package var numericColumns: [ModelColumn] { model.columns.filter { $0.kind == .numbers } }

  /// What the model predicts between the values of two columns of numbers.
  ///
  /// Other columns keep their medians, or for texts from a list their most frequent one; the rows that are
  /// drawn have other values there, so that they may lie in an area of another class. Where the
  /// medians of all rows leave a class without an area, those of the rows of single classes are tried.
  ///
  /// - Parameters:
  ///   - first: The column of the horizontal axis.
  ///   - second: The column of the vertical axis.
  /// - Returns: The picture, or `nil` without rows, where one class is predicted everywhere, and for models
  ///   that predict numbers or components.
  /// - Throws: `PlaneError` for columns that are not there or do not hold numbers; `ModelError`.
  package func regions(_ first: String, _ second: String) throws -> Plot? {
    guard first != second else { throw PlaneError.sameColumn(first) }
    let columns = try [first, second].map(numericFeature)
    let names = classNames
    guard !names.isEmpty, examples.count > 0 else { return nil }
    let shown = examples.sampled(Self.pointLimit, seed: seed)
    let axes = columns.map { axis(examples.features.column($0), feature: $0) }
    guard let (classes, anchor) = try regions(columns, axes, names) else { return nil }
    var points = [[PlotPoint]](repeating: [], count: names.count)
    let (xs, ys) = (shown.features.column(columns[0]), shown.features.column(columns[1]))
    let groups = try actualGroups(shown)
    for row in 0..<shown.count {
      points[groups[row]].append(
        PlotPoint(
          model.unscaled(xs[row], feature: columns[0]),
          model.unscaled(ys[row], feature: columns[1])))
    }
    var plot = DecisionRegionsChart(
      xName: first, yName: second, classNames: names,
      regions: PlotRaster(
        x: axes[0].range, y: axes[1].range, columnCount: Self.side, classes: classes),
      points: points
    ).plot()
    if model.columns.count > 2 {
      plot.notes.append(
        "The areas are drawn with all other columns at their medians"
          + (anchor.map { " in \($0)" } ?? "") + "; the rows may have other values in them.")
    }
    plot.notes += pointNotes(shown)
    return plot
  }

  /// The cells of a picture along each axis.
  private static let side = 72
  /// Classes whose medians are tried.
  private static let anchorLimit = 6

  /// The class of each cell, in the slice that shows most classes: through the medians of all rows, or
  /// through those of one class, which is then named.
  private func regions(
    _ columns: [Int], _ axes: [Axis], _ names: [String]
  ) throws -> (classes: [Int], anchor: String?)? {
    func cells(_ rows: [Int]?) throws -> [Int] {
      try predictedClasses(slice(columns, axes, through: typicalEntries(of: rows)))
    }
    var best = (classes: try cells(nil), anchor: String?.none)
    var bestCount = Set(best.classes).count
    if bestCount < names.count, model.columns.count > 2 {
      let groups = try actualGroups(examples)
      for index in names.indices.prefix(Self.anchorLimit) where bestCount < names.count {
        let rows = groups.indices.filter { groups[$0] == index }
        guard !rows.isEmpty else { continue }
        let classes = try cells(rows)
        let count = Set(classes).count
        if count > bestCount {
          (best, bestCount) = ((classes, "the rows of \(names[index])"), count)
        }
      }
    }
    return bestCount > 1 ? best : nil
  }

  /// The features of all cells between the axes, a row after the other from the least value up.
  private func slice(
    _ columns: [Int], _ axes: [Axis], through entries: [(column: Int, value: Double)]
  ) -> FeatureMatrix {
    // A place has the columns of the axes and what is typical of the others.
    let others = entries.filter { !columns.contains($0.column) }
    let place = others.firstIndex { $0.column > columns.min() ?? 0 } ?? others.count
    let end = others.firstIndex { $0.column > columns.max() ?? 0 } ?? others.count
    let isSwapped = columns[0] > columns[1]
    var cells: [[(column: Int, value: Double)]] = []
    for row in 0..<Self.side {
      for column in 0..<Self.side {
        let x = (column: columns[0], value: axes[0].scaled(column, of: Self.side))
        let y = (column: columns[1], value: axes[1].scaled(row, of: Self.side))
        var cell = Array(others[..<place])
        cell.append(isSwapped ? y : x)
        cell.append(contentsOf: others[place..<end])
        cell.append(isSwapped ? x : y)
        cell.append(contentsOf: others[end...])
        cells.append(cell)
      }
    }
    return examples.features.storing(cells)
  }

  /// Rows by the two directions in which they vary most for the kernel.
  ///
  /// - Returns: The picture, or `nil` without rows, when they do not differ for the kernel, and for kernels
  ///   that are composed of others, precomputed or not positive semi-definite.
  /// - Throws: `ModelError`.
  package func map() throws -> Plot? {
    let shown = examples.sampled(Self.componentRows, seed: seed)
    guard shown.count > 2 else { return nil }
    if model.predictor.task == .components {
      let scores = try model.predictor.decisionValues(shown.features, threads: threads)
      return scatter(
        scores, groups: [Int](repeating: 0, count: shown.count), shown, names: ["rows"])
    }
    guard let kernel = model.predictor.kernel.forComponents else { return nil }
    let components: KernelPrincipalComponents
    do {
      components = try KernelPrincipalComponents.train(
        features: shown.features, componentCount: 2, kernel: kernel,
        options: TrainingOptions(threads: threads))
    } catch  where error.reason == .noVariation {
      return nil
    }
    let scores = try components.scores(shown.features, threads: threads)
    let names = classNames
    if names.isEmpty {
      let (groups, thirds) = thirds(shown)
      return scatter(scores, groups: groups, shown, names: thirds)
    }
    return scatter(scores, groups: try actualGroups(shown), shown, names: names)
  }

  /// Rows of a regression by how large their number is.
  private func thirds(_ shown: LabelledExamples) -> (groups: [Int], names: [String]) {
    guard case .numbers(let numbers) = shown.truth else {
      return ([Int](repeating: 0, count: shown.count), ["rows"])
    }
    let sorted = numbers.sorted()
    let ends = [sorted[sorted.count / 3], sorted[sorted.count * 2 / 3]]
    let target = model.targetName ?? "target"
    return (
      numbers.map { $0 < ends[0] ? 0 : $0 < ends[1] ? 1 : 2 },
      ["lowest third of \(target)", "middle", "highest"]
    )
  }

  private func scatter(
    _ scores: Matrix<Double>, groups: [Int], _ shown: LabelledExamples, names: [String]
  ) -> Plot {
    var points = [[PlotPoint]](repeating: [], count: names.count)
    for row in 0..<shown.count {
      points[groups[row]].append(
        PlotPoint(scores[row, 0], scores.columnCount > 1 ? scores[row, 1] : 0))
    }
    var plot = ClassScatterChart(classNames: names, points: points).plot()
    plot.notes += pointNotes(shown)
    return plot
  }

  private func pointNotes(_ shown: LabelledExamples) -> [String] {
    shown.count < examples.count
      ? ["\(NumberText.count(shown.count)) rows at random (seed \(seed))."] : []
  }

  // MARK: Classes

  /// The names of areas and points: classes, or what a one-class model distinguishes.
  private var classNames: [String] {
    switch model.predictor.task {
    case .classification: model.classes ?? []
    case .novelty: ["outlier", "inlier"]
    case .regression, .components: []
    }
  }

  private func predictedClasses(_ features: FeatureMatrix) throws -> [Int] {
    if model.predictor.task == .novelty {
      let values = try model.predictor.decisionValues(features, threads: threads)
      return (0..<values.rowCount).map { values[$0, 0] > 0 ? 1 : 0 }
    }
    return try model.predictedClassIndices(features, threads: threads)
  }

  /// The class of each row; what is predicted where nothing is known.
  private func actualGroups(_ shown: LabelledExamples) throws -> [Int] {
    let predicted = try predictedClasses(shown.features)
    guard case .classes(let codes) = shown.truth else { return predicted }
    return zip(codes, predicted).map { $0 ?? $1 }
  }

  // MARK: Axes

  private func numericFeature(_ name: String) throws -> Int {
    guard let column = model.columns.first(where: { $0.name == name }) else {
      throw PlaneError.noSuchColumn(name, columns: model.columns.map(\.name))
    }
    guard column.kind == .numbers else { throw PlaneError.notNumbers(name) }
    return column.features.lowerBound
  }

  /// An axis in units of the data over features of the model.
  private struct Axis {
    var range: ClosedRange<Double>
    var low: Double
    var high: Double

    /// The feature in the middle of a cell.
    func scaled(_ cell: Int, of count: Int) -> Double {
      low + (high - low) * (Double(cell) + 0.5) / Double(count)
    }
  }

  private func axis(_ values: [Double], feature: Int) -> Axis {
    var low = values.min() ?? 0
    var high = values.max() ?? 1
    let room = high > low ? (high - low) * 0.05 : 1
    (low, high) = (low - room, high + room)
    let ends = [low, high].map { model.unscaled($0, feature: feature) }.sorted()
    return Axis(range: ends[0]...ends[1], low: low, high: high)
  }

  /// The entries of a row with the median of each column of numbers and the most frequent text of the
  /// others; columns of texts whose terms are features stay empty.
  ///
  /// - Parameter rows: The rows whose medians are taken, or `nil` for all.
  /// - Returns: The entries in the order of their features.
  private func typicalEntries(of rows: [Int]?) -> [(column: Int, value: Double)] {
    func values(_ feature: Int) -> [Double] {
      let column = examples.features.column(feature)
      return rows?.map { column[$0] } ?? column
    }
    var entries: [(column: Int, value: Double)] = []
    for column in model.columns {
      switch column.kind {
      case .numbers:
        let sorted = values(column.features.lowerBound).sorted()
        entries.append((column.features.lowerBound, sorted[sorted.count / 2]))
      case .levels:
        let sums = column.features.map { values($0).reduce(0, +) }
        let most = sums.indices.max { sums[$0] < sums[$1] } ?? 0
        for (index, feature) in column.features.enumerated() {
          entries.append((feature, model.scaled(index == most ? 1 : 0, feature: feature)))
        }
      case .texts: break
      }
    }
    return entries.filter { $0.value != 0 }
  }
}

extension KernelFunction {
  /// The kernel to find components with.
  fileprivate var forComponents: Kernel? {
    formula != nil && isPositiveSemidefinite ? request : nil
  }
}
