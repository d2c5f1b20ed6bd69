import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import Reports

/// What the tests want to know of an SVG document.
final class SVGContents: NSObject, XMLParserDelegate {
  private(set) var texts: [String] = []
  private(set) var elements: [String: Int] = [:]
  private(set) var identifiers: [String] = []
  private var isInText = false

  /// Parses a document; fails the test when it is not well-formed.
  init(_ svg: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    let isWellFormed = parser.parse()
    try #require(
      isWellFormed, "\(String(describing: parser.parserError)) in line \(parser.lineNumber)",
      sourceLocation: sourceLocation)
    // A coordinate that is not a number would be drawn at the origin, or not at all.
    for word in ["nan", "inf"] {
      #expect(
        !svg.contains("=\"\(word)") && !svg.contains("\(word)\""), sourceLocation: sourceLocation)
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    elements[name, default: 0] += 1
    if let identifier = attributes["id"] { identifiers.append(identifier) }
    if name == "text" {
      isInText = true
      texts.append("")
    }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    if name == "text" { isInText = false }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if isInText, !texts.isEmpty { texts[texts.count - 1] += string }
  }
}
