/// A part of a model file: a member of its header, or a tensor.
///
/// Each is declared next to the type that reads and writes it. What a file may hold, and the tables in the
/// documentation, are made of them.
package struct StoredField: Sendable, Hashable {
  /// Where a field is.
  package enum Place: Sendable, Hashable {
    /// A member of the header that must be there.
    case member
    /// A member of the header that may be absent.
    case optionalMember
    /// A tensor; its element type and shape for the documentation.
    case tensor(String)
  }

  /// Its name in the file.
  package let name: String
  /// Where it is.
  package let place: Place
  /// What it says, for the documentation.
  package let meaning: String
  /// The member of the header, and the word there, with which alone a tensor is present.
  package let condition: Condition?

  /// A word in the header.
  package struct Condition: Sendable, Hashable {
    /// The member.
    package let member: String
    /// What it says.
    package let word: String
  }

  private init(_ name: String, _ place: Place, _ meaning: String, _ condition: Condition? = nil) {
    self.name = name
    self.place = place
    self.meaning = meaning
    self.condition = condition
  }

  /// A member of the header that must be there.
  package static func member(_ name: String, _ meaning: String) -> StoredField {
    StoredField(name, .member, meaning)
  }

  /// A member of the header that may be absent; the meaning says what that stands for.
  package static func optionalMember(_ name: String, _ meaning: String) -> StoredField {
    StoredField(name, .optionalMember, meaning)
  }

  /// A tensor.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - shape: Its element type and shape.
  ///   - meaning: What it says.
  ///   - condition: The member of the header and the word with which it is present; always without.
  /// - Returns: The field.
  package static func tensor(
    _ name: String, _ shape: String, _ meaning: String, when condition: (StoredField, String)? = nil
  ) -> StoredField {
    StoredField(
      name, .tensor(shape), meaning, condition.map { Condition(member: $0.0.name, word: $0.1) })
  }

  /// Whether it is a tensor.
  package var isTensor: Bool { if case .tensor = place { true } else { false } }
}

// MARK: What models share

extension StoredField {
  /// The kernel's name.
  package static let kernel = member("kernel", "the kernel's name")
  /// The kernel's parameters.
  package static let kernelParameters = member(
    "kernelParameters",
    "`gamma`, `degree`, `constantTerm`, `shape`, as far as the kernel has them; the parts of a "
      + "composed kernel")
  /// The number of features.
  package static let featureCount = member("featureCount", "d, the number of features")
  /// The number of training rows.
  package static let trainingCount = member("trainingCount", "the number of training rows")
  /// When the training was to stop.
  package static let tolerance = member(
    "tolerance",
    "the KKT violation at which training was to stop; null where equations were solved, or unknown")
  /// C.
  package static let boxConstraint = member("boxConstraint", "C")
  /// The factors of classes.
  package static let classWeights = optionalMember(
    "classWeights", "what rows of each class counted, or null (when absent)")
  /// The class names.
  package static let classes = tensor("classes", "U8", "JSON: the names of the classes, in order")
  /// How well each problem was solved.
  package static let problems = tensor("problems", "U8", "JSON: how well each problem was solved")
  /// The biases.
  package static let biases = tensor(
    "biases", "F64 [outputs]", "added to the sums of each output")
}
