#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A library that is opened while the program runs, and stays open.
@safe
package struct DynamicLibrary: @unchecked Sendable {
  private let handle: UnsafeMutableRawPointer

  /// Opens a library.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``Failure`` with the system's words.
  package init(path: String) throws(Failure) {
    // What it brings along has to be visible to libraries that it opens itself, as MPI's does.
    guard let handle = unsafe dlopen(path, RTLD_NOW | RTLD_GLOBAL) else {
      throw Failure(description: Self.lastError ?? "\(path) cannot be opened")
    }
    unsafe self.handle = handle
  }

  /// The address of a function.
  ///
  /// - Parameter name: Its name in C.
  /// - Returns: The address.
  /// - Throws: ``Failure`` when the library has none of this name.
  @unsafe
  package func symbol(_ name: String) throws(Failure) -> UnsafeMutableRawPointer {
    guard let address = unsafe dlsym(handle, name) else {
      throw Failure(description: Self.lastError ?? "\(name) is missing")
    }
    return unsafe address
  }

  private static var lastError: String? {
    unsafe dlerror().map { unsafe String(cString: $0) }
  }

  /// Why a library or function is not there.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }
}
