import Basics

// A search for parameters: what was tried, what it brought, and how the best grew.

/// One trial of a search over two parameters.
package struct TuningTrial: Sendable, Equatable {
  /// The parameter of the horizontal axis, above 0.
  package var x: Double
  /// The parameter of the vertical axis, above 0.
  package var y: Double
  /// The figure that was measured; not finite for a trial that gave none.
  package var score: Double

  /// A trial from its parameters and score.
  package init(x: Double, y: Double, score: Double) {
    self.x = x
    self.y = y
    self.score = score
  }
}

/// Scores over two parameters, C and γ as a rule, on logarithmic axes.
package struct TuningHeatMap: Chart {
  /// The heading.
  package var title: String
  /// The name of the parameter of the horizontal axis.
  package let xName = "C"
  /// The name of the parameter of the vertical axis.
  package let yName = "γ"
  /// The name of the score.
  package var scoreName: String
  /// The trials; of several with equal parameters the best counts.
  package var trials: [TuningTrial]
  /// Whether larger scores are better.
  package var isHigherBetter: Bool
  /// The base of the axes' ticks, 2 or 10.
  package var base: Int

  /// A heat map of trials.
  package init(
    title: String = "Trials", scoreName: String,
    trials: [TuningTrial], isHigherBetter: Bool = true, base: Int = 2
  ) {
    self.title = title
    self.scoreName = scoreName
    self.trials = trials
    self.isHigherBetter = isHigherBetter
    self.base = base
  }

  /// The drawing: a cell for each pair of parameters, the best one outlined, those without a trial
  /// hatched.
  ///
  /// Trials on a grid make cells around each value. Scattered trials, of which each has parameters
  /// other than the rest, are gathered in 14 × 14 cells with the best score of each, and drawn
  /// as points.
  package func plot() -> Plot {
    let axis = PlotAxis("", kind: .logarithmic(base: base))
    let usable = trials.filter { axis.accepts($0.x) && axis.accepts($0.y) }
    let scored = usable.filter { PlotAxis("").accepts($0.score) }
    var notes: [String] = []
    if scored.count < trials.count {
      let count = trials.count - scored.count
      notes.append("\(count) \(count == 1 ? "trial has" : "trials have") no score.")
    }
    let xs = edges(usable.map(\.x), other: Set(usable.map(\.y)).count)
    let ys = edges(usable.map(\.y), other: Set(usable.map(\.x)).count)
    let range = scoreRange(scored)
    let best = scored.reduce(nil as TuningTrial?) { best, trial in
      guard let best else { return trial }
      return isBetter(trial.score, best.score) ? trial : best
    }
    var marks = [
      PlotMark(.cells(cells(scored, xs: xs.edges, ys: ys.edges, range: range, best: best)))
    ]
    if xs.isScattered || ys.isScattered {
      marks.append(
        PlotMark(
          .points(scored.map { PlotPoint($0.x, $0.y) }), color: .ink, name: "trials", size: 1.6,
          opacity: 0.8))
      notes.append("A cell has the best score of its trials.")
    }
    var description = "\(scoreName) for \(usable.count) pairs of \(xName) and \(yName)."
    if let best {
      let text =
        "Best: \(scoreName) \(NumberText.significant(best.score)) at "
        + "\(xName) = \(NumberText.significant(best.x)), \(yName) = \(NumberText.significant(best.y))."
      notes.insert(text + " It is outlined; hatched cells were not tried.", at: 0)
      description += " " + text
    }
    return Plot(
      title: title, description: description,
      xAxis: PlotAxis(xName, kind: .logarithmic(base: base), padding: 0, hasGrid: false),
      yAxis: PlotAxis(yName, kind: .logarithmic(base: base), padding: 0, hasGrid: false),
      marks: usable.isEmpty ? [] : marks,
      colorBar: scored.isEmpty ? nil : PlotColorBar(scoreName, range: range), notes: notes,
      aspect: 0.8)
  }

  private func isBetter(_ score: Double, _ other: Double) -> Bool {
    isHigherBetter ? score > other : score < other
  }

  /// The scores at the ends of the colour scale.
  ///
  /// One hopeless trial must not give all others the same colour: beyond the fences of Tukey (1.5
  /// times the distance of the quartiles), bad scores take the colour of the end.
  private func scoreRange(_ scored: [TuningTrial]) -> ClosedRange<Double> {
    let sorted = scored.map(\.score).sorted()
    guard let least = sorted.first, let greatest = sorted.last, least < greatest else {
      let score = sorted.first ?? 0
      return (score - 0.5 * max(score.magnitude, 1e-3))...(score + 0.5 * max(score.magnitude, 1e-3))
    }
    let low = sorted[sorted.count / 4]
    let high = sorted[min(sorted.count * 3 / 4, sorted.count - 1)]
    let reach = 1.5 * (high - low)
    guard reach > 0 else { return least...greatest }
    return isHigherBetter
      ? max(least, low - reach)...greatest : least...min(greatest, high + reach)
  }

  /// Cells between edges; a cell's score is the best of the trials in it.
  private func cells(
    _ scored: [TuningTrial], xs: [Double], ys: [Double], range: ClosedRange<Double>,
    best: TuningTrial?
  ) -> [PlotCell] {
    guard xs.count > 1, ys.count > 1 else { return [] }
    func place(_ value: Double, _ edges: [Double]) -> Int {
      let index = edges.firstIndex { $0 > value } ?? edges.count - 1
      return min(max(index - 1, 0), edges.count - 2)
    }
    let columnCount = xs.count - 1
    var found = [TuningTrial?](repeating: nil, count: columnCount * (ys.count - 1))
    for trial in scored {
      let index = place(trial.y, ys) * columnCount + place(trial.x, xs)
      if let old = found[index], !isBetter(trial.score, old.score) { continue }
      found[index] = trial
    }
    return found.enumerated().map { index, trial in
      let x = xs[index % columnCount]...xs[index % columnCount + 1]
      let y = ys[index / columnCount]...ys[index / columnCount + 1]
      guard let trial else { return PlotCell(x: x, y: y, fill: .hatched, tooltip: "not tried") }
      let level = (trial.score - range.lowerBound) / (range.upperBound - range.lowerBound)
      return PlotCell(
        x: x, y: y, fill: .level(isHigherBetter ? level : 1 - level),
        tooltip: "\(xName) = \(NumberText.significant(trial.x)), "
          + "\(yName) = \(NumberText.significant(trial.y)): \(NumberText.significant(trial.score))",
        isMarked: trial == best)
    }
  }

  /// The edges of cells around values: halfway between neighbours on the logarithmic axis.
  ///
  /// Values that could not make a grid are scattered: equal cells cover them.
  private func edges(_ values: [Double], other: Int) -> (edges: [Double], isScattered: Bool) {
    let sorted = Array(Set(values)).sorted()
    guard let first = sorted.first, let last = sorted.last else { return ([], false) }
    let half = Double(base).squareRoot()
    guard sorted.count > 1 else { return ([first / half, first * half], false) }
    // On a grid there are about as many pairs as trials.
    if sorted.count > 40 || sorted.count * other > max(values.count * 4, 60) {
      let step = log(last / first) / 14
      return ((0...14).map { first * exp(step * Double($0)) }, true)
    }
    var edges = [first / (sorted[1] / first).squareRoot()]
    for (low, high) in zip(sorted, sorted.dropFirst()) {
      edges.append(low * (high / low).squareRoot())
    }
    return (edges + [last * (last / sorted[sorted.count - 2]).squareRoot()], false)
  }
}
