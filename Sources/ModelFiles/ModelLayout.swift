// What a model file holds, inside the container of SafetensorsFile.swift.
//
//   __metadata__                        strings
//     format            "support-vectors model"
//     formatVersion     "1"
//     programVersion    the version of the toolkit that trained the model
//     digest            SHA-256 of everything else; see SafetensorsFile+Digest.swift
//     model             a JSON object:
//       formulation       as on the command line
//       kernel            its name
//       kernelParameters  {"gamma", "degree", "constantTerm"}, as far as the kernel has them; of a
//                         composite kernel its parts, see KernelJSON.swift
//       precision         "auto", "single" or "double"
//       precisionServes   true where predictions are meant to be in this precision; without it, "single" is
//                         that of the training, and predictions decide for themselves
//       featureCount      d
//       boxConstraint     C, unless only ν bounds the dual variables
//       nu                ν, of the formulations that have it
//       tubeWidth         ε, of a regression only; with ν the one that was found
//       quantiles         of quantile-svr, ascending
//       offset            ρ of one-class, R² of svdd
//       decomposition     "one-versus-one" (when absent) or "one-versus-rest", of a classifier
//       classWeights      what rows of each class counted, or null (when absent), where classes are
//                         predicted
//       exampleWeights    whether rows had individual weights; false when absent
//       excludedRows      training rows left out for their weight of 0; 0 when absent
//       tolerance         the KKT violation at which training was to stop; null where equations were
//                         solved at once
//     (boxConstraint, nu, tubeWidth and tolerance are null where another program trained, whose file
//     does not tell: the problems' stop reason is "imported")
//       trainingCount     the number of training rows
//       supportVectors    "dense", "sparse" or "none": which tensors hold them
//     of a linear model that was solved in its weights (c-svc, logistic or epsilon-svr)
//       loss              "hinge", "squaredHinge", "logistic", "epsilonInsensitive" or
//                         "squaredEpsilonInsensitive"
//       intercept         "free", null for none, or the scale of a regularised one
//       decomposition     "pairs" or "perClass", of a classifier
//       featureMap        "nystroem", whose landmarks are the support vectors; "fourier"; or null
//     of equations that were solved at once, which need no tolerance
//       regularization    λ of ls-svr, kernel-ridge and discriminant
//       errorWeight       1/λ of ls-svc
//       conditionEstimate, trainingError, leaveOneOutError   their figures
//       totalVariance     of kernel-pca
//     of every model
//       preprocessing     "table", "libsvm" or "features": what a row is
//       dataDigest        SHA-256 of the training data, or null
//       skippedRows       rows left out because a value was missing
//       zeroWeightRows    rows left out for their weight of 0 before; 0 when absent
//       calibrationFolds  how many folds the calibration was learned from, or null
//       targetScaling     {"center", "unit"} of a regression that was solved in other units than
//                         the target's, in which everything here is; or null
//       sampling          {"rows", "of", "seed"} when the rows are a sample of a file's; or null
//
//   tensors; s support vectors, k classes (k = 2 stands for a regression, but with one group)
//     biases                       F64  [k(k−1)/2]     added to the kernel sums; [k] of one class
//                                                      against the rest, [q] of q quantiles
//     dualCoefficients             F64  [k−1, s]       or [k, s], or [q, s]
//     supportVectors               F64  [s, d]         when dense
//     supportVectors.values        F64  [entries]      when sparse: compressed sparse rows
//     supportVectors.rowOffsets    I64  [s+1]
//     supportVectors.columns       I32  [entries]
//     supportCounts                I64  [k]            of each class; of a regression [1]
//     supportIndices               I64  [s]            rows of the training data, from 0
//     scaling.offsets              F64  [d]            unless nothing is scaled
//     scaling.factors              F64  [d]
//     classes                      U8                  JSON: the names, in order
//     problems                     U8                  JSON: how well each pair was solved
//     weights                      F64  [outputs, d]   of a linear model: of the map's components
//     map.normalization            F64  [m, m]         of a Nyström map
//     map.frequencies              F64  [d, m]         of random Fourier features
//     map.phases                   F64  [m]
//     eigenvalues                  F64                 of discriminant and kernel-pca
//     priors                       F64  [k]            of discriminant
//     classMeans                   F64  [k, directions]
//     calibration                  U8                  JSON: how sure predictions are, if that was
//                                                      learned; see CalibrationJSON.swift
//     preprocessing                U8                  JSON: columns, categories, policies
//     configuration                U8                  JSON: what the model was trained with, if that is
//                                                      known; see TrainingConfiguration
//     texts.I.terms                U8                  of input column I, when it holds texts whose
//                                                      terms are not hashed: each term, followed by
//                                                      a line feed, ascending by bytes
//     texts.I.weights              F64  [terms]        when rare terms weigh more
//
// Long tables lie in U8 tensors, because the header of the container is bounded. Doubles in JSON
// are written in the fewest digits that read back as the same double.

