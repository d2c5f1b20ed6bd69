/// LIBSVM's sparse text; see ``LIBSVMReader`` for its grammar.
struct LIBSVMFormat: DataFormat {
  let name = "libsvm"
  let fileEndings = [".libsvm", ".svmlight", ".svm"]
  var optionRefusal: String? { "is for tables, but --format is \(name)" }

  /// What is said of separators and quotes, or expected by a model, is about a table.
  func isPossible(_ options: TextOptions) -> Bool {
    options.separator == nil && options.quote == nil && options.expected == nil
  }

  /// Whether most lines have `index:value` pairs, and no line has anything else after its label.
  func isShown(by sample: TextSample) -> Bool {
    var lines = sample.bytes.split(
      maxSplits: TextSample.maximumRecords, omittingEmptySubsequences: true
    ) { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    // The last line may be cut off.
    if lines.count > 1, !sample.isWhole || lines.count > TextSample.maximumRecords {
      lines.removeLast()
    }
    var lineCount = 0
    var linesWithEntries = 0
    for line in lines {
      let content = line.prefix { $0 != UInt8(ascii: "#") }
      let tokens = content.split(whereSeparator: FieldText.isBlank)
      guard let label = tokens.first else { continue }
      lineCount += 1
      // A label with a comma is several labels, which is said when the line is parsed.
      let isEntryLine = tokens.dropFirst().allSatisfy(Self.isEntry)
      guard !label.contains(UInt8(ascii: ",")) || tokens.count > 1, isEntryLine else {
        return false
      }
      if tokens.count > 1 { linesWithEntries += 1 }
    }
    return linesWithEntries * 2 > lineCount
  }

  private static func isEntry(_ token: ArraySlice<UInt8>) -> Bool {
    guard let colon = token.firstIndex(of: UInt8(ascii: ":")) else { return false }
    let key = token[..<colon]
    let isIndex = !key.isEmpty && key.allSatisfy { (0x30...0x39).contains($0) }
    guard isIndex || key.elementsEqual("qid".utf8) else { return false }
    let value = Array(token[(colon + 1)...])
    return NumberParser.parse(value.span, value.indices) != .notANumber
  }

  func read(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions, _ sampling: RowSampling?
  ) throws(TableError) -> any ExampleText {
    if let sampling { return try LIBSVMData(input, options: options, sampling: sampling) }
    return try LIBSVMData(input, options: options)
  }
}

extension TextFormat {
  /// LIBSVM's sparse text: a label, then `index:value` for what is not zero.
  public static let libsvm = TextFormat(LIBSVMFormat())
}
