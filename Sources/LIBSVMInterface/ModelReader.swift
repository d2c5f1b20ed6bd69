import CLIBSVM
import Kernels
import LinearAlgebra
import SupportVectors

extension Machine {
  /// Reads a model that a program holds: one from this library's loader, or one that it built itself.
  ///
  /// In pairs of LIBSVM's classes the earlier one is positive and `rho` is subtracted, in ours the later one
  /// and the bias is added: coefficients of classifiers change their sign.
  ///
  /// - Parameter model: A model whose counts describe its arrays.
  /// - Throws: ``InterfaceError`` for numbers that no model has.
  @unsafe
  init(_ model: UnsafeMutablePointer<svm_model>) throws(InterfaceError) {
    let parameter = try unsafe Parameters(model.pointee.param)
    let count = unsafe Int(max(model.pointee.l, 0))
    let isClassifier = parameter.type.isClassification
    let classCount = unsafe Int(max(model.pointee.nr_class, 0))
    let isPrecomputed = parameter.kernelType == .precomputed
    let sign = isClassifier ? -1.0 : 1.0
    let rowCount = isClassifier ? max(classCount - 1, 0) : 1
    let outputCount = isClassifier ? classCount * (classCount - 1) / 2 : 1

    var rows = NodeRows()
    var serials: [Int] = []
    for place in 0..<count {
      if isPrecomputed {
        serials.append(unsafe Int(exactly: model.pointee.SV[place]?.pointee.value ?? 0) ?? 0)
      } else {
        unsafe rows.append(model.pointee.SV[place])
      }
    }
    guard serials.allSatisfy({ $0 >= 0 }) else { throw .failed("a serial number is negative") }
    let vectors: FeatureMatrix =
      isPrecomputed
      ? .dense(Matrix(rowCount: count, columnCount: 0, repeating: 0)) : try rows.matrix()
    let coefficients = Matrix(rowCount: rowCount, columnCount: count) {
      unsafe sign * (model.pointee.sv_coef[$0]?[$1] ?? 0) + 0
    }
    let biases = (0..<outputCount).map { unsafe -sign * model.pointee.rho[$0] + 0 }
    var labels: [Int32]?
    var counts = [count]
    if isClassifier {
      guard let names = unsafe libsvm_labels(model).pointee,
        let sizes = unsafe libsvm_counts(model).pointee
      else { throw .failed("a classifier has no labels or counts") }
      labels = unsafe Array(UnsafeBufferPointer(start: names, count: classCount))
      counts = unsafe UnsafeBufferPointer(start: sizes, count: classCount).map(Int.init)
    }
    do throws(ModelError) {
      self.init(
        expansion: try KernelExpansion(
          kernel: parameter.function,
          featureCount: isPrecomputed ? (serials.max() ?? 0) + 1 : vectors.columnCount,
          supportVectors: vectors,
          supportIndices: isPrecomputed ? serials : Array(0..<count), supportCounts: counts,
          dualCoefficients: coefficients, biases: biases, precision: .double),
        labels: labels, place: labels.map { Array($0.indices) } ?? [])
    } catch {
      throw .failed(error.description)
    }
  }
}
