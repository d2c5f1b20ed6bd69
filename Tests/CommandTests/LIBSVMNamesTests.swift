import Foundation
import Testing

@Suite("The command by LIBSVM's names")
struct LIBSVMNamesTests {
  /// Twenty rows of two classes.
  private static let rows = (0..<20).map {
    "\($0 % 2 == 0 ? 1 : -1) 1:\(Double($0 % 2) - 0.5) 2:\(Double($0 % 7) / 7) 3:\($0 % 3)\n"
  }.joined()

  /// A link to the command by another name, in a folder of a test.
  private func link(_ name: String, in folder: Folder) throws -> String {
    let path = folder.url.appendingPathComponent(name).path
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: Tool.path)
    return path
  }

  @Test("svm-easy scales, searches, trains and tests")
  func easy() throws {
    let folder = try Folder()
    try folder.write("small.libsvm", Self.rows)
    let program = try link("svm-easy", in: folder)
    let run = try Tool.run(["small.libsvm", "small.libsvm"], in: folder, program: program)
    #expect(run.status == 0, "\(run)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.first == "Scaling training data...")
    #expect(lines.count == 9 && lines[7].hasPrefix("Accuracy = "), "\(run)")
    #expect(lines.last == "Output prediction: small.libsvm.predict")
    for name in ["scale", "range", "model", "scale.out", "predict"] {
      let path = folder.url.appendingPathComponent("small.libsvm.\(name)").path
      #expect(FileManager.default.fileExists(atPath: path), "\(name)")
    }
  }

  @Test("svm-train prints LIBSVM's lines; by its own name the command is itself")
  func train() throws {
    let folder = try Folder()
    try folder.write("small.libsvm", Self.rows)
    let program = try link("svm-train", in: folder)
    let run = try Tool.run(["small.libsvm"], in: folder, program: program)
    #expect(run.status == 0, "\(run)")
    for words in ["optimization finished, #iter = ", "nu = ", "obj = ", "nSV = ", "Total nSV = "] {
      #expect(run.output.contains(words), "\(run)")
    }
    #expect(
      FileManager.default.fileExists(
        atPath: folder.url.appendingPathComponent("small.libsvm.model").path))
    let own = try Tool.run(["--version"], in: folder, program: try link("another", in: folder))
    #expect(own.status == 0)
  }
}
