import Kernels
import LinearAlgebra
import TestSupport
import Testing

@Suite struct TiledKernelTests {
  static let seed: UInt64 = 100

  struct Shape: CustomTestStringConvertible {
    var count: Int
    var features: Int
    var testDescription: String { "\(count) × \(features)" }
  }

  static let shapes = [
    Shape(count: 1, features: 1), Shape(count: 2, features: 2), Shape(count: 7, features: 123),
    Shape(count: 47, features: 7), Shape(count: 49, features: 48), Shape(count: 241, features: 2),
    Shape(count: 500, features: 7), Shape(count: 255, features: 123),
  ]

  /// Dense and sparse examples; a third of the entries is not zero.
  ///
  /// - Parameters:
  ///   - shape: Their number and that of their features.
  ///   - function: A kernel that may need features that are at least 0; `nil` for any other.
  /// - Returns: The same examples in several storages, each with its name.
  /// - Throws: `LinearAlgebraError` where the sparse examples are not well-formed.
  static func examples(
    _ shape: Shape, for function: KernelFunction? = nil
  ) throws -> [(String, FeatureMatrix)] {
    var generator = TestGenerator(seed: seed)
    var dense = Matrix<Double>.random(shape.count, shape.features, using: &generator)
    var thin = try SparseMatrix<Double>.random(
      shape.count, shape.features, density: 0.35, using: &generator)
    if function?.requiresNonNegativeFeatures == true {
      dense = dense.magnitudes
      thin = try SparseMatrix(thin.dense.magnitudes)
    }
    return [
      ("dense", .dense(dense)), ("sparse", .sparse(thin)),
      ("sparse stored dense", .dense(thin.dense)),
    ]
  }

  @Test(arguments: shapes)
  func tilesHoldTheFormula(shape: Shape) throws {
    for function in everyKernel(featureCount: shape.features) {
      let examples = try Self.examples(shape, for: function)
      // Both storages of the same examples have the same formulas.
      for group in [examples[..<1], examples[1...]] {
        guard let dense = group.first?.1.dense else { continue }
        let x = (0..<shape.count).map { dense.row($0) }
        let expected = plainKernelMatrix(function, dense)
        try checkFormula(Float.self, group, x, function, expected)
        try checkFormula(Double.self, group, x, function, expected)
      }
    }
  }

  private func checkFormula<Scalar: KernelScalar>(
    _: Scalar.Type, _ storages: ArraySlice<(String, FeatureMatrix)>, _ x: [[Double]],
    _ function: KernelFunction, _ expected: Matrix<Double>
  ) throws {
    let bounds = Matrix.symmetric(x.count) {
      function.bound(x[$0], x[$1], roundoff: Scalar.roundoff)
    }
    for (storage, features) in storages {
      let kernel = TiledKernel<Scalar>(features, function, threads: 2, memoryLimit: 0)
      let comment: Comment =
        "\(function), \(storage), \(x.count) × \(features.columnCount), \(Scalar.self), seed \(Self.seed)"
      try checkFormula(kernel, x, function, expected, bounds, comment)
    }
  }

  private func checkFormula<Scalar: KernelScalar>(
    _ kernel: TiledKernel<Scalar>, _ x: [[Double]], _ function: KernelFunction,
    _ expected: Matrix<Double>, _ bounds: Matrix<Double>, _ comment: Comment
  ) throws {
    let count = x.count
    let values = try block(kernel, rows: indices(count), columns: indices(count))
    // One triangle, in tiles.
    #expect(kernel.valuesComputed >= count * (count + 1) / 2)
    #expect(kernel.valuesComputed <= count * count)
    let difference = firstDifference(values, expected) { bounds[$0, $1] }
    #expect(difference == nil, comment)

    // The formula that the library documents agrees with the plain one.
    let pairs = [(0, count - 1), (count / 2, count / 3), (count - 1, count - 1)]
    for (i, j) in pairs {
      let (one, other) = (x[i], x[j])
      let own = function.value(one.span, other.span)
      #expect(isClose(own, expected[i, j], within: function.bound(one, other, roundoff: 0x1p-53)))
    }

    // Symmetric in every bit: the solver uses a row as a column.
    var unequal = 0
    for i in 0..<count { for j in 0..<i where values[i, j] != values[j, i] { unequal += 1 } }
    #expect(unequal == 0, "\(comment): \(unequal) pairs differ")

    if let kernel = function.formula, kernel.formula.hasUnitDiagonal {
      // Products leave a distance of rounding where the differences of equal examples are 0.
      let roundoff = kernel.distanceSlope == nil ? 0 : Scalar.roundoff
      for i in 0..<count {
        #expect(
          isClose(values[i, i], 1, within: function.bound(x[i], x[i], roundoff: roundoff)), comment)
      }
    }

