import Basics

// A report: what to say, in which order. `HTMLReport+Text` writes it.

/// A page with figures, tables and plots that needs nothing but itself: no network, no script.
package struct HTMLReport: Sendable {
  /// The heading of the page.
  package var title: String
  /// One line below the heading: what was done with which data.
  package var subtitle: String
  /// The figures that matter most.
  package var summary: [Fact]
  /// What the reader must know before believing the figures.
  package var warnings: [String]
  /// The parts of the page.
  package var sections: [Section]
  /// The line at the end: program, version, date.
  package var footer: String

  /// A name with a value.
  package struct Fact: Sendable, Equatable {
    /// What it is.
    package var name: String
    /// How much, or which.
    package var value: String
    /// What belongs to the value in smaller print, such as an interval; empty for none.
    package var detail: String

    /// A fact from its name and value.
    package init(_ name: String, _ value: String, detail: String = "") {
      self.name = name
      self.value = value
      self.detail = detail
    }
  }

  /// A part of the page with a heading.
  package struct Section: Sendable {
    /// The heading, which also stands in the table of contents.
    package var title: String
    /// What the part consists of.
    package var blocks: [Block]

    /// A section from its contents.
    package init(_ title: String, _ blocks: [Block]) {
      self.title = title
      self.blocks = blocks
    }
  }

  /// A piece of a section.
  package enum Block: Sendable {
    /// Running text.
    case paragraph(String)
    /// Texts one below the other.
    case list([String])
    /// A line for a shell, which keeps its spaces.
    case command(String)
    /// A table.
    case table(Table)
    /// Plots side by side where there is room; those of full width come first.
    case figures([Plot])
  }

  /// A table of texts.
  package struct Table: Sendable, Equatable {
    /// A column.
    package struct Column: Sendable, Equatable {
      /// The heading.
      package var name: String
      /// Whether the entries are numbers, which are aligned to the right.
      package var isNumeric: Bool

      /// A column from its heading.
      package init(_ name: String, isNumeric: Bool = false) {
        self.name = name
        self.isNumeric = isNumeric
      }
    }

    /// What the table shows.
    package var caption: String
    /// The columns.
    package var columns: [Column]
    /// The entries of each row, as many as there are columns.
    package var rows: [[String]]

    /// A table from its columns and rows.
    package init(caption: String, columns: [Column], rows: [[String]]) {
      precondition(
        rows.allSatisfy { $0.count == columns.count },
        "a row does not have \(columns.count) entries, one for each column")
      self.caption = caption
      self.columns = columns
      self.rows = rows
    }
  }

  /// A report without sections; add them.
  package init(
    title: String, subtitle: String = "", summary: [Fact] = [], warnings: [String] = [],
    sections: [Section] = [], footer: String
  ) {
    self.title = title
    self.subtitle = subtitle
    self.summary = summary
    self.warnings = warnings
    self.sections = sections
    self.footer = footer
  }
}
