import Basics
import LinearAlgebra
import Synchronization

extension TextVectorizer {
  /// Learns the terms of training texts and their weights.
  ///
  /// - Parameters:
  ///   - texts: The training texts; one without any term counts as a text.
  ///   - options: What a term is, and how it is weighted.
  ///   - threads: The largest number of threads to use, or `nil` for one on each core; the result is
  ///     the same.
  /// - Throws: `TextVectorizerError` when an option is out of its range. A vocabulary without terms
  ///   is not an error: texts then have no features.
  /// - Complexity: O(the texts' length × the longest term's length), and the vocabulary is sorted.
  package init(
    fitting texts: [String], options: Options = Options(), threads: Int? = nil
  ) throws(TextVectorizerError) {
    try self.init(
      fitting: texts, weights: nil, totalWeight: Double(texts.count), options: options,
      threads: threads)
  }

  // Sums of weights depend on the order in which they are added, and so on how the texts were cut into
  // tiles; sums of whole numbers do not. So weights that are not whole are counted in a unit that is a
  // power of two, and small enough that what a weight loses is less than 2⁻⁴⁷ of the sum of all.

  /// Learns from different texts, what the rows that hold each weigh together, or `nil` for 1 each,
  /// and what all rows weigh; in those that are left the text is empty.
  init(
    fitting texts: [String], weights: [Double]?, totalWeight: Double, options: Options,
    threads: Int?
  ) throws(TextVectorizerError) {
    try options.check()
    let threads = threads ?? processorCount
    let unit = weights.map { Self.unit(of: $0, sum: totalWeight) } ?? 1
    let multiplicities = weights?.map { $0 > 0 ? max(1, Int(($0 / unit).rounded())) : 0 }
    let weigh = { (count: Int) in
      log((1 + totalWeight) / (1 + Double(count) * unit)) + 1
    }
    // Counts are whole numbers, so that neither their order nor the cut into tiles matters.
    let tileCount = min(4 * threads, max(1, texts.count / 256))
    let tiles = (0..<tileCount).map { tile in
      texts.count * tile / tileCount..<texts.count * (tile + 1) / tileCount
    }

    if let bucketCount = options.bucketCount {
      var factors: [Double] = []
      if options.weighsRarity {
        let total = Mutex([Int](repeating: 0, count: bucketCount))
        concurrentTiles(count: tileCount, threads: threads) { tile in
          let counts = Self.bucketCounts(
            texts, tiles[tile], multiplicities, options, bucketCount: bucketCount)
          total.withLock { total in
            for (bucket, count) in counts.enumerated() { total[bucket] += count }
          }
        }
        factors = total.withLock { $0 }.map { $0 == 0 ? 0 : weigh($0) }
      }
      self.init(unchecked: options, vocabulary: nil, inverseDocumentFrequencies: factors)
      return
    }

    let parts = Mutex([TermCounts?](repeating: nil, count: tileCount))
    concurrentTiles(count: tileCount, threads: threads) { tile in
      var counts = TermCounts()
      counts.add(texts, tiles[tile], multiplicities, options)
      parts.withLock { $0[tile] = counts }
    }
    var counts = TermCounts()
    for part in parts.withLock({ $0 }) {
      if let part { counts.add(part) }
    }
    let chosen = counts.chosen(options, unit: unit)
    var vocabulary = TermTable(capacity: chosen.count)
    let bytes = counts.table.bytes
    for number in chosen {
      _ = vocabulary.insert(
        bytes.span, counts.table.range(number), hash: counts.table.hash(number))
    }
    self.init(
      unchecked: options, vocabulary: vocabulary,
      inverseDocumentFrequencies: options.weighsRarity
        ? chosen.map { weigh(counts.textCounts[$0]) } : [])
  }

  /// The unit to count weights in.
  private static func unit(of weights: [Double], sum: Double) -> Double {
    guard sum >= 0x1p38 || weights.contains(where: { $0 != $0.rounded() }) else { return 1 }
    return Double(sign: .plus, exponent: max(-1000, sum.exponent - 47), significand: 1)
  }