    // accumulate adds the values that block gives.
    let rows = indices(count).filter { $0 % 3 != 1 }
    var generator = TestGenerator(seed: Self.seed)
    let coefficients = rows.map { _ in generator.normal() }
    var sums = (0..<count).map { Double($0) }
    #expect(try accumulate(kernel, rows: rows, coefficients, into: &sums))
    var plain = (0..<count).map { Double($0) }
    for (row, coefficient) in zip(rows, coefficients) {
      for j in 0..<count { plain[j] += coefficient * Double(values[Int(row), j]) }
    }
    let scale = rows.reduce(1.0) { sum, row in
      max(sum, (0..<count).reduce(0) { max($0, abs(Double(values[Int(row), $1]))) })
    }
    #expect(
      firstDifference(sums, plain, within: 1e-13 * scale * Double(count)) == nil, comment)
  }

  /// A kernel value has the same bits in whatever company it is computed.
  ///
  /// Else rows that were kept would differ from rows computed again, and the symmetric block from the
  /// update.
  @Test(arguments: [Shape(count: 700, features: 7), Shape(count: 500, features: 123)])
  func valuesHaveTheSameBitsInAnyCompany(shape: Shape) throws {
    for function in everyKernel(featureCount: shape.features) {
      for (storage, features) in try Self.examples(shape, for: function) {
        try checkCompany(Float.self, features, function, storage)
        try checkCompany(Double.self, features, function, storage)
      }
    }
  }

  private func checkCompany<Scalar: KernelScalar>(
    _: Scalar.Type, _ features: FeatureMatrix, _ function: KernelFunction, _ storage: String
  ) throws {
    let count = features.rowCount
    let kernel = TiledKernel<Scalar>(features, function, threads: 1, memoryLimit: 0)
    let all = indices(count)
    let whole = try block(kernel, rows: all, columns: all)
    var generator = TestGenerator(seed: Self.seed)
    for share in [0.003, 0.02, 0.1, 0.35, 0.8] {
      let rows = all.filter { _ in generator.uniform() < share }
      let columns = all.filter { _ in generator.uniform() < share }
      let part = try block(kernel, rows: rows, columns: columns)
      var unequal = 0
      for (r, row) in rows.enumerated() {
        for (c, column) in columns.enumerated()
        where part[r, c] != whole[Int(row), Int(column)] { unequal += 1 }
      }
      #expect(
        unequal == 0,
        "\(function), \(storage), \(Scalar.self), \(rows.count) × \(columns.count), seed \(Self.seed): \(unequal) values differ"
      )
    }
  }

  @Test func matricesOfPositiveSemidefiniteKernelsHaveNoNegativeEigenvalue() throws {
    let shape = Shape(count: 120, features: 7)
    for function in everyKernel(featureCount: shape.features)
    where function.isPositiveSemidefinite {
      for (storage, features) in try Self.examples(shape, for: function) {
        let kernel = TiledKernel<Double>(features, function, threads: 1, memoryLimit: 0)
        let values = try block(kernel, rows: indices(120), columns: indices(120))
        let eigenvalues = try SymmetricEigen.values(of: values)
        let largest = eigenvalues[119]
        #expect(
          eigenvalues[0] >= -120 * 0x1p-50 * largest,
          "\(function), \(storage), seed \(Self.seed): \(eigenvalues[0])")
      }
    }
  }

  @Test func anIndefiniteSigmoidMatrixHasANegativeEigenvalue() throws {
    let features = try Self.examples(Shape(count: 60, features: 7))[0].1
    let function = KernelFunction.sigmoid(gamma: 0.5, constantTerm: -2)
    #expect(!function.isPositiveSemidefinite)
    #expect(
      !KernelFunction.polynomial(degree: 2, gamma: 1, constantTerm: -1).isPositiveSemidefinite)
    let kernel = TiledKernel<Double>(features, function, threads: 1, memoryLimit: 0)
    let values = try block(kernel, rows: indices(60), columns: indices(60))
    #expect(try SymmetricEigen.values(of: values)[0] < -1)
  }

  @Test func polynomialsOfDegreeOneAreLinear() throws {
    for (storage, features) in try Self.examples(Shape(count: 60, features: 48)) {
      let linear = TiledKernel<Float>(features, .linear, threads: 1, memoryLimit: 0)
      let polynomial = TiledKernel<Float>(
        features, .polynomial(degree: 1, gamma: 1, constantTerm: 0), threads: 1, memoryLimit: 0)
      let one = try block(linear, rows: indices(60), columns: indices(60))
      let other = try block(polynomial, rows: indices(60), columns: indices(60))
      #expect(firstDifference(one, other, within: 0) == nil, "\(storage), seed \(Self.seed)")
    }
  }

  /// ‖x‖² + ‖z‖² − 2⟨x, z⟩ loses everything a million units from the origin, unless examples are
  /// moved first.
  @Test func distancesFarFromTheOriginAreExact() throws {
    var generator = TestGenerator(seed: Self.seed)
    let near = Matrix<Double>.random(80, 5, using: &generator)
    // Multiples of 2⁻²⁰, so that moving rounds nothing.
    let rounded = Matrix<Double>(rowCount: 80, columnCount: 5) {
      (near[$0, $1] * 0x1p20).rounded() * 0x1p-20
    }
    let far = Matrix<Double>(rowCount: 80, columnCount: 5) {
      rounded[$0, $1] + ($1 % 2 == 0 ? 1_000_000 : -3_000_000)
    }
    for function in [
      KernelFunction.gaussian(gamma: 0.3), .laplacian(gamma: 0.5), .laplacianL1(gamma: 0.3),
    ] {
      let expected = plainKernelMatrix(function, rounded)
      let single = TiledKernel<Float>(.dense(far), function, threads: 1, memoryLimit: 0)
      #expect(
        firstDifference(
          try block(single, rows: indices(80), columns: indices(80)), expected, within: 2e-6)
          == nil, "\(function.name), Float, seed \(Self.seed)")
      let double = TiledKernel<Double>(.dense(far), function, threads: 1, memoryLimit: 0)
      #expect(
        firstDifference(
          try block(double, rows: indices(80), columns: indices(80)), expected, within: 1e-13)
          == nil, "\(function.name), Double, seed \(Self.seed)")
    }
  }

  // MARK: accumulate

  private static let updates: [(rows: [Int32], coefficients: [Double])] = {
    var generator = TestGenerator(seed: seed)
    // Rows come back, as they do while the solver moves the same variables; some updates have more
    // rows than a tile.
    return (0..<12).map { update in
      let share = [0.05, 0.3, 0.9][update % 3]
      let rows = indices(900).filter { _ in generator.uniform() < share }
      return (rows, rows.map { _ in generator.normal() })
    }
  }()

  private func sums<Scalar: KernelScalar>(
    _: Scalar.Type, _ features: FeatureMatrix, threads: Int, memoryLimit: Int,
    restricting: Bool = true
  ) throws -> [Double] {
    let kernel = TiledKernel<Scalar>(
      features, .gaussian(gamma: 0.002), threads: threads, memoryLimit: memoryLimit)
    var sums = [Double](repeating: 0, count: features.rowCount)
    for (index, update) in Self.updates.enumerated() {
      if restricting && index == 5 { kernel.restrict(to: indices(900).filter { $0 % 5 != 2 }) }
      if restricting && index == 7 { kernel.restrict(to: indices(900).filter { $0 % 5 < 2 }) }
      if restricting && index == 10 { kernel.restrict(to: nil) }
      #expect(try accumulate(kernel, rows: update.rows, update.coefficients, into: &sums))
    }
    return sums
  }

  @Test func sumsHaveTheSameBitsForAnyThreadsAndMemory() throws {
    for (storage, features) in try Self.examples(Shape(count: 900, features: 300)) {
      try checkSums(Float.self, features, storage)
      try checkSums(Double.self, features, storage)
    }
  }

  private func checkSums<Scalar: KernelScalar>(
    _: Scalar.Type, _ features: FeatureMatrix, _ storage: String
  ) throws {
    let plain = try sums(Scalar.self, features, threads: 1, memoryLimit: 0)
    for memoryLimit in [0, 400_000, 1 << 30] {
      let expected = try sums(Scalar.self, features, threads: 1, memoryLimit: memoryLimit)
      let comment: Comment = "\(storage), \(memoryLimit) bytes, seed \(Self.seed)"
      #expect(expected == plain, comment)
      for threads in [2, 4] {
        let found = try sums(Scalar.self, features, threads: threads, memoryLimit: memoryLimit)
        #expect(found == expected, "\(comment), \(threads) threads")
      }
    }
  }

  /// What lies in memory was computed for that row, or copied from another by symmetry.
  @Test func sumsAndBlocksFromMemoryHaveTheBitsOfComputedOnes() throws {
    let count = 240
    for function in everyKernel(featureCount: 220) {
      for (storage, features) in try Self.examples(
        Shape(count: count, features: 220), for: function)
      {
        let limits = [0, 60_000, 1 << 30]
        let kernels = limits.map {
          TiledKernel<Float>(features, function, threads: 2, memoryLimit: $0)
        }
        var sums = limits.map { _ in [Double](repeating: 0, count: count) }
        var generator = TestGenerator(seed: Self.seed)
        for turn in 0..<9 {
          if turn == 4 || turn == 7 {
            let step = Int32(turn == 4 ? 3 : 2)
            for kernel in kernels {
              kernel.restrict(to: turn == 7 ? nil : indices(count).filter { $0 % step > 0 })
            }
          }
          let rows = indices(count).filter { _ in generator.uniform() < 0.3 }
          let columns = indices(count).filter { _ in generator.uniform() < 0.4 }.reversed()
          let coefficients = rows.map { _ in generator.normal() }
          let comment: Comment =
            "\(function.name), \(storage), turn \(turn), seed \(Self.seed)"
          let blocks = try kernels.map { try block($0, rows: rows, columns: Array(columns)) }
          #expect(blocks.allSatisfy { $0 == blocks[0] }, comment)
          for (place, kernel) in kernels.enumerated() {
            #expect(try accumulate(kernel, rows: rows, coefficients, into: &sums[place]))
          }
          #expect(sums.allSatisfy { $0 == sums[0] }, comment)
        }
      }
    }
  }

  @Test func restrictedSumsAreTheUnrestrictedOnesOfActiveColumns() throws {
    for (storage, features) in try Self.examples(Shape(count: 900, features: 300)) {
      for memoryLimit in [0, 1 << 30] {
        let whole = TiledKernel<Double>(
          features, .gaussian(gamma: 0.002), threads: 1, memoryLimit: memoryLimit)
        let part = TiledKernel<Double>(
          features, .gaussian(gamma: 0.002), threads: 2, memoryLimit: memoryLimit)
        let active = indices(900).filter { $0 % 7 < 3 }
        let fewer = active.filter { $0 % 2 == 0 }
        var all = [Double](repeating: 0, count: 900)
        var some = all
        for (index, update) in Self.updates.enumerated() {
          if index == 3 { part.restrict(to: active) }
          if index == 6 { part.restrict(to: fewer) }
          let before = some
          #expect(try accumulate(whole, rows: update.rows, update.coefficients, into: &all))
          #expect(try accumulate(part, rows: update.rows, update.coefficients, into: &some))
          if index < 6 { continue }
          let isActive = Set(fewer)
          for j in 0..<900 where !isActive.contains(Int32(j)) { #expect(some[j] == before[j]) }
          for j in fewer {
            #expect(
              isClose(some[Int(j)], all[Int(j)], within: 1e-11),
              "\(storage), update \(index), seed \(Self.seed)")
          }
        }
      }
    }
  }

  @Test func stoppingLeavesTheRestUndone() throws {
    let features = try Self.examples(Shape(count: 900, features: 300))[0].1
    let kernel = TiledKernel<Float>(features, .linear, threads: 2, memoryLimit: 0)
    var sums = [Double](repeating: 0, count: 900)
    let rows = indices(900)
    let coefficients = [Double](repeating: 1, count: 900)
    #expect(try !accumulate(kernel, rows: rows, coefficients, into: &sums, isCancelled: { true }))
    #expect(sums.allSatisfy { $0 == 0 })
    #expect(try accumulate(kernel, rows: [], [], into: &sums))
    let values = AlignedBuffer<Float>(count: 900 * 900)
    #expect(
      try !kernel.block(
        rows: rows, columns: rows, into: values.pointer, stride: rows.count, isCancelled: { true }))
  }

  @Test func valuesInDoubleComeFromAnyPrecision() throws {
    for (storage, features) in try Self.examples(Shape(count: 300, features: 60)) {
      let function = KernelFunction.gaussian(gamma: 0.01)
      let single = TiledKernel<Float>(features, function, threads: 2, memoryLimit: 0)
      let rows = indices(300).filter { $0 % 2 == 0 }
      let coefficients = rows.map { Double($0) / 100 }
      let columns = indices(300).filter { $0 % 3 == 0 }
      var sums = [Double](repeating: 0, count: 300)
      let completed = try sums.withUnsafeMutableBufferPointer {
        try single.accumulateInDouble(
          rows: rows, coefficients: coefficients, columns: columns, into: $0.baseAddress!,
          isCancelled: { false })
      }
      #expect(completed)
      let dense = features.dense
      for j in 0..<300 {
        var expected = 0.0
        if j % 3 == 0 {
          for (row, coefficient) in zip(rows, coefficients) {
            expected += coefficient * plainKernel(function, dense.row(Int(row)), dense.row(j))
          }
        }
        #expect(isClose(sums[j], expected, within: 1e-11), "\(storage), seed \(Self.seed)")
      }
    }
  }

  // MARK: One example far away

  /// The mean of a column is far from all rows but one, and must not cost the others their digits.
  @Test(arguments: [3, 11], [1e6, 1e15, -1e300])
  func oneFarExampleCostsTheOthersNoDigits(featureCount: Int, far: Double) throws {
    var random = TestGenerator(seed: Self.seed)
    let near = Matrix<Double>(rowCount: 40, columnCount: featureCount) { row, column in
      (row + column) % 4 == 0 ? 0 : random.uniform(in: -1..<1)
    }
    let features = Matrix<Double>(rowCount: 41, columnCount: featureCount) { row, column in
      row < 40 ? near[row, column] : column % 2 == 0 ? far : -far
    }
    for function in [
      KernelFunction.gaussian(gamma: 0.3), .laplacian(gamma: 0.3), .laplacianL1(gamma: 0.3),
    ] {
      let rows = indices(40)
      let double = try block(
        TiledKernel<Double>(.dense(features), function, threads: 1, memoryLimit: 0), rows: rows,
        columns: rows)
      let single = try block(
        TiledKernel<Float>(.dense(features), function, threads: 1, memoryLimit: 0), rows: rows,
        columns: rows)
      for i in 0..<40 {
        for j in 0..<40 {
          let expected = plainKernel(function, near.row(i), near.row(j))
          #expect(
            isClose(double[i, j], expected, within: 1e-12), "\(function), \(i), \(j), \(far)")
          #expect(
            isClose(Double(single[i, j]), expected, within: 1e-5), "\(function), \(i), \(j), \(far)"
          )
        }
      }
    }
  }

  // MARK: Values that are not finite

  @Test func aValueThatIsNotFiniteIsATypedError() throws {
    var features = Matrix<Double>(rowCount: 400, columnCount: 2, repeating: 1)
    features[37, 0] = 1e200
    let rows = indices(400)
    let double = TiledKernel<Double>(.dense(features), .linear, threads: 2, memoryLimit: 0)
    #expect(throws: KernelError.notFinite(row: 37, column: 37)) {
      try block(double, rows: rows, columns: rows)
    }
    let single = TiledKernel<Float>(.dense(features), .linear, threads: 2, memoryLimit: 0)
    #expect(throws: KernelError.self) { try block(single, rows: [1, 2], columns: [36, 37]) }
    var sums = [Double](repeating: 0, count: 400)
    #expect(throws: KernelError.self) {
      try accumulate(double, rows: [37], [1], into: &sums)
    }
    #expect(
      KernelError.notFinite(row: 37, column: 2).description
        == "the kernel value of rows 38 and 3 is not a finite number; scale the features or choose "
        + "smaller kernel parameters")
  }

  // MARK: Kernels of the caller

  @Test func customAndPrecomputedKernelsEqualTheBuiltInOne() throws {
    for (storage, features) in try Self.examples(Shape(count: 130, features: 7)) {
      let function = KernelFunction.gaussian(gamma: 0.2)
      let dense = features.dense
      let expected = plainKernelMatrix(function, dense)
      let custom = CustomKernel(name: "own", isPositiveSemidefinite: true) { x, z in
        function.value(x, z)
      }
      for (name, kernel) in [
        (
          "custom", TiledKernel<Double>(features, .custom(custom), threads: 2, memoryLimit: 0)
        ),
        (
          "precomputed",
          TiledKernel<Double>(.dense(expected), .precomputed, threads: 2, memoryLimit: 0)
        ),
      ] {
        let values = try block(kernel, rows: indices(130), columns: indices(130))
        #expect(
          firstDifference(values, expected, within: 1e-14) == nil,
          "\(name), \(storage), seed \(Self.seed)")
        var sums = [Double](repeating: 0, count: 130)
        #expect(try accumulate(kernel, rows: [3, 77], [2, -1], into: &sums))
        for j in 0..<130 {
          #expect(isClose(sums[j], 2 * expected[3, j] - expected[77, j], within: 1e-13))
        }
      }
    }
  }

  /// Some examples of a matrix, in an order of their own, are those of a matrix that holds them alone.
  @Test(arguments: shapes)
  func chosenExamplesAreAMatrixOfTheirOwn(shape: Shape) throws {
    var generator = TestGenerator(seed: Self.seed)
    let rows = (0..<shape.count).filter { $0 % 3 != 1 }.shuffled(using: &generator)
    for function in everyKernel(featureCount: shape.features) {
      for (name, features) in try Self.examples(shape, for: function) {
        try checkChosen(Float.self, rows, features, function, name)
        try checkChosen(Double.self, rows, features, function, name)
      }
    }
  }

  private func checkChosen<Scalar: KernelScalar>(
    _ scalar: Scalar.Type, _ rows: [Int], _ features: FeatureMatrix, _ function: KernelFunction,
    _ storage: String
  ) throws {
    let all = FeatureRows(features)
    let chosen = FeatureRows(rows, of: all, for: function)
    let gathered = features.gatheringRows(rows)
    let comment: Comment = "\(function), \(storage), \(Scalar.self), seed \(Self.seed)"
    #expect(chosen.gathered == gathered, comment)
    #expect(
      KernelMagnitudes.largestParts(chosen, function)
        == KernelMagnitudes.largestParts(gathered, function), comment)
    let some = TiledKernel<Scalar>(chosen, function, threads: 2, memoryLimit: 0)
    let own = TiledKernel<Scalar>(gathered, function, threads: 2, memoryLimit: 0)
    #expect(some.rounding == own.rounding, comment)
    let places = indices(rows.count)
    #expect(
      try block(some, rows: places, columns: places)
        == block(own, rows: places, columns: places), comment)
    // Some of these again.
    let fewer = Array(stride(from: rows.count - 1, through: 0, by: -2))
    let twice = FeatureRows(fewer, of: chosen, for: function)
    #expect(twice.gathered == features.gatheringRows(fewer.map { rows[$0] }), comment)
    var sums = [[Double]](
      repeating: [Double](repeating: 0, count: rows.count), count: 2)
    for (place, kernel) in [some, own].enumerated() {
      let isComplete = try sums[place].withUnsafeMutableBufferPointer {
        try kernel.accumulateInDouble(
          rows: [0, places[places.count - 1]], coefficients: [1, -0.5], columns: nil,
          into: $0.baseAddress!, isCancelled: { false })
      }
      #expect(isComplete)
    }
    #expect(sums[0] == sums[1], comment)
  }
}
