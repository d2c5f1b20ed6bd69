/// What to do about missing values.
public enum MissingValuePolicy: Sendable, Hashable {
  /// Refuse the table, naming the place.
  case error
  /// Put in the mean over the training rows; for a category, the most frequent level.
  case mean
  /// Put in the median over the training rows; for a category, the most frequent level.
  case median
  /// Put in the value that is most frequent in training; of equally frequent ones the smallest.
  case mostFrequent
  /// Put in a value of the user's.
  ///
  /// In columns of numbers it has to be a number; missing numbers are rejected when it is none. In
  /// categorical columns it becomes a level, unless it is one already, and in columns of dates it has to
  /// be one.
  case constant(String)
  /// Leave the row out of training, and predict nothing for it.
  case drop

  /// Whether something is put in the place of missing values.
  package var fillsIn: Bool { self != .error && self != .drop }
}

extension MissingValuePolicy: RawRepresentable, CaseIterable {
  /// The policies that need no value.
  public static let allCases: [MissingValuePolicy] = [.error, .mean, .median, .mostFrequent, .drop]
  private static let constantPrefix = "constant="

  /// The policy as the command and model files write it: `error`, `mean`, `median`,
  /// `most-frequent`, `constant=VALUE` or `drop`.
  public var rawValue: String {
    switch self {
    case .error: "error"
    case .mean: "mean"
    case .median: "median"
    case .mostFrequent: "most-frequent"
    case .constant(let value): Self.constantPrefix + value
    case .drop: "drop"
    }
  }

  /// The policy that a text names, or `nil` when it names none; the constant is not empty.
  public init?(rawValue: String) {
    if rawValue.hasPrefix(Self.constantPrefix), rawValue.utf8.count > Self.constantPrefix.utf8.count
    {
      self = .constant(String(rawValue.dropFirst(Self.constantPrefix.count)))
    } else if let policy = Self.allCases.first(where: { $0.rawValue == rawValue }) {
      self = policy
    } else {
      return nil
    }
  }
}

/// What to do about a category that did not occur in training.
public enum UnseenCategoryPolicy: String, Sendable, CaseIterable, Codable {
  /// Refuse the row, naming the place and the known categories.
  case error
  /// Treat the row as belonging to none of the known categories: all indicators are 0.
  case ignore
}
