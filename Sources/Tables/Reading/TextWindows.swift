import Basics

/// Reads one row after the other, whatever it looks like, and says what is wrong with it.
protocol RowReader {
  /// Goes to the next row.
  ///
  /// - Returns: Whether there is one.
  /// - Throws: ``TableError``.
  mutating func next() throws(TableError) -> Bool
}

/// The rows of a part of a window, which one thread reads.
protocol TextPart: AnyObject, Sendable {
  /// What continues alone where a row is not quite regular.
  associatedtype Reader: RowReader
  /// Makes a part of the one row that a reader is at.
  init(of reader: Reader)
  /// Where the part begins and, once it is read, ends; offsets into the window's block.
  var start: Int { get }
  var stop: Int { get }
  var ending: RecordPart.Ending { get }
  /// The number of lines between `start` and `stop`.
  var lineCount: Int { get }
  var rowCount: Int { get }
  /// The number of lines of the text before the part.
  var firstLine: Int { get set }
}

/// A text's rows, window after window, each of which several threads read while the next window is being
/// fetched and the text digested.
///
/// What follows the last complete row of a window becomes the beginning of the next one. A window is cut
/// into parts at what seem to be beginnings of rows. Each part is read by itself; then it is looked at, in
/// order, whether every part ended where the next one began, which shows that it was right to begin there,
/// and a part that began elsewhere, inside quotes, is read again from the right place. What is read is
/// therefore what one thread would read from the beginning to the end.
final class TextWindows<Part: TextPart> {
  /// A part of a window: what lies between an offset, which is the beginning of a line, and a limit at
  /// or after which no row begins.
  struct Extent: Sendable {
    let block: TextBlock
    var start: Int
    let limit: Int
    /// Whether nothing follows the window.
    let isLast: Bool
  }

  /// The source that is read.
  let source: ByteSource
  private let cutting: TextCutting
  /// What quotes fields in which line ends end no row, if there are such fields.
  private let quote: UInt8?
  private let makePart: (TextBlock) -> Part
  private let makeReader: (InputBuffer, _ line: Int) -> Part.Reader
  /// Who reads on where something is not regular; it says what is wrong, or continues where nothing is.
  private(set) var reader: Part.Reader?
  /// The window that is read, and the one after it.
  private var window: TextBlock
  private var following: TextBlock
  /// From here on the window has not been digested.
  private var undigested: Int
  /// Whether the source has nothing more to give, or what it gave instead.
  private var hasEnded: Bool
  private var readError: TableError?
  private var parts: [Part] = []
  /// The number of lines before what was not read.
  private var line: Int
  /// From here on the window has not been read.
  private var offset: Int
  private var ending = RecordPart.Ending.atLimit
  /// Whether no window was read so far.
  private var isFirst = true
  /// Whether the text was known to end with the window that was read last.
  ///
  /// When its end is found only then, there is one more: the record that the window cut off.
  private var wasLast = false
  /// Whether the next row needs a closer look, by a reader that continues alone.
  private(set) var isIrregular = false

  /// Begins with what an input holds.
  ///
  /// - Parameters:
  ///   - input: The text; its window begins at the beginning of a line.
  ///   - line: That line's number, from 1.
  ///   - quote: What quotes fields in which line ends end no row, if there are such fields.
  ///   - cutting: How to cut the text.
  ///   - makePart: Makes a part, to be read later.
  ///   - makeReader: Makes a reader that continues at the beginning of a line.
  init(
    _ input: InputBuffer, line: Int, quote: UInt8?, cutting: TextCutting,
    makePart: @escaping (TextBlock) -> Part,
    makeReader: @escaping (InputBuffer, _ line: Int) -> Part.Reader
  ) {
    source = input.source
    self.cutting = cutting
    window = TextBlock(holding: input.bytes[input.start..<input.end])
    undigested = window.end
    hasEnded = input.isComplete
    following = TextBlock(
      headroom: cutting.sizes.part, capacity: hasEnded ? 0 : cutting.sizes.window)
    self.line = line - 1
    self.quote = quote
    self.makePart = makePart
    self.makeReader = makeReader
    offset = window.start
  }

  /// The largest number of bytes of a row.
  var longestRow: Int { cutting.sizes.longestRecord }

  /// The expected size of what is still to come, as a multiple of the window that was read last; `nil`
  /// when it is not known.
  var remainingShare: Double? {
    guard let left = source.remainingSize else { return nil }
    let unused = window.end - offset + following.end - following.start
    return Double(left + unused) / Double(max(1, offset - window.start))
  }

  /// Reads the next rows: those of a window, or one that needs a closer look.
  ///
  /// - Parameter read: Reads a part; any thread may do it.
  /// - Returns: The parts, in order, which hold their rows until the next call; `nil` when there are no
  ///   more.
  /// - Throws: ``TableError``: what is wrong with the first row after those that were returned.
  func next(
    _ read: @Sendable (Part, Extent) -> Void
  ) throws(TableError) -> ArraySlice<Part>? {
    if let parts = try nextWindow(read) { return parts }
    return try advanceReader() ? reader.map { [Part(of: $0)] } : nil
  }

