// Fewer points for the same picture.
//
// A line of a million points is drawn with at most four to a column of the picture: the first, the
// least, the greatest and the last. That leaves every pixel as it was (U. Jugel, Z. Jerzak,
// G. Hackenbroich, V. Markl. "M4: A Visualization-Oriented Time Series Data Aggregation." PVLDB 7
// (2014), 797–808).

enum Thinning {
  /// The number of points above which their density is drawn.
  static let pointLimit = 3000

  /// The points of a line, thinned when there are many.
  ///
  /// Places are in units of the drawing.
  static func line(_ points: [PlotPoint]) -> [PlotPoint] {
    guard points.count > 1500 else { return points }
    var result: [PlotPoint] = []
    var first = 0
    while first < points.count {
      let column = (points[first].x * 2).rounded(.down)
      var last = first
      var least = first
      var greatest = first
      while last + 1 < points.count, (points[last + 1].x * 2).rounded(.down) == column {
        last += 1
        if points[last].y < points[least].y { least = last }
        if points[last].y > points[greatest].y { greatest = last }
      }
      var kept = -1
      for index in [first, min(least, greatest), max(least, greatest), last] where index > kept {
        result.append(points[index])
        kept = index
      }
      first = last + 1
    }
    return result
  }

  /// How many points lie in each square of a grid over an area.
  static func density(
    _ points: [PlotPoint], left: Double, top: Double, right: Double, bottom: Double, side: Double
  ) -> (columnCount: Int, counts: [Int]) {
    let columnCount = max(Int(((right - left) / side).rounded(.up)), 1)
    let rowCount = max(Int(((bottom - top) / side).rounded(.up)), 1)
    var counts = [Int](repeating: 0, count: columnCount * rowCount)
    for point in points
    where (left...right).contains(point.x) && (top...bottom).contains(point.y) {
      let column = min(Int((point.x - left) / side), columnCount - 1)
      let row = min(Int((point.y - top) / side), rowCount - 1)
      counts[row * columnCount + column] += 1
    }
    return (columnCount, counts)
  }
}
