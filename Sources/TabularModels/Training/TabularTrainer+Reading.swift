import Tables

// Rows of a file, as the configuration says that they are read.

extension TabularTrainer {
  /// How files are read: as the configuration says, within the control's threads and memory.
  package var textOptions: TextOptions {
    var options = configuration.reading
    options.threads = control.threads
    options.memoryLimit = control.memoryLimit
    options.spelled = .chosen(configuration.columnOverrides)
    return options
  }

  /// Reads the rows to train on, or a random sample of them where the configuration asks for one.
  ///
  /// - Parameter source: The bytes of a file.
  /// - Returns: The rows.
  /// - Throws: `TableError`.
  package func data(reading source: ByteSource) throws -> TrainingData {
    let sampling = configuration.sampleSize.map {
      RowSampling(
        count: $0, seed: configuration.seed, target: configuration.target,
        choices: configuration.columnOverrides)
    }
    return try TrainingData(reading: source, options: textOptions, sampling: sampling)
  }
}
