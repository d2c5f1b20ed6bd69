import Basics

// Writing a plot as SVG: as a separate file, or as part of an HTML page.

extension Plot {
  /// Whether there is nothing to draw: no mark has a value with a place on the axes.
  package var isEmpty: Bool { PlotLayout(self, showsTitle: false).isEmpty }

  /// The plot as an SVG document: title, style sheet and background included.
  ///
  /// - Returns: The text of an `.svg` file. Equal plots give equal bytes.
  package func svg() -> String {
    var markup = Markup()
    draw(into: &markup, identifier: "plot", isStandalone: true)
    markup.newline()
    return markup.text
  }

  /// Writes the plot as an element of a page whose style sheet holds `Palette.styleSheet`.
  ///
  /// - Parameters:
  ///   - markup: The page.
  ///   - identifier: What the identifiers of its parts begin with; unique on the page.
  func drawInline(into markup: inout Markup, identifier: String) {
    draw(into: &markup, identifier: identifier, isStandalone: false)
  }

  private func draw(into markup: inout Markup, identifier: String, isStandalone: Bool) {
    let layout = PlotLayout(self, showsTitle: isStandalone)
    let number = NumberText.coordinate
    markup.writeMarkup("<svg")
    if isStandalone {
      markup.writeMarkup(
        " xmlns=\"http://www.w3.org/2000/svg\" width=\"\(number(width * 1.5))\""
          + " height=\"\(number(layout.height * 1.5))\"")
    }
    markup.writeMarkup(
      " class=\"plot\" viewBox=\"0 0 \(number(width)) \(number(layout.height))\" role=\"img\""
        + " aria-labelledby=\"\(identifier)-title \(identifier)-description\""
        + " font-family=\"sans-serif\" font-size=\"12\">")
    markup.element("title", ["id": "\(identifier)-title"], text: title)
    markup.element(
      "desc", ["id": "\(identifier)-description"],
      text: ([description] + notes).joined(separator: " "))
    if isStandalone {
      markup.element("style") { $0.writeMarkup("\n" + Palette.styleSheet) }
      markup.element(
        "rect",
        [
          "class": "paper", "width": number(width), "height": number(layout.height),
          "fill": Palette.light("paper"),
        ])
    }
    let drawing = PlotDrawing(plot: self, layout: layout, identifier: identifier)
    drawing.draw(into: &markup)
    markup.writeMarkup("</svg>")
  }
}

/// A plot with its layout, being written.
struct PlotDrawing {
  let plot: Plot
  let layout: PlotLayout
  let identifier: String

  /// Writes everything but the root element.
  func draw(into markup: inout Markup) {
    for (index, line) in layout.titleLines.enumerated() {
      write(line, x: 8, y: 19 + Double(index) * 19, style: "strong", into: &markup)
    }
    drawLegend(into: &markup)
    guard !layout.isEmpty else {
      drawFrame(into: &markup)
      write(
        "No data", x: (layout.left + layout.right) / 2, y: (layout.top + layout.bottom) / 2,
        style: "muted", anchor: .middle, into: &markup)
      drawNotes(into: &markup)
      return
    }
    drawGrid(into: &markup)
    let clip = "\(identifier)-area"
    markup.element("clipPath", ["id": clip]) { markup in
      // A little larger than the area, for symbols on its edge.
      rectangle(
        layout.left - 3, layout.top - 3, layout.right + 3, layout.bottom + 3, into: &markup)
    }
    markup.newline()
    markup.element("g", ["clip-path": "url(#\(clip))"]) { markup in
      for mark in layout.marks {
        draw(mark, into: &markup)
        markup.newline()
      }
    }
    drawFrame(into: &markup)
    drawTicks(into: &markup)
    drawAxisLabels(into: &markup)
    if let colorBar = plot.colorBar { draw(colorBar, into: &markup) }
    drawNotes(into: &markup)
  }

  // MARK: Axes

