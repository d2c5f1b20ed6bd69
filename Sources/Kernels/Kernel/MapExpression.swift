import Basics

/// The function of a pair value that makes a kernel value, as operations that other programs have.
package indirect enum MapExpression: Sendable, Equatable {
  /// The pair value.
  case pair
  /// c·e.
  case scaled(Double, MapExpression)
  /// e + c.
  case shifted(MapExpression, Double)
  /// e to a power; by squaring where that is a whole number from 0 to 1000, as the tiles compute it.
  case power(MapExpression, Double)
  case squareRoot(MapExpression)
  case exponential(MapExpression)
  case hyperbolicTangent(MapExpression)
  case product(MapExpression, MapExpression)

  /// The value of the expression for a pair value.
  package func value(_ pair: Double) -> Double {
    switch self {
    case .pair: return pair
    case .scaled(let factor, let inner): return factor * inner.value(pair)
    case .shifted(let inner, let constant): return inner.value(pair) + constant
    case .power(let inner, let exponent):
      let base = inner.value(pair)
      guard exponent == exponent.rounded(), (0...1000).contains(exponent) else {
        return pow(base, exponent)
      }
      return Self.power(base, Int(exponent))
    case .squareRoot(let inner): return inner.value(pair).squareRoot()
    case .exponential(let inner): return exp(inner.value(pair))
    case .hyperbolicTangent(let inner): return tanh(inner.value(pair))
    case .product(let first, let second): return first.value(pair) * second.value(pair)
    }
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var square = base
    var remaining = exponent
    while remaining > 0 {
      if remaining & 1 == 1 { result *= square }
      square *= square
      remaining >>= 1
    }
    return result
  }
}
