import CLIBSVM

/// The lines that programs around LIBSVM read: on standard output, or through the host's function.
enum Output {
  static func print(_ text: String) { unsafe libsvm_print(text) }

  /// Standard error is the host's: warnings that LIBSVM writes too, and errors that have no other channel.
  static func warn(_ text: String) { unsafe libsvm_warn(text) }

  /// A number with six decimals, as "%f" prints it in C.
  static func fixed(_ value: Double) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 340) { buffer in
      guard let base = buffer.baseAddress else { return "" }
      _ = unsafe libsvm_format_fixed(base, value)
      return unsafe String(cString: base)
    }
  }

  /// A number with this many significant digits, as "%g" prints it in C.
  static func general(_ value: Double, digits: Int32 = 6) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 40) { buffer in
      guard let base = buffer.baseAddress else { return "" }
      _ = unsafe libsvm_format(base, digits, value)
      return unsafe String(cString: base)
    }
  }
}
