import TabularModels

extension TabularModel {
  /// Reads a model file: one of this toolkit, its JSON form, or LIBSVM's text.
  ///
  /// - Parameter path: The file.
  /// - Throws: `ModelFileError`.
  public init(contentsOf path: String) throws(ModelFileError) {
    self = try ModelFile.load(path: path)
  }

  /// Writes a model file, which appears complete or not at all.
  ///
  /// - Parameter path: The file.
  /// - Throws: `ModelFileError`; then a file that was there before is as it was.
  public func write(to path: String) throws(ModelFileError) {
    try ModelFile.save(self, to: path)
  }
}
