import Basics
import LIBSVMTraining

/// svm-subset: draws some lines of a data file.
struct Subset {
  private var isStratified = true
  private let input: String
  private let count: Int
  private let output: String?
  private let others: String?

  static let usage = """
    Usage: svm-subset [options] dataset subset_size [output1] [output2]

    Draws lines of a data file at random; they keep their order.

    options:
    -s method : 0 draws from each class in proportion, at least one line; 1 draws from all (default 0)

    output1 : the subset; without it the subset is printed
    output2 : the other lines
    """

  init(_ arguments: [String]) throws(ProgramEnd) {
    var rest = arguments[...]
    guard rest.count >= 2 else { throw ProgramEnd(usage: Self.usage) }
    while let option = rest.first, option.hasPrefix("-") {
      rest = rest.dropFirst()
      guard option == "-s" else { continue }
      let method = rest.popFirst() ?? ""
      guard let number = Int(method), (0...1).contains(number) else {
        throw ProgramEnd(usage: "Unknown selection method \(method)\n\(Self.usage)")
      }
      isStratified = number == 0
    }
    let files = Array(rest)
    guard files.count >= 2 else { throw ProgramEnd(usage: Self.usage) }
    guard let count = Int(files[1]), count >= 0 else {
      throw ProgramEnd("subset_size must be a whole number, but is \(files[1])")
    }
    input = files[0]
    self.count = count
    output = files.count > 2 ? files[2] : nil
    others = files.count > 3 ? files[3] : nil
  }

  func run(_ console: Console) throws(ProgramEnd) {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.bytes(input)
    } catch {
      throw ProgramEnd("can't open input file \(input)")
    }
    let lines = bytes.lines
    guard count <= lines.count else {
      throw ProgramEnd("subset_size is \(count), but \(input) has \(lines.count) lines")
    }
    var generator = SystemRandomNumberGenerator()
    let chosen =
      isStratified
      ? try Self.stratified(lines, count, using: &generator)
      : Self.sample(Array(lines.indices), count, using: &generator)
    var isChosen = [Bool](repeating: false, count: lines.count)
    for line in chosen { isChosen[line] = true }
    let subset = lines.indices.filter { isChosen[$0] }.map { lines[$0] }
    if let output {
      try Self.write(subset, to: output)
    } else {
      console.print(String(decoding: Array(subset.joined()), as: UTF8.self))
    }
    if let others {
      try Self.write(lines.indices.filter { !isChosen[$0] }.map { lines[$0] }, to: others)
    }
  }

  /// Draws from each class, the smallest first, which otherwise might be left out.
  private static func stratified(
    _ lines: [ArraySlice<UInt8>], _ count: Int, using generator: inout some RandomNumberGenerator
  ) throws(ProgramEnd) -> [Int] {
    var places: [[UInt8]: Int] = [:]
    var classes: [[Int]] = []
    for (number, line) in lines.enumerated() {
      let label = line.drop(while: LineCursor.isBlank).prefix { !LineCursor.isBlank($0) }
      guard !label.isEmpty else { throw ProgramEnd("line \(number + 1) has no label") }
      if let place = places[Array(label)] {
        classes[place].append(number)
      } else {
        places[Array(label)] = classes.count
        classes.append([number])
      }
    }
    let order = classes.indices.sorted {
      classes[$0].count == classes[$1].count ? $0 < $1 : classes[$0].count < classes[$1].count
    }
    var (remaining, chosen) = (count, [Int]())
    for place in order {
      let size = classes[place].count
      let share = (Double(size) * (Double(count) / Double(lines.count))).rounded(.up)
      let drawn = min(remaining, max(1, Int(share)))
      guard drawn > 0 else {
        throw ProgramEnd(
          """
          Error: failed to have at least one instance per class
              1. You may have regression data.
              2. Your classification data is unbalanced or too small.
          Please use -s 1.
          """, status: 255)
      }
      remaining -= drawn
      chosen += sample(classes[place], drawn, using: &generator)
    }
    return chosen
  }

  private static func sample(
    _ numbers: [Int], _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> [Int] {
    Array(numbers.shuffled(using: &generator).prefix(count))
  }

  private static func write(_ lines: [ArraySlice<UInt8>], to path: String) throws(ProgramEnd) {
    do throws(OutputFileError) {
      let file = try AtomicOutputFile(path: path)
      for line in lines { try file.write(Array(line)) }
      try file.commit()
    } catch {
      throw ProgramEnd("can't open output file \(path)")
    }
  }
}

extension [UInt8] {
  /// The lines, each with its end.
  var lines: [ArraySlice<UInt8>] {
    var (lines, start) = ([ArraySlice<UInt8>](), 0)
    while start < count {
      let end = self[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? count
      lines.append(self[start..<end])
      start = end
    }
    return lines
  }
}
