#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The system's cosine.
enum PlainCosine {
  static func value(_ x: Double) -> Double { cos(x) }
}
