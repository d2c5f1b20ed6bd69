import Basics
import Kernels
import LinearAlgebra
import SupportVectors
import Tables
import TabularModels

/// Writes LIBSVM's model text; `LIBSVMModelText.swift` draws it.
struct LIBSVMModelWriter {
  private typealias Key = LIBSVMModelText.Key

  private let model: TabularModel
  private let name: String
  private let expansion: KernelExpansion
  /// The index of the first feature.
  private let base: Int
  private var notes: [String] = []

  init(_ model: TabularModel, scaledFeatures: Bool, name: String) throws(ModelFileError) {
    self.model = model
    self.name = name
    guard let source = Self.expansion(model.predictor) else {
      throw ModelFileError(
        fileName: name,
        problem: .unsupported(
          "LIBSVM has no place for \(model.predictor.displayName)"))
    }
    switch model.preprocessor {
    case nil:
      expansion = source
      base = 1
    case .table:
      expansion = source
      base = 1
      notes.append(
        "the model takes the features that 'svm convert DATA OUT.svm --model MODEL' writes")
    case .libsvm(let preprocessor):
      base = preprocessor.isZeroBased ? 0 : 1
      if scaledFeatures || preprocessor.scaler.scaling == .none {
        expansion = source
        if preprocessor.scaler.scaling != .none {
          notes.append(
            "the model takes scaled features, as 'svm convert DATA OUT.svm --model MODEL' writes them"
          )
        }
      } else {
        do throws(ScalingFoldError) {
          expansion = try source.foldingIn(preprocessor.scaler)
        } catch {
          throw ModelFileError(
            fileName: name,
            problem: .unsupported(
              "LIBSVM's text has no place for scaling, and \(error); '--scaled-features' writes a "
                + "model of scaled features instead, and 'svm convert DATA OUT.svm --model MODEL' "
                + "the data for it"))
        }
        notes.append("scaling is folded into the model: it takes data as the training file had it")
      }
    }
  }

  /// What LIBSVM's text can hold.
  private static func expansion(_ predictor: TabularModel.Predictor) -> KernelExpansion? {
    predictor.formulation == .oneClass ? predictor.expansion : predictor.supportVectorExpansion
  }

  private func unsupported(_ reason: String) -> ModelFileError {
    ModelFileError(fileName: name, problem: .unsupported(reason))
  }

  func write() throws(ModelFileError) -> LIBSVMModelText.Writing {
    var notes = notes
    var output: [UInt8] = []
    func line(_ key: Key, _ values: [String]) {
      output.append(contentsOf: ([key.rawValue] + values).joined(separator: " ").utf8)
      output.append(UInt8(ascii: "\n"))
    }

    let kernel = try kernelLines()
    let arranged = PositiveFirstExpansion(expansion, classCount: model.classes?.count)
    var labels: [String] = []
    line(.formulation, [formulationWord.rawValue])
    if let classes = model.classes {
      guard !model.predictor.problems.contains(where: \.isUntrained) else {
        throw unsupported(
          "a pair of classes was never trained, because training was stopped before; in LIBSVM no "
            + "pair abstains from the vote")
      }
      let texts = LIBSVMLabels.texts(for: classes)
      if texts != classes { notes.append(LIBSVMLabels.note(for: classes)) }
      labels = arranged.classOrder.map { texts[$0] }
    }
    for (key, value) in kernel { line(key, [value]) }
    line(.classCount, [String(labels.isEmpty ? 2 : labels.count)])
    line(.supportVectorCount, [String(arranged.order.count)])
    line(.rho, arranged.rho.map(NumberText.shortest))
    if !labels.isEmpty {
      line(.labels, labels)
      line(.supportCounts, arranged.supportCounts.map(String.init))
    }
    output.append(contentsOf: (LIBSVMModelText.supportVectorsWord + "\n").utf8)
    for (place, row) in arranged.order.enumerated() {
      for coefficientRow in 0..<arranged.rowCount {
        let coefficient = arranged.coefficient(coefficientRow, at: place)
        output.append(contentsOf: NumberText.shortest(coefficient).utf8)
        output.append(UInt8(ascii: " "))
      }
      append(supportVector: row, to: &output)
      output.append(UInt8(ascii: "\n"))
    }
    return LIBSVMModelText.Writing(bytes: output, notes: notes)
  }

  private var formulationWord: LIBSVMModelText.Formulation {
    switch model.predictor.formulation {
    case .nuSVC: .nuClassification
    case .nuSVR: .nuRegression
    case .epsilonSVR: .regression
    case .oneClass: .oneClass
    default: .classification
    }
  }

  private func append(supportVector row: Int, to output: inout [UInt8]) {
    func append(_ column: Int, _ value: Double) {
      guard value != 0 else { return }
      output.append(contentsOf: "\(column + base):\(NumberText.shortest(value)) ".utf8)
    }
    switch expansion.supportVectors {
    case .dense(let matrix):
      for column in 0..<matrix.columnCount { append(column, matrix[row, column]) }
    case .sparse(let matrix):
      for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
        append(Int(matrix.columnIndices[entry]), matrix.values[entry])
      }
    }
  }

  private func kernelLines() throws(ModelFileError) -> [(Key, String)] {
    switch expansion.kernel {
    case .formula(let kernel):
      guard let foreign = kernel.formula.foreignNames.libsvm else {
        throw unsupported(
          "LIBSVM has no \(kernel.name) kernel; it has "
            + KernelCatalog.names("and") { $0.foreignNames.libsvm != nil } + " ones")
      }
      let parameters = kernel.parameters.compactMap { parameter -> (Key, String)? in
        guard let key = Key(rawValue: parameter.option),
          let value = kernel.number(of: parameter)
        else { return nil }
        return (key, parameter.text(value, number: NumberText.shortest))
      }
      return [(.kernel, foreign.name)] + parameters
    case .sum, .product, .scaled, .columns:
      throw unsupported("LIBSVM has no kernels that are composed of others")
    case .precomputed:
      throw unsupported(
        "its precomputed kernel refers to rows of a matrix that LIBSVM's text does not hold")
    case .custom(let kernel):
      throw unsupported(
        "its kernel \"\(kernel.name)\" is a function of the program that trained it")
    }
  }
}

/// Class names as LIBSVM's labels, which are whole numbers of 32 bits.
package enum LIBSVMLabels {
  /// The names when all are such numbers, `1.0` as `1`, else numbers from 0.
  package static func texts(for classes: [String]) -> [String] {
    let labels = classes.compactMap { name in
      wholeNumber(name).flatMap { Int32(exactly: $0) }.map { String($0) }
    }
    return labels.count == classes.count ? labels : classes.indices.map { String($0) }
  }

  /// The whole number that a class is called by, with or without zeros behind the point; `nil` for other
  /// names, `007` among them.
  package static func wholeNumber(_ name: String) -> Int? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard let first = parts.first, let number = Int(first), String(number) == first,
      parts.count < 3, parts.count == 1 || !parts[1].isEmpty && parts[1].allSatisfy({ $0 == "0" })
    else { return nil }
    return number
  }

  /// Which label stands for which class.
  package static func note(for classes: [String]) -> String {
    let pairs = zip(texts(for: classes), classes).map { "\($0) = \($1)" }
    return "LIBSVM's labels are whole numbers: \(MessageText.list(pairs))"
  }
}
