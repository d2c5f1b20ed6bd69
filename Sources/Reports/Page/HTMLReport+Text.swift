import Basics

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
  package func html() -> String {
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
      var moved: Set<Int> = []
      for (index, block) in section.blocks.enumerated() where !moved.contains(index) {
        markup.newline()
        let identifier = "figure-\(number)-\(index + 1)"
        switch block {
        case .paragraph(let text): markup.element("p", text: text)
        case .list(let texts):
          markup.element("ul", ["class": "notes"]) { markup in
            for text in texts { markup.element("li") { $0.element("bdi", text: text) } }
          }
        case .command(let text):
          markup.element("pre", ["tabindex": "0"]) { $0.element("code", text: text) }
        case .table(let table): write(table, into: &markup)
        case .figures(let plots):
          // A table that fits goes where the plots leave half a row free.
          let tables = section.blocks[(index + 1)...].prefix {
            if case .table = $0 { true } else { false }
          }
          let place = tables.indices.first {
            fillsGap(tables[$0], after: plots) && !moved.contains($0)
          }
          var neighbour: Table?
          if let place, case .table(let table) = section.blocks[place] {
            neighbour = table
            moved.insert(place)
          }
          write(plots, neighbour, identifier: identifier, into: &markup)
        }
      }
    }
    markup.newline()
  }

  /// Whether plots leave half a row free that a table fits into.
  private func fillsGap(_ block: Block, after plots: [Plot]) -> Bool {
    guard case .table(let table) = block else { return false }
    return plots.count { $0.width <= Plot.standardWidth } % 2 == 1 && table.columns.count <= 6
      && table.rows.count <= 14
  }

  /// Writes plots in two columns without gaps: those of full width first, and a single one at the end
  /// next to a table, or in a separate row.
  private func write(
    _ plots: [Plot], _ table: Table?, identifier: String, into markup: inout Markup
  ) {
    let narrow = plots.filter { $0.width <= Plot.standardWidth }
    let ordered = plots.filter { $0.width > Plot.standardWidth } + narrow
    markup.element("div", ["class": "figures"]) { markup in
      for (place, plot) in ordered.enumerated() {
        let isAlone = place + 1 == ordered.count && narrow.count % 2 == 1 && table == nil
        write(plot, isAlone: isAlone, identifier: "\(identifier)-\(place + 1)", into: &markup)
      }
      if let table {
        markup.newline()
        markup.element("div", ["class": "panel"]) { write(table, into: &$0) }
      }
    }
  }

  private func write(
    _ plot: Plot, isAlone: Bool, identifier: String, into markup: inout Markup
  ) {
    let isWide = plot.width > Plot.standardWidth
    // What scrolls must be reachable with the keyboard.
    markup.newline()
    markup.element("figure", ["class": isWide ? "wide" : isAlone ? "narrow alone" : "narrow"]) {
      markup in
      markup.element("figcaption", text: plot.title)
      if isWide {
        markup.element(
          "div",
          ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": plot.title]
        ) { markup in
          markup.element(
            "div", ["style": "min-width:\(NumberText.coordinate(plot.width * 0.8))px"]
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
