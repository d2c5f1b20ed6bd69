import Basics
import Reports

/// A report on a regression of many rows, with values that no axis can hold.
enum Regression {
  static func report() -> HTMLReport {
    var generator = Generator(seed: 3)
    var predicted: [Double] = []
    var actual: [Double] = []
    for _ in 0..<20_000 {
      let value = 250_000 * exp(0.5 * generator.normal())
      predicted.append(value)
      actual.append(value + 30_000 * generator.normal() * (0.5 + value / 400_000))
    }
    predicted += [.nan, 100_000]
    actual += [100_000, .infinity]
    let residuals = zip(actual, predicted).map { $0 - $1 }
    let few = 300
    return HTMLReport(
      title: "House prices", subtitle: "ε-support vector regression",
      summary: [
        .init("R²", "0.913"), .init("RMSE", "38 120"), .init("median error", "17 004"),
        .init("rows", "20 002"), .init("tube width", "10 000"),
      ],
      warnings: ["2 rows have no finite prediction or target."],
      sections: [
        .init(
          "Quality",
          [
            .figures([
              PredictedVersusTrueChart(
                targetName: "price", predicted: predicted, actual: actual
              ).plot(),
              ResidualChart(
                targetName: "price", predicted: predicted, residuals: residuals,
                epsilon: 10_000
              ).plot(),
              ResidualHistogramChart(residuals: residuals).plot(),
              ResidualQuantileChart(residuals: residuals).plot(),
            ])
          ]),
        .init(
          "A part of the rows",
          [
            .figures([
              PredictedVersusTrueChart(
                targetName: "price", predicted: Array(predicted.prefix(few)),
                actual: Array(actual.prefix(few))
              ).plot(),
              ResidualChart(
                targetName: "price", predicted: Array(predicted.prefix(few)),
                residuals: Array(residuals.prefix(few)), epsilon: 10_000
              ).plot(),
              PartialDependenceChart(
                featureName: "floor area (m²)", outputName: "price",
                curves: [
                  .init(
                    name: "price",
                    points: (0...50).map {
                      PlotPoint(20 + Double($0) * 5, 120_000 + 2200 * pow(Double($0), 1.3))
                    })
                ]
              ).plot(),
              LearningCurveChart(scoreName: "R²", sizes: []).plot(),
            ])
          ]),
      ],
      footer: "svm 0.1.0")
  }
}
