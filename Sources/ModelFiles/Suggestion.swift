/// The candidate that a mistyped word most likely stands for, or `nil` when none is close.
///
/// - Parameters:
///   - word: What was typed.
///   - candidates: What could have been meant; of equally close ones the first wins.
/// - Returns: A candidate at most a third of the word's letters away, at least one.
package func nearest(to word: String, among candidates: [String]) -> String? {
  let limit = max(1, word.count / 3)
  guard word.count <= 64 else { return nil }
  var best: (distance: Int, candidate: String)?
  for candidate in candidates where abs(candidate.count - word.count) <= limit {
    let distance = editDistance(Array(word.lowercased()), Array(candidate.lowercased()))
    if distance <= limit, distance < best?.distance ?? Int.max { best = (distance, candidate) }
  }
  return best?.candidate
}

/// The number of letters to insert, delete, replace, or exchange with their neighbour, that turn
/// one word into another (optimal string alignment).
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  // distance[i][j] turns the first i letters of `left` into the first j of `right`.
  var distance = (0...left.count).map { row in
    (0...right.count).map { column in row == 0 ? column : column == 0 ? row : 0 }
  }
  for row in left.indices {
    for column in right.indices {
      let replaced = distance[row][column] + (left[row] == right[column] ? 0 : 1)
      var least = min(replaced, distance[row][column + 1] + 1, distance[row + 1][column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        least = min(least, distance[row - 1][column - 1] + 1)
      }
      distance[row + 1][column + 1] = least
    }
  }
  return distance[left.count][right.count]
}
