import Basics
import Reports

/// A report on ten classes, and one on forty in its second section; names as users have them.
enum TenClasses {
  static let classNames = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight",
    "تسعة",  // nine, written from right to left
  ]

  static func report() -> HTMLReport {
    var generator = Generator(seed: 2)
    let count = classNames.count
    var counts = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for row in 0..<5000 {
      let actual = row % count
      let isWrong = generator.uniform() < 0.08 + 0.012 * Double(actual)
      let predicted = isWrong ? (actual + 1 + generator.index(below: 4)) % count : actual
      counts[actual][predicted] += 1
    }
    var curves: [Ranking] = []
    var scores: [[Double]] = []
    for index in 0..<count {
      var classScores: [Double] = []
      var isPositive: [Bool] = []
      for row in 0..<3000 {
        isPositive.append(row % count == index)
        classScores.append(
          (row % count == index ? 2.6 - 0.15 * Double(index) : 0) + generator.normal())
      }
      curves.append(Ranking(name: classNames[index], scores: classScores, isPositive: isPositive))
      scores.append(classScores.enumerated().filter { isPositive[$0.offset] }.map(\.element))
    }
    let scatter = (0..<count).map { index in
      (0..<150).map { _ in
        PlotPoint(
          Double(index % 4) * 1.5 + 0.5 * generator.normal(),
          Double(index / 4) * 1.6 + 0.5 * generator.normal())
      }
    }
    let recalls = counts.enumerated().map { index, row in
      [
        classNames[index], NumberText.count(Int(row.reduce(0, +))),
        NumberText.percentage(row[index] / row.reduce(0, +)),
      ]
    }
    let many = 40
    var manyCounts = [[Double]](repeating: [Double](repeating: 0, count: many), count: many)
    for row in 0..<8000 {
      let actual = row % many
      let isWrong = generator.uniform() < 0.005 * Double(actual)
      manyCounts[actual][isWrong ? generator.index(below: many) : actual] += 1
    }
    return HTMLReport(
      title: "Digits", subtitle: "One-versus-one classification of ten classes",
      summary: [
        .init("accuracy", "87.1 %"), .init("classes", "10"), .init("rows", "5 000"),
        .init("training time", "1.4 s"),
      ],
      sections: [
        .init(
          "Quality",
          [
            .figures([
              ConfusionMatrixChart(classNames: classNames, counts: counts).plot(),
              ROCChart(curves: curves.map(\.roc)).plot(),
              PrecisionRecallChart(curves: curves.map(\.precisionRecall)).plot(),
              ScoreHistogramChart(classNames: classNames, scores: scores).plot(),
              ClassScatterChart(classNames: classNames, points: scatter).plot(),
            ]),
            .table(
              .init(
                caption: "Recall of each class",
                columns: [
                  .init("class"), .init("rows", isNumeric: true), .init("recall", isNumeric: true),
                ], rows: recalls)),
          ]),
        .init(
          "Forty classes",
          [
            .figures([
              ConfusionMatrixChart(
                title: "Forty classes, summarised",
                classNames: (1...many).map { "species number \($0)" }, counts: manyCounts
              ).plot()
            ])
          ]),
      ],
      footer: "svm 0.1.0")
  }
}
