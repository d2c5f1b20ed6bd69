import Testing

@testable import Reports
@testable import report_gallery

struct PlotTests {
  static func plot(_ marks: [PlotMark], x: PlotAxis = PlotAxis("x"), y: PlotAxis = PlotAxis("y"))
    -> Plot
  {
    Plot(title: "title", description: "description", xAxis: x, yAxis: y, marks: marks)
  }

  @Test func aPlotNamesAndDescribesItself() throws {
    let svg = Self.plot([PlotMark(.line([PlotPoint(0, 0), PlotPoint(1, 1)]), name: "series")]).svg()
    let contents = try SVGContents(svg)
    #expect(contents.identifiers.prefix(2) == ["plot-title", "plot-description"])
    #expect(svg.contains("role=\"img\" aria-labelledby=\"plot-title plot-description\""))
    #expect(contents.texts.contains("series"))
    #expect(contents.texts.contains("title"))
  }

  @Test func equalPlotsAreEqualBytes() {
    #expect(TwoClasses.report().html() == TwoClasses.report().html())
  }

  static let degenerate: [[PlotPoint]] = [
    [], [PlotPoint(.nan, 1)], [PlotPoint(1, 1)], [PlotPoint(5, 2), PlotPoint(5, 2)],
    [PlotPoint(-1e308, 1e308), PlotPoint(1e308, -1e308)],
    [PlotPoint(.leastNonzeroMagnitude, 0), PlotPoint(0, .leastNonzeroMagnitude)],
    [PlotPoint(1e15, 1), PlotPoint(1e15 + 1, 2)],
    [PlotPoint(1e299, -1e299), PlotPoint(-1e299, 1e299)], [PlotPoint(0, 0), PlotPoint(-1, -1)],
  ]

  @Test(arguments: degenerate)
  func degenerateDataAreDrawn(points: [PlotPoint]) throws {
    let kinds: [PlotAxis.Kind] = [.linear, .logarithmic(base: 10), .logarithmic(base: 2)]
    for xKind in kinds {
      for yKind in kinds {
        let marks = [
          PlotMark(.line(points), name: "line"), PlotMark(.points(points)),
          PlotMark(.steps(points)),
          PlotMark(.band(points.map { PlotInterval(x: $0.x, low: $0.y, high: $0.y) })),
          PlotMark(.columns(points.map { PlotColumn(from: $0.x, to: $0.x, height: $0.y) })),
          PlotMark(.bars(points.map { PlotBar(position: $0.y, value: $0.x) })),
          PlotMark(.labels(points.map { PlotLabel(at: $0, "here") })),
        ]
        let plot = Self.plot(
          marks, x: PlotAxis("x", kind: xKind), y: PlotAxis("y", kind: yKind))
        _ = try SVGContents(plot.svg())
      }
    }
  }

  @Test func valuesWithoutAPlaceAreLeftOutAndCounted() throws {
    let points = [PlotPoint(1, 1), PlotPoint(2, .nan), PlotPoint(.infinity, 3), PlotPoint(4, 2)]
    let contents = try SVGContents(Self.plot([PlotMark(.line(points))]).svg())
    #expect(contents.texts.contains("2 values are left out: they are not finite."))
    let logarithmic = Self.plot(
      [PlotMark(.line([PlotPoint(1, 1), PlotPoint(2, 0), PlotPoint(3, 10)]))],
      y: PlotAxis("y", kind: .logarithmic(base: 10)))
    let notes = try SVGContents(logarithmic.svg()).texts
    #expect(
      notes.joined(separator: " ").contains(
        "1 value is left out: it is not finite, or not above 0 on a logarithmic axis."))
  }

  @Test func nothingToDrawSaysSo() throws {
    #expect(try SVGContents(Self.plot([]).svg()).texts.contains("No data"))
    let unusable = Self.plot([PlotMark(.points([PlotPoint(.nan, .nan)]))])
    #expect(try SVGContents(unusable.svg()).texts.contains("No data"))
  }

  @Test func everythingStaysWithinTheDrawing() {
    for (name, make) in ReportGallery.reports {
      for plot in ReportGallery.plots(of: make()) {
        let layout = PlotLayout(plot, showsTitle: true)
        let context: Comment = "\(name): \(plot.title)"
        #expect(layout.left > 0 && layout.left < layout.right, context)
        #expect(layout.right <= plot.width, context)
        #expect(layout.top < layout.bottom && layout.bottom < layout.height, context)
        for entry in layout.legend {
          #expect(entry.y < layout.top, context)
          let width = TextShape.width(entry.name, size: PlotLayout.fontSize)
          #expect(entry.x + PlotLayout.swatch + width <= plot.width, context)
        }
      }
    }
  }

  @Test func labelsBelowTheAreaNeverOverlap() {
    for (name, make) in ReportGallery.reports {
      for plot in ReportGallery.plots(of: make()) {
        let layout = PlotLayout(plot, showsTitle: false)
        guard !layout.isSlanted else { continue }
        let spans = layout.xTicks.major.map {
          PlotLayout.labelSpan($0, scale: layout.xScale, sheet: 2...(plot.width - 2))
        }.sorted { $0.lowerBound < $1.lowerBound }
        for (a, b) in zip(spans, spans.dropFirst()) {
          #expect(a.upperBound < b.lowerBound, "\(name): \(plot.title)")
        }
      }
    }
  }

  @Test func manyPointsBecomeTheirDensity() throws {
    var generator = Generator(seed: 5)
    let points = (0..<50_000).map { _ in PlotPoint(generator.normal(), generator.normal()) }
    let svg = Self.plot([PlotMark(.points(points))]).svg()
    #expect(svg.utf8.count < 150_000)
    let few = Self.plot([PlotMark(.points(Array(points.prefix(100))))]).svg()
    // Axes, grid, ticks, and a symbol for each point.
    #expect(try SVGContents(few).elements["path"] == 100 + 3)
  }

  @Test func longLinesKeepTheirExtremes() {
    var points = (0..<100_000).map { PlotPoint(Double($0) * 0.004, 100) }
    points[54_321].y = -7
    points[54_322].y = 207
    let thinned = Thinning.line(points)
    #expect(thinned.count <= 4 * 801)
    #expect(thinned.contains(points[54_321]))
    #expect(thinned.contains(points[54_322]))
    #expect(thinned.first == points.first)
    #expect(thinned.last == points.last)
    #expect(zip(thinned, thinned.dropFirst()).allSatisfy { $0.x <= $1.x })
  }

  @Test func colorsOfLevelsGrowLighter() {
    let lightness = (0...100).map { level in
      let color = Palette.color(level: Double(level) / 100)
      return 0.2126 * Double(color.red) + 0.7152 * Double(color.green) + 0.0722 * Double(color.blue)
    }
    #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $0 <= $1 + 0.5 })
    #expect(Palette.hexadecimal(Palette.color(level: -1)) == "#440154")
    #expect(Palette.hexadecimal(Palette.color(level: .nan)) == "#440154")
    #expect(Palette.hexadecimal(Palette.color(level: 2)) == "#fde725")
  }
}
