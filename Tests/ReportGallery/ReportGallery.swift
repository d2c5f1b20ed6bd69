import Foundation
import Reports

/// Writes reports of generated figures into a folder: each as a page, and each plot as an SVG file.
///
/// Usage: report-gallery FOLDER
@main
enum ReportGallery {
  /// The reports, by file name.
  static let reports: [(name: String, report: @Sendable () -> HTMLReport)] = [
    ("two-classes", TwoClasses.report),
    ("ten-classes", TenClasses.report),
    ("regression", Regression.report),
  ]

  static func main() throws {
    guard CommandLine.arguments.count == 2 else {
      FileHandle.standardError.write(Data("usage: report-gallery FOLDER\n".utf8))
      exit(64)
    }
    let folder = URL(fileURLWithPath: CommandLine.arguments[1], isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, make) in reports {
      let report = make()
      try write(report.html(), to: folder.appendingPathComponent("\(name).html"))
      for (index, plot) in plots(of: report).enumerated() {
        try write(plot.svg(), to: folder.appendingPathComponent("\(name)-\(index + 1).svg"))
      }
    }
  }

  /// All plots of a report, in order.
  static func plots(of report: HTMLReport) -> [Plot] {
    report.sections.flatMap(\.blocks).flatMap { block -> [Plot] in
      guard case .figures(let plots) = block else { return [] }
      return plots
    }
  }

  private static func write(_ text: String, to file: URL) throws {
    try Data(text.utf8).write(to: file)
    print("\(file.path): \(text.utf8.count) bytes")
  }
}
