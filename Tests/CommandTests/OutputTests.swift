import Foundation
import Testing

/// Files appear complete or not at all, and what is no regular file is not replaced.
@Suite struct OutputTests {
  private func attributes(_ path: String) throws -> [FileAttributeKey: Any] {
    try FileManager.default.attributesOfItem(atPath: path)
  }

  @Test func aModelIsReplacedAndKeepsItsPermissions() throws {
    let folder = try Fixtures.folder()
    try folder.write("x.model", "old")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640], ofItemAtPath: folder.path("x.model"))
    let result = try Tool.run(["train", "flowers.csv", "-o", "x.model"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(folder.data("x.model") == folder.data("flowers.model"))
    #expect(try attributes(folder.path("x.model"))[.posixPermissions] as? Int == 0o640)
  }

  @Test func aSymbolicLinkStaysALink() throws {
    let folder = try Fixtures.folder()
    try folder.write("target.model", "old")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link.model"), withDestinationPath: "target.model")
    let result = try Tool.run(["train", "flowers.csv", "-o", "link.model"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link.model"))
        == "target.model")
    #expect(folder.data("target.model") == folder.data("flowers.model"))
  }

  @Test func devicesStayDevices() throws {
    let folder = try Fixtures.folder()
    for arguments in [
      ["train", "flowers.csv", "-o", "/dev/null"],
      ["predict", "flowers.model", "flowers.csv", "-o", "/dev/null"],
      ["inspect", "flowers.model", "--json", "/dev/null"],
    ] {
      let result = try Tool.run(arguments, in: folder)
      #expect(result.status == 0, "\(result)")
    }
    #expect(try attributes("/dev/null")[.type] as? FileAttributeType == .typeCharacterSpecial)
  }

  @Test func aModelGoesToStandardOutputAloneWhenAsked() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(["train", "flowers.csv", "-o", "/dev/fd/1", "-q"], in: folder)
    #expect(result.status == 0, "\(result)")
    let piped = try Tool.run(["train", "flowers.csv", "-o", "-"], in: folder)
    #expect(piped.output == result.output)
    #expect(piped.errors.contains("standard output"), "\(piped)")
  }

  @Test func anErrorLeavesTheOldPredictions() throws {
    let folder = try Fixtures.folder()
    try folder.write("out.csv", "old\n")
    let result = try Tool.run(
      ["predict", "flowers.model", "slip.csv", "-o", "out.csv"], in: folder)
    #expect(result.status == 65, "\(result)")
    #expect(folder.text("out.csv") == "old\n")
  }

  @Test func aStreamStopsAtTheErrorWithWhatWasRightBeforeIt() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(["predict", "flowers.model", "slip.csv"], in: folder)
    #expect(result.status == 65, "\(result)")
    #expect(result.output == "prediction\nsetosa\n")
    #expect(
      result.errors
        == "slip.csv:3:1: field 1 (petal_length) is \"4,3\"; expected a decimal number such as "
        + "1.4\n")
  }

  @Test func aFolderThatIsNotWritableIsKnownBeforeTheTraining() throws {
    let folder = try Fixtures.folder()
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o555], ofItemAtPath: folder.path("folder"))
    defer {
      chmod(folder.path("folder"), 0o755)
    }
    // To root every folder is writable; a folder that does not exist shows the same.
    let name = geteuid() == 0 ? "absent/x.model" : "folder/x.model"
    // The data does not even exist: the output is looked at first.
    let result = try Tool.run(["train", "absent.csv", "-o", name], in: folder)
    #expect(result.status == 1, "\(result)")
    #expect(result.errors.hasPrefix("\(name): cannot be written: "), "\(result)")
  }

  @Test func aReaderThatLeavesEndsTheCommandQuietly() throws {
    let folder = try Fixtures.folder()
    try folder.write(
      "many.csv",
      "petal_length,petal_width\n" + String(repeating: "1.4,0.2\n4.3,1.3\n", count: 60_000))
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    shell.currentDirectoryURL = folder.url
    shell.arguments = [
      "-c",
      "'\(Tool.path)' predict flowers.model many.csv 2> errors.txt | head -n 2 > first.txt; "
        + "echo ${PIPESTATUS[0]} > status.txt",
    ]
    try shell.run()
    shell.waitUntilExit()
    #expect(folder.text("first.txt") == "prediction\nsetosa\n")
    #expect(folder.text("errors.txt").isEmpty)
    #expect(folder.text("status.txt") == "0\n")
  }

  @Test func closedDescriptorsAreErrorsAndNotFiles() throws {
    let folder = try Fixtures.folder()
    for (redirection, status) in [(">&-", "1"), ("<&-", "0"), ("2>&-", "0")] {
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/bash")
      shell.currentDirectoryURL = folder.url
      shell.arguments = [
        "-c",
        "'\(Tool.path)' train flowers.csv -o x.model > out.txt 2> errors.txt \(redirection); "
          + "echo $? > status.txt",
      ]
      try shell.run()
      shell.waitUntilExit()
      #expect(folder.text("status.txt") == status + "\n", "\(redirection)")
      #expect(folder.data("x.model") == folder.data("flowers.model"), "\(redirection)")
      #expect(folder.text("flowers.csv") == Fixtures.flowers, "\(redirection)")
    }
  }
}
