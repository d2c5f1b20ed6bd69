import Learning
import TabularModels

extension StorableModel {
  /// Reads a model that takes a matrix of features.
  ///
  /// - Parameter path: The file.
  /// - Throws: `ModelFileError`; also when the file holds a model of another kind, or one that prepares
  ///   the columns of a table: its features are scaled, and scaling must not be forgotten.
  public init(contentsOf path: String) throws(ModelFileError) {
    let kind = try Self.storedKind(path)
    let model = try ModelFile.load(path: path)
    guard model.preprocessor == nil else {
      throw ModelFileError(
        fileName: path,
        problem: .mismatch(
          found: "a model of table columns",
          expected: "one of a matrix of features; read it as a TabularModel"))
    }
    guard let found = kind.init(stored: model.predictor.model) as? Self else {
      throw ModelFileError(
        fileName: path,
        problem: .mismatch(
          found: model.predictor.kindName, expected: kind.kindName ?? "a \(Self.self)"))
    }
    self = found
  }

  /// Writes a model that was trained on a matrix of features; the file appears complete or not at all.
  ///
  /// - Parameter path: The file; one of that name is replaced and keeps its permissions.
  /// - Throws: `ModelFileError`; then a file that was there before is as it was.
  public func write(to path: String) throws(ModelFileError) {
    guard let model = self as? any StoredModel else { throw Self.unknown(path) }
    let bare: TabularModel
    do throws(ModelError) {
      bare = try TabularModel(
        preprocessor: nil, predictor: TabularModel.Predictor(model.stored()),
        provenance: TabularModel.Provenance())
    } catch {
      throw ModelFileError(fileName: path, problem: .unsupported(error.description))
    }
    try ModelFile.save(bare, to: path)
  }

  private static func storedKind(_ path: String) throws(ModelFileError) -> any StoredModel.Type {
    guard let kind = Self.self as? any StoredModel.Type else { throw unknown(path) }
    return kind
  }

  private static func unknown(_ path: String) -> ModelFileError {
    ModelFileError(
      fileName: path, problem: .unsupported("a \(Self.self) is not a model of this package"))
  }
}
