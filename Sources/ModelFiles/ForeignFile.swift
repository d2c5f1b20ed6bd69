import Tables

/// Files that people give in place of a model, by their first bytes.
enum ForeignFile {
  /// The number of bytes that show what a file is.
  private static let length = 4096

  /// Rejects a file that is plainly something else than a model.
  ///
  /// - Parameters:
  ///   - bytes: The file or its beginning.
  ///   - name: How errors call the file.
  /// - Throws: `ModelFileError` with what the file is and what to do.
  static func check(_ bytes: [UInt8], name: String) throws(ModelFileError) {
    guard ModelFileFormat(beginning: bytes) == nil, let what = kind(Array(bytes.prefix(length)))
    else { return }
    throw ModelFileError(fileName: name, problem: .notAModel(what))
  }

  /// What a file that is not a model is, by its first bytes; `nil` when that is unknown.
  static func kind(_ bytes: [UInt8]) -> String? {
    if bytes.isEmpty { return "empty" }
    for (magic, what) in signatures where bytes.starts(with: magic) { return what }
    if isProtocolBuffer(bytes) {
      return "an ONNX or Core ML model; svm writes these, but does not read them"
    }
    guard let text = text(bytes) else { return nil }
    for (beginning, what) in texts where text.hasPrefix(beginning) { return what }
    return
      "text, such as data; the model comes first, then the data: svm predict MODEL DATA"
  }

  private static let pickle =
    "a Python pickle, as joblib and scikit-learn write; a model of svm comes from 'svm train'"

  private static let signatures: [(magic: [UInt8], what: String)] = [
    ([0x1F, 0x8B], "compressed with gzip; gunzip a model first, and give data after the model"),
    ([0x42, 0x5A, 0x68], "compressed with bzip2; decompress it first"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed with xz; decompress it first"),
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd; decompress it first"),
    (
      [0x50, 0x4B, 0x03, 0x04],
      "a ZIP archive, as PyTorch, Keras, NumPy and Excel write; a model of svm comes from 'svm train'"
    ),
    ([0x80, 0x02], pickle), ([0x80, 0x03], pickle), ([0x80, 0x04], pickle), ([0x80, 0x05], pickle),
    ([0x78, 0x01], pickle), ([0x78, 0x9C], pickle), ([0x78, 0xDA], pickle),
    (
      [0x89, 0x48, 0x44, 0x46],
      "an HDF5 file, as Keras writes; a model of svm comes from 'svm train'"
    ),
    (
      Array("{L".utf8), "an XGBoost model; a model of svm comes from 'svm train'"
    ),
    (Array("binf".utf8), "an XGBoost model; a model of svm comes from 'svm train'"),
    (
      Array("PAR1".utf8),
      "a Parquet file; the model comes first, and data as CSV, TSV or LIBSVM text"
    ),
    (
      Array("ARROW1".utf8),
      "an Arrow file; the model comes first, and data as CSV, TSV or LIBSVM text"
    ),
    (
      [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59],
      "a NumPy array; the model comes first, and data as CSV, TSV or LIBSVM text"
    ),
    (
      Array("SQLite format".utf8),
      "an SQLite database; the model comes first, and data as CSV, TSV or LIBSVM text"
    ),
    ([0x7F, 0x45, 0x4C, 0x46], "a program"),
  ]

  private static let texts: [(beginning: String, what: String)] = [
    (
      "solver_type ",
      "a LIBLINEAR model, which svm does not read; 'svm train DATA --kernel linear' trains one like it"
    ),
    ("x\n", "the ranges of svm-scale; 'svm train --scale minmax' keeps them in its model"),
    ("y\n", "the ranges of svm-scale; 'svm train --scale minmax' keeps them in its model"),
    ("tree\n", "a LightGBM model; a model of svm comes from 'svm train'"),
    ("<", "XML or HTML; a model of svm comes from 'svm train'"),
    ("RDX", "R data; a model of svm comes from 'svm train'"),
  ]

  /// Whether bytes begin as a message of ONNX or Core ML: a small version, then a text or a message.
  private static func isProtocolBuffer(_ bytes: [UInt8]) -> Bool {
    bytes.count > 4 && bytes[0] == 0x08 && (1...30).contains(bytes[1])
      && [0x12, 0x1A, 0x22].contains(bytes[2])
  }

  /// The bytes as text, a character that the beginning cuts off aside; `nil` when they are none.
  private static func text(_ bytes: [UInt8]) -> String? {
    let isControl = { (byte: UInt8) in
      byte < 0x20 && ![0x09, 0x0A, 0x0C, 0x0D].contains(byte) || byte == 0x7F
    }
    guard !bytes.contains(where: isControl) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let broken = text.unicodeScalars.count { $0 == "\u{FFFD}" }
    // Other encodings have a stray byte from time to time; binary data has many.
    guard broken * 10 <= bytes.count + 10 else { return nil }
    return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
  }
}
