import Basics

// Where everything of a plot is.
//
//      title
//      ── legend ── legend ──          as many rows as it takes
//   y  ┌──────────────────┐ ▒ 1
//   l  │      area        │ ▒          colour bar with its label
//   a  │                  │ ▒ 0
//   b  └──────────────────┘
//        0   0.5    1                  ticks; names that are too long are set aslant
//             x label
//      notes
//
// The width is given; heights follow from the contents, so a long legend takes nothing from the area.

struct PlotLayout {
  /// The font size of all text but the title.
  static let fontSize = 12.0
  /// The font size of the title.
  static let titleSize = 15.0
  /// The length of the swatch of a legend entry, and what it takes with its gap.
  static let swatch = 22.0

  /// What is drawn, without what has no place.
  var marks: [PlotMark]
  /// Notes, broken into lines.
  var noteLines: [String]
  /// The title, broken into lines; empty when it is not drawn.
  var titleLines: [String]
  /// The legend: the index of a mark, where its entry begins, and its name as far as it fits.
  var legend: [(mark: Int, x: Double, y: Double, name: String)] = []
  var xScale: PlotScale
  var yScale: PlotScale
  var xTicks = Ticks()
  var yTicks = Ticks()
  /// Whether the names on the horizontal axis are set aslant.
  var isSlanted = false
  var left = 0.0
  var right = 0.0
  var top = 0.0
  var bottom = 0.0
  /// The line on which the horizontal axis' label stands.
  var xLabelY = 0.0
  var height = 0.0
  /// Whether there is nothing to draw.
  var isEmpty: Bool

  /// Lays out a plot.
  init(_ plot: Plot, showsTitle: Bool) {
    let width = plot.width
    var leftOut = 0
    marks = plot.marks.map { mark in
      let cleaned = mark.cleaned(x: plot.xAxis, y: plot.yAxis)
      leftOut += cleaned.leftOut
      return cleaned.mark
    }
    isEmpty = marks.allSatisfy(\.isEmpty)
    var notes = plot.notes
    if leftOut > 0 { notes.append(Self.leftOutNote(leftOut, plot)) }
    noteLines = notes.flatMap { TextShape.wrapped($0, size: Self.fontSize, width: width - 16) }
    titleLines =
      showsTitle ? TextShape.wrapped(plot.title, size: Self.titleSize, width: width - 16) : []

    var xExtent = Extent()
    var yExtent = Extent()
    for mark in marks { mark.extend(x: &xExtent, y: &yExtent) }
    xScale = PlotScale(
      kind: plot.xAxis.kind, domain: PlotScale.domain(of: plot.xAxis, extent: xExtent),
      start: 0, end: 0)
    yScale = PlotScale(
      kind: plot.yAxis.kind, domain: PlotScale.domain(of: plot.yAxis, extent: yExtent),
      start: 0, end: 0)

    top = 6 + Double(titleLines.count) * 19
    placeLegend(width: width)
    top += 8
    placeArea(plot)
    placeTicksBelow(plot)
    height = xLabelY + 8
    if !noteLines.isEmpty { height += 4 + Double(noteLines.count) * 16 }
  }

  private static func leftOutNote(_ count: Int, _ plot: Plot) -> String {
    let isLogarithmic = [plot.xAxis.kind, plot.yAxis.kind].contains {
      if case .logarithmic = $0 { true } else { false }
    }
    let reason =
      isLogarithmic
      ? "not finite, or not above 0 on a logarithmic axis" : "not finite"
    return count == 1
      ? "1 value is left out: it is \(reason)."
      : "\(NumberText.count(count)) values are left out: they are \(reason)."
  }

  /// Fills rows with the entries of the legend.
  private mutating func placeLegend(width: Double) {
    let named = marks.indices.filter { marks[$0].name != nil }
    guard !named.isEmpty else { return }
    let shown = named.prefix(24)
    var x = 8.0
    var y = top + 10
    for index in shown {
      let name = TextShape.fitted(
        marks[index].name ?? "", size: Self.fontSize, width: min(width - 24 - Self.swatch, 300))
      let room = Self.swatch + TextShape.width(name, size: Self.fontSize) + 14
      if x > 8, x + room > width {
        x = 8
        y += 17
      }
      legend.append((index, x, y, name))
      x += room
    }
    top = y + 6
    if named.count > shown.count {
      noteLines.append("The legend leaves out \(named.count - shown.count) more.")
    }
  }

