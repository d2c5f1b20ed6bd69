// What needs the rows in order of a value: quantiles, and bins of equal weight.

/// The median of values that carry weights.
///
/// The smallest value at which the summed weight reaches half the total; where it meets the half
/// exactly, the mean of that value and the next. With equal weights this is the usual median.
///
/// - Returns: The median, or `nil` when no weight is above 0.
func weightedMedian(_ values: [Double], weights: [Double]) -> Double? {
  let rows = values.indices.filter { weights[$0] > 0 }.sorted { values[$0] < values[$1] }
  let half = rows.reduce(0) { $0 + weights[$1] } / 2
  var reached = 0.0
  for (place, row) in rows.enumerated() {
    reached += weights[row]
    guard place < rows.count - 1 else { return values[row] }
    // Sums of weights such as 0.1 meet the half up to rounding.
    let excess = reached - half
    if excess.magnitude <= 8 * half.ulp { return (values[row] + values[rows[place + 1]]) / 2 }
    if excess > 0 { return values[row] }
  }
  return nil
}

/// Divides rows into bins of about equal weight, in order of their values.
///
/// Rows of equal value form one block and stay together. A block that begins at weight w and has
/// weight v goes to bin ⌊count · (w + v/2) / W⌋, W the sum of all weights: without equal values and
/// weights, the bins' sizes differ by at most one, and a row of weight 2 is the row twice.
///
/// - Returns: For each row its bin, below `count`; bins may be empty.
func equalMassBins(_ values: [Double], weights: [Double], count: Int) -> [Int] {
  let total = weights.reduce(0, +)
  var bins = [Int](repeating: 0, count: values.count)
  guard total > 0 else { return bins }
  let rows = values.indices.sorted { values[$0] < values[$1] }
  var below = 0.0
  var first = 0
  while first < rows.count {
    var end = first
    var weight = 0.0
    while end < rows.count, values[rows[end]] == values[rows[first]] {
      weight += weights[rows[end]]
      end += 1
    }
    let bin = min(count - 1, Int(Double(count) * ((below + weight / 2) / total)))
    for place in first..<end { bins[rows[place]] = bin }
    below += weight
    first = end
  }
  return bins
}
