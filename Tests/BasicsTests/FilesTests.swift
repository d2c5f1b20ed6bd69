import Testing
import TestSupport

@testable import Basics

@Suite struct FilesTests {
  private func write(_ text: String, to path: String) throws {
    let file = try AtomicOutputFile(path: path)
    try file.write(text)
    try file.commit()
  }

  @Test func aFileIsReadInPiecesAndAgain() throws {
    try withTemporaryFolder { folder in
      try write("abcdef", to: folder + "/file")
      let file = try InputFile(path: folder + "/file")
      #expect(file.isRegular && file.size == 6 && file.position == 0)
      #expect(try file.read(atMost: 4) == Array("abcd".utf8))
      #expect(file.position == 4)
      #expect(try file.read(atMost: 4) == Array("ef".utf8))
      #expect(try file.read(atMost: 4) == [])
      try file.seek(to: 1)
      #expect(try file.read(atMost: 2) == Array("bc".utf8))
    }
  }

  @Test func whatIsMissingOrAFolderSaysSo() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/none"
      #expect { try InputFile(path: path) } throws: {
        ($0 as? SystemError)?.reason == "No such file or directory"
      }
      let opened = try InputFile(path: folder)
      #expect(!opened.isRegular)
      #expect { try opened.read(atMost: 1) } throws: {
        ($0 as? SystemError)?.reason == "Is a directory"
      }
      #expect(!FileStatus.exists(path) && !FileStatus.isReadable(path))
      #expect(FileStatus.exists(folder) && FileStatus.identity(path: folder) == nil)
    }
  }

  @Test func twoPathsToOneFileAreOneFile() throws {
    try withTemporaryFolder { folder in
      try write("a", to: folder + "/a")
      try write("a", to: folder + "/b")
      let a = FileStatus.identity(path: folder + "/a")
      #expect(a != nil && a == FileStatus.identity(path: folder + "/./a"))
      #expect(a != FileStatus.identity(path: folder + "/b"))
      FileStatus.remove(folder + "/a")
      FileStatus.removeWithoutMemory(folder + "/b")
      #expect(!FileStatus.exists(folder + "/a") && !FileStatus.exists(folder + "/b"))
    }
  }

  @Test func aTreeGoesWithAllItHolds() throws {
    var path = ""
    try withTemporaryFolder { folder in
      path = folder
      let inner = try FolderTree.makeTemporary(prefix: folder + "/inner-")
      try write("a", to: inner + "/a")
      #expect(SystemPath.resolved(inner + "/../.") == SystemPath.resolved(folder))
      #expect(SystemPath.resolved(folder + "/none") == nil)
    }
    #expect(!FileStatus.exists(path))
  }

  @Test func noFolderIsMadeWhereNoneCanBe() {
    #expect(throws: SystemError.self) {
      try FolderTree.makeTemporary(prefix: "/dev/null/x-")
    }
  }
}
