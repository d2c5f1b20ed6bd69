#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The C library's logarithm.
package func naturalLogarithm(_ value: Double) -> Double { log(value) }
