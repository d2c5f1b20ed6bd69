import SupportVectors

/// How the file of a linear classifier writes its decomposition.
enum LinearDecomposition: String, CaseIterable {
  case pairs
  case perClass

  init(_ value: Decomposition) {
    switch value {
    case .oneVersusOne: self = .pairs
    case .oneVersusRest: self = .perClass
    }
  }

  /// The decomposition itself.
  var value: Decomposition {
    switch self {
    case .pairs: .oneVersusOne
    case .perClass: .oneVersusRest
    }
  }
}
