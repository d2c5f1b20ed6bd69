import Basics

// Writing marks. Each is a group with its colour; inside are paths, as few as there can be.

extension PlotDrawing {
  /// Writes a mark.
  func draw(_ mark: PlotMark, into markup: inout Markup) {
    switch mark.shape {
    case .line(let points): drawLine(places(points), mark, into: &markup)
    case .steps(let points): drawLine(stepped(places(points)), mark, into: &markup)
    case .segment(let from, let to): drawLine(places([from, to]), mark, into: &markup)
    case .points(let points): drawPoints(places(points), mark, into: &markup)
    case .band(let intervals): drawBand(intervals, mark, into: &markup)
    case .columns(let columns): drawColumns(columns, mark, into: &markup)
    case .bars(let bars): drawBars(bars, mark, into: &markup)
    case .cells(let cells): for cell in cells { draw(cell, into: &markup) }
    case .raster(let raster): draw(raster, mark, into: &markup)
    case .labels(let labels): drawLabels(labels, into: &markup)
    }
  }

  /// Writes the sign of a mark in the legend, in a box of 16 units next to `x`, around `y`.
  func drawSwatch(of mark: PlotMark, x: Double, y: Double, into markup: inout Markup) {
    switch mark.shape {
    case .line, .steps, .segment:
      drawLine([PlotPoint(x, y), PlotPoint(x + 16, y)], mark, into: &markup)
    case .points:
      filled(mark, opacity: 1, into: &markup) { markup in
        markup.element(
          "path",
          ["d": Self.symbol(mark.color.symbol, at: PlotPoint(x + 8, y), radius: 4)])
      }
    case .band, .raster:
      filled(mark, opacity: max(mark.opacity, 0.25), into: &markup) { markup in
        rectangle(x + 1, y - 5, x + 15, y + 5, into: &markup)
      }
    default:
      filled(mark, opacity: mark.opacity, into: &markup) { markup in
        rectangle(x + 3, y - 5, x + 13, y + 5, into: &markup)
      }
    }
  }

  private func places(_ points: [PlotPoint]) -> [PlotPoint] {
    points.map { PlotPoint(layout.xScale.position($0.x), layout.yScale.position($0.y)) }
  }

  // MARK: Lines

  private func stepped(_ points: [PlotPoint]) -> [PlotPoint] {
    guard var last = points.first else { return [] }
    var result = [last]
    for point in points.dropFirst() {
      if point.y != last.y, point.x != last.x { result.append(PlotPoint(point.x, last.y)) }
      result.append(point)
      last = point
    }
    return result
  }

  private func drawLine(_ points: [PlotPoint], _ mark: PlotMark, into markup: inout Markup) {
    let dashes = mark.isDashed ? "5 4" : mark.color.dashes
    guard points.count > 1 || dashes == nil else { return }
    let thinned = Thinning.line(points)
    // A single point has no line; a mark of no length with round ends is a dot.
    let path = thinned.count == 1 ? Self.path(thinned) + "h0" : Self.path(thinned)
    guard !path.isEmpty else { return }
    var attributes = " class=\"l-\(mark.color.styleName)\" stroke=\"\(mark.color.fallback)\""
    attributes += " fill=\"none\" stroke-linejoin=\"round\" stroke-linecap=\"round\""
    let width = thinned.count == 1 ? max(mark.size, 5) : mark.size
    attributes += " stroke-width=\"\(coordinate(width))\""
    if let dashes { attributes += " stroke-dasharray=\"\(dashes)\"" }
    if mark.opacity < 1 { attributes += " opacity=\"\(coordinate(mark.opacity))\"" }
    markup.writeMarkup("<path\(attributes) d=\"\(path)\"/>")
  }

