import Basics

/// Runs a closure with a fresh folder, and removes it with all it holds.
package func withTemporaryFolder(_ body: (String) throws -> Void) throws {
  let folder = try FolderTree.makeTemporary(prefix: "/tmp/svm-tests-")
  defer { FolderTree.remove(folder) }
  try body(folder)
}
