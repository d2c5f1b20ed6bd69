import Basics

// Cosines of many numbers. The C library's function takes one at a time; this loop has no branches, so
// that the compiler computes several at once.
//
// With k the whole number nearest to x/2π, r = x − 2πk lies in −π…π, and cos x = 1 − 2 sin²(r/2). 2π is
// subtracted in two parts, the first of 33 bits, so that k times it is exact for |k| < 2²⁰. The series
// of sin t up to t¹⁹ is within 3·10⁻¹⁶ at t = π/2; the result is within 10⁻¹⁵.

/// Arguments beyond this go to the C library's function.
private let largestArgument = 0x1p22

/// Replaces each x by scale · cos x.
@unsafe
func replaceByCosines(_ values: UnsafeMutablePointer<Double>, _ count: Int, scale: Double) {
  var largest = 0.0
  for index in 0..<count { unsafe largest = max(largest, values[index].magnitude) }
  guard largest <= largestArgument else {
    for index in 0..<count { unsafe values[index] = scale * cos(values[index]) }
    return
  }
  let turn = 0x1.921fb544p+2
  let rest = 0x1.0b4611a626331p-32
  let inverse = 0x1.45f306dc9c883p-3
  // Adding and subtracting it rounds to a whole number.
  let rounder = 0x1.8p52
  for index in 0..<count {
    let x = unsafe values[index]
    let k = (x * inverse + rounder) - rounder
    let t = ((x - k * turn) - k * rest) * 0.5
    let s = t * t
    var p = -1 / 121_645_100_408_832_000.0
    p = p * s + 1 / 355_687_428_096_000.0
    p = p * s - 1 / 1_307_674_368_000.0
    p = p * s + 1 / 6_227_020_800.0
    p = p * s - 1 / 39_916_800.0
    p = p * s + 1 / 362_880.0
    p = p * s - 1 / 5_040.0
    p = p * s + 1 / 120.0
    p = p * s - 1 / 6.0
    let sine = t + t * s * p
    unsafe values[index] = scale - (2 * scale) * (sine * sine)
  }
}
