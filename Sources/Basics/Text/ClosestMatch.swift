/// The candidate that a misspelled word most likely meant, or `nil` when none resembles it.
///
/// Words are compared without regard to case by the number of letters to insert, delete, replace or
/// swap with a neighbour; up to a third of the word may differ. Of equally close candidates the
/// first wins.
///
/// - Parameters:
///   - word: What was requested.
///   - candidates: What there is.
/// - Returns: The closest candidate.
package func closestMatch(to word: String, in candidates: [String]) -> String? {
  // The time grows with the product of the lengths; nobody misspells a longer name than this.
  let longestWord = 200
  let wanted = Array(word.lowercased())
  guard !wanted.isEmpty, wanted.count <= longestWord else { return nil }
  var best: (candidate: String, distance: Int)?
  for candidate in candidates where candidate.utf8.count <= 4 * longestWord {
    let letters = Array(candidate.lowercased())
    let limit = max(1, max(wanted.count, letters.count) / 3)
    guard abs(letters.count - wanted.count) <= limit else { continue }
    let distance = editDistance(wanted, letters)
    if distance <= limit, distance < max(wanted.count, letters.count),
      distance < best?.distance ?? .max
    {
      best = (candidate, distance)
    }
  }
  return best?.candidate
}

/// The least number of insertions, deletions, replacements and swaps of neighbours, none of which
/// touches a letter twice (the "optimal string alignment" distance), row by row.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for i in left.indices {
    var current = [i + 1]
    current.reserveCapacity(right.count + 1)
    for j in right.indices {
      var distance = last[j] + (left[i] == right[j] ? 0 : 1)
      distance = min(distance, last[j + 1] + 1, current[j] + 1)
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
        distance = min(distance, beforeLast[j - 1] + 1)
      }
      current.append(distance)
    }
    beforeLast = last
    last = current
  }
  return last[right.count]
}
