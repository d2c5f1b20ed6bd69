// Writing a report as HTML.
//
// A content security policy forbids what the page does without: scripts, and any request. Should a
// way past the escaping ever be found, it leads nowhere.

extension HTMLReport {
  /// The report as an HTML document.
  ///
  /// Equal reports give equal bytes.
  ///
  /// - Returns: The text of an `.html` file in UTF-8.
  public func html() -> String {
    var markup = Markup()
    markup.writeMarkup("<!DOCTYPE html>\n<html lang=\"en\">\n")
    markup.element("head") { markup in
      markup.open("meta", ["charset": "utf-8"])
      markup.newline()
      markup.open(
        "meta",
        [
          "http-equiv": "Content-Security-Policy",
          "content":
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
            + "form-action 'none'",
        ])
      markup.newline()
      markup.open(
        "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
      markup.open("meta", ["name": "color-scheme", "content": "light dark"])
      markup.newline()
      markup.element("title", text: title.isEmpty ? "Report" : title)
      markup.newline()
      // An icon of no bytes keeps browsers from asking for one.
      markup.open("link", ["rel": "icon", "href": "data:,"])
      markup.element("style") { $0.writeMarkup("\n" + StyleSheet.page + Palette.styleSheet) }
    }
    markup.newline()
    markup.element("body") { markup in
      writeHeader(into: &markup)
      markup.element("main") { markup in
        for (index, section) in sections.enumerated() {
          write(section, number: index + 1, into: &markup)
        }
      }
      markup.newline()
      markup.element("footer") { $0.element("p", text: footer) }
    }
    markup.writeMarkup("\n</html>\n")
    return markup.text
  }

  private func writeHeader(into markup: inout Markup) {
    markup.element("header") { markup in
      markup.element("h1", ["dir": "auto"], text: title.isEmpty ? "Report" : title)
      if !subtitle.isEmpty { markup.element("p", ["class": "subtitle"], text: subtitle) }
      if !warnings.isEmpty {
        markup.element("div", ["class": "warnings", "role": "note"]) { markup in
          markup.element("strong", text: warnings.count == 1 ? "Warning" : "Warnings")
          markup.element("ul") { markup in
            for warning in warnings { markup.element("li", text: warning) }
          }
        }
      }
      if !summary.isEmpty {
        markup.element("dl", ["class": "summary"]) { markup in
          for fact in summary {
            markup.element("div") { markup in
              markup.element("dt") { $0.element("bdi", text: fact.name) }
              markup.element("dd") { markup in
                markup.element("bdi", text: fact.value)
                if !fact.detail.isEmpty { markup.element("small", text: fact.detail) }
              }
            }
          }
        }
      }
      if sections.count > 1 {
        markup.element("nav", ["aria-label": "Contents"]) { markup in
          markup.element("ul") { markup in
            for (index, section) in sections.enumerated() {
              markup.element("li") { markup in
                markup.element("a", ["href": "#section-\(index + 1)"], text: section.title)
              }
            }
          }
        }
      }
    }
    markup.newline()
  }

  private func write(_ section: Section, number: Int, into markup: inout Markup) {
    markup.element("section", ["id": "section-\(number)"]) { markup in
      markup.element("h2", text: section.title)
      for (index, block) in section.blocks.enumerated() {
        markup.newline()
        switch block {
        case .paragraph(let text): markup.element("p", text: text)
        case .table(let table): write(table, into: &markup)
        case .figures(let plots):
          markup.element("div", ["class": "figures"]) { markup in
            for (place, plot) in plots.enumerated() {
              write(plot, identifier: "figure-\(number)-\(index + 1)-\(place + 1)", into: &markup)
            }
          }
        }
      }
    }
    markup.newline()
  }

  private func write(_ plot: Plot, identifier: String, into markup: inout Markup) {
    let isWide = plot.width > Plot.standardWidth
    // What scrolls must be reachable with the keyboard.
    markup.newline()
    markup.element("figure", ["class": isWide ? "wide" : "narrow"]) { markup in
      markup.element("figcaption", text: plot.title)
      if isWide {
        markup.element(
          "div",
          ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": plot.title]
        ) { markup in
          markup.element(
            "div", ["style": "min-width:\(NumberText.coordinate(plot.width * 0.85))px"]
          ) { plot.drawInline(into: &$0, identifier: identifier) }
        }
      } else {
        plot.drawInline(into: &markup, identifier: identifier)
      }
    }
  }

  private func write(_ table: Table, into markup: inout Markup) {
    markup.element(
      "div", ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": table.caption]
    ) { markup in
      markup.element("table") { markup in
        markup.element("caption", text: table.caption)
        markup.element("thead") { markup in
          markup.element("tr") { markup in
            for column in table.columns {
              let style = column.isNumeric ? "number" : "text"
              markup.element("th", ["scope": "col", "class": style]) {
                $0.element("bdi", text: column.name)
              }
            }
          }
        }
        markup.element("tbody") { markup in
          for row in table.rows {
            markup.newline()
            markup.element("tr") { markup in
              for (column, entry) in zip(table.columns, row) {
                let style = column.isNumeric ? "number" : "text"
                markup.element("td", ["class": style]) { $0.element("bdi", text: entry) }
              }
            }
          }
        }
      }
    }
  }
}
