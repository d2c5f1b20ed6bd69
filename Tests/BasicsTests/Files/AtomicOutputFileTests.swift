import Basics
import Basics
import Glibc
import TestSupport
import Testing

private func names(in folder: String) -> [String] {
  guard let stream = opendir(folder) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}

private func content(_ path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  while case let byte = getc(file), byte != EOF { bytes.append(UInt8(byte)) }
  return String(decoding: bytes, as: UTF8.self)
}

private func write(_ text: String, to path: String) {
  guard let file = fopen(path, "w") else { return }
  fputs(text, file)
  fclose(file)
}

private func mode(_ path: String) -> mode_t {
  var status = stat()
  return lstat(path, &status) == 0 ? status.st_mode : 0
}

@Test func aCommittedFileAppearsWhole() throws {
  try withTemporaryFolder { folder in
    let path = folder + "/out.csv"
    let file = try AtomicOutputFile(path: path)
    try file.write("one\n")
    try file.flush()
    #expect(content(path) == nil)
    try file.write(Array(repeating: UInt8(ascii: "x"), count: 200_000))
    try file.write("\n")
    try file.commit()
    #expect(content(path) == "one\n" + String(repeating: "x", count: 200_000) + "\n")
    #expect(names(in: folder) == ["out.csv"])
    let mask = umask(0)
    umask(mask)
    #expect(mode(path) & 0o777 == 0o666 & ~mask)
  }
}

@Test func aFileThatIsNotCommittedLeavesItsTargetUntouched() throws {
  try withTemporaryFolder { folder in
    let path = folder + "/out.csv"
    write("before", to: path)
    do {
      let file = try AtomicOutputFile(path: path)
      try file.write("after")
      try file.flush()
    }
    #expect(content(path) == "before")
    #expect(names(in: folder) == ["out.csv"])
  }
}

@Test func aReplacedFileKeepsItsPermissions() throws {
  try withTemporaryFolder { folder in
    let path = folder + "/out.csv"
    write("before", to: path)
    chmod(path, 0o640)
    let file = try AtomicOutputFile(path: path)
    try file.write("after")
    try file.commit()
    #expect(content(path) == "after")
    #expect(mode(path) & 0o7777 == 0o640)
  }
}

@Test func symbolicLinksAreFollowedAndStay() throws {
  try withTemporaryFolder { folder in
    mkdir(folder + "/there", 0o755)
    write("before", to: folder + "/there/target")
    symlink("there/target", folder + "/second")
    symlink(folder + "/second", folder + "/first")
    symlink("there/new", folder + "/dangling")
    for (link, target) in [("first", "target"), ("dangling", "new")] {
      let file = try AtomicOutputFile(path: folder + "/" + link)
      try file.write("after")
      try file.commit()
      #expect(mode(folder + "/" + link) & S_IFMT == S_IFLNK)
      #expect(content(folder + "/there/" + target) == "after")
    }
    #expect(names(in: folder) == ["dangling", "first", "second", "there"])
    #expect(names(in: folder + "/there") == ["new", "target"])

    symlink("loop", folder + "/loop")
    #expect(throws: OutputFileError(path: folder + "/loop", code: ELOOP)) {
      try AtomicOutputFile(path: folder + "/loop")
    }
  }
}

@Test func devicesAreWrittenInPlace() throws {
  let file = try AtomicOutputFile(path: "/dev/null")
  #expect(!file.replacesTarget)
  try file.write("gone")
  try file.commit()
  #expect(mode("/dev/null") & S_IFMT == S_IFCHR)
}

@Test func aLinkToADeviceIsWrittenInPlace() throws {
  try withTemporaryFolder { folder in
    symlink("/dev/null", folder + "/null")
    let file = try AtomicOutputFile(path: folder + "/null")
    #expect(!file.replacesTarget)
    try file.commit()
    #expect(mode(folder + "/null") & S_IFMT == S_IFLNK)
    #expect(mode("/dev/null") & S_IFMT == S_IFCHR)
  }
}

/// As a shell leaves it after `3>> file`: what is there already stays, what follows is appended.
@Test func openDescriptorsAreWrittenWhereTheyStand() throws {
  try withTemporaryFolder { folder in
    let path = folder + "/log"
    write("before ", to: path)
    let descriptor = open(path, O_WRONLY | O_APPEND)
    defer { close(descriptor) }
    let file = try AtomicOutputFile(path: "/dev/fd/\(descriptor)")
    #expect(!file.replacesTarget)
    try file.write("after")
    try file.commit()
    #expect(content(path) == "before after")
    #expect(names(in: folder) == ["log"])
  }
}

@Test func pipesShowWhatWasWrittenBeforeAnError() throws {
  try withTemporaryFolder { folder in
    let path = folder + "/pipe"
    mkfifo(path, 0o600)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    do {
      let file = try AtomicOutputFile(path: path)
      try file.write("right so far\n")
    }
    var buffer = [UInt8](repeating: 0, count: 100)
    let count = read(reader, &buffer, 100)
    #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == "right so far\n")
    #expect(mode(path) & S_IFMT == S_IFIFO)
  }
}

@Test func targetsThatCannotBeWrittenAreRefusedAtOnce() throws {
  try withTemporaryFolder { folder in
    #expect(throws: OutputFileError(path: folder, code: EISDIR)) {
      try AtomicOutputFile(path: folder)
    }
    #expect(throws: OutputFileError(path: "", code: ENOENT)) { try AtomicOutputFile(path: "") }
    let missing = folder + "/none/file"
    #expect(throws: OutputFileError(path: missing, code: ENOENT)) {
      try AtomicOutputFile(path: missing)
    }
    write("x", to: folder + "/file")
    let inside = folder + "/file/inside"
    #expect(throws: OutputFileError(path: inside, code: ENOTDIR)) {
      try AtomicOutputFile(path: inside)
    }
  }
}

@Test func aFullDeviceIsAnError() throws {
  let file = try AtomicOutputFile(path: "/dev/full")
  try file.write("x")
  #expect {
    try file.flush()
  } throws: { error in
    "\(error)" == "/dev/full: cannot be written: No space left on device"
  }
}
