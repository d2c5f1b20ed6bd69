// How wide a text is, roughly, and how to make it fit.
//
// SVG has no layout, and the reader's font is not known, so widths come from a table for a rather wide
// sans serif face (DejaVu Sans, in em). Narrower faces leave more air, never less.

enum TextShape {
  /// The width of a text in units of the drawing.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - size: The font size.
  /// - Returns: The width.
  static func width(_ text: String, size: Double) -> Double {
    var ems = 0.0
    for scalar in text.unicodeScalars { ems += width(of: scalar) }
    return ems * size
  }

  private static func width(of scalar: Unicode.Scalar) -> Double {
    switch scalar.value {
    case 0x300...0x36F, 0x200B...0x200F: 0  // combining marks, zero-width characters
    case 0x202F, 0x2009: 0.3  // narrow spaces
    case 0x2070...0x209F, 0xB2, 0xB3, 0xB9: 0.42  // raised and lowered digits
    case 0x20...0x7E: ascii(scalar)
    case 0x2212, 0xD7: 0.84  // minus and times
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F,
      0xFF00...0xFF60, 0x1F000...0x3FFFF:
      1.05  // ideographs, syllables and pictures: as wide as high
    default: 0.68
    }
  }

  private static func ascii(_ scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "l", "j", "I", "|", "'", "!", ",", ".", ":", ";", " ": 0.34
    case "f", "t", "r", "(", ")", "[", "]", "-", "/", "\\": 0.42
    case "m", "w", "M", "W", "@", "%": 0.98
    case "+", "<", ">", "=", "~", "^", "#": 0.84
    case "A"..."Z", "&": 0.72
    default: 0.63
    }
  }

  /// The text, cut with an ellipsis when it is wider than there is room.
  static func fitted(_ text: String, size: Double, width limit: Double) -> String {
    guard width(text, size: size) > limit else { return text }
    let room = limit - width("…", size: size)
    var result = ""
    var used = 0.0
    for character in text {
      used += width(String(character), size: size)
      guard used <= room else { break }
      result.append(character)
    }
    while result.last == " " { result.removeLast() }
    return result + "…"
  }

  /// The text in lines no wider than there is room; words that are wider are cut.
  static func wrapped(_ text: String, size: Double, width limit: Double) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: { $0 == " " || $0.isNewline }) {
      let longer = line.isEmpty ? String(word) : line + " " + word
      if line.isEmpty || width(longer, size: size) <= limit {
        line = longer
      } else {
        lines.append(line)
        line = String(word)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map { fitted($0, size: size, width: limit) }
  }
}
