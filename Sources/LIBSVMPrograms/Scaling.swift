import Basics
import LIBSVMTraining

/// svm-scale: brings each feature into an interval.
struct Scaling {
  private var interval = (lower: -1.0, upper: 1.0)
  private var targetInterval: (lower: Double, upper: Double)?
  private var savePath: String?
  private var restorePath: String?
  private let input: String

  static let usage = """
    Usage: svm-scale [options] data_filename
    options:
    -l lower : lower end of features (default -1)
    -u upper : upper end of features (default +1)
    -y y_lower y_upper : ends of targets (default: targets stay)
    -s save_filename : write the ranges to save_filename
    -r restore_filename : read the ranges from restore_filename
    """

  init(_ arguments: [String]) throws(ProgramEnd) {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      guard option.hasPrefix("-") else {
        rest = [option] + rest
        break
      }
      func value() throws(ProgramEnd) -> String {
        guard let value = rest.popFirst() else { throw ProgramEnd(usage: Self.usage) }
        return value
      }
      func number() throws(ProgramEnd) -> Double {
        try OptionValue(option: option, text: try value(), usage: Self.usage).number()
      }
      switch option.dropFirst().first {
      case "l": interval.lower = try number()
      case "u": interval.upper = try number()
      case "y":
        let lower = try number()
        targetInterval = (lower, try number())
      case "s": savePath = try value()
      case "r": restorePath = try value()
      default: throw ProgramEnd("unknown option", usage: Self.usage)
      }
    }
    guard interval.upper > interval.lower, targetInterval.map({ $0.upper > $0.lower }) ?? true
    else { throw ProgramEnd("inconsistent lower/upper specification") }
    guard savePath == nil || restorePath == nil else {
      throw ProgramEnd("cannot use -r and -s simultaneously")
    }
    guard rest.count == 1, let input = rest.first else { throw ProgramEnd(usage: Self.usage) }
    self.input = input
  }

  func run(_ console: Console) throws(ProgramEnd) {
    let data = try ScalingData(contentsOf: input)
    var ranges = ScalingRanges(features: interval, targets: targetInterval)
    if let restorePath {
      let stored = try StoredRanges(contentsOf: restorePath)
      try ranges.measure(data, atLeast: stored.largestIndex)
      for feature in ranges.restore(stored) {
        console.warn(
          "WARNING: feature index \(feature) appeared in file \(input) was not seen in the scaling "
            + "factor file \(restorePath). The feature is scaled to 0.")
      }
    } else {
      try ranges.measure(data, atLeast: 0)
    }
    let smallest = data.smallestIndex
    if smallest < 1 {
      console.warn(
        "WARNING: minimal feature index is \(smallest), but indices should start from 1")
    }
    if let savePath {
      try save(ranges.text, to: savePath)
      if smallest < 1 {
        console.warn(
          "WARNING: scaling factors with indices smaller than 1 are not stored to the file "
            + "\(savePath).")
      }
    }
    let count = ranges.write(data, console)
    if count > data.nodeCount {
      console.warn(
        "WARNING: original #nonzeros \(data.nodeCount)\n       > new      #nonzeros \(count)\n"
          + "If feature values are non-negative and sparse, use -l 0 rather than the default -l -1")
    }
  }

  private func save(_ text: String, to path: String) throws(ProgramEnd) {
    do throws(OutputFileError) {
      let file = try AtomicOutputFile(path: path)
      try file.write(text)
      try file.commit()
    } catch {
      throw ProgramEnd("can't open file \(path)")
    }
  }
}

/// A file as svm-scale reads it: on each line a number, then nodes as far as they can be read.
struct ScalingData {
  private(set) var targets: [Double] = []
  private(set) var rows = NodeRows()
  private(set) var nodeCount = 0
  private(set) var smallestIndex: Int32 = 1

  init(contentsOf path: String) throws(ProgramEnd) {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.bytes(path)
    } catch {
      throw ProgramEnd("can't open file \(path)")
    }
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
      try append(LineCursor(position: start, end: end), bytes.span)
      start = end
    }
  }

  private mutating func append(_ place: LineCursor, _ bytes: Span<UInt8>) throws(ProgramEnd) {
    var line = place
    guard let (target, _) = LineCursor.number(bytes, line.position..<line.end) else {
      throw ProgramEnd("ERROR: failed to read labels", status: Self.readingStatus)
    }
    line.skipBlanks(bytes)
    line.skipWord(bytes)
    while let (index, colon) = LineCursor.leadingInteger(bytes, line.position..<line.end),
      colon < line.end, bytes[colon] == UInt8(ascii: ":"),
      let (value, _) = LineCursor.number(bytes, colon + 1..<line.end)
    {
      line.position = colon + 1
      line.skipBlanks(bytes)
      line.skipWord(bytes)
      nodeCount += 1
      smallestIndex = min(smallestIndex, index)
      // LIBSVM has no place for these.
      if index >= 0 { rows.append(index, value) }
    }
    rows.endRow(inOrder: false)
    targets.append(target)
  }

  /// What LIBSVM's main function returns for lines without labels and ranges without numbers.
  static let readingStatus: Int32 = 255
}

extension LineCursor {
  mutating func skipBlanks(_ bytes: Span<UInt8>) {
    while position < end, Self.isBlank(bytes[position]) { position += 1 }
  }

  mutating func skipWord(_ bytes: Span<UInt8>) {
    while position < end, !Self.isBlank(bytes[position]) { position += 1 }
  }
}
