import LIBSVMTraining
import TestSupport

/// Generated problems for every formulation and kernel.
enum LIBSVMProblems {
  static let features = 4
  static let count = 60

  /// The indices of features: the first, and how far apart they are.
  ///
  /// Nine apart, rows are stored sparsely.
  struct Indices: CustomStringConvertible, Sendable {
    var first: Int32 = 1
    var stride: Int32 = 1

    static let all = [(1, 1), (0, 1), (1, 9), (0, 9)].map { Indices(first: $0.0, stride: $0.1) }

    subscript(feature: Int) -> Int32 { first + stride * Int32(feature) }

    var description: String { "\(stride) apart from \(first)" }
  }

  /// Rows of three overlapping classes, or with a target that depends on them smoothly; for a precomputed kernel
  /// the linear kernel's values behind serial numbers.
  static func problem(
    _ type: MachineType, _ kernel: KernelType, seed: UInt64, _ indices: Indices = Indices()
  ) -> (rows: NodeRows, targets: [Double]) {
    var generator = TestGenerator(seed: seed)
    var (examples, targets) = ([[Double]](), [Double]())
    for row in 0..<count {
      let label = row % 3
      let example = (0..<features).map { feature in
        generator.normal() * 0.7 + (feature == label ? 1.5 : 0)
      }
      examples.append(example)
      targets.append(
        type.isRegression ? example[0] - example[1] * example[2] : Double(label * 2 - 1))
    }
    var rows = NodeRows()
    for (number, example) in examples.enumerated() {
      if kernel == .precomputed {
        rows.append(0, Double(number + 1))
        for (place, other) in examples.enumerated() {
          rows.append(Int32(place + 1), zip(example, other).reduce(0) { $0 + $1.0 * $1.1 })
        }
      } else {
        for (feature, value) in example.enumerated() { rows.append(indices[feature], value) }
      }
      rows.endRow()
    }
    return (rows, targets)
  }

  static func parameters(
    _ type: MachineType, _ kernel: KernelType, probability: Bool = false
  ) throws -> Parameters {
    var numbers = ParameterNumbers()
    numbers.machineType = type.rawValue
    numbers.kernelType = kernel.rawValue
    numbers.gamma = 0.25
    numbers.constantTerm = 0.5
    numbers.nu = 0.3
    numbers.probability = probability ? 1 : 0
    return try Parameters(numbers)
  }

  /// Every formulation with every kernel.
  static let all: [(MachineType, KernelType)] = (0..<5).flatMap { type in
    (0..<5).map { (MachineType(rawValue: type)!, KernelType(rawValue: $0)!) }
  }
}
