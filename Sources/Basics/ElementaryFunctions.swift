// The functions of the C library that the package computes with, the same on every platform: whoever
// imports Basics has these, and nothing else of the system. They are the library's own, not wrappers,
// so that a loop around them is compiled as if it had imported the library itself.

#if canImport(Glibc)
  @_exported import func Glibc.cos
  @_exported import func Glibc.erfc
  @_exported import func Glibc.exp
  @_exported import func Glibc.exp2
  @_exported import func Glibc.log
  @_exported import func Glibc.log10
  @_exported import func Glibc.log1p
  @_exported import func Glibc.log2
  @_exported import func Glibc.memchr
  @_exported import func Glibc.memset
  @_exported import func Glibc.pow
  @_exported import func Glibc.sin
  @_exported import func Glibc.tanh
#elseif canImport(Musl)
  @_exported import func Musl.cos
  @_exported import func Musl.erfc
  @_exported import func Musl.exp
  @_exported import func Musl.exp2
  @_exported import func Musl.log
  @_exported import func Musl.log10
  @_exported import func Musl.log1p
  @_exported import func Musl.log2
  @_exported import func Musl.memchr
  @_exported import func Musl.memset
  @_exported import func Musl.pow
  @_exported import func Musl.sin
  @_exported import func Musl.tanh
#elseif canImport(Darwin)
  @_exported import func Darwin.cos
  @_exported import func Darwin.erfc
  @_exported import func Darwin.exp
  @_exported import func Darwin.exp2
  @_exported import func Darwin.log
  @_exported import func Darwin.log10
  @_exported import func Darwin.log1p
  @_exported import func Darwin.log2
  @_exported import func Darwin.memchr
  @_exported import func Darwin.memset
  @_exported import func Darwin.pow
  @_exported import func Darwin.sin
  @_exported import func Darwin.tanh
#endif

/// `base` to an integer power, by multiplication: exact while the result fits 53 bits.
package func power(_ base: Int, _ exponent: Int) -> Double {
  var result = 1.0
  for _ in 0..<min(abs(exponent), 1100) { result *= Double(base) }
  return exponent < 0 ? 1 / result : result
}
