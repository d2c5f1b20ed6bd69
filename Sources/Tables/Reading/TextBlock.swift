import Basics
import LinearAlgebra

/// How text is cut for several threads; what is read does not depend on it.
struct ReadingSizes: Sendable {
  /// Bytes read ahead of the parser.
  var window = 4 << 20
  /// Bytes parsed at a time by one thread.
  var part = 256 << 10
  /// No record, and no line of LIBSVM text, may be longer.
  var longestRecord = InputBuffer.defaultLongestRecord
}

/// How a text is cut, and by whom.
struct TextCutting {
  let threads: Int
  let sizes: ReadingSizes
  /// Whether rows are wanted as they arrive.
  ///
  /// A window is then cut short where a pipe has nothing more to give for the time being.
  var isLive = false

  /// How long a pipe may have nothing to give before a window is cut short, and how long that window may
  /// take altogether.
  static let patience = (pause: Duration.milliseconds(10), window: Duration.milliseconds(100))
}

/// Memory for text, with some bytes after it that may be read but belong to nothing.
@safe final class TextBlock: @unchecked Sendable {
  let base: UnsafeMutablePointer<UInt8>
  let capacity: Int
  /// The text is what lies between `start` and `end`.
  var start: Int
  var end: Int

  /// Makes an empty block.
  ///
  /// - Parameters:
  ///   - headroom: The number of bytes that can be put before the text later.
  ///   - capacity: The number of bytes of text that fit after that.
  init(headroom: Int, capacity: Int) {
    self.capacity = headroom + capacity
    unsafe base = .allocate(capacity: headroom + capacity + NumberParser.padding)
    start = headroom
    end = headroom
  }

  /// Makes a block of bytes.
  convenience init(holding bytes: ArraySlice<UInt8>) {
    self.init(headroom: 0, capacity: bytes.count)
    unsafe bytes.withUnsafeBufferPointer { bytes in
      guard let first = bytes.baseAddress else { return }
      unsafe base.update(from: first, count: bytes.count)
    }
    end = bytes.count
    seal()
  }

  deinit { unsafe base.deallocate() }

  /// Ends the text with zeros, so that a reader of eight bytes at a time stops there.
  func seal() { unsafe (base + end).update(repeating: 0, count: NumberParser.padding) }

  /// The text from an offset on.
  func bytes(from offset: Int) -> [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: base + offset, count: end - offset))
  }
}

extension TextBlock {
  /// Where the parts of a window begin, ascending, the window's beginning first.
  ///
  /// The others are the first line ends after equal distances, outside quotes if quotes come in
  /// pairs. Usually they do; whether a part begins at the right place is checked later.
  ///
  /// - Parameters:
  ///   - partSize: The number of bytes of a part.
  ///   - threads: With one thread there is one part.
  ///   - quote: What quotes fields in which line ends end no record, if there are such fields.
  /// - Returns: The offsets.
  func partBegins(
    partSize: Int, threads: Int, quote: UInt8?
  ) -> [Int] {
    let count = threads == 1 ? 1 : max(1, (end - start) / partSize)
    guard count > 1 else { return [start] }
    let places = (0..<count).map { start + (end - start) / count * $0 }
    let limits = Array(places.dropFirst()) + [end]
    var isInside = [Bool](repeating: false, count: count)
    if let quote, hasQuotes(quote) {
      let quotes = TileResults<Int>(count: count, repeating: 0)
      concurrentTiles(count: count, threads: threads) { index in
        quotes.set(index, self.quoteCount(quote, places[index]..<limits[index]))
      }
      for index in 1..<count {
        isInside[index] = isInside[index - 1] != (quotes.values[index - 1] % 2 == 1)
      }
    }
    var begins = [start]
    for index in 1..<count {
      let begin = lineBegin(
        places[index]..<limits[index], isInsideQuotes: isInside[index], quote: quote)
      if let begin, begin > begins[begins.count - 1], begin < end { begins.append(begin) }
    }
    return begins
  }

  /// Whether the text has a quote.
  private func hasQuotes(_ quote: UInt8) -> Bool {
    unsafe memchr(base + start, Int32(quote), end - start) != nil
  }

  /// The number of quotes in a range.
  private func quoteCount(_ quote: UInt8, _ range: Range<Int>) -> Int {
    var count = 0
    for i in range where unsafe base[i] == quote { count &+= 1 }
    return count
  }

  /// The first offset after a line end outside quotes in a range.
  private func lineBegin(
    _ range: Range<Int>, isInsideQuotes: Bool, quote: UInt8?
  ) -> Int? {
    var isInside = isInsideQuotes
    for i in range {
      let byte = unsafe base[i]
      if byte == quote {
        isInside.toggle()
      } else if !isInside, byte == UInt8(ascii: "\n") {
        return i + 1
      } else if !isInside, byte == UInt8(ascii: "\r"), unsafe base[i + 1] != UInt8(ascii: "\n") {
        return i + 1
      }
    }
    return nil
  }
}

/// How many threads read a text.
enum ReadingThreads {
  /// The number that is wanted, or one for each processor.
  static func count(_ wanted: Int?) -> Int {
    wanted ?? processorCount
  }
}
