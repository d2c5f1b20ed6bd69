import Basics
import LinearAlgebra
import Synchronization

extension TextVectorizer {
  /// Turns texts into features.
  ///
  /// - Parameters:
  ///   - texts: Any texts; terms that are not in the vocabulary are left out.
  ///   - threads: The largest number of threads to use, or `nil` for one on each core; the result is
  ///     the same.
  /// - Returns: One row of ``featureCount`` features for each text.
  package func transform(_ texts: [String], threads: Int? = nil) -> SparseMatrix<Double> {
    let threads = threads ?? processorCount
    let tileCount = min(4 * threads, max(1, texts.count / 256))
    let parts = Mutex([SparseRows?](repeating: nil, count: tileCount))
    concurrentTiles(count: tileCount, threads: threads) { tile in
      var encoder = TextEncoder(self)
      var rows = SparseRows()
      for index in texts.count * tile / tileCount..<texts.count * (tile + 1) / tileCount {
        let text = Array(texts[index].utf8)
        encoder.append(text.span, text.indices, to: &rows)
        rows.endRow()
      }
      parts.withLock { $0[tile] = rows }
    }
    var all = SparseRows()
    for part in parts.withLock({ $0 }) {
      guard let part else { continue }
      if all.offsets.count == 1 { all = part } else { all.append(part) }
    }
    return all.matrix(columnCount: featureCount)
  }
}

/// Writes texts, one after the other, as the entries of a sparse matrix.
struct TextEncoder {
  private let vectorizer: TextVectorizer
  private var scanner: TermScanner
  /// How often the present text holds each term; all 0 between texts.
  private var counts: [Int32]
  /// The features of the present text.
  private var found: [Int32] = []

  init(_ vectorizer: TextVectorizer) {
    self.vectorizer = vectorizer
    scanner = TermScanner(vectorizer.options)
    counts = [Int32](repeating: 0, count: vectorizer.featureCount)
  }

  /// Adds the entries of a text to the row that is being made, ascending.
  ///
  /// - Parameters:
  ///   - text: Bytes that hold the text.
  ///   - range: Where in them it is.
  ///   - rows: Where to add them.
  ///   - firstColumn: The column of the text's first feature.
  mutating func append(
    _ text: Span<UInt8>, _ range: Range<Int>, to rows: inout SparseRows, firstColumn: Int = 0
  ) {
    self.scanner.load(text, range)
    // Shares its bytes; without it, counting would write to what is being read.
    let scanner = self.scanner
    found.removeAll(keepingCapacity: true)
    let span = scanner.bytes.span
    if let bucketCount = vectorizer.options.bucketCount {
      let mask = UInt32(bucketCount - 1)
      scanner.forEachTerm { term in
        count(TermHash.bucket(TermHash.hash(span, term), mask: mask))
      }
    } else if let vocabulary = vectorizer.vocabulary {
      scanner.forEachTerm { term in
        let feature = vocabulary.find(span, term, hash: TermHash.hash(span, term))
        if feature >= 0 { count(feature) }
      }
    }
    found.sort()

    let start = rows.values.count
    var squares = 0.0
    for feature in found {
      let occurrences = counts[Int(feature)]
      counts[Int(feature)] = 0
      var value: Double
      switch vectorizer.options.counting {
      case .count: value = Double(occurrences)
      case .logarithm: value = occurrences == 1 ? 1 : 1 + log(Double(occurrences))
      case .presence: value = 1
      }
      if vectorizer.options.weighsRarity {
        value *= vectorizer.inverseDocumentFrequencies[Int(feature)]
        // A bucket that no training text filled.
        guard value > 0 else { continue }
      }
      squares += value * value
      rows.columns.append(feature + Int32(firstColumn))
      rows.values.append(value)
    }
    if vectorizer.options.normalizes, squares > 0 {
      let norm = squares.squareRoot()
      for index in start..<rows.values.count { rows.values[index] /= norm }
    }
  }

  @inline(__always)
  private mutating func count(_ feature: Int) {
    if counts[feature] == 0 { found.append(Int32(feature)) }
    counts[feature] += 1
  }
}
