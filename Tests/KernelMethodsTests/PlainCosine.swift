import Basics

/// The system's cosine.
enum PlainCosine {
  static func value(_ x: Double) -> Double { cos(x) }
}
