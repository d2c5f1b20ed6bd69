import Tables
import Transport

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
  package func data(reading source: ByteSource) throws -> any ExampleText {
    let sampling = configuration.sampleSize.map {
      RowSampling(
        count: $0, seed: configuration.seed, target: configuration.target,
        choices: configuration.columnOverrides)
    }
    return try source.examples(textOptions, sampling: sampling)
  }

  /// Reads the rows to train on by several ranks, each its own part.
  ///
  /// - Parameters:
  ///   - source: The bytes of a file, or of several ones; all ranks see the same.
  ///   - ranks: The ranks.
  /// - Returns: The rows, of which this rank holds some.
  /// - Throws: `TableError`, on all ranks the one that a single process would throw.
  package func data(
    reading source: ByteSource, over ranks: any Transport
  ) throws -> SharedData {
    guard configuration.sampleSize == nil else {
      throw TableError(
        .notDivisible(
          file: source.name,
          reason:
            "a sample of its rows is drawn by one process; leave out --subsample, or start it "
            + "without mpirun or srun"))
    }
    return try SharedData(reading: source, options: textOptions, over: ranks)
  }
}
