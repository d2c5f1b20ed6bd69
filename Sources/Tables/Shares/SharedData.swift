import Basics
import Transport

/// Rows to train on that ranks have read together, each its own part of the text.
///
/// Whatever is asked of all rows is what one process would find that reads everything: names, numbers of rows,
/// kinds of columns, digest, and what is wrong, with its place. All ranks make these calls together.
package struct SharedData: Sendable {
  /// The examples, of which this rank holds some.
  package let examples: any ExampleText

  /// Reads a text in the format that it is in.
  ///
  /// The ranks read the beginning of the text, and then parts of about the same number of bytes. Each reads its
  /// own part twice, to find out where the rows begin, and once more for the digest, rank after rank.
  ///
  /// - Parameters:
  ///   - source: The text: a file or several ones, which are not compressed. All ranks see the same.
  ///   - options: What is known about it.
  ///   - transport: The ranks.
  /// - Throws: ``TableError``, on all ranks the one that a single process would throw.
  package init(
    reading source: ByteSource, options: TextOptions = TextOptions(),
    over transport: any Transport
  ) throws(TableError) {
    let ranks = Ranks(transport: transport)
    try Self.join(source, options, ranks)
    source.prepareForDigest()
    let text = try ranks.agreed { () throws(TableError) in
      try source.rewind()
      var input = try InputBuffer(source)
      let sample = try TextSample(&input)
      let format = DataFormats.format(source.fileName, options, sample)
      guard let text = try format.divided(input, sample, options) else {
        throw TableError(
          .notDivisible(
            file: source.name,
            reason:
              "text in the format \(format.name) is read from its beginning to its end; start the "
              + "training without mpirun or srun, or convert it (svm convert)"))
      }
      return text
    }
    var shares = try TextShares(source, from: text.start, text.grammar, ranks)
    examples = try text.examples(&shares, options)
  }

  /// Finds out what several files begin with, and where they are in the text.
  static func join(
    _ source: ByteSource, _ options: TextOptions, _ ranks: Ranks
  ) throws(TableError) {
    if let files = source.sequence {
      let parts = try ranks.shared(from: 0) { () throws(TableError) in
        try source.join(options)
        try files.locate()
        return files.parts ?? []
      }
      files.adopt(parts)
    } else {
      try ranks.agreed { () throws(TableError) in
        guard source.size == nil || source.isStandardInput else { return }
        throw TableError(
          .notDivisible(
            file: source.name,
            reason: source.isStandardInput
              ? "it is standard input; name a file, several files or their folder"
              : "it is compressed, or no regular file; decompress it first"))
      }
    }
  }
}
