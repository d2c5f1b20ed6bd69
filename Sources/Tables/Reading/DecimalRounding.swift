/// The Double nearest to a decimal number.
///
/// Numbers whose digits and power of ten are both exact in a Double take one operation, which rounds
/// correctly (Clinger, "How to Read Floating Point Numbers Accurately", 1990). All others multiply
/// the digits with 128 bits of the power of ten, which decides every case of at most 19 digits
/// (Lemire, "Number Parsing at a Gigabyte per Second", 2021; Mushtak and Lemire, "Fast Number Parsing
/// Without Fallback", 2023).
enum DecimalRounding {
  /// Below the first every number of 19 digits rounds to 0, above the last every one to infinity.
  private static let smallestPower = -342
  private static let largestPower = 308
  /// The powers for which digits and power together can lie midway between two Doubles.
  private static let midwayPowers = -4...23

  // All powers of ten that are exactly representable.
  private static let exactPowers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The Double nearest to `digits`·10^`powerOfTen`, the even one of two equally near; infinity if
  /// that is out of range.
  @inline(__always)
  static func nearest(_ digits: UInt64, powerOfTen: Int) -> Double {
    if digits <= 1 << 53, powerOfTen >= -22, powerOfTen <= 22 {
      let power = unsafe exactPowers.withUnsafeBufferPointer { unsafe $0[abs(powerOfTen)] }
      return powerOfTen < 0 ? Double(digits) / power : Double(digits) * power
    }
    return nearestByProduct(digits, powerOfTen)
  }

  // 10^q = 5^q·2^q, and the power of two only moves the exponent. With w the digits, moved up to fill
  // 64 bits, and 5^q given by its first 128 bits, the first 64 bits of w·5^q hold the mantissa of 53
  // bits, the bit by which it is rounded, and some more. Where these could still be changed by what
  // the first half of the power leaves out (they are all ones), the second half is multiplied, too.
  @inline(never)
  private static func nearestByProduct(_ digits: UInt64, _ powerOfTen: Int) -> Double {
    guard digits > 0, powerOfTen >= smallestPower else { return 0 }
    guard powerOfTen <= largestPower else { return .infinity }
    let leadingZeros = digits.leadingZeroBitCount
    let w = digits << UInt64(leadingZeros)
    let index = 2 * (powerOfTen - smallestPower)
    var (high, low) = powersOfFive[index].multipliedFullWidth(by: w)
    let undecided: UInt64 = 0x1FF
    if high & undecided == undecided {
      let carry = powersOfFive[index + 1].multipliedFullWidth(by: w).high
      let (sum, overflow) = low.addingReportingOverflow(carry)
      low = sum
      if overflow { high += 1 }
    }

    // The product of two numbers that fill their bits has 127 or 128 of them.
    let upperBit = Int(high >> 63)
    let shift = UInt64(upperBit + 64 - 52 - 3)
    var mantissa = high >> shift
    // ⌊q·log₂10⌋ as a product; exact in this range of q.
    var exponent = ((217_706 * powerOfTen) >> 16) + 63 + upperBit - leadingZeros + 1023
    if exponent <= 0 {
      // Below the normal numbers bits are lost at the end, and rounding comes after that.
      guard exponent > -63 else { return 0 }
      mantissa >>= UInt64(1 - exponent)
      mantissa = (mantissa + (mantissa & 1)) >> 1
      // Rounding up may give the smallest normal number, whose bits are just these.
      return Double(bitPattern: mantissa)
    }
    // One half is rounded up below, which is wrong when it is exactly one half and what is before it
    // is even.
    if low <= 1, midwayPowers.contains(powerOfTen), mantissa & 3 == 1, mantissa << shift == high {
      mantissa &= ~1
    }
    mantissa = (mantissa + (mantissa & 1)) >> 1
    if mantissa == 1 << 53 {
      mantissa = 1 << 52
      exponent += 1
    }
    guard exponent < 0x7FF else { return .infinity }
    return Double(bitPattern: UInt64(exponent) << 52 | (mantissa & ((1 << 52) - 1)))
  }