  private func drawGrid(into markup: inout Markup) {
    var path = ""
    if plot.xAxis.hasGrid {
      for tick in layout.xTicks.major {
        let x = coordinate(layout.xScale.position(tick.value))
        path += "M\(x) \(coordinate(layout.top))V\(coordinate(layout.bottom))"
      }
    }
    if plot.yAxis.hasGrid {
      for tick in layout.yTicks.major {
        let y = coordinate(layout.yScale.position(tick.value))
        path += "M\(coordinate(layout.left)) \(y)H\(coordinate(layout.right))"
      }
    }
    guard !path.isEmpty else { return }
    markup.element(
      "path",
      ["class": "grid", "stroke": Palette.light("grid"), "stroke-width": "1", "d": path])
  }

  /// The two lines that are axes.
  private func drawFrame(into markup: inout Markup) {
    let path =
      "M\(coordinate(layout.left)) \(coordinate(layout.top))V\(coordinate(layout.bottom))"
      + "H\(coordinate(layout.right))"
    markup.element(
      "path",
      [
        "class": "axis", "fill": "none", "stroke": Palette.light("muted"), "stroke-width": "1",
        "d": path,
      ])
  }

  private func drawTicks(into markup: inout Markup) {
    var path = ""
    for (values, length) in [
      (layout.xTicks.major.map(\.value), 5.0), (layout.xTicks.minor, 3.0),
    ] {
      for value in values {
        let x = coordinate(layout.xScale.position(value))
        path += "M\(x) \(coordinate(layout.bottom))v\(coordinate(length))"
      }
    }
    for (values, length) in [
      (layout.yTicks.major.map(\.value), 5.0), (layout.yTicks.minor, 3.0),
    ] {
      for value in values {
        let y = coordinate(layout.yScale.position(value))
        path += "M\(coordinate(layout.left)) \(y)h\(coordinate(-length))"
      }
    }
    if !path.isEmpty {
      markup.element(
        "path",
        ["class": "axis", "stroke": Palette.light("muted"), "stroke-width": "1", "d": path])
    }
    for tick in layout.xTicks.major {
      let x = layout.xScale.position(tick.value)
      let y = layout.bottom + 8 + PlotLayout.fontSize * 0.8
      if layout.isSlanted {
        markup.element(
          "text",
          [
            "text-anchor": "end",
            "transform": "translate(\(coordinate(x + 4)) \(coordinate(y))) rotate(-45)",
          ],
          text: tick.label)
      } else {
        let span = PlotLayout.labelSpan(
          tick, scale: layout.xScale, sheet: 2...(plot.width - 2))
        write(
          tick.label, x: (span.lowerBound + span.upperBound) / 2, y: y, anchor: .middle,
          into: &markup)
      }
    }
    let room = layout.left - 12 - (plot.yAxis.label.isEmpty ? 0 : 18)
    for tick in layout.yTicks.major {
      write(
        TextShape.fitted(tick.label, size: PlotLayout.fontSize, width: room),
        x: layout.left - 8, y: layout.yScale.position(tick.value) + 4.3, anchor: .end,
        into: &markup)
    }
    markup.newline()
  }

  private func drawAxisLabels(into markup: inout Markup) {
    let width = layout.right - layout.left
    if !plot.xAxis.label.isEmpty {
      let label = TextShape.fitted(plot.xAxis.label, size: PlotLayout.fontSize, width: plot.width)
      // Centred below the area, but within the drawing.
      let half = TextShape.width(label, size: PlotLayout.fontSize) / 2
      let middle = min(max((layout.left + layout.right) / 2, half + 2), plot.width - half - 2)
      write(label, x: middle, y: layout.xLabelY, style: "muted", anchor: .middle, into: &markup)
    }
    if !plot.yAxis.label.isEmpty {
      let height = layout.bottom - layout.top
      let room = max(height, min(width, 120)) + 16
      writeUpright(
        plot.yAxis.label, x: 14, y: (layout.top + layout.bottom) / 2, room: room, into: &markup)
    }
  }

  // MARK: Legend, colour bar, notes

