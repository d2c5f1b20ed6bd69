import ModelFiles
import SupportVectors
import Synchronization
import TabularModels

/// The file that a training writes its checkpoints to, and the one that it continues from.
final class TrainCheckpoints: Sendable {
  /// The file; `nil` when none are written.
  let path: String?
  private let interval: Duration
  private let inputs: [String]
  /// The checkpoint to continue from.
  let resuming: TrainingCheckpoint?
  private let hasFailed = Mutex(false)

  /// Reads the checkpoint to continue from, and checks that others can be written.
  ///
  /// - Parameters:
  ///   - options: The options about checkpoints.
  ///   - method: What is trained.
  ///   - data: The data's path.
  ///   - outputs: Other files that are written.
  /// - Throws: ``UsageError`` when files are mixed up or the method keeps no checkpoints;
  ///   `ModelFileError` for a file that is not a checkpoint.
  init(
    _ options: CheckpointOptions, _ method: LearningMethod, data: String,
    outputs: [(option: String, path: String)?]
  ) throws {
    path = options.path
    inputs = [data]
    interval = try OptionValue.duration("--checkpoint-interval", options.interval ?? "60s")
    if options.interval != nil && options.path == nil {
      throw UsageError(option: "--checkpoint-interval", "needs --checkpoint with a file")
    }
    for (option, value) in [("--checkpoint", options.path), ("--resume", options.resume)] {
      guard let value else { continue }
      if value == "-" {
        throw UsageError(option: option, "needs a file, not a stream")
      }
      if let other = method.solverLackingCheckpoints {
        throw UsageError(
          option: option,
          "needs the solver of dual variables, but \(other) uses another one, which is fast"
        )
      }
    }
    if let path {
      for output in outputs { try OutputPlace.checkDifferent(output, ("--checkpoint", path)) }
      // An hour later is too late to learn that the folder does not exist.
      _ = try OutputPlace(path: path, option: "--checkpoint", inputs: inputs)
    }
    resuming = try options.resume.map { try TrainingCheckpointFile.read(path: $0) }
  }

  /// What training should call, and how often.
  var writer: (interval: Duration, write: @Sendable (TrainingCheckpoint) -> Void)? {
    guard let path else { return nil }
    return (
      interval,
      { [self] checkpoint in
        do {
          let place = try OutputPlace(path: path, option: "--checkpoint", inputs: inputs)
          try place.write(try TrainingCheckpointFile.encode(checkpoint, name: path))
          try place.commit()
        } catch {
          // A full disk must not cost the training; to say so once is enough.
          let isFirst = hasFailed.withLock { failed in
            defer { failed = true }
            return !failed
          }
          if isFirst { Console.message("warning: --checkpoint: \(error)") }
        }
      }
    )
  }
}

extension LearningMethod {
  /// The choice that leads to a solver without checkpoints, if there is one.
  fileprivate var solverLackingCheckpoints: String? {
    if let formulation, !formulation.definition.supportsCheckpoints {
      return "--formulation \(formulation.rawValue)"
    }
    if let featureMap { return "--feature-map \(featureMap.rawValue)" }
    if loss == .squared { return "--loss squared" }
    return solver == .primal ? "--solver primal" : nil
  }
}