  /// The points joined by lines; horizontal and vertical ones, of which step lines consist, are short.
  static func path(_ points: [PlotPoint]) -> String {
    var path = ""
    var lastX = ""
    var lastY = ""
    for point in points {
      let x = NumberText.coordinate(point.x)
      let y = NumberText.coordinate(point.y)
      if path.isEmpty {
        path = "M\(x) \(y)"
      } else if x == lastX {
        if y != lastY { path += "V\(y)" }
      } else {
        path += y == lastY ? "H\(x)" : "L\(x) \(y)"
      }
      lastX = x
      lastY = y
    }
    return path
  }

  private func drawBand(
    _ intervals: [PlotInterval], _ mark: PlotMark, into markup: inout Markup
  ) {
    let upper = places(intervals.map { PlotPoint($0.x, $0.high) })
    let lower = places(intervals.map { PlotPoint($0.x, $0.low) })
    guard !upper.isEmpty else { return }
    let path = Self.path(upper + lower.reversed()) + "Z"
    filled(mark, opacity: mark.opacity, into: &markup) { $0.element("path", ["d": path]) }
  }

  // MARK: Points

  private func drawPoints(_ points: [PlotPoint], _ mark: PlotMark, into markup: inout Markup) {
    guard points.count <= Thinning.pointLimit else {
      drawDensity(points, mark, into: &markup)
      return
    }
    filled(mark, opacity: 1, into: &markup) { markup in
      // One path for each symbol, as symbols of one path do not darken one another.
      markup.element("g", ["fill-opacity": coordinate(mark.opacity)]) { markup in
        for point in points {
          let path = Self.symbol(mark.color.symbol, at: point, radius: mark.size)
          markup.writeMarkup("<path d=\"\(path)\"/>")
        }
      }
    }
  }

  /// Circle, square, triangle, diamond, triangle on its tip: told apart without colour.
  static func symbol(_ index: Int, at point: PlotPoint, radius: Double) -> String {
    let r = radius
    func number(_ value: Double) -> String { NumberText.coordinate(value) }
    func move(_ dx: Double, _ dy: Double) -> String {
      "M\(number(point.x + dx)) \(number(point.y + dy))"
    }
    // Areas are about those of the circle.
    return switch (index % 5 + 5) % 5 {
    case 1:
      move(-0.89 * r, -0.89 * r) + "h\(number(1.78 * r))v\(number(1.78 * r))h\(number(-1.78 * r))z"
    case 2: move(0, -1.3 * r) + "l\(number(1.25 * r)) \(number(2.1 * r))h\(number(-2.5 * r))z"
    case 3:
      move(0, -1.3 * r) + "l\(number(1.3 * r)) \(number(1.3 * r))"
        + "l\(number(-1.3 * r)) \(number(1.3 * r))l\(number(-1.3 * r)) \(number(-1.3 * r))z"
    case 4: move(0, 1.3 * r) + "l\(number(-1.25 * r)) \(number(-2.1 * r))h\(number(2.5 * r))z"
    default:
      move(-r, 0)
        + "a\(number(r)) \(number(r)) 0 1 1 \(number(2 * r)) 0"
        + "a\(number(r)) \(number(r)) 0 1 1 \(number(-2 * r)) 0z"
    }
  }

  /// Squares whose opacity says how many points they hold, in six steps of the logarithm.
  private func drawDensity(_ points: [PlotPoint], _ mark: PlotMark, into markup: inout Markup) {
    let side = 4.0
    let (columnCount, counts) = Thinning.density(
      points, left: layout.left, top: layout.top, right: layout.right, bottom: layout.bottom,
      side: side)
    let most = Double(counts.max() ?? 0)
    guard most > 0 else { return }
    let levelCount = 6
    var paths = [String](repeating: "", count: levelCount)
    for (index, count) in counts.enumerated() where count > 0 {
      let share = log(Double(count) + 1) / log(most + 1)
      let level = min(Int(share * Double(levelCount)), levelCount - 1)
      let x = layout.left + Double(index % columnCount) * side
      let y = layout.top + Double(index / columnCount) * side
      paths[level] += "M\(coordinate(x)) \(coordinate(y))h4v4h-4z"
    }
    filled(mark, opacity: 1, into: &markup) { markup in
      for (level, path) in paths.enumerated() where !path.isEmpty {
        let opacity = 0.15 + 0.8 * Double(level) / Double(levelCount - 1)
        markup.element("path", ["fill-opacity": coordinate(opacity), "d": path])
      }
    }
  }

