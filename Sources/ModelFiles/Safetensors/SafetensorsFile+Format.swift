// What model files and checkpoints have in common: strings in the header that say what they are.

extension SafetensorsFile {
  /// A string of the header.
  ///
  /// - Parameters:
  ///   - key: Its key.
  ///   - name: How errors call the file.
  /// - Returns: The string.
  /// - Throws: `ModelFileError` when there is none.
  func text(_ key: String, name: String) throws(ModelFileError) -> String {
    guard let text = metadata[key] else {
      throw ModelFileError(fileName: name, place: ["header", key], problem: .missing)
    }
    return text
  }

  /// Checks what the file says that it is.
  ///
  /// - Parameters:
  ///   - format: The name of the format.
  ///   - version: The only version that is read.
  ///   - name: How errors call the file.
  /// - Throws: `ModelFileError` that says what the file is instead.
  func require(format: String, version: String, name: String) throws(ModelFileError) {
    let foundFormat = try text(ModelLayout.format, name: name)
    guard foundFormat == format else {
      throw ModelFileError(
        fileName: name, place: ["header", ModelLayout.format],
        problem: .mismatch(found: "\"\(foundFormat)\"", expected: "\"\(format)\""))
    }
    let foundVersion = try text(ModelLayout.formatVersion, name: name)
    guard foundVersion == version else {
      throw ModelFileError(
        fileName: name, place: ["header", ModelLayout.formatVersion],
        problem: .formatVersion(found: foundVersion, supported: version))
    }
  }
}
