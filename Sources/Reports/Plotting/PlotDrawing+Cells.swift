// Writing cells and rasters: heat maps, confusion matrices, decision regions.

extension PlotDrawing {
  /// Writes a cell with its text.
  func draw(_ cell: PlotCell, into markup: inout Markup) {
    let xs = [cell.x.lowerBound, cell.x.upperBound].map(layout.xScale.position)
    let ys = [cell.y.lowerBound, cell.y.upperBound].map(layout.yScale.position)
    let (left, right) = (min(xs[0], xs[1]), max(xs[0], xs[1]))
    let (top, bottom) = (min(ys[0], ys[1]), max(ys[0], ys[1]))
    // Thin white lines between cells, while the cells are large enough.
    let gap = min(right - left, bottom - top) > 6 ? 0.5 : 0
    var attributes = ""
    var textStyle = ""
    switch cell.fill {
    case .level(let level):
      let color = Palette.color(level: level)
      attributes = " fill=\"\(Palette.hexadecimal(color))\""
      textStyle = Palette.needsLightText(color) ? "light" : "dark"
    case .shade(let share):
      // Never so strong that the text on it becomes hard to read.
      let opacity = 0.05 + 0.75 * min(max(share.isNaN ? 0 : share, 0), 1)
      attributes =
        " class=\"shade\" fill=\"\(Palette.light("shade"))\" fill-opacity=\"\(coordinate(opacity))\""
    case .signed(let value):
      let color = PlotColor.series(value < 0 ? 1 : 0)
      let opacity = 0.04 + 0.5 * min(value.isNaN ? 0 : value.magnitude, 1)
      attributes =
        " class=\"f-\(color.styleName)\" fill=\"\(color.fallback)\""
        + " fill-opacity=\"\(coordinate(opacity))\""
    case .hatched:
      drawHatching(left + gap, top + gap, right - gap, bottom - gap, into: &markup)
      attributes = " fill=\"none\""
    }
    let rectangle =
      "<rect x=\"\(coordinate(left + gap))\" y=\"\(coordinate(top + gap))\""
      + " width=\"\(coordinate(max(right - left - 2 * gap, 0)))\""
      + " height=\"\(coordinate(max(bottom - top - 2 * gap, 0)))\"\(attributes)"
    if cell.tooltip.isEmpty {
      markup.writeMarkup(rectangle + "/>")
    } else {
      let events = cell.fill == .hatched ? " pointer-events=\"all\"" : ""
      markup.writeMarkup(rectangle + events + ">")
      markup.element("title", text: cell.tooltip)
      markup.writeMarkup("</rect>")
    }
    if cell.isMarked { drawOutline(left, top, right, bottom, into: &markup) }
    drawLines(of: cell, style: textStyle, box: (left, top, right, bottom), into: &markup)
  }

  /// Two outlines, dark on light, that show on every colour.
  private func drawOutline(
    _ left: Double, _ top: Double, _ right: Double, _ bottom: Double, into markup: inout Markup
  ) {
    for (color, width, inset) in [("#111", "3", 1.5), ("#fff", "1.4", 1.5)] {
      markup.writeMarkup("<g fill=\"none\" stroke=\"\(color)\" stroke-width=\"\(width)\">")
      rectangle(left + inset, top + inset, right - inset, bottom - inset, into: &markup)
      markup.writeMarkup("</g>")
    }
  }

  private func drawLines(
    of cell: PlotCell, style: String,
    box: (left: Double, top: Double, right: Double, bottom: Double),
    into markup: inout Markup
  ) {
    let size = PlotLayout.fontSize
    let room = box.right - box.left - 3
    // As many lines as there is room for: the first matters most.
    let fitting = cell.lines.prefix { TextShape.width($0, size: size) <= room }
    let count = min(fitting.count, Int((box.bottom - box.top - 2) / (size + 2)))
    guard count > 0 else { return }
    let middle = (box.top + box.bottom) / 2
    for (index, line) in fitting.prefix(count).enumerated() {
      let y = middle + (Double(index) - Double(count - 1) / 2) * (size + 2.5) + size * 0.36
      write(
        line, x: (box.left + box.right) / 2, y: y,
        style: style, anchor: .middle, into: &markup)
    }
  }

  /// Diagonal lines within a rectangle.
  private func drawHatching(
    _ left: Double, _ top: Double, _ right: Double, _ bottom: Double, into markup: inout Markup
  ) {
    let (width, height) = (right - left, bottom - top)
    guard width > 0, height > 0 else { return }
    // Lines x + y = d, from the left or the bottom side to the top or the right one. Counted from the
    // corner of the area, so that the lines of neighbouring cells continue one another.
    let spacing = 7.0
    var path = ""
    var d = (((left + top) / spacing).rounded(.up)) * spacing - left - top
    while d < width + height {
      let x0 = max(0, d - height)
      let x1 = min(width, d)
      if x1 > x0 {
        path += "M\(coordinate(left + x0)) \(coordinate(top + d - x0))"
        path += "L\(coordinate(left + x1)) \(coordinate(top + d - x1))"
      }
      d += spacing
    }
    markup.element(
      "path",
      ["class": "grid", "stroke": Palette.light("grid"), "stroke-width": "1.5", "d": path])
  }

  /// Writes a raster: one path for each class, a rectangle for each run of equal cells.
  func draw(_ raster: PlotRaster, _ mark: PlotMark, into markup: inout Markup) {
    let columnCount = raster.columnCount
    let rowCount = raster.classes.count / columnCount
    var paths: [Int: String] = [:]
    func x(_ column: Int) -> Double {
      place(Double(column) / Double(columnCount), of: raster.x, on: layout.xScale)
    }
    func y(_ row: Int) -> Double {
      place(Double(row) / Double(rowCount), of: raster.y, on: layout.yScale)
    }
    for row in 0..<rowCount {
      var column = 0
      while column < columnCount {
        let value = raster.classes[row * columnCount + column]
        var end = column + 1
        while end < columnCount, raster.classes[row * columnCount + end] == value { end += 1 }
        let (left, right) = (coordinate(x(column)), coordinate(x(end)))
        let (bottom, top) = (coordinate(y(row)), coordinate(y(row + 1)))
        paths[value, default: ""] += "M\(left) \(bottom)H\(right)V\(top)H\(left)z"
        column = end
      }
    }
    for value in paths.keys.sorted() {
      let color = PlotColor.series(value)
      markup.element(
        "path",
        [
          "class": "f-\(color.styleName)", "fill": color.fallback,
          "fill-opacity": coordinate(mark.opacity), "shape-rendering": "crispEdges",
          "d": paths[value, default: ""],
        ])
    }
  }

  /// The place at a share of a range, in units of the drawing: even steps on any scale.
  private func place(
    _ share: Double, of range: ClosedRange<Double>, on scale: PlotScale
  ) -> Double {
    let low = scale.position(range.lowerBound)
    let high = scale.position(range.upperBound)
    return low + share * (high - low)
  }
}
