import Basics

// Colours, as roles that a style sheet fills for light, dark and print.
//
// Every coloured element has a presentation attribute with the light colour, for programs that know
// no custom properties (converters to PNG among them), and a class whose rule takes the custom
// property: rules win over attributes.

enum Palette {
  /// The colours of series, in light and in dark.
  ///
  /// After the set of Okabe and Ito, which people with any colour vision tell apart; the lightest of
  /// theirs are darkened so that each contrasts with white at 3 to 1 at least, and lightened in the
  /// dark.
  static let series: [(light: String, dark: String)] = [
    ("#0072b2", "#4ba3e3"),
    ("#d55e00", "#ff8b4a"),
    ("#008f68", "#2bc79a"),
    ("#aa4499", "#d98cc9"),
    ("#a67400", "#e6b422"),
    ("#2f8fcb", "#a9ddfb"),
    ("#882255", "#e0708f"),
    ("#666666", "#a9b0b7"),
  ]

  /// Text, secondary text and lines, grid, paper, shaded cells.
  static let roles: [(name: String, light: String, dark: String)] = [
    ("ink", "#1c2430", "#e8ecf1"),
    ("muted", "#566270", "#a3afbb"),
    ("grid", "#e2e7ec", "#313b46"),
    ("paper", "#ffffff", "#161b22"),
    ("shade", "#3a8fd0", "#1d6fb8"),
  ]

  static func light(_ role: String) -> String {
    roles.first { $0.name == role }?.light ?? "#000000"
  }

  /// The rules for plots: custom properties for each medium, and the classes that use them.
  static let styleSheet: String = {
    func properties(_ isDark: Bool) -> String {
      let roles = roles.map { "--plot-\($0.name):\(isDark ? $0.dark : $0.light)" }
      let series = series.enumerated().map { index, color in
        "--plot-\(index + 1):\(isDark ? color.dark : color.light)"
      }
      return (roles + series).joined(separator: ";")
    }
    var rules = """
      .plot{\(properties(false));font-family:system-ui,-apple-system,"Segoe UI",Roboto,\
      "Helvetica Neue",Arial,sans-serif;font-size:12px}
      @media (prefers-color-scheme:dark){.plot{\(properties(true))}}
      @media print{.plot{\(properties(false))}}
      .plot text{fill:var(--plot-ink)}
      .plot .muted{fill:var(--plot-muted)}
      .plot .strong{font-size:15px;font-weight:600}
      .plot .paper{fill:var(--plot-paper)}
      .plot .shade{fill:var(--plot-shade)}
      .plot .grid{stroke:var(--plot-grid)}
      .plot .axis{stroke:var(--plot-muted)}
      .plot .light{fill:#fff}
      .plot .dark{fill:#111}

      """
    for (name, property) in styles {
      rules += ".plot .f-\(name){fill:var(--plot-\(property))}\n"
      rules += ".plot .l-\(name){stroke:var(--plot-\(property))}\n"
    }
    return rules
  }()

  /// The name of each colour in class names, and its custom property.
  private static let styles: [(name: String, property: String)] =
    series.indices.map { ("\($0 + 1)", "\($0 + 1)") } + [("ink", "ink"), ("muted", "muted")]

  /// A level, 0 to 1, as a colour that looks equally far from its neighbours everywhere.
  ///
  /// The scale is viridis of S. van der Walt and N. Smith (public domain, 2015) at nine places, joined
  /// by straight lines; its lightness grows evenly, so it also reads in grey and for the colour-blind.
  static func color(level: Double) -> (red: Int, green: Int, blue: Int) {
    let stops = viridis
    let place = min(max(level.isNaN ? 0 : level, 0), 1) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    let part = place - Double(index)
    func mix(_ shift: Int) -> Int {
      let from = Double(stops[index] >> shift & 0xFF)
      let to = Double(stops[index + 1] >> shift & 0xFF)
      return Int((from + part * (to - from)).rounded())
    }
    return (mix(16), mix(8), mix(0))
  }

  private static let viridis = [
    0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725,
  ]

  /// A colour as markup has it.
  static func hexadecimal(_ color: (red: Int, green: Int, blue: Int)) -> String {
    let digits = String(color.red << 16 | color.green << 8 | color.blue, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// Whether text on a colour of the scale must be light.
  ///
  /// The relative luminance of the Web Content Accessibility Guidelines, with the exponent 2.2 for
  /// their piecewise curve; 0.18 is where black and white contrast equally.
  static func needsLightText(_ color: (red: Int, green: Int, blue: Int)) -> Bool {
    func linear(_ part: Int) -> Double {
      exp(2.2 * log(max(Double(part), 1e-3) / 255))
    }
    return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
      < 0.18
  }
}

extension PlotColor {
  /// The name in class names.
  var styleName: String {
    switch self {
    case .series(let index): "\(wrapped(index) + 1)"
    case .ink: "ink"
    case .muted: "muted"
    }
  }

  /// The colour in light, for programs without custom properties.
  var fallback: String {
    switch self {
    case .series(let index): Palette.series[wrapped(index)].light
    case .ink: Palette.light("ink")
    case .muted: Palette.light("muted")
    }
  }

  private func wrapped(_ index: Int) -> Int {
    let count = Palette.series.count
    return (index % count + count) % count
  }

  /// The dashes of a line: solid for the first eight series, then dashed, then dotted.
  var dashes: String? {
    guard case .series(let index) = self else { return nil }
    return switch index / Palette.series.count % 3 {
    case 1: "7 3"
    case 2: "2 2.5"
    default: nil
    }
  }

  /// Which symbol marks the points of a series.
  var symbol: Int {
    guard case .series(let index) = self else { return 0 }
    return index
  }
}
