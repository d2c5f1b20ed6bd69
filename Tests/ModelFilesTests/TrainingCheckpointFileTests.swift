import Evaluation
import Kernels
import LinearAlgebra
import ModelFiles
import SupportVectors
import Synchronization
import TestSupport
import Testing

/// Checkpoints as files: nothing is lost, and nothing damaged is believed.
@Suite struct TrainingCheckpointFileTests {
  static let seed: UInt64 = 930

  private func train(_ options: TrainingOptions) throws -> SupportVectorClassifier {
    let examples = TestExamples.clouds(750, features: 3, classes: ["a", "b", "c"], seed: Self.seed)
    return try SupportVectorClassifier.train(
      features: .dense(examples.features), labels: examples.labels,
      settings: .init(
        kernel: .gaussian(gamma: 0.3), formulation: .c(10), decomposition: .oneVersusRest),
      options: options)
  }

  /// Blocks are small, so that there are many rounds.
  private static let options = TrainingOptions(threads: 2, memoryLimit: 2 << 20)

  /// The bytes of the checkpoints of one training.
  private func files() throws -> [[UInt8]] {
    let taken = Mutex<[TrainingCheckpoint]>([])
    var options = Self.options
    options.checkpoint = (.zero, { checkpoint in taken.withLock { $0.append(checkpoint) } })
    _ = try train(options)
    return try taken.withLock { $0 }.map { try TrainingCheckpointFile.encode($0) }
  }

  @Test func aTrainingGoesOnFromAFile() throws {
    let whole = try train(Self.options)
    let files = try files()
    #expect(files.count > 5)
    let every = max(1, files.count / 8)
    for index in stride(from: 0, to: files.count, by: every) {
      let checkpoint = try TrainingCheckpointFile.decode(files[index])
      #expect(try TrainingCheckpointFile.encode(checkpoint) == files[index])
      var options = Self.options
      options.resuming = checkpoint
      let model = try train(options)
      let comment: Comment = "checkpoint \(index) of \(files.count), seed \(Self.seed)"
      #expect(
        model.expansion.dualCoefficients.elements.map(\.bitPattern)
          == whole.expansion.dualCoefficients.elements.map(\.bitPattern), comment)
      #expect(
        model.expansion.biases.map(\.bitPattern) == whole.expansion.biases.map(\.bitPattern),
        comment)
      #expect(model.problems.map(\.certificate) == whole.problems.map(\.certificate), comment)
    }
  }

  @Test func damageIsNoticed() throws {
    let files = try files()
    let bytes = files[files.count / 2]
    var generator = SeededGenerator(seed: Self.seed)
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 300)) {
      #expect(throws: ModelFileError.self, "\(count) of \(bytes.count) bytes") {
        try TrainingCheckpointFile.decode(Array(bytes[..<count]))
      }
    }
    for trial in 0..<200 {
      var changed = bytes
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      do {
        let read = try TrainingCheckpointFile.decode(changed)
        // Blanks that pad the header may become other blanks.
        #expect(
          try TrainingCheckpointFile.encode(read) == bytes, "seed \(Self.seed), trial \(trial)")
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
    #expect(throws: ModelFileError.self) {
      try TrainingCheckpointFile.decode([UInt8]("not a checkpoint".utf8))
    }
  }
}
