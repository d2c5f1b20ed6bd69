// The text in which LIBSVM keeps a model, one key with its values a line, then the support vectors:
//
//   svm_type c_svc            or nu_svc, one_class, epsilon_svr, nu_svr
//   kernel_type rbf           or linear, polynomial, sigmoid; precomputed is not read
//   degree 3                  polynomial
//   gamma 0.5                 polynomial, rbf, sigmoid
//   coef0 0                   polynomial, sigmoid
//   nr_class 3                k; 2 for a regression
//   total_sv 4                s
//   rho r₀₁ r₀₂ r₁₂           one for each pair of classes, or one
//   label 2 0 1               k class labels; classification only
//   probA …  probB …          probabilities, left out here
//   nr_sv 2 1 1               support vectors of each class; classification only
//   SV
//   c₀ c₁ 1:0.5 4:-1          k − 1 coefficients (one for a regression), then index:value pairs
//
// Support vectors are grouped by class, in the order of `label`. In the pair of the classes i < j of
// that order, a support vector of class i uses coefficient j − 1 and one of class j coefficient i, and
// Σ coefficient · kernel − rho is positive for class **i**. Here the later class of a pair is the
// positive one, and the bias is added: LIBSVMModelReader.swift and LIBSVMModelWriter.swift convert.

import SupportVectors
import TabularModels

/// LIBSVM's model text, read and written.
///
/// The text holds what predicts from features, and nothing about how rows become features: LIBSVM's
/// users scale data with another program.
package enum LIBSVMModelText {
  /// A model that was read.
  package struct Reading: Sendable {
    /// The model; its rows are LIBSVM text.
    ///
    /// It does not know its training data, C, ν, ε and tolerance, which the text does not hold: these
    /// numbers are NaN, and the certificates' stop reason is `imported`.
    package let model: TabularModel
    /// What was left out, each a sentence without a full stop.
    package let notes: [String]
  }

  /// A model that was written.
  package struct Writing: Sendable {
    /// The text.
    package let bytes: [UInt8]
    /// What a user of the text has to know, each a sentence without a full stop.
    package let notes: [String]
  }

  /// Reads LIBSVM's model text.
  ///
  /// With two classes, the model's classes are in this package's order. With more they keep the order
  /// of the file's labels, because votes that are equal go to the first, and predictions are to be
  /// LIBSVM's.
  ///
  /// - Parameters:
  ///   - bytes: The whole text; it may come from anywhere.
  ///   - featureCount: The least number of features that the model is to have. The text names only
  ///     features that are not zero in some support vector; others of the data have no effect here,
  ///     though in LIBSVM they take part in the distances of an rbf kernel.
  ///   - name: How errors call the file.
  /// - Returns: The model and what was left out of it.
  /// - Throws: `ModelFileError` that says in which line what is wrong.
  package static func decode(
    _ bytes: [UInt8], featureCount: Int = 0, name: String = "model"
  ) throws(ModelFileError) -> Reading {
    var reader = LIBSVMModelReader(bytes, name: name)
    return try reader.read(atLeast: featureCount)
  }

  /// Writes LIBSVM's model text; see ``ModelFile/encodeLIBSVM(_:scaledFeatures:name:onNote:)``.
  package static func encode(
    _ model: TabularModel, scaledFeatures: Bool = false, name: String = "model"
  ) throws(ModelFileError) -> Writing {
    try LIBSVMModelWriter(model, scaledFeatures: scaledFeatures, name: name).write()
  }

  /// The words of the text for formulations.
  enum Formulation: String, CaseIterable {
    case classification = "c_svc"
    case nuClassification = "nu_svc"
    case oneClass = "one_class"
    case regression = "epsilon_svr"
    case nuRegression = "nu_svr"

    /// Whether there are labels and support vectors in groups.
    var hasClasses: Bool { self == .classification || self == .nuClassification }
  }

  /// The keys of the text before the support vectors.
  enum Key: String, CaseIterable {
    case formulation = "svm_type"
    case kernel = "kernel_type"
    case degree
    case gamma
    case constantTerm = "coef0"
    case classCount = "nr_class"
    case supportVectorCount = "total_sv"
    case rho
    case labels = "label"
    case probabilityA = "probA"
    case probabilityB = "probB"
    case densityMarks = "prob_density_marks"
    case supportCounts = "nr_sv"
  }

  /// The word on the line before the support vectors.
  static let supportVectorsWord = "SV"

  /// Whether text begins as LIBSVM's model text does: with one of its keys.
  static func isBeginning(_ bytes: some Collection<UInt8>) -> Bool {
    let word = bytes.drop { $0 <= 0x20 }.prefix(32).prefix { $0 > 0x20 }
    return Key.allCases.contains { word.elementsEqual($0.rawValue.utf8) }
  }
}
