import Foundation
import Testing

@testable import Reports
@testable import report_gallery

struct HTMLReportTests {
  @Test func namesFromFilesAreText() {
    let name = "<img src=x onerror=alert(1)>"
    let report = HTMLReport(
      title: name, subtitle: name, summary: [.init(name, name)], warnings: [name],
      sections: [
        .init(
          name,
          [
            .paragraph(name),
            .table(.init(caption: name, columns: [.init(name)], rows: [[name]])),
            .figures([
              ConfusionMatrixChart(title: name, classNames: [name], counts: [[1]]).plot()
            ]),
          ]),
        .init(name, []),
      ], footer: name)
    let html = report.html()
    #expect(!html.contains("<img"))
    #expect(html.contains("<p>&lt;img src=x onerror=alert(1)&gt;</p>"))
  }

  @Test func thePageNeedsNothingButItself() {
    for (name, make) in ReportGallery.reports {
      let html = make().html()
      #expect(!html.contains("http://") && !html.contains("https://"), "\(name)")
      #expect(!html.contains("<script"), "\(name)")
      #expect(!html.contains("@import") && !html.contains("src="), "\(name)")
      #expect(html.contains("default-src 'none'") || html.contains("default-src &#39;none"))
    }
  }

  @Test func identifiersAreUnique() {
    for (name, make) in ReportGallery.reports {
      let html = make().html()
      var identifiers: [Substring] = []
      for part in html.split(separator: " id=\"", omittingEmptySubsequences: false).dropFirst() {
        identifiers.append(part.prefix { $0 != "\"" })
      }
      #expect(identifiers.count > 6, "\(name)")
      #expect(Set(identifiers).count == identifiers.count, "\(name)")
      for part in html.split(separator: "href=\"#").dropFirst() {
        #expect(identifiers.contains(part.prefix { $0 != "\"" }), "\(name)")
      }
    }
  }

  @Test func everyElementIsClosed() {
    let html = TenClasses.report().html()
    for tag in ["section", "figure", "table", "tr", "td", "svg", "g", "div", "bdi", "text", "main"]
    {
      let opened = html.split(separator: "<\(tag)", omittingEmptySubsequences: false).dropFirst()
        .filter { $0.first == " " || $0.first == ">" }.count
      let closed =
        html.split(separator: "</\(tag)>", omittingEmptySubsequences: false).count - 1
      #expect(opened == closed, "\(tag)")
    }
  }

  @Test func anEmptyReportIsAPage() {
    let html = HTMLReport(title: "", footer: "svm").html()
    #expect(html.contains("<h1 dir=\"auto\">Report</h1>"))
    #expect(!html.contains("<nav"))
  }

  /// Plots of full width come first, and half a row that is left free takes a table or is filled.
  @Test func figuresLeaveNoGaps() {
    func plot(_ title: String, isWide: Bool = false) -> Plot {
      Plot(
        title: title, description: "", xAxis: PlotAxis("x"), yAxis: PlotAxis("y"),
        marks: [PlotMark(.line([PlotPoint(0, 0), PlotPoint(1, 1)]))],
        width: isWide ? Plot.fullWidth : Plot.standardWidth)
    }
    func html(_ blocks: [HTMLReport.Block]) -> String {
      HTMLReport(title: "t", sections: [.init("s", blocks)], footer: "f").html()
    }
    func captions(_ html: String) -> [Substring] {
      html.split(separator: "<figcaption>").dropFirst().compactMap {
        $0.split(separator: "</figcaption>").first
      }
    }
    let table = HTMLReport.Table(caption: "numbers", columns: [.init("n")], rows: [["1"]])
    let large = HTMLReport.Table(
      caption: "large", columns: [.init("n")], rows: (0..<99).map { ["\($0)"] })
    let mixed = html([.figures([plot("a"), plot("w", isWide: true), plot("b")])])
    #expect(captions(mixed) == ["w", "a", "b"])
    #expect(!mixed.contains("narrow alone"))
    #expect(html([.figures([plot("a")])]).contains("narrow alone"))
    let filled = html([.figures([plot("a")]), .table(large), .table(table)])
    #expect(!filled.contains("narrow alone") && filled.contains("class=\"panel\""))
    #expect(filled.split(separator: "<caption>numbers").count == 2)
    #expect(filled.split(separator: "<caption>large").count == 2)
  }

  /// All text of all plots has one size: one font, one scale.
  @Test func plotsHaveOneSizeOfText() {
    let page = HTMLReport(title: "t", sections: [], footer: "f").html()
    #expect(page.contains(".narrow svg.plot{max-width:506px}"))
    #expect(page.contains(".wide svg.plot{max-width:1040px}"))
    // 506 / 440 and 1040 / 904 units are the same to a hundredth.
    #expect(abs(506 / Plot.standardWidth - 1040 / Plot.fullWidth) < 0.01)
    #expect(page.components(separatedBy: "font-size:12px").count == 2)
  }
}