  private func drawLegend(into markup: inout Markup) {
    for entry in layout.legend {
      let mark = layout.marks[entry.mark]
      drawSwatch(of: mark, x: entry.x, y: entry.y, into: &markup)
      write(entry.name, x: entry.x + PlotLayout.swatch, y: entry.y + 4.3, into: &markup)
    }
    if !layout.legend.isEmpty { markup.newline() }
  }

  private func draw(_ colorBar: PlotColorBar, into markup: inout Markup) {
    let left = layout.right + 12
    let right = left + 12
    let height = layout.bottom - layout.top
    let count = 48
    for index in 0..<count {
      let level = (Double(index) + 0.5) / Double(count)
      let y = layout.bottom - height * Double(index + 1) / Double(count)
      // Half a unit of overlap, so that no seams show.
      markup.element(
        "rect",
        [
          "x": coordinate(left), "y": coordinate(y), "width": coordinate(right - left),
          "height": coordinate(height / Double(count) + (index > 0 ? 0.5 : 0)),
          "fill": Palette.hexadecimal(Palette.color(level: level)),
        ])
    }
    let domain = PlotScale.domain(
      of: PlotAxis("", range: colorBar.range), extent: Extent())
    let scale = PlotScale(kind: .linear, domain: domain, start: layout.bottom, end: layout.top)
    let ticks = PlotLayout.ticks(of: scale, limit: max(Int(height / 40), 2)) { ticks in
      ticks.allSatisfy { TextShape.width($0.label, size: PlotLayout.fontSize) <= 36 }
    }
    for tick in ticks.major {
      write(
        TextShape.fitted(tick.label, size: PlotLayout.fontSize, width: 38), x: right + 4,
        y: scale.position(tick.value) + 4, into: &markup)
    }
    // Above the bar, ending where the drawing ends.
    let label = TextShape.fitted(
      colorBar.label, size: PlotLayout.fontSize, width: plot.width * 0.7)
    write(
      label, x: plot.width - 4, y: layout.top - 7, style: "muted", anchor: .end,
      into: &markup)
  }

  private func drawNotes(into markup: inout Markup) {
    for (index, line) in layout.noteLines.enumerated() {
      write(
        line, x: 8, y: layout.xLabelY + 21 + Double(index) * 16, style: "muted",
        into: &markup)
    }
  }

  // MARK: Pieces

  func coordinate(_ value: Double) -> String { NumberText.coordinate(value) }

  /// Writes a line of text.
  func write(
    _ text: String, x: Double, y: Double, style: String = "",
    anchor: PlotLabel.Anchor = .start, into markup: inout Markup
  ) {
    var tag = "<text x=\"\(coordinate(x))\" y=\"\(coordinate(y))\""
    if anchor != .start { tag += " text-anchor=\"\(anchor.rawValue)\"" }
    if !style.isEmpty {
      tag += " class=\"\(style)\""
      if style.contains("muted") { tag += " fill=\"\(Palette.light("muted"))\"" }
      if style.contains("strong") { tag += " font-size=\"15\" font-weight=\"600\"" }
      if style.contains("light") { tag += " fill=\"#fff\"" }
    }
    markup.writeMarkup(tag + ">")
    markup.write(text)
    markup.writeMarkup("</text>")
  }

  /// Writes text that reads upwards, centred at a place.
  private func writeUpright(
    _ text: String, x: Double, y: Double, room: Double, into markup: inout Markup
  ) {
    markup.element(
      "text",
      [
        "class": "muted", "fill": Palette.light("muted"), "text-anchor": "middle",
        "transform": "translate(\(coordinate(x)) \(coordinate(y))) rotate(-90)",
      ],
      text: TextShape.fitted(text, size: PlotLayout.fontSize, width: room))
  }

  /// Writes a rectangle from its sides, without its own style.
  func rectangle(
    _ left: Double, _ top: Double, _ right: Double, _ bottom: Double, into markup: inout Markup
  ) {
    markup.element(
      "rect",
      [
        "x": coordinate(left), "y": coordinate(top), "width": coordinate(max(right - left, 0)),
        "height": coordinate(max(bottom - top, 0)),
      ])
  }
}
