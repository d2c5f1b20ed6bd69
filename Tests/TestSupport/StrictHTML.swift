// A strict reading of the pages and pictures that we write: what a browser forgives is an error here.

/// What is wrong with a page, and what it holds.
public struct StrictHTML {
  /// What is wrong, each a sentence; empty for a page that is well-formed.
  public private(set) var problems: [String] = []
  /// How often each element occurs.
  public private(set) var elements: [String: Int] = [:]
  /// The text outside of tags, references replaced.
  public private(set) var text = ""

  private static let voidElements: Set<String> = ["meta", "link", "br", "hr", "img", "input"]
  /// Elements whose content is no markup.
  private static let rawElements: Set<String> = ["style", "title", "script"]
  private static let references = [
    "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'",
  ]

  private var identifiers: Set<String> = []
  private var links: [String] = []
  private var open: [String] = []

  /// Reads an SVG document, whose namespaces are addresses that nobody asks.
  public init(svg: String) {
    self.init(
      svg.split(separator: "xmlns=\"http://www.w3.org/2000/svg\"", omittingEmptySubsequences: false)
        .joined())
  }

  /// Reads a page.
  public init(_ page: String) {
    var rest = page[...]
    if page.hasPrefix("<!DOCTYPE html>") { rest = rest.dropFirst("<!DOCTYPE html>".count) }
    while let start = rest.firstIndex(of: "<") {
      read(text: rest[..<start])
      rest = rest[start...]
      guard let end = Self.end(of: rest) else {
        problems.append("a tag is not closed: \(rest.prefix(60))")
        return
      }
      read(tag: rest[rest.index(after: start)..<end])
      rest = rest[rest.index(after: end)...]
      if let element = open.last, Self.rawElements.contains(element), element != "title" {
        // Up to the closing tag there is nothing to read.
        while let start = rest.firstIndex(of: "<"), !rest[start...].hasPrefix("</\(element)>") {
          rest = rest[rest.index(after: start)...]
        }
        rest = rest[(rest.firstIndex(of: "<") ?? rest.endIndex)...]
      }
    }
    read(text: rest)
    for name in open { problems.append("<\(name)> is not closed") }
    for link in links where !identifiers.contains(link) {
      problems.append("#\(link) leads nowhere")
    }
    for address in ["http:", "https:", "//", "@import", "javascript:"] where page.contains(address)
    {
      problems.append("\(address) occurs")
    }
    for part in page.split(separator: "url(").dropFirst() where !part.hasPrefix("#") {
      problems.append("url(\(part.prefix(20)) occurs")
    }
    for word in ["NaN", "=\"nan", "=\"inf", "-nan"] where page.contains(word) {
      problems.append("\(word) occurs")
    }
  }

  /// Where a tag ends: the first `>` outside of quotes.
  private static func end(of tag: Substring) -> Substring.Index? {
    var isQuoted = false
    for index in tag.indices {
      if tag[index] == "\"" { isQuoted.toggle() }
      if tag[index] == ">", !isQuoted { return index }
    }
    return nil
  }

  private mutating func read(text found: Substring) {
    checkReferences(found, in: "text")
    guard found.utf8.contains(UInt8(ascii: "&")) else {
      text += found
      return
    }
    var plain = String(found)
    for (reference, character) in Self.references where reference != "&amp;" {
      plain = plain.split(separator: reference, omittingEmptySubsequences: false)
        .joined(separator: character)
    }
    text += plain.split(separator: "&amp;", omittingEmptySubsequences: false).joined(separator: "&")
  }

  private mutating func checkReferences(_ text: Substring, in place: String) {
    if text.utf8.contains(UInt8(ascii: "&")) {
      for part in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
      where !Self.references.keys.contains(where: { ("&" + part).hasPrefix($0) }) {
        problems.append("a bare & in \(place): \(part.prefix(20))")
      }
    }
    if place == "text", text.utf8.contains(UInt8(ascii: ">")) {
      problems.append("a bare > in text: \(text.prefix(40))")
    }
  }

  private mutating func read(tag: Substring) {
    if tag.hasPrefix("/") {
      let name = String(tag.dropFirst())
      if open.last == name {
        open.removeLast()
      } else {
        problems.append("</\(name)> closes <\(open.last ?? "nothing")>")
      }
      return
    }
    let isClosed = tag.hasSuffix("/")
    var rest = isClosed ? tag.dropLast() : tag
    let name = String(rest.prefix { $0 != " " && $0 != "\n" })
    rest = rest.dropFirst(name.count)
    elements[name, default: 0] += 1
    var names: Set<String> = []
    while true {
      rest = rest.drop { $0 == " " || $0 == "\n" }
      guard !rest.isEmpty else { break }
      let attribute = String(rest.prefix { $0 != "=" && $0 != " " })
      rest = rest.dropFirst(attribute.count)
      guard rest.hasPrefix("=\"") else {
        problems.append("attribute \(attribute) of <\(name)> has no quoted value")
        return
      }
      let value = rest.dropFirst(2).prefix { $0 != "\"" }
      rest = rest.dropFirst(3 + value.count)
      checkReferences(value, in: "attribute \(attribute)")
      if value.utf8.contains(UInt8(ascii: "<")) {
        problems.append("< in attribute \(attribute) of <\(name)>")
      }
      if !names.insert(attribute).inserted { problems.append("<\(name)> has \(attribute) twice") }
      if attribute == "id", !identifiers.insert(String(value)).inserted {
        problems.append("id \(value) occurs twice")
      }
      if attribute == "href", value.hasPrefix("#") { links.append(String(value.dropFirst())) }
      if attribute.hasPrefix("on") { problems.append("<\(name)> has \(attribute)") }
    }
    if name == "script" || name == "iframe" || name == "img" { problems.append("<\(name)> occurs") }
    if !isClosed && !Self.voidElements.contains(name) { open.append(name) }
  }
}
