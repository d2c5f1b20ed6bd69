import Basics

/// A model file that cannot be read, or a model that cannot be written as a file.
public struct ModelFileError: Error, Equatable, Sendable {
  /// What is wrong.
  package enum Problem: Equatable, Sendable {
    /// The file cannot be opened or read; the text is the operating system's reason.
    case unreadable(String)
    /// The file cannot be written; the text is the operating system's reason.
    case unwritable(String)
    /// The file ends too early.
    case truncated(byteCount: Int, expected: String)
    /// The file is of another kind; the text says of which and, after a semicolon, what to do.
    case notAModel(String)
    /// The header's length is not between 2 and `limit`.
    case headerLength(UInt64, limit: Int)
    /// A text inside the file is not JSON, or means more than one thing.
    case json(byteOffset: Int, reason: String)
    /// Something that every model file has is not there.
    case missing
    /// There is something that no model file of this format has.
    case unexpected
    /// A value is of another kind or size than expected.
    case mismatch(found: String, expected: String)
    /// A word is not one of those expected.
    case unknownWord(String, expected: [String], suggestion: String?)
    /// Tensor data leaves a hole, overlaps other data or exceeds the file.
    case layout(found: String, expected: String)
    /// The file has another digest than it was written with: something changed it since.
    case digest
    /// The file was written in a format that this version does not know.
    case formatVersion(found: String, supported: String)
    /// What the model was trained with makes no sense; the text says why.
    case configuration(String)
    /// The parts of the model do not fit together.
    case inconsistent(String)
    /// The model cannot be written as a file; the text says why.
    case unsupported(String)
  }

  /// The file's name, as the user gave it.
  package var fileName: String
  /// Where in the file, from the outside in: `["header", "kernel"]`.
  package var place: [String]
  /// What is wrong there.
  package var problem: Problem

  /// Collects the parts of an error.
  package init(fileName: String, place: [String] = [], problem: Problem) {
    self.fileName = fileName
    self.place = place
    self.problem = problem
  }
}

extension ModelFileError: CustomStringConvertible {
  /// `file: place: sentence`.
  public var description: String {
    let place = place.isEmpty ? "" : place.joined(separator: ", ") + ": "
    return "\(MessageText.path(fileName)): \(place)\(problem.sentence)"
  }
}

extension ModelFileError.Problem {
  fileprivate var sentence: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .unwritable(let reason): "cannot be written: \(reason)"
    case .truncated(let byteCount, let expected):
      "the file ends after \(byteCount) bytes; expected \(expected)"
    case .notAModel(let what): "is not a model file, but \(what)"
    case .headerLength(let length, let limit):
      "the header's length is \(length) bytes; expected 2 to \(limit). "
        + "Is this a model file?"
    case .json(let byteOffset, let reason): "byte \(byteOffset): \(reason)"
    case .missing: "is missing"
    case .unexpected: "is not part of this format"
    case .mismatch(let found, let expected): "is \(found); expected \(expected)"
    case .unknownWord(let word, let expected, let suggestion):
      "\(MessageText.quoted(word)) is unknown; expected \(expected.joinedAsAlternatives)"
        + (suggestion.map { ". Did you mean \"\($0)\"?" } ?? "")
    case .layout(let found, let expected): "occupies \(found); expected \(expected)"
    case .digest:
      "the digest differs from the one that the model was written with; "
        + "the file was damaged or changed"
    case .formatVersion(let found, let supported):
      "\(found) is unknown; this version reads format \(supported). "
        + "Was the model written by a newer version?"
    case .configuration(let reason): reason
    case .inconsistent(let reason): "the model contradicts itself: \(reason)"
    case .unsupported(let reason): "the model cannot be saved: \(reason)"
    }
  }
}

extension [String] {
  /// `a, b or c`.
  fileprivate var joinedAsAlternatives: String {
    guard let last, count > 1 else { return first ?? "nothing" }
    return dropLast().joined(separator: ", ") + " or " + last
  }
}
