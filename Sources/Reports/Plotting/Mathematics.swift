// The few functions of the C library that plots need, under names that do not depend on the platform.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The logarithm to base 10.
func logarithm10(_ value: Double) -> Double { log10(value) }

/// The natural logarithm.
func naturalLogarithm(_ value: Double) -> Double { log(value) }

/// eˣ.
func exponential(_ value: Double) -> Double { exp(value) }

/// `base` to an integer power, by multiplication: exact while the result fits 53 bits.
func power(_ base: Int, _ exponent: Int) -> Double {
  var result = 1.0
  for _ in 0..<min(abs(exponent), 1100) { result *= Double(base) }
  return exponent < 0 ? 1 / result : result
}
