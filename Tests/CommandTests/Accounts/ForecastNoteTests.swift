import Distribution
import Learning
import LinearAlgebra
import TabularModels
import TestSupport
import Testing
import Transport

@testable import SVMCommand

/// What is said before a training.
@Suite struct ForecastNoteTests {
  private static let examples = TestExamples.clouds(600, features: 4, distance: 1, seed: 3)

  /// The note about a training on many rows like these.
  private static func announcement(
    _ rowCount: Int, over transport: (any Transport)? = nil
  ) throws -> String? {
    let (rank, size) = (transport?.rank ?? 0, transport?.size ?? 1)
    let own = rank * 600 / size..<(rank + 1) * 600 / size
    let features = FeatureMatrix.dense(examples.features).gatheringRows(Array(own))
    let forecast = try TrainingForecast(
      .cSVC, LearningMethod(), examples: ExampleSet(own: features, transport),
      rowCount: rowCount, classSizes: [rowCount / 2, rowCount / 2], options: TrainingOptions())
    return ForecastNote(try #require(forecast)).announcement
  }

  @Test func oneProcessAnnouncesWhatTakesLong() throws {
    #expect(try Self.announcement(1000) == nil)
    let note = try #require(try Self.announcement(10_000_000))
    #expect(note.hasPrefix("note: 10 000 000 rows need about "), "\(note)")
    #expect(note.contains("--subsample"), "\(note)")
    #expect(!note.contains("a rank"), "\(note)")
  }

  @Test func ranksAnnounceAlsoWhatIsShort() throws {
    let notes = try ThreadTransport.run(ranks: 2) { try Self.announcement(12_000, over: $0) }
      .map { try #require(try $0.get()) }
    for note in notes {
      #expect(note.hasPrefix("note: 12 000 rows need about "), "\(note)")
      #expect(note.contains("% of it communication) and "), "\(note)")
      #expect(note.hasSuffix("B a rank"), "\(note)")
    }
  }

  @Test func aCheckpointSaysHowToContinue() {
    #expect(
      ForecastNote.checkpoints("run.checkpoint")
        == "note: if a rank is lost, all end; the same command with --resume run.checkpoint continues "
        + "from the last checkpoint")
  }
}
