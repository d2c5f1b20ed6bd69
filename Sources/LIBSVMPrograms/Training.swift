import Basics
import LIBSVMTraining

/// What svm-train's options say.
struct TrainOptions {
  var numbers = ParameterNumbers()
  var foldCount: Int?
  var isQuiet = false

  /// Reads options up to the first argument that is none.
  ///
  /// - Parameters:
  ///   - arguments: Options, and what follows.
  ///   - usage: What standard output says after an error.
  /// - Returns: What follows the options.
  /// - Throws: `ProgramEnd` for unknown options, and values that are not numbers.
  mutating func read(
    _ arguments: [String], usage: String
  ) throws(ProgramEnd) -> ArraySlice<String> {
    var rest = arguments[...]
    while let option = rest.first, option.hasPrefix("-") {
      rest = rest.dropFirst()
      // LIBSVM asks for a value before it looks at the letter.
      guard let value = rest.first else { throw ProgramEnd(usage: usage) }
      let letter = option.dropFirst().first ?? " "
      if letter == "q" {
        isQuiet = true
        continue
      }
      rest = rest.dropFirst()
      try set(letter, OptionValue(option: option, text: value, usage: usage))
    }
    return rest
  }

  private mutating func set(_ letter: Character, _ value: OptionValue) throws(ProgramEnd) {
    switch letter {
    case "s": numbers.machineType = try value.integer()
    case "t": numbers.kernelType = try value.integer()
    case "d": numbers.degree = try value.integer()
    case "g": numbers.gamma = try value.number()
    case "r": numbers.constantTerm = try value.number()
    case "n": numbers.nu = try value.number()
    case "m": numbers.cacheMegabytes = try value.number()
    case "c": numbers.boxConstraint = try value.number()
    case "e": numbers.tolerance = try value.number()
    case "p": numbers.epsilon = try value.number()
    case "h": numbers.shrinking = try value.integer()
    case "b": numbers.probability = try value.integer()
    case "v":
      foldCount = Int(try value.integer())
      guard foldCount ?? 0 >= 2 else {
        throw ProgramEnd("n-fold cross validation: n must >= 2", usage: value.usage)
      }
    case "w":
      let label = OptionValue(
        option: value.option, text: String(value.option.dropFirst(2)), usage: value.usage)
      numbers.weights.append((try label.integer(), try value.number()))
    default: throw ProgramEnd("Unknown option: -\(letter)", usage: value.usage)
    }
  }

  /// The options of svm-train, which svm-grid has too.
  static let list = """
    -s svm_type : formulation (default 0)
    	0 -- C-SVC		(classification)
    	1 -- nu-SVC		(classification)
    	2 -- one-class SVM
    	3 -- epsilon-SVR	(regression)
    	4 -- nu-SVR		(regression)
    -t kernel_type : kernel (default 2)
    	0 -- linear: u'*v
    	1 -- polynomial: (gamma*u'*v + coef0)^degree
    	2 -- radial basis function: exp(-gamma*|u-v|^2)
    	3 -- sigmoid: tanh(gamma*u'*v + coef0)
    	4 -- precomputed kernel (kernel values in training_set_file)
    -d degree : degree of the kernel (default 3)
    -g gamma : gamma of the kernel (default 1/num_features)
    -r coef0 : constant term of the kernel (default 0)
    -c cost : C of C-SVC, epsilon-SVR and nu-SVR (default 1)
    -n nu : nu of nu-SVC, one-class SVM and nu-SVR (default 0.5)
    -p epsilon : half the width of epsilon-SVR's tube (default 0.1)
    -m cachesize : limit of memory beyond the data, in MB (default 100)
    -e epsilon : tolerance of the solution (default 0.001)
    -h shrinking : 0 or 1; changes the time only (default 1)
    -b probability_estimates : 1 trains for probabilities (default 0)
    -wi weight : multiplies C of class i by weight, for C-SVC (default 1)
    -v n : n-fold cross validation, without a model
    -q : print no lines while training
    """
}

/// A problem with checked parameters.
struct CheckedProblem {
  let text: ProblemText
  let set: TrainingSet
  var parameters: Parameters