  /// Finds the margins around the area, its height, and the ticks of the vertical axis.
  private mutating func placeArea(_ plot: Plot) {
    let size = Self.fontSize
    let barRoom = plot.colorBar == nil ? 0 : 66.0
    right = plot.width - 14 - barRoom
    // Heights depend on the width of the area, its left side on the labels, and those on the height:
    // a first guess of the left side settles the height.
    let guess = leftMargin(plot, labels: nil)
    let areaHeight = max((right - guess) * plot.aspect, 40)
    bottom = top + areaHeight
    yScale.start = plot.yAxis.isReversed ? top : bottom
    yScale.end = plot.yAxis.isReversed ? bottom : top
    let scale = yScale
    let minimum = size * 1.5
    yTicks = Self.ticks(of: scale, limit: max(Int(areaHeight / 30), 2)) { ticks in
      zip(ticks, ticks.dropFirst()).allSatisfy {
        (scale.position($0.value) - scale.position($1.value)).magnitude >= minimum
      }
    }
    left = leftMargin(plot, labels: yTicks.major.map(\.label))
    xScale.start = plot.xAxis.isReversed ? right : left
    xScale.end = plot.xAxis.isReversed ? left : right
  }

  /// What the label and the ticks of the vertical axis take.
  private func leftMargin(_ plot: Plot, labels: [String]?) -> Double {
    var widest = 34.0
    if case .categories(let names) = plot.yAxis.kind {
      widest = names.map { TextShape.width($0, size: Self.fontSize) }.max() ?? 0
    } else if let labels {
      widest = labels.map { TextShape.width($0, size: Self.fontSize) }.max() ?? 0
    }
    widest = min(widest, plot.width * 0.34)
    return widest + 14 + (plot.yAxis.label.isEmpty ? 0 : 20)
  }

  /// Finds the ticks of the horizontal axis and the lines below it.
  private mutating func placeTicksBelow(_ plot: Plot) {
    let size = Self.fontSize
    let scale = xScale
    let sheet = 2...(plot.width - 2)
    func fits(_ ticks: [Tick]) -> Bool {
      var last = -Double.infinity
      let placed = ticks.map { tick in
        Self.labelSpan(tick, scale: scale, sheet: sheet)
      }.sorted { $0.lowerBound < $1.lowerBound }
      for span in placed {
        if span.lowerBound < last + size * 0.6 { return false }
        last = span.upperBound
      }
      return true
    }
    var labelHeight = size + 6
    if case .categories(let names) = plot.xAxis.kind {
      xTicks = Ticks(
        major: names.enumerated().map { Tick(value: Double($0), label: $1) }, minor: [])
      let spacing = (right - left) / Double(max(names.count, 1))
      if !fits(xTicks.major), spacing >= 90 {
        // Wide enough for most of a long name: cut it rather than set it aslant.
        xTicks.major = xTicks.major.map { tick in
          Tick(
            value: tick.value,
            label: TextShape.fitted(tick.label, size: size, width: spacing - 12))
        }
      }
      if !fits(xTicks.major) {
        isSlanted = true
        let stride = max(1, Int((size * 1.15 / spacing).rounded(.up)))
        xTicks.major = xTicks.major.enumerated().filter { $0.offset % stride == 0 }.map { tick in
          // Aslant at 45 degrees, a label must not reach beyond the left side of the drawing.
          let room = min(110, (scale.position(tick.element.value) - 6) * 1.41)
          return Tick(
            value: tick.element.value,
            label: TextShape.fitted(tick.element.label, size: size, width: room))
        }
        let longest = xTicks.major.map { TextShape.width($0.label, size: size) }.max() ?? 0
        labelHeight = longest * 0.71 + size
      }
    } else {
      xTicks = Self.ticks(of: scale, limit: max(Int((right - left) / 42), 2), fits: fits)
    }
    xLabelY = bottom + 6 + labelHeight + (plot.xAxis.label.isEmpty ? 0 : 16)
  }

  /// Where the label of a tick reaches, moved into the sheet when it would stick out.
  static func labelSpan(
    _ tick: Tick, scale: PlotScale, sheet: ClosedRange<Double>
  ) -> ClosedRange<Double> {
    let half = TextShape.width(tick.label, size: fontSize) / 2
    var middle = scale.position(tick.value)
    middle = min(max(middle, sheet.lowerBound + half), max(sheet.upperBound - half, 0))
    return (middle - half)...(middle + half)
  }

  /// The ticks of an axis of numbers.
  static func ticks(of scale: PlotScale, limit: Int, fits: ([Tick]) -> Bool) -> Ticks {
    switch scale.kind {
    case .linear: Ticks.linear(range: scale.domain, limit: limit, fits: fits)
    case .logarithmic(let base):
      Ticks.logarithmic(range: scale.domain, base: base, limit: limit, fits: fits)
    case .categories(let names):
      Ticks(
        major: names.enumerated().compactMap { index, name in
          // A name stands at every line that has room.
          let spacing = (scale.end - scale.start).magnitude / Double(max(names.count, 1))
          let stride = max(1, Int((fontSize * 1.1 / spacing).rounded(.up)))
          return index % stride == 0 ? Tick(value: Double(index), label: name) : nil
        })
    }
  }
}
