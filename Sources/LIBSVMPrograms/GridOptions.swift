import Basics

/// What svm-grid's options say.
struct GridOptions {
  /// Exponents of 2.
  struct Axis {
    var begin: Double
    var end: Double
    var step: Double
    /// Numbers that were given are printed with a decimal point, the default ones without.
    var isGiven = false

    /// begin, begin + step, … up to end.
    var exponents: [Double] {
      var found: [Double] = []
      var exponent = begin
      while step > 0 ? exponent <= end : exponent >= end {
        found.append(exponent)
        exponent += step
      }
      return found
    }

    /// An exponent as it is printed.
    func text(_ exponent: Double) -> String {
      isGiven ? "\(exponent)" : NumberText.shortest(exponent)
    }
  }

  var c: Axis? = Axis(begin: -5, end: 15, step: 2)
  var gamma: Axis? = Axis(begin: 3, end: -15, step: -2)
  var training = TrainOptions()
  var foldCount = 5
  var output: String?
  var resumed: String?
  let input: String

  /// As many exponents as a plan is made of.
  private static let maximumCount = 10_000.0

  static let usage = """
    Usage: svm-grid [grid_options] [svm_options] dataset

    grid_options :
    -log2c {begin,end,step | "null"} : C is 2^begin, 2^(begin+step), ..., 2^end (default -5,15,2)
        "null"         -- C stays 1
    -log2g {begin,end,step | "null"} : gamma is 2^begin, ..., 2^end (default 3,-15,-2)
        "null"         -- gamma stays 1/num_features
    -v n : n-fold cross validation (default 5)
    -svmtrain pathname : accepted; this program trains by itself
    -gnuplot {pathname | "null"} : accepted; nothing is drawn
    -out {pathname | "null"} : file of results (default dataset.out); "null" writes none
    -png pathname : accepted; nothing is drawn
    -resume [pathname] : take the results of a file (default dataset.out) and compute the others

    svm_options : options of svm-train
    """

  init(_ arguments: [String]) throws(ProgramEnd) {
    guard let input = arguments.last else { throw ProgramEnd(usage: Self.usage) }
    self.input = input
    let title = WholeFile.name(input)
    output = "\(title).out"
    var rest = arguments.dropLast()
    var passed: [String] = []
    func value(_ option: String) throws(ProgramEnd) -> String {
      guard let value = rest.popFirst() else {
        throw Self.failure("\(option) has no value.")
      }
      return value
    }
    while let option = rest.popFirst() {
      switch option {
      case "-log2c": c = try Self.axis(option, try value(option))
      case "-log2g": gamma = try Self.axis(option, try value(option))
      case "-v":
        let folds = OptionValue(option: option, text: try value(option), usage: Self.usage)
        foldCount = Int(try folds.integer())
        guard foldCount >= 2 else {
          throw Self.failure("n-fold cross validation: n must >= 2")
        }
      case "-c", "-g": throw Self.failure("Use -log2c and -log2g.")
      case "-svmtrain", "-gnuplot", "-png": _ = try value(option)
      case "-out":
        let path = try value(option)
        output = path == "null" ? nil : path
      case "-resume":
        let isNamed = rest.first.map { !$0.hasPrefix("-") } ?? false
        resumed = isNamed ? rest.removeFirst() : "\(title).out"
      default: passed.append(option)
      }
    }
    let others = try training.read(passed, usage: Self.usage)
    guard others.isEmpty else { throw ProgramEnd(usage: Self.usage) }
    guard c != nil || gamma != nil else {
      throw Self.failure("-log2c and -log2g should not be null simultaneously")
    }
  }

  static func failure(_ sentence: String) -> ProgramEnd {
    ProgramEnd("\(sentence)\nTry \"svm-grid\" for more information.")
  }

  private static func axis(_ option: String, _ text: String) throws(ProgramEnd) -> Axis? {
    if text == "null" { return nil }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0) ?? .nan
    }
    guard numbers.count == 3, numbers.allSatisfy(\.isFinite), numbers[2] != 0 else {
      throw failure("\(option) must be begin,end,step or null, but is \(text)")
    }
    guard (numbers[1] - numbers[0]) / numbers[2] < maximumCount else {
      throw failure("\(option) \(text) has more than \(Int(maximumCount)) values")
    }
    return Axis(begin: numbers[0], end: numbers[1], step: numbers[2], isGiven: true)
  }
}
