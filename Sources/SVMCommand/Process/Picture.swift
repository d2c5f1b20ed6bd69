import Basics
import Reports
import Tables

/// A picture as a file: SVG, or PNG by a program that converts.
struct Picture {
  /// The path; `-` is standard output.
  let path: String
  private let isPNG: Bool
  private let width: Int

  /// Looks at the name.
  ///
  /// - Throws: ``UsageError`` for a name that ends in neither `.svg` nor `.png`.
  init(_ path: String, width: Int) throws(UsageError) {
    self.path = path
    self.width = width
    let name = path.lowercased()
    isPNG = name.hasSuffix(".png")
    guard isPNG || path == "-" || name.hasSuffix(".svg") else {
      throw UsageError(
        option: "--output", "\(MessageText.plain(path)) must end in .svg or .png")
    }
  }

  /// The file's bytes.
  func bytes(_ plot: Plot) throws -> [UInt8] {
    let svg = plot.svg()
    return isPNG ? try PictureConverter.png(svg, width: width) : Array(svg.utf8)
  }
}

/// Programs that make PNG of SVG, the best first.
private struct PictureConverter: Sendable {
  let name: String
  /// The arguments for a width and the scale that gives it.
  let arguments: @Sendable (_ svg: String, _ png: String, _ size: Size) -> [String]

  struct Size: Sendable {
    /// The drawing's own width and height.
    var width: Int
    var height: Int
    /// The width in pixels.
    var pixels: Int
  }

  static let all = [
    PictureConverter(name: "rsvg-convert") { svg, png, size in
      ["--width", "\(size.pixels)", "--keep-aspect-ratio", "--output", png, svg]
    },
    PictureConverter(name: "inkscape") { svg, png, size in
      ["--export-type=png", "--export-filename=\(png)", "--export-width=\(size.pixels)", svg]
    },
    browser("chromium"), browser("chromium-browser"), browser("google-chrome"),
    magick("magick"), magick("convert"),
  ]

  private static func browser(_ name: String) -> PictureConverter {
    PictureConverter(name: name) { svg, png, size in
      // As root a browser starts only without its sandbox; the page is ours.
      (CurrentProcess.isSuperuser ? ["--no-sandbox"] : []) + [
        "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--user-data-dir=\(png).profile", "--window-size=\(size.width),\(size.height)",
        "--force-device-scale-factor=\(Double(size.pixels) / Double(size.width))",
        "--screenshot=\(png)", "file://\(svg)",
      ]
    }
  }

  private static func magick(_ name: String) -> PictureConverter {
    PictureConverter(name: name) { svg, png, size in
      // The density in which the drawing, of 96 units to the inch, gets its width.
      ["-density", "\(96 * size.pixels / size.width)", svg, "-resize", "\(size.pixels)", png]
    }
  }

  /// Converts by the first installed program that succeeds.
  ///
  /// - Throws: ``CommandFailure`` when there is none.
  static func png(_ svg: String, width: Int) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let (source, target) = (folder.path + "/plot.svg", folder.path + "/plot.png")
    let file = try AtomicOutputFile(path: source)
    try file.write(svg)
    try file.commit()
    let size = Size(
      width: attribute("width", of: svg) ?? 440, height: attribute("height", of: svg) ?? 400,
      pixels: width)
    var failed: [String] = []
    for converter in all {
      guard
        let status = ChildProcess.status(
          of: converter.name, converter.arguments(source, target, size), seconds: 60)
      else { continue }
      if status == 0, let bytes = try bytes(of: target) { return bytes }
      failed.append(converter.name)
    }
    let why =
      failed.isEmpty
      ? "none of rsvg-convert, inkscape, chromium and ImageMagick is installed"
      : "\(failed.joined(separator: " and ")) failed"
    throw CommandFailure(
      .failure,
      "a PNG file needs a program that converts SVG, but \(why); write an .svg file instead")
  }

  /// The bytes of a file; `nil` when there is none, or nothing in it.
  private static func bytes(of path: String) throws -> [UInt8]? {
    guard FileStatus.isReadable(path) else { return nil }
    let bytes = try WholeFile.bytes(path) ?? []
    return bytes.isEmpty ? nil : bytes
  }

  /// A whole number, rounded up, among the attributes of the document's first element.
  private static func attribute(_ name: String, of svg: String) -> Int? {
    guard let element = svg.firstRange(of: "<svg "),
      let found = svg[element.upperBound...].firstRange(of: " \(name)=\"")
    else { return nil }
    let text = svg[found.upperBound...].prefix { $0 != "\"" }
    return Double(text).map { Int($0.rounded(.up)) }
  }
}

/// A folder that is gone with its last user.
private final class TemporaryFolder {
  let path: String

  /// Where temporary files belong: what `TMPDIR` says.
  private static var parent: String {
    guard let path = CurrentProcess.variable("TMPDIR"), !path.isEmpty else { return "/tmp" }
    return path
  }

  init() throws {
    let parent = Self.parent
    do throws(SystemError) {
      path = try FolderTree.makeTemporary(prefix: "\(parent)/svm-plot-")
    } catch {
      throw CommandFailure(
        .failure, "\(MessageText.plain(parent)): cannot create a folder there: \(error.reason)")
    }
    Interrupts.shared.register(folder: path)
  }

  deinit {
    FolderTree.remove(path)
    Interrupts.shared.unregister(folder: path)
  }
}