  /// For each bucket, how many rows hold a term that falls into it.
  private static func bucketCounts(
    _ texts: [String], _ range: Range<Int>, _ multiplicities: [Int]?, _ options: Options,
    bucketCount: Int
  ) -> [Int] {
    var counts = [Int](repeating: 0, count: bucketCount)
    var lastText = [Int](repeating: -1, count: bucketCount)
    let mask = UInt32(bucketCount - 1)
    var scanner = TermScanner(options)
    for index in range {
      let multiplicity = multiplicities?[index] ?? 1
      guard multiplicity > 0 else { continue }
      let text = Array(texts[index].utf8)
      scanner.load(text.span, text.indices)
      scanner.forEachTerm { term in
        let bucket = TermHash.bucket(TermHash.hash(scanner.bytes.span, term), mask: mask)
        if lastText[bucket] != index {
          lastText[bucket] = index
          counts[bucket] += multiplicity
        }
      }
    }
    return counts
  }
}

/// The terms of some texts, and how often they occur.
private struct TermCounts: Sendable {
  var table = TermTable()
  /// For each term, how many rows hold it.
  var textCounts: [Int] = []
  /// For each term, how often it occurs in all rows; at most the largest number that there is.
  var occurrences: [Int] = []
  /// For each term, the last text that held it.
  private var lastText: [Int] = []

  mutating func add(
    _ texts: [String], _ range: Range<Int>, _ multiplicities: [Int]?,
    _ options: TextVectorizer.Options
  ) {
    var scanner = TermScanner(options)
    for index in range {
      let multiplicity = multiplicities?[index] ?? 1
      guard multiplicity > 0 else { continue }
      let text = Array(texts[index].utf8)
      scanner.load(text.span, text.indices)
      scanner.forEachTerm { term in
        let span = scanner.bytes.span
        let number = table.insert(span, term, hash: TermHash.hash(span, term))
        if number == textCounts.count {
          textCounts.append(0)
          occurrences.append(0)
          lastText.append(-1)
        }
        count(multiplicity, of: number)
        if lastText[number] != index {
          lastText[number] = index
          textCounts[number] += multiplicity
        }
      }
    }
    lastText = []
  }

  /// Adds the counts of other texts.
  mutating func add(_ other: TermCounts) {
    let bytes = other.table.bytes
    for number in 0..<other.table.count {
      let own = table.insert(
        bytes.span, other.table.range(number), hash: other.table.hash(number))
      if own == textCounts.count {
        textCounts.append(0)
        occurrences.append(0)
      }
      textCounts[own] += other.textCounts[number]
      count(other.occurrences[number], of: own)
    }
  }

  private mutating func count(_ more: Int, of number: Int) {
    let (sum, overflow) = occurrences[number].addingReportingOverflow(more)
    occurrences[number] = overflow ? .max : sum
  }

  /// The numbers of the terms that the limits leave, ascending by the terms' bytes.
  ///
  /// - Parameters:
  ///   - options: The limits.
  ///   - unit: The weight that counts as 1.
  /// - Returns: As many numbers as there are features.
  func chosen(_ options: TextVectorizer.Options, unit: Double) -> [Int] {
    let sorted = table.sorted(
      textCounts.indices.filter {
        options.minimumTextCount == 1
          || Double(textCounts[$0]) * unit >= Double(options.minimumTextCount)
      })
    guard sorted.count > options.maximumTermCount else { return sorted }
    // Of terms that occur equally often, the first in the order of bytes.
    let places = sorted.indices.sorted { left, right in
      let (leftCount, rightCount) = (occurrences[sorted[left]], occurrences[sorted[right]])
      return leftCount != rightCount ? leftCount > rightCount : left < right
    }
    return places.prefix(options.maximumTermCount).sorted().map { sorted[$0] }
  }
}
