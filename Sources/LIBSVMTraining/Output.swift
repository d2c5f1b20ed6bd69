import CLIBSVM

/// The lines that programs around LIBSVM read: on standard output, or through the host's function.
package enum Output {
  package static func print(_ text: String) { unsafe libsvm_print(text) }

  /// Standard error is the host's: warnings that LIBSVM writes too, and errors that have no other channel.
  package static func warn(_ text: String) { unsafe libsvm_warn(text) }

  /// A number with six decimals, as "%f" prints it in C.
  package static func fixed(_ value: Double) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 340) { buffer in
      guard let base = buffer.baseAddress else { return "" }
      _ = unsafe libsvm_format_fixed(base, value)
      return unsafe String(cString: base)
    }
  }

  /// A number with this many significant digits, as "%g" prints it in C.
  package static func general(_ value: Double, digits: Int32 = 6) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 40) { buffer in
      guard let base = buffer.baseAddress else { return "" }
      _ = unsafe libsvm_format(base, digits, value)
      return unsafe String(cString: base)
    }
  }

  /// A number as C converts it to an int and prints it.
  package static func integer(_ value: Double) -> Int32 { Trainer.label(value) }

  /// Ends what training prints, for `-q`.
  package static func silence() { unsafe libsvm_set_printer { _ in } }

  /// Prints on standard output again.
  package static func speak() { libsvm_set_printer(nil) }
}

/// Numbers as C's functions read them, in the C locale.
package enum Input {
  /// What strtod reads.
  ///
  /// - Returns: `nil` where the text is not a number from its beginning to its end.
  package static func number(_ text: String) -> Double? {
    let (value, length) = prefix(text)
    return length > 0 && length == text.utf8.count ? value : nil
  }

  /// What strtod reads at the beginning of a text, and how many bytes that takes: 0 for no number.
  package static func prefix(_ text: String) -> (value: Double, length: Int) {
    unsafe text.withCString { start in
      var end: UnsafeMutablePointer<CChar>?
      let value = unsafe libsvm_parse(start, &end)
      guard let end = unsafe end else { return (value, 0) }
      return unsafe (value, UnsafePointer(end) - start)
    }
  }
}

/// C's rand(), by which folds are drawn.
package enum HostRandom {
  /// The next number.
  static func next() -> Int { Int(libsvm_random()) }

  /// Begins the sequence that a program begins with.
  package static func restart() { libsvm_restart_random() }
}
