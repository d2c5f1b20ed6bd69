import Basics

/// The system's exponential, for tests that import nothing else of the system.
package enum PlainExponential {
  /// eˣ.
  package static func value(_ x: Double) -> Double { exp(x) }
}
