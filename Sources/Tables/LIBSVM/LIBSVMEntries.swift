import Basics
import LinearAlgebra

/// The entries and labels of LIBSVM text, while they are being collected.
struct LIBSVMEntries {
  private(set) var labels = ColumnBuilder()
  private(set) var rowOffsets = [0]
  /// Indices as they are written.
  var columns: [Int32] = []
  private(set) var values: [Double] = []
  private(set) var smallestIndex = Int.max
  private(set) var largestIndex = -1
  private(set) var groupCount = 0
  private var isReserved = false

  /// Reads all examples of an input, on several threads.
  ///
  /// - Parameters:
  ///   - input: The text.
  ///   - line: The line, from 1, with which it begins.
  ///   - cutting: How to cut the text, and by how many threads.
  ///   - byteLimit: What the examples and their features may take, or `nil` for any.
  /// - Throws: ``TableError``, the first one in the order of the text.
  mutating func read(
    _ input: InputBuffer, line: Int = 1, _ cutting: TextCutting, byteLimit: Int? = nil
  ) throws(TableError) {
    let windows = TextWindows(
      input, line: line, quote: nil, cutting: cutting
    ) { [places = input.source.places] in
      LIBSVMPart(places: places, block: $0, labelsAreOptional: false)
    } makeReader: {
      LIBSVMReader($0, line: $1)
    }
    let longestLine = windows.longestRow
    while let parts = try windows.nextWindow({ $0.read($1, longestLine: longestLine) }) {
      append(Array(parts), threads: cutting.threads)
      try requireMemory(share: 0, windows.source, byteLimit)
      if !isReserved, rowOffsets.count > 1, let share = windows.remainingShare {
        try requireMemory(share: share, windows.source, byteLimit)
        reserve(share: share)
      }
    }
    while try windows.advanceReader(), let reader = windows.reader { try append(reader) }
  }

  /// Refuses examples that take too much memory, together with their features.
  ///
  /// - Parameters:
  ///   - share: The expected size of what is still to come, as a multiple of what there is.
  ///   - source: Where the text comes from.
  ///   - byteLimit: The number of bytes that may be taken, or `nil` for any.
  /// - Throws: ``TableError``.
  private func requireMemory(
    share: Double, _ source: ByteSource, _ byteLimit: Int?
  ) throws(TableError) {
    guard byteLimit != nil else { return }
    let rows = rowOffsets.count - 1
    let stored = 12 * Double(values.count) + 16 * Double(rows)
    let bytes = max(2 * stored, stored + Double(source.recordedByteCount)) * (1 + share)
    let expected = Int(min(Double(rows) * (1 + share), 0x1p52))
    do throws(MemoryShortage) {
      try MemoryShortage.require(
        1, each: Int(min(bytes, 0x1p62)), limit: byteLimit,
        purpose: "\(share > 0 ? "about" : "the first") \(expected) examples and their features")
    } catch {
      throw TableError(.memory(file: source.name, error))
    }
  }

  /// Makes room for what is still to come, a multiple of what there is, and a few more.
  private mutating func reserve(share: Double) {
    isReserved = true
    func total(_ count: Int) -> Int { Int(Double(count) * (1 + 1.02 * share)) }
    columns.reserveCapacity(total(columns.count))
    values.reserveCapacity(total(values.count))
    rowOffsets.reserveCapacity(total(rowOffsets.count))
    labels.reserve(total(rowOffsets.count))
  }

  private mutating func append(_ parts: [LIBSVMPart], threads: Int) {
    for part in parts {
      smallestIndex = min(smallestIndex, part.smallestIndex)
      largestIndex = max(largestIndex, part.largestIndex)
      groupCount += part.groupCount
    }
    // Three pieces of work of similar size, each on what it alone changes.
    unsafe withUnsafeMutablePointer(to: &columns) { columns in
      unsafe withUnsafeMutablePointer(to: &values) { values in
        unsafe withUnsafeMutablePointer(to: &rowOffsets) { rowOffsets in
          unsafe withUnsafeMutablePointer(to: &labels) { labels in
            let targets = unsafe UnsafeSendable((columns, values, rowOffsets, labels))
            concurrentTiles(count: 3, threads: threads) { tile in
              let (columns, values, rowOffsets, labels) = unsafe targets.value
              for part in parts {
                switch tile {
                case 0: unsafe values.pointee.append(contentsOf: part.values[..<part.entryCount])
                case 1:
                  unsafe columns.pointee.append(contentsOf: part.columns[..<part.entryCount])
                default:
                  let before = unsafe rowOffsets.pointee[rowOffsets.pointee.count - 1]
                  unsafe rowOffsets.pointee.append(
                    contentsOf: part.entryEnds.lazy.map { before + $0 })
                  unsafe labels.pointee.append(part, 0)
                }
              }
            }
          }
        }
      }
    }
  }

  /// Adds the current example of a reader.
  mutating func append(_ reader: LIBSVMReader) throws(TableError) {
    guard reader.hasLabel else { throw TableError(.missingLabel(reader.labelPosition)) }
    Self.append(reader, to: &labels)
    for (index, value) in zip(reader.indices, reader.values) where value != 0 {
      columns.append(index)
      values.append(value)
    }
    // Indices ascend, so that the first and last are the extremes; zeros count, too.
    if let first = reader.indices.first, let last = reader.indices.last {
      smallestIndex = min(smallestIndex, Int(first))
      largestIndex = max(largestIndex, Int(last))
    }
    if reader.hasGroup { groupCount += 1 }
    rowOffsets.append(values.count)
  }

  /// Takes note of indices that examples have which were not collected.
  mutating func include(indices smallest: Int, _ largest: Int) {
    smallestIndex = min(smallestIndex, smallest)
    largestIndex = max(largestIndex, largest)
  }

  /// Adds the label of the current example to a column.
  static func append(_ reader: LIBSVMReader, to builder: inout ColumnBuilder) {
    let parsed = reader.labelNumber
    builder.append(
      parsed, isMissing: false,
      trait: NumberTrait(ofText: reader.labelText) == .inexact ? .inexact : nil,
      text: { reader.labelText }, position: { reader.labelPosition })
  }
}