  /// Reads a problem and checks parameters as svm-train does.
  init(contentsOf path: String, _ given: ParameterNumbers) throws(ProgramEnd) {
    let text = try ProblemText(contentsOf: path)
    var numbers = given
    if numbers.gamma == 0, text.rows.largestIndex > 0 {
      numbers.gamma = 1 / Double(text.rows.largestIndex)
    }
    let isPrecomputed = numbers.kernelType == KernelType.precomputed.rawValue
    if isPrecomputed { try Self.checkSerials(text.rows) }
    if let fault = numbers.fault(targets: text.targets) { throw ProgramEnd("ERROR: \(fault)") }
    do throws(LIBSVMError) {
      parameters = try Parameters(numbers)
      set = try TrainingSet(text.rows, targets: text.targets, isPrecomputed: isPrecomputed)
    } catch {
      throw ProgramEnd("ERROR: \(error)")
    }
    self.text = text
  }

  private static func checkSerials(_ rows: NodeRows) throws(ProgramEnd) {
    for row in 0..<rows.count {
      guard rows.indices(ofRow: row).first == 0 else {
        throw ProgramEnd("Wrong input format: first column must be 0:sample_serial_number")
      }
      guard let serial = rows.values(ofRow: row).first, serial >= 1,
        serial < Double(rows.largestIndex + 1)
      else { throw ProgramEnd("Wrong input format: sample_serial_number out of range") }
    }
  }
}

/// svm-train: trains a model, or measures by cross-validation.
struct Training {
  private let options: TrainOptions
  private let input: String
  private let output: String

  static let usage =
    "Usage: svm-train [options] training_set_file [model_file]\noptions:\n" + TrainOptions.list

  init(_ arguments: [String]) throws(ProgramEnd) {
    var options = TrainOptions()
    let files = try options.read(arguments, usage: Self.usage)
    guard let input = files.first else { throw ProgramEnd(usage: Self.usage) }
    self.options = options
    self.input = input
    output = files.dropFirst().first ?? "\(WholeFile.name(input)).model"
  }

  func run(_ console: Console) throws(ProgramEnd) {
    let problem = try CheckedProblem(contentsOf: input, options.numbers)
    if options.isQuiet { Output.silence() }
    defer { Output.speak() }
    let model: StoredModel
    do throws(LIBSVMError) {
      let trainer = Trainer(problem.parameters)
      if let foldCount = options.foldCount {
        let predictions = try trainer.crossValidated(problem.set, foldCount: foldCount)
        report(predictions, problem, console)
        return
      }
      let (machine, probabilities) = try trainer.trainedWithProbabilities(problem.set)
      let vectors = problem.text.rows.selecting(
        machine.order.map { machine.expansion.supportIndices[$0] })
      model = StoredModel(machine, probabilities, problem.parameters, vectors: vectors)
    } catch {
      throw ProgramEnd("ERROR: \(error)")
    }
    do throws(OutputFileError) {
      let file = try AtomicOutputFile(path: output)
      try file.write(model.text)
      try file.commit()
    } catch {
      throw ProgramEnd("can't save model to file \(output)")
    }
  }

  private func report(_ predictions: [Double], _ problem: CheckedProblem, _ console: Console) {
    var agreement = Agreement()
    for (target, value) in zip(problem.set.targets, predictions) { agreement.add(target, value) }
    if problem.parameters.type.isRegression {
      console.line(
        "Cross Validation Mean squared error = \(Output.general(agreement.meanSquaredError))")
      console.line(
        "Cross Validation Squared correlation coefficient = "
          + Output.general(agreement.squaredCorrelation))
    } else {
      console.line("Cross Validation Accuracy = \(Output.general(agreement.percentage))%")
    }
  }
}

/// How predictions agree with targets, in the figures that the programs print.
struct Agreement {
  private(set) var count = 0
  private(set) var equalCount = 0
  private var squares = 0.0
  private var (v, y, vv, yy, vy) = (0.0, 0.0, 0.0, 0.0, 0.0)

  mutating func add(_ target: Double, _ prediction: Double) {
    count += 1
    if prediction == target { equalCount += 1 }
    squares += (prediction - target) * (prediction - target)
    v += prediction
    y += target
    vv += prediction * prediction
    yy += target * target
    vy += prediction * target
  }

  var percentage: Double { 100 * Double(equalCount) / Double(count) }

  var meanSquaredError: Double { squares / Double(count) }

  var squaredCorrelation: Double {
    let n = Double(count)
    let joint = n * vy - v * y
    return joint * joint / ((n * vv - v * v) * (n * yy - y * y))
  }
}
