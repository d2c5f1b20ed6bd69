import LinearAlgebra

/// Two numbers that should have been close, and were not.
///
/// A failed expectation prints it.
package struct Difference: Equatable, CustomStringConvertible {
  /// Where: an index, or a row and a column.
  package var position: [Int]
  package var found: Double
  package var expected: Double
  /// What |found − expected| was allowed to be.
  package var tolerance: Double

  package var description: String {
    "at \(position): found \(found), expected \(expected); they differ by "
      + "\((found - expected).magnitude), allowed is \(tolerance)"
  }
}

/// Whether two numbers are equal or differ by at most a tolerance; NaN is close to NaN alone.
package func isClose<Found: BinaryFloatingPoint, Expected: BinaryFloatingPoint>(
  _ found: Found, _ expected: Expected, within tolerance: Double
) -> Bool {
  let (found, expected) = (Double(found), Double(expected))
  return found == expected || (found - expected).magnitude <= tolerance
    || (found.isNaN && expected.isNaN)
}

/// Whether two numbers differ by at most a share of the second.
package func isClose<Found: BinaryFloatingPoint, Expected: BinaryFloatingPoint>(
  _ found: Found, _ expected: Expected, relative tolerance: Double
) -> Bool {
  isClose(found, expected, within: tolerance * Double(expected).magnitude)
}

/// The first two elements that are not close; nil when all are.
///
/// Different lengths are a difference too. Use as `#expect(firstDifference(found, expected, within: 1e-9) == nil, "seed \(seed)")`.
package func firstDifference<Found: BinaryFloatingPoint, Expected: BinaryFloatingPoint>(
  _ found: [Found], _ expected: [Expected], within tolerance: Double
) -> Difference? {
  firstDifference(found, expected) { _ in tolerance }
}

/// The first two elements that are not close, with a tolerance for each index.
package func firstDifference<Found: BinaryFloatingPoint, Expected: BinaryFloatingPoint>(
  _ found: [Found], _ expected: [Expected], within tolerance: (_ index: Int) -> Double
) -> Difference? {
  guard found.count == expected.count else {
    return Difference(
      position: [], found: Double(found.count), expected: Double(expected.count), tolerance: 0)
  }
  for index in found.indices
  where !isClose(found[index], expected[index], within: tolerance(index)) {
    return Difference(
      position: [index], found: Double(found[index]), expected: Double(expected[index]),
      tolerance: tolerance(index))
  }
  return nil
}

/// The first two elements of matrices that are not close; nil when all are.
package func firstDifference<Found, Expected>(
  _ found: Matrix<Found>, _ expected: Matrix<Expected>, within tolerance: Double
) -> Difference? {
  firstDifference(found, expected) { _, _ in tolerance }
}

/// The first two elements of matrices that are not close, with a tolerance for each place.
package func firstDifference<Found, Expected>(
  _ found: Matrix<Found>, _ expected: Matrix<Expected>,
  within tolerance: (_ row: Int, _ column: Int) -> Double
) -> Difference? {
  for (mine, theirs) in [
    (found.rowCount, expected.rowCount), (found.columnCount, expected.columnCount),
  ] where mine != theirs {
    return Difference(
      position: [], found: Double(mine), expected: Double(theirs), tolerance: 0)
  }
  for row in 0..<found.rowCount {
    for column in 0..<found.columnCount
    where !isClose(found[row, column], expected[row, column], within: tolerance(row, column)) {
      return Difference(
        position: [row, column], found: Double(found[row, column]),
        expected: Double(expected[row, column]), tolerance: tolerance(row, column))
    }
  }
  return nil
}
