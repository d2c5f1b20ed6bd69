import Basics
import Evaluation
import ModelReports
import ModelSelection
import Reports
import Tables

/// A table of trials that `svm tune --trials` wrote.
struct TrialFile {
  private let path: String
  private let trials: [Trial]
  private let metric: MetricDefinition
  private let kernel: String

  /// Reads a table; `nil` for a file that does not begin like one.
  ///
  /// - Throws: ``CommandFailure`` for a table with errors; `TableError` for a file that cannot be read.
  init?(path: String) throws {
    guard path != "-" else { return nil }
    // The beginning decides: models are long, and no text.
    guard let bytes = try WholeFile.bytes(path, beginningWith: "search,rows,folds,") else {
      return nil
    }
    self.path = path
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n")
    let names = lines[0].split(separator: ",")
    func column(_ name: String, of line: Substring) -> String? {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard let index = names.firstIndex(where: { $0 == name }), index < fields.count else {
        return nil
      }
      return String(fields[index])
    }
    guard lines.count > 1, let search = column("search", of: lines[1]) else {
      throw CommandFailure(.badData, "\(MessageText.plain(path)): the table contains no trials")
    }
    kernel =
      lines.dropFirst().lazy.compactMap { column("kernel", of: $0) }
      .first { $0 != Candidate.linearKernelName } ?? Candidate.linearKernelName
    let metricName = column("metric", of: lines[1]) ?? ""
    do {
      metric = try MetricCatalog.definition(named: metricName)
      try metric.checkDirection()
    } catch {
      throw CommandFailure(
        .badData,
        "\(MessageText.plain(path)):2: metric is \(MessageText.quoted(metricName)); expected "
          + alternatives(MetricCatalog.comparableOptionNames))
    }
    do {
      trials = try TrialTable.trials(text, search: search, kernel: kernel)
    } catch {
      throw CommandFailure(.badData, "\(MessageText.plain(path)): \(error)")
    }
  }

  /// The picture that was requested, or the heat map.
  func plot(_ wanted: PlotKind?) throws -> (kind: PlotKind, plot: Plot) {
    let kind = wanted ?? .heatmap
    let charts = SearchCharts(trials, metric: metric, kernelName: kernel)
    switch kind {
    case .heatmap:
      guard let plot = charts.heatMap() else {
        throw CommandFailure(
          .badData, "\(MessageText.plain(path)) has nothing to draw: \(kind.needs)")
      }
      return (kind, plot)
    case .path: return (kind, charts.path())
    default:
      throw UsageError(
        option: "--kind",
        "\(kind.rawValue) needs a model, but \(MessageText.plain(path)) is a table of trials; expected "
          + "heatmap or path")
    }
  }
}
