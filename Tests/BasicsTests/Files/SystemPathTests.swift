import Testing

@testable import Basics

@Suite struct SystemPathTests {
  @Test func namesOfFilesNeedNotBeUTF8() throws {
    let bytes: [UInt8] = [0x61, 0xE9, 0x62, 0xFF, 0xC3, 0xA9, 0xF4, 0x8F, 0xBF, 0xA9]
    let path = SystemPath.string(bytes)
    let again = SystemPath.withBytes(of: path) { start in
      var found: [UInt8] = []
      var index = 0
      while start[index] != 0 {
        found.append(UInt8(bitPattern: start[index]))
        index += 1
      }
      return found
    }
    #expect(again == bytes)
  }

  @Test func pathsHaveParts() {
    #expect(SystemPath.folder(of: "a") == "." && SystemPath.lastName(of: "a") == "a")
    #expect(SystemPath.folder(of: "/a") == "/" && SystemPath.lastName(of: "/a") == "a")
    #expect(SystemPath.folder(of: "a/b/c") == "a/b" && SystemPath.lastName(of: "a/b/c") == "c")
    #expect(SystemPath.joined("/", "a") == "/a" && SystemPath.joined("a", "b") == "a/b")
  }
}