  /// For each power of five the first and the second 64 of its first 128 bits.
  ///
  /// Those of the positive powers are cut off; so are those of the reciprocals of large powers, while
  /// those of the reciprocals of powers up to 5²⁷ are the next larger number, so that exact quotients
  /// come out exact. They are computed once, which takes about a millisecond.
  private static let powersOfFive: [UInt64] = {
    var positive: [UInt64] = []
    var negative: [UInt64] = []
    var power = WideInteger(1)
    for exponent in 0...(-smallestPower) {
      if exponent <= largestPower {
        let (high, low) = power.first128Bits
        positive += [high, low]
      }
      if exponent > 0 {
        var (high, low) = power.reciprocal128Bits
        if exponent <= 27 {
          let (sum, overflow) = low.addingReportingOverflow(1)
          low = sum
          if overflow { high += 1 }
        }
        // They are collected from 5⁻¹ downwards, and wanted upwards.
        negative += [low, high]
      }
      power.multiply(by: 5)
    }
    return negative.reversed() + positive
  }()
}

/// A whole number greater than 0 of any size; its lowest 64 bits come first.
private struct WideInteger {
  private var words: [UInt64]

  init(_ value: UInt64) { words = [value] }

  mutating func multiply(by factor: UInt64) {
    var carry: UInt64 = 0
    for i in words.indices {
      let (high, low) = words[i].multipliedFullWidth(by: factor)
      let (sum, overflow) = low.addingReportingOverflow(carry)
      words[i] = sum
      carry = high + (overflow ? 1 : 0)
    }
    if carry > 0 { words.append(carry) }
  }

  private var bitCount: Int {
    64 * words.count - words[words.count - 1].leadingZeroBitCount
  }

  private func bit(_ index: Int) -> UInt64 {
    index < 0 ? 0 : words[index / 64] >> UInt64(index % 64) & 1
  }

  /// The first 128 bits, with zeros after them when there are fewer.
  var first128Bits: (high: UInt64, low: UInt64) {
    var (high, low): (UInt64, UInt64) = (0, 0)
    let count = bitCount
    for i in 1...128 {
      high = high << 1 | low >> 63
      low = low << 1 | bit(count - i)
    }
    return (high, low)
  }

  /// The first 128 bits of 1 divided by this, which is not a power of two, by long division.
  var reciprocal128Bits: (high: UInt64, low: UInt64) {
    // The largest power of two below this is the first remainder; its double gives the first bit.
    var remainder = [UInt64](repeating: 0, count: words.count + 1)
    let top = bitCount - 1
    remainder[top / 64] = 1 << UInt64(top % 64)
    let divisor = words + [0]
    var (high, low): (UInt64, UInt64) = (0, 0)
    for _ in 0..<128 {
      var carry: UInt64 = 0
      for i in remainder.indices {
        let next = remainder[i] >> 63
        remainder[i] = remainder[i] << 1 | carry
        carry = next
      }
      high = high << 1 | low >> 63
      low <<= 1
      if !Self.isLess(remainder, divisor) {
        Self.subtract(divisor, from: &remainder)
        low |= 1
      }
    }
    return (high, low)
  }

  private static func isLess(_ left: [UInt64], _ right: [UInt64]) -> Bool {
    for i in left.indices.reversed() where left[i] != right[i] { return left[i] < right[i] }
    return false
  }

  private static func subtract(_ right: [UInt64], from left: inout [UInt64]) {
    var borrow = false
    for i in left.indices {
      let (first, firstBorrow) = left[i].subtractingReportingOverflow(right[i])
      let (second, secondBorrow) = first.subtractingReportingOverflow(borrow ? 1 : 0)
      left[i] = second
      borrow = firstBorrow || secondBorrow
    }
  }
}
