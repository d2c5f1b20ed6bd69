import Basics
import LinearAlgebra

/// How text is cut for several threads; what is read does not depend on it.
struct ReadingSizes: Sendable {
  /// Bytes read ahead of the parser.
  var window = 4 << 20
  /// Bytes parsed at a time by one thread.
  var part = 256 << 10
  /// No record, and no line of LIBSVM text, may be longer.
  var longestRecord = InputBuffer.usualLongestRecord
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

/// Windows onto a text, one after the other, whose parts are worked on by several threads while the
/// next window is being read and the text digested.
///
/// What follows the last complete record of a window becomes the beginning of the next one.
final class TextPipeline {
  /// How a text is cut, and by whom.
  struct Cutting {
    let threads: Int
    let sizes: ReadingSizes
    /// Whether rows are wanted as they arrive.
    ///
    /// A window is then cut short where a pipe has nothing more to give for the time being.
    var isLive = false
  }

  let source: ByteSource
  let cutting: Cutting
  /// The window.
  private(set) var current: TextBlock
  /// What follows the window.
  private var next: TextBlock
  /// From here on the window has not been digested.
  private var undigested: Int
  private var hasEnded: Bool
  private var readError: TableError?

  /// How long a pipe may have nothing to give before a window is cut short, and how long that window may
  /// take altogether.
  private static let patience = (
    pause: Duration.milliseconds(10), window: Duration.milliseconds(100)
  )

  /// Begins with the bytes that an input holds.
  init(_ input: InputBuffer, _ cutting: Cutting) {
    source = input.source
    self.cutting = cutting
    current = TextBlock(holding: input.bytes[input.start..<input.end])
    undigested = current.end
    hasEnded = input.isComplete
    next = TextBlock(headroom: cutting.sizes.part, capacity: hasEnded ? 0 : cutting.sizes.window)
  }

  /// Whether nothing follows the window.
  var isLast: Bool { hasEnded && next.start == next.end && readError == nil }

  /// Works on the parts of the window.
  ///
  /// - Parameters:
  ///   - count: The number of parts.
  ///   - body: The work on one part; any thread may do it.
  func work(count: Int, _ body: @Sendable (Int) -> Void) {
    let pipeline = UnsafeSendable(self)
    // Reading and digesting take longest, and therefore come first.
    concurrentTiles(count: count + 2, threads: cutting.threads) { tile in
      switch tile {
      case 0: pipeline.value.readNext(isNeeded: false)
      case 1: pipeline.value.digest()
      default: body(tile - 2)
      }
    }
  }

  /// Fills the window that follows, which is done at the same time as `digest()`.
  ///
  /// - Parameter isNeeded: Whether to wait for its first bytes, however long they take.
  private func readNext(isNeeded: Bool) {
    guard !hasEnded, readError == nil, next.start == next.end else { return }
    let begin = ContinuousClock.now
    do throws(TableError) {
      while next.end < next.capacity {
        if cutting.isLive, !isNeeded || next.end > next.start, !source.isReady(within: .zero) {
          guard begin.duration(to: .now) < Self.patience.window,
            source.isReady(within: Self.patience.pause)
          else { return }
        }
        let buffer = unsafe UnsafeMutableRawBufferPointer(
          start: next.base + next.end, count: next.capacity - next.end)
        let count = try unsafe source.readUndigested(into: buffer)
        guard count > 0 else {
          hasEnded = true
          return
        }
        next.end += count
      }
    } catch {
      readError = error
    }
  }

  private func digest() {
    guard undigested < current.end else { return }
    unsafe source.digest(
      UnsafeRawBufferPointer(
        start: current.base + undigested, count: current.end - undigested))
    undigested = current.end
  }

  /// How many bytes were read and not used.
  func unusedSize(from offset: Int) -> Int { current.end - offset + next.end - next.start }

  /// Goes to the next window.
  ///
  /// - Parameter offset: From here on the window was not used, and becomes part of the next one.
  /// - Throws: ``TableError`` when reading failed.
  func advance(from offset: Int) throws(TableError) {
    // Without parts there was no occasion for these.
    readNext(isNeeded: true)
    digest()
    if let readError, next.start == next.end { throw readError }
    let rest = current.end - offset
    if rest > next.start {
      let wider = TextBlock(headroom: rest, capacity: next.end - next.start)
      unsafe (wider.base + rest).update(
        from: next.base + next.start, count: next.end - next.start)
      wider.end = rest + next.end - next.start
      next = wider
    }
    unsafe (next.base + next.start - rest).update(from: current.base + offset, count: rest)
    undigested = next.start
    next.start -= rest
    let used = current
    current = next
    current.seal()
    let sizes = cutting.sizes
    if used.capacity >= sizes.part + sizes.window {
      next = used
    } else {
      next = TextBlock(headroom: sizes.part, capacity: hasEnded ? 0 : sizes.window)
    }
    next.start = sizes.part
    next.end = sizes.part
  }

  /// Everything that was read and not used, for a reader that continues alone.
  ///
  /// - Parameter offset: From here on the window was not used.
  /// - Returns: The text from there on.
  /// - Throws: ``TableError`` when reading failed.
  func remainder(from offset: Int) throws(TableError) -> InputBuffer {
    digest()
    if let readError { throw readError }
    unsafe source.digest(
      UnsafeRawBufferPointer(start: next.base + next.start, count: next.end - next.start))
    return InputBuffer(
      source, holding: current.bytes(from: offset) + next.bytes(from: next.start),
      isComplete: hasEnded, longestRecord: cutting.sizes.longestRecord)
  }
}

/// How many threads read a text.
enum ReadingThreads {
  /// The number that is wanted, or one for each processor.
  static func count(_ wanted: Int?) -> Int {
    wanted ?? processorCount
  }
}

/// Arrays that will hold a whole file.
enum LargeArrays {
  /// Makes room for a number of elements.
  ///
  /// The operating system hands out zeroed pages at the first touch, which costs more than parsing
  /// what goes there; large pages cost a fraction of that.
  static func reserve<Element>(_ count: Int, in array: inout [Element]) {
    array.reserveCapacity(count)
    let byteCount = array.capacity * MemoryLayout<Element>.stride
    guard byteCount >= 4 << 20 else { return }
    unsafe array.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      let pageSize = 4096
      let skipped = (pageSize - Int(bitPattern: start) % pageSize) % pageSize
      unsafe HugePages.advise(
        start + skipped, byteCount: (byteCount - skipped) / pageSize * pageSize)
    }
  }
}
