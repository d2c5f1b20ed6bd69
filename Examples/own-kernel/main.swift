// A kernel of one's own, and the same one as a matrix.
//
// A support vector machine sees its examples through a kernel alone, a measure of how alike two of
// them are. Whoever knows the data may know a better measure than the built-in ones. Here the data
// are small pictures of digits, 8 × 8 grey levels from 0 to 16: each a histogram of ink. Histograms
// have a natural likeness, the ink they share:
//
//     κ(x, z) = Σ min(xⱼ, zⱼ)
//
// (M. J. Swain, D. H. Ballard, "Color Indexing", International Journal of Computer Vision 7, 1991).
// It is positive semi-definite: min(a, b) is the length that the intervals [0, a] and [0, b] have in
// common, an inner product of two functions.
//
//     swift run own-kernel [FILE.csv]

import Foundation
import LinearAlgebra
import SupportVectors
import Tables

/// Says whether a claim holds; a program that teaches should not be wrong.
func check(_ holds: Bool, _ claim: String) {
  print(holds ? "  holds: \(claim)" : "  DOES NOT HOLD: \(claim)")
  if !holds { exit(1) }
}

// MARK: 1. Data: threes and eights, which are alike

// Grey levels mean what they are: they are not scaled.
let path = CommandLine.arguments.dropFirst().first ?? "Datasets/digits.csv"
let table = try Table(contentsOf: path)
let target = try table.columnIndex("digit")
guard case .numbers(let digits) = table.columns[target].values else {
  check(false, "digits are numbers")
  exit(1)
}
let chosen = digits.indices.filter { digits[$0] == 3 || digits[$0] == 8 }
let preprocessor = try TablePreprocessor(fitting: table, target: target, scaling: .none)
// Every third picture is kept to predict on.
let trainingRows = chosen.enumerated().filter { $0.offset % 3 != 0 }.map(\.element)
let unseenRows = chosen.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
let pictures = try preprocessor.transform(table, rows: trainingRows).dense
let labels = trainingRows.map { String(Int(digits[$0])) }
let unseen = try preprocessor.transform(table, rows: unseenRows).dense
let unseenLabels = unseenRows.map { String(Int(digits[$0])) }
print("\(pictures.rowCount) pictures to learn from, \(unseen.rowCount) to predict")

// MARK: 2. The kernel as a function

// It may be called from several threads at once, so it is `@Sendable`. With `isPositiveSemidefinite`
// we vouch for Mercer's condition; only then does a duality gap bound the distance from the optimum,
// and is reported.
let sharedInk = CustomKernel(name: "shared-ink", isPositiveSemidefinite: true) { x, z in
  var sum = 0.0
  for pixel in x.indices { sum += min(x[pixel], z[pixel]) }
  return sum
}
let model = try SupportVectorClassifier.train(
  features: .dense(pictures), labels: labels, kernel: .custom(sharedInk))
let report = model.problems[0]
print(
  "\(report.certificate.stopReason), gap \(report.certificate.relativeGap ?? .nan), "
    + "\(report.supportVectorCount) support vectors")
check(model.isConverged, "a caller's kernel is solved to the tolerance like any other")

let predictions = try model.predict(.dense(unseen))
let right = zip(predictions, unseenLabels).count { $0 == $1 }
print("\(right) of \(unseenLabels.count) unseen pictures are named rightly")
check(Double(right) >= 0.95 * Double(unseenLabels.count), "at least 95 of 100")

// MARK: 3. The kernel as a matrix

// Often the kernel values exist already: computed elsewhere, or measured. Then the matrix itself is
// given, a row for each training example and a column for each of them too. It is also the place to
// look whether our word on Mercer's condition was good.
let ink = model.expansion.kernel
let gram = Matrix(rowCount: pictures.rowCount, columnCount: pictures.rowCount) { row, column in
  ink.value(pictures.row(row).span, pictures.row(column).span)
}
let eigenvalues = try SymmetricEigen.values(of: gram)
if let smallest = eigenvalues.min(), let largest = eigenvalues.max() {
  print("eigenvalues of the kernel matrix from \(smallest) to \(largest)")
  check(smallest > -1e-10 * largest, "none is negative, to rounding")
}

// A caller's function is always computed in double precision; asked to do the same with the matrix,
// both trainings see the same values and take the same steps.
let fromMatrix = try SupportVectorClassifier.train(
  features: .dense(gram), labels: labels, kernel: .precomputed,
  options: TrainingOptions(precision: .double))

check(
  fromMatrix.expansion.supportIndices == model.expansion.supportIndices
    && fromMatrix.expansion.dualCoefficients == model.expansion.dualCoefficients
    && fromMatrix.expansion.biases == model.expansion.biases,
  "function and matrix give the same model, bit for bit")

// A new example is then a row of its kernel values with all training examples.
let unseenValues = Matrix(rowCount: unseen.rowCount, columnCount: pictures.rowCount) {
  ink.value(unseen.row($0).span, pictures.row($1).span)
}
check(try fromMatrix.predict(.dense(unseenValues)) == predictions, "and the same predictions")
