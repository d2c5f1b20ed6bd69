// The data of marks: what has no place on the axes is left out and counted, the rest has an extent.

extension PlotMark {
  /// The mark without what has no place on the axes, and how many things were left out.
  func cleaned(x: PlotAxis, y: PlotAxis) -> (mark: PlotMark, leftOut: Int) {
    var mark = self
    var leftOut = 0
    func kept<Element>(_ elements: [Element], _ isKept: (Element) -> Bool) -> [Element] {
      let result = elements.filter(isKept)
      leftOut += elements.count - result.count
      return result
    }
    func accepts(_ point: PlotPoint) -> Bool { x.accepts(point.x) && y.accepts(point.y) }
    func accepts(_ range: ClosedRange<Double>, on axis: PlotAxis) -> Bool {
      axis.accepts(range.lowerBound) && axis.accepts(range.upperBound)
    }
    switch shape {
    case .line(let points): mark.shape = .line(kept(points, accepts))
    case .steps(let points): mark.shape = .steps(kept(points, accepts))
    case .points(let points): mark.shape = .points(kept(points, accepts))
    case .band(let intervals):
      mark.shape = .band(
        kept(intervals) { x.accepts($0.x) && y.accepts($0.low) && y.accepts($0.high) })
    case .columns(let columns):
      mark.shape = .columns(
        kept(columns) { x.accepts($0.from) && x.accepts($0.to) && y.accepts($0.height) })
    case .bars(let bars):
      var bars = kept(bars) { y.accepts($0.position) && x.accepts($0.value) }
      for index in bars.indices {
        guard let whisker = bars[index].whisker, !accepts(whisker, on: x) else { continue }
        bars[index].whisker = nil
        leftOut += 1
      }
      mark.shape = .bars(bars)
    case .cells(let cells):
      mark.shape = .cells(kept(cells) { accepts($0.x, on: x) && accepts($0.y, on: y) })
    case .raster(let raster):
      if !accepts(raster.x, on: x) || !accepts(raster.y, on: y) {
        mark.shape = .cells([])
        leftOut += 1
      }
    case .segment(let from, let to):
      if !accepts(from) || !accepts(to) { mark.shape = .cells([]) }
    case .labels(let labels): mark.shape = .labels(kept(labels) { accepts($0.point) })
    }
    return (mark, leftOut)
  }

  /// Whether there is something to see.
  var isEmpty: Bool {
    switch shape {
    case .line(let points), .steps(let points), .points(let points): points.isEmpty
    case .band(let intervals): intervals.isEmpty
    case .columns(let columns): columns.isEmpty
    case .bars(let bars): bars.isEmpty
    case .cells(let cells): cells.isEmpty
    case .raster(let raster): raster.classes.isEmpty
    case .segment: true  // a reference for others
    case .labels(let labels): labels.isEmpty
    }
  }

  /// Grows two extents to hold the mark.
  func extend(x: inout Extent, y: inout Extent) {
    switch shape {
    case .line(let points), .steps(let points), .points(let points):
      for point in points {
        x.include(point.x)
        y.include(point.y)
      }
    case .band(let intervals):
      for interval in intervals {
        x.include(interval.x)
        y.include(interval.low)
        y.include(interval.high)
      }
    case .columns(let columns):
      for column in columns {
        x.include(column.from)
        x.include(column.to)
        y.include(column.height)
      }
    case .bars(let bars):
      for bar in bars {
        y.include(bar.position)
        x.include(bar.value)
        if let whisker = bar.whisker {
          x.include(whisker.lowerBound)
          x.include(whisker.upperBound)
        }
      }
    case .cells(let cells):
      for cell in cells {
        x.include(cell.x.lowerBound)
        x.include(cell.x.upperBound)
        y.include(cell.y.lowerBound)
        y.include(cell.y.upperBound)
      }
    case .raster(let raster):
      x.include(raster.x.lowerBound)
      x.include(raster.x.upperBound)
      y.include(raster.y.lowerBound)
      y.include(raster.y.upperBound)
    case .segment: break
    case .labels(let labels):
      for label in labels {
        x.include(label.point.x)
        y.include(label.point.y)
      }
    }
  }
}
