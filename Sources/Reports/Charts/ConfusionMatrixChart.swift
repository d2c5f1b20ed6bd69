import Basics

/// How often each class was predicted for each class: counts, coloured by their share of the row.
package struct ConfusionMatrixChart: Chart {
  /// The heading.
  package var title: String
  /// The names of the classes.
  package var classNames: [String]
  /// `counts[actual][predicted]`, a square of as many rows and columns as there are names.
  package var counts: [[Double]]

  /// The number of classes above which those with the fewest mistakes are drawn together.
  static let classLimit = 30

  /// A confusion matrix.
  ///
  /// - Parameters:
  ///   - title: The heading.
  ///   - classNames: The names of the classes.
  ///   - counts: `counts[actual][predicted]`, rows or sums of row weights; a square of as many rows
  ///     and columns as there are names.
  package init(title: String = "Confusion matrix", classNames: [String], counts: [[Double]]) {
    precondition(
      counts.count == classNames.count && counts.allSatisfy { $0.count == classNames.count },
      "the matrix of \(classNames.count) classes has \(counts.count) rows of "
        + "\(counts.map(\.count)) columns")
    self.title = title
    self.classNames = classNames
    self.counts = counts
  }

  /// The drawing: a row for each actual class, a column for each predicted one.
  package func plot() -> Plot {
    let shown = summarised()
    let count = shown.classNames.count
    var cells: [PlotCell] = []
    for (actual, row) in shown.counts.enumerated() {
      let total = row.reduce(0.0) { $0 + Self.usable($1) }
      for (predicted, value) in row.enumerated() {
        let value = Self.usable(value)
        let share = total > 0 ? value / total : 0
        // A weight may be a fraction; counts are whole.
        let text = NumberText.significant(value, digits: 6)
        let percentage = NumberText.percentage(share, decimals: 1)
        cells.append(
          PlotCell(
            x: (Double(predicted) - 0.5)...(Double(predicted) + 0.5),
            y: (Double(actual) - 0.5)...(Double(actual) + 0.5), fill: .shade(share),
            lines: value == 0 && count > 12 ? [] : [text, percentage],
            tooltip: "\(shown.classNames[actual]) predicted as \(shown.classNames[predicted]): "
              + "\(text) (\(percentage) of the row)"))
      }
    }
    let correct = counts.indices.reduce(0.0) { $0 + Self.usable(counts[$1][$1]) }
    let total = counts.joined().reduce(0.0) { $0 + Self.usable($1) }
    var notes = ["Colours and percentages are shares of the row, that is of the actual class."]
    if count < classNames.count {
      notes.append(
        "\(classNames.count) classes: the \(count - 1) with most errors are shown, all others as one."
      )
    }
    return Plot(
      title: title,
      description: "Rows are actual classes, columns predicted ones. "
        + "\(NumberText.significant(correct, digits: 6)) of "
        + "\(NumberText.significant(total, digits: 6)) are on the diagonal, predicted correctly.",
      xAxis: PlotAxis("predicted", kind: .categories(shown.classNames), hasGrid: false),
      yAxis: PlotAxis(
        "actual", kind: .categories(shown.classNames), isReversed: true, hasGrid: false),
      marks: [PlotMark(.cells(cells))], notes: notes,
      width: count <= 6 ? Plot.standardWidth : Plot.fullWidth,
      aspect: count <= 2 ? 0.72 : count <= 6 ? 0.85 : min((Double(count) * 34 + 8) / 780, 0.8))
  }

  /// Counts below zero or not finite are none.
  private static func usable(_ count: Double) -> Double {
    count.isFinite && count > 0 ? count : 0
  }

  /// The matrix itself, or that of the classes with most mistakes and one for all others.
  func summarised() -> (classNames: [String], counts: [[Double]]) {
    guard classNames.count > Self.classLimit else { return (classNames, counts) }
    let mistakes = classNames.indices.map { index in
      counts.indices.reduce(0.0) { sum, other in
        other == index
          ? sum : sum + Self.usable(counts[index][other]) + Self.usable(counts[other][index])
      }
    }
    let kept = classNames.indices.sorted {
      mistakes[$0] != mistakes[$1] ? mistakes[$0] > mistakes[$1] : $0 < $1
    }.prefix(19).sorted()
    // Where each class goes: its place among those kept, or the last one.
    var place = [Int](repeating: kept.count, count: classNames.count)
    for (index, row) in kept.enumerated() { place[row] = index }
    var summary = [[Double]](
      repeating: [Double](repeating: 0, count: kept.count + 1), count: kept.count + 1)
    for actual in counts.indices {
      for predicted in counts.indices {
        summary[place[actual]][place[predicted]] += Self.usable(counts[actual][predicted])
      }
    }
    return (kept.map { classNames[$0] } + ["all others"], summary)
  }
}
