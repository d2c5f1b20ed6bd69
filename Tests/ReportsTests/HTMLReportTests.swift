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

  @Test func mostConfidentRowsComeFirst() {
    let rows = [0.5, .nan, 0.9, 0.7].enumerated().map { index, confidence in
      WrongRow(
        place: "line \(index)", actual: "a", predicted: "b", confidence: confidence)
    }
    let table = HTMLReport.Table.confidentlyWrong(rows, limit: 3)
    #expect(table.rows.map(\.first) == ["line 2", "line 3", "line 0"])
    #expect(table.caption == "Most confidently wrong: 3 of 4 wrong rows")
    #expect(table.columns.count == 4)
    let all = HTMLReport.Table.confidentlyWrong(rows)
    #expect(all.rows.last == ["line 1", "a", "b", ""])
  }
}