import Kernels
import SupportVectors
import TabularModels

/// The names of the layout, in one place for writer and reader.
enum ModelLayout {
  static let formatName = "support-vectors model"
  static let currentVersion = "1"

  static let format = "format"
  static let formatVersion = "formatVersion"
  static let programVersion = "programVersion"
  static let digest = "digest"
  static let model = "model"

  enum Storage: String, CaseIterable {
    case dense
    case sparse
    case none
  }

  enum Map: String, CaseIterable {
    case nystroem
    case fourier
  }

  /// The word for a bias that nothing is paid for.
  static let freeIntercept = "free"

  enum Preprocessing: String, CaseIterable {
    case table
    case libsvm
    case features
  }

  enum ColumnKind: String, CaseIterable {
    case number
    case category
    case text
    case date
  }

  enum Tensor {
    static let biases = "biases"
    static let dualCoefficients = "dualCoefficients"
    static let supportVectors = "supportVectors"
    static let sparseValues = "supportVectors.values"
    static let sparseRowOffsets = "supportVectors.rowOffsets"
    static let sparseColumns = "supportVectors.columns"
    static let supportCounts = "supportCounts"
    static let supportIndices = "supportIndices"
    static let scalingOffsets = "scaling.offsets"
    static let scalingFactors = "scaling.factors"
    static let classes = "classes"
    static let problems = "problems"
    static let calibration = "calibration"
    static let weights = "weights"
    static let mapNormalization = "map.normalization"
    static let mapFrequencies = "map.frequencies"
    static let mapPhases = "map.phases"
    static let eigenvalues = "eigenvalues"
    static let priors = "priors"
    static let classMeans = "classMeans"
    static let preprocessing = "preprocessing"
    static let configuration = "configuration"

    /// The vocabulary of an input column, from 0.
    static func terms(_ input: Int) -> String { "texts.\(input).terms" }
    /// What the terms of an input column weigh.
    static func termWeights(_ input: Int) -> String { "texts.\(input).weights" }
  }

  /// The members of the header that only this formulation has, and those that may be absent.
  static func keys(
    _ formulation: Formulation, isLinear: Bool
  ) -> (own: Set<String>, optional: Set<String>) {
    let weighting: Set = ["exampleWeights", "excludedRows"]
    let report: Set = ["conditionEstimate", "trainingError", "leaveOneOutError"]
    if isLinear {
      let linear: Set = ["boxConstraint", "loss", "intercept", "featureMap"]
      return (
        linear.union(formulation.task == .regression ? ["tubeWidth"] : ["decomposition"]),
        formulation.task == .regression ? [] : ["classWeights"]
      )
    }
    switch formulation {
    case .cSVC: return (["boxConstraint"], weighting.union(["decomposition", "classWeights"]))
    case .nuSVC: return (["nu"], weighting.union(["decomposition", "classWeights"]))
    case .epsilonSVR: return (["boxConstraint", "tubeWidth"], weighting)
    case .nuSVR: return (["boxConstraint", "tubeWidth", "nu"], weighting)
    case .quantileSVR: return (["boxConstraint", "quantiles"], weighting)
    case .oneClass, .dataDescription: return (["nu", "offset"], weighting)
    case .logistic: return ([], [])
    case .leastSquaresSVC: return (report.union(["errorWeight"]), ["classWeights"])
    case .leastSquaresSVR, .kernelRidge: return (report.union(["regularization"]), [])
    case .discriminant: return (["regularization", "conditionEstimate"], ["classWeights"])
    case .principalComponents: return (["totalVariance"], [])
    default: return ([], [])
    }
  }
}