  // MARK: Bars

  private func drawColumns(
    _ columns: [PlotColumn], _ mark: PlotMark, into markup: inout Markup
  ) {
    let zero = baseline(layout.yScale)
    filled(mark, opacity: mark.opacity, into: &markup) { markup in
      for column in columns where column.height != 0 {
        let a = layout.xScale.position(column.from)
        let b = layout.xScale.position(column.to)
        let top = layout.yScale.position(column.height)
        // A gap between neighbours while they are wide enough to spare it.
        let gap = (b - a).magnitude > 5 ? 0.5 : 0
        rectangle(
          min(a, b) + gap, min(top, zero), max(a, b) - gap, max(top, zero), into: &markup)
      }
    }
  }

  private func drawBars(_ bars: [PlotBar], _ mark: PlotMark, into markup: inout Markup) {
    let zero = baseline(layout.xScale)
    let scale = layout.yScale
    let half = min((scale.position(1) - scale.position(0)).magnitude * 0.34, 11)
    filled(mark, opacity: mark.opacity, into: &markup) { markup in
      for bar in bars {
        let y = scale.position(bar.position)
        let end = layout.xScale.position(bar.value)
        rectangle(min(zero, end), y - half, max(zero, end), y + half, into: &markup)
      }
    }
    var whiskers = ""
    for bar in bars {
      guard let whisker = bar.whisker else { continue }
      let y = scale.position(bar.position)
      let low = coordinate(layout.xScale.position(whisker.lowerBound))
      let high = coordinate(layout.xScale.position(whisker.upperBound))
      let cap = coordinate(half * 0.9)
      let top = coordinate(y - half * 0.45)
      whiskers += "M\(low) \(coordinate(y))H\(high)M\(low) \(top)v\(cap)M\(high) \(top)v\(cap)"
    }
    if !whiskers.isEmpty {
      markup.element(
        "path",
        [
          "class": "l-ink", "stroke": Palette.light("ink"), "stroke-width": "1.2", "fill": "none",
          "d": whiskers,
        ])
    }
  }

  /// Where bars stand: at zero, or at the end of the axis that is nearest to it.
  private func baseline(_ scale: PlotScale) -> Double {
    scale.position(min(max(0, scale.domain.lowerBound), scale.domain.upperBound))
  }

  private func drawLabels(_ labels: [PlotLabel], into markup: inout Markup) {
    for label in labels {
      let place = places([label.point])[0]
      let width = TextShape.width(label.text, size: PlotLayout.fontSize)
      // Within the area, whatever the place.
      let before = label.anchor == .start ? 0 : label.anchor == .middle ? width / 2 : width
      let least = layout.left + 2 + before
      let greatest = max(layout.right - 2 - (width - before), least)
      write(
        label.text, x: min(max(place.x, least), greatest),
        y: min(max(place.y, layout.top + 12), layout.bottom - 4), anchor: label.anchor,
        into: &markup)
    }
  }

  /// Writes a group of filled shapes in a mark's colour.
  func filled(
    _ mark: PlotMark, opacity: Double, into markup: inout Markup,
    content: (inout Markup) -> Void
  ) {
    markup.writeMarkup("<g class=\"f-\(mark.color.styleName)\" fill=\"\(mark.color.fallback)\"")
    if opacity < 1 { markup.writeMarkup(" opacity=\"\(coordinate(opacity))\"") }
    markup.writeMarkup(">")
    content(&markup)
    markup.writeMarkup("</g>")
  }
}