  /// Goes to the next row that needs a closer look, once there are no more windows.
  ///
  /// - Returns: Whether there is one: then ``reader`` is at it.
  /// - Throws: ``TableError``: what is wrong with it.
  func advanceReader() throws(TableError) -> Bool {
    guard isIrregular else { return false }
    if reader == nil {
      reader = makeReader(try remainder(), line + 1)
    }
    return try reader?.next() ?? false
  }

  /// Reads the next window.
  ///
  /// - Parameter read: Reads a part; any thread may do it.
  /// - Returns: The parts, in order, which hold their rows until the next call; `nil` when there are no
  ///   more, or ``isIrregular``.
  /// - Throws: ``TableError`` when reading failed.
  func nextWindow(
    _ read: @Sendable (Part, Extent) -> Void
  ) throws(TableError) -> ArraySlice<Part>? {
    if isIrregular || wasLast { return nil }
    if !isFirst { try advance() }
    isFirst = false
    let block = window
    // Whether nothing follows the window.
    let isLast = hasEnded && following.start == following.end && readError == nil
    wasLast = isLast
    let begins = block.partBegins(
      partSize: cutting.sizes.part, threads: cutting.threads, quote: quote)
    while parts.count < begins.count { parts.append(makePart(block)) }
    let work = parts
    let extents = begins.indices.map { index in
      Extent(
        block: block, start: begins[index],
        limit: index + 1 < begins.count ? begins[index + 1] : block.end, isLast: isLast)
    }
    let windows = UnsafeSendable(self)
    // Fetching and digesting take longest, and therefore come first.
    concurrentTiles(count: extents.count + 2, threads: cutting.threads) { tile in
      switch tile {
      case 0: windows.value.fetchFollowing(isNeeded: false)
      case 1: windows.value.digest()
      default: read(work[tile - 2], extents[tile - 2])
      }
    }

    // Which parts began at the right places?
    offset = block.start
    var used = 0
    ending = .atLimit
    while used < begins.count, ending == .atLimit {
      let part = parts[used]
      if part.start != offset {
        var extent = extents[used]
        extent.start = offset
        read(part, extent)
      }
      part.firstLine = line
      line += part.lineCount
      offset = part.stop
      ending = part.ending
      used += 1
    }
    isIrregular =
      ending == .irregular || block.end - offset > longestRow
    return parts[..<used]
  }

  // MARK: Windows

  /// Fills the window that follows, which is done at the same time as `digest()`.
  ///
  /// - Parameter isNeeded: Whether to wait for its first bytes, however long they take.
  private func fetchFollowing(isNeeded: Bool) {
    guard !hasEnded, readError == nil, following.start == following.end else { return }
    let begin = ContinuousClock.now
    do throws(TableError) {
      while following.end < following.capacity {
        if cutting.isLive, !isNeeded || following.end > following.start,
          !source.isReady(within: .zero)
        {
          guard begin.duration(to: .now) < TextCutting.patience.window,
            source.isReady(within: TextCutting.patience.pause)
          else { return }
        }
        let buffer = unsafe UnsafeMutableRawBufferPointer(
          start: following.base + following.end, count: following.capacity - following.end)
        let count = try unsafe source.readUndigested(into: buffer)
        guard count > 0 else {
          hasEnded = true
          return
        }
        following.end += count
      }
    } catch {
      readError = error
    }
  }

  private func digest() {
    guard undigested < window.end else { return }
    unsafe source.digest(
      UnsafeRawBufferPointer(
        start: window.base + undigested, count: window.end - undigested))
    undigested = window.end
  }

  /// Goes to the next window, which begins with what was not read of this one.
  ///
  /// - Throws: ``TableError`` when reading failed.
  private func advance() throws(TableError) {
    // Without parts there was no occasion for these.
    fetchFollowing(isNeeded: true)
    digest()
    if let readError, following.start == following.end { throw readError }
    let rest = window.end - offset
    if rest > following.start {
      let wider = TextBlock(headroom: rest, capacity: following.end - following.start)
      unsafe (wider.base + rest).update(
        from: following.base + following.start, count: following.end - following.start)
      wider.end = rest + following.end - following.start
      following = wider
    }
    unsafe (following.base + following.start - rest).update(from: window.base + offset, count: rest)
    undigested = following.start
    following.start -= rest
    let used = window
    window = following
    window.seal()
    let sizes = cutting.sizes
    if used.capacity >= sizes.part + sizes.window {
      following = used
    } else {
      following = TextBlock(headroom: sizes.part, capacity: hasEnded ? 0 : sizes.window)
    }
    following.start = sizes.part
    following.end = sizes.part
  }

  /// Everything that was fetched and not read, for a reader that continues alone.
  ///
  /// - Throws: ``TableError`` when reading failed.
  private func remainder() throws(TableError) -> InputBuffer {
    digest()
    if let readError { throw readError }
    unsafe source.digest(
      UnsafeRawBufferPointer(
        start: following.base + following.start, count: following.end - following.start))
    return InputBuffer(
      source, holding: window.bytes(from: offset) + following.bytes(from: following.start),
      isComplete: hasEnded, longestRecord: cutting.sizes.longestRecord)
  }
}
