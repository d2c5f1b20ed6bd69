import Kernels
import LinearAlgebra
import TestSupport
import Testing

@Suite struct KernelTests {
  static let features = FeatureMatrix.dense(
    Matrix(rowCount: 2, columnCount: 2) { [[0.0, 2], [4, 6]][$0][$1] })

  /// p = 2 features, mean 3, variance 5.
  @Test func gammaScaleFollowsTheDistanceOfEachKernel() throws {
    #expect(Self.features.entryVariance == 5)
    func gamma(_ kernel: Kernel) throws -> Double? {
      try kernel.resolved(for: Self.features).gamma
    }
    #expect(try gamma(.polynomial()) == 0.1)
    #expect(try gamma(.gaussian()) == 0.1)
    #expect(try gamma(.sigmoid()) == 0.1)
    #expect(try gamma(.laplacian()) == 1 / 10.0.squareRoot())
    #expect(try gamma(.laplacianL1()) == 1 / (2 * 5.0.squareRoot()))
    #expect(try gamma(.gaussian(gamma: .auto)) == 0.5)
    #expect(try gamma(.gaussian(gamma: 0.25)) == 0.25)
    #expect(try gamma(.gaussian(gamma: 3)) == 3)
    #expect(try gamma(.linear) == nil)
  }

  @Test func aVarianceOfZeroCountsAsOne() throws {
    let constant = FeatureMatrix.dense(Matrix(rowCount: 3, columnCount: 4, repeating: 9))
    #expect(constant.entryVariance == 1)
    #expect(try Kernel.gaussian().resolved(for: constant).gamma == 0.25)
  }

  @Test func theVarianceOfSparseExamplesCountsTheirZeros() throws {
    let seed: UInt64 = 110
    var generator = TestGenerator(seed: seed)
    let sparse = try SparseMatrix<Double>.random(50, 9, density: 0.2, using: &generator)
    let one = FeatureMatrix.sparse(sparse).entryVariance
    #expect(
      isClose(one, FeatureMatrix.dense(sparse.dense).entryVariance, relative: 1e-14), "\(seed)")
  }

  @Test func theVarianceFarFromZeroIsExact() {
    let far = FeatureMatrix.dense(
      Matrix(rowCount: 4, columnCount: 1) { row, _ in 1e9 + Double(row % 2) })
    #expect(far.entryVariance == 0.25)
  }

  @Test func parametersOutOfRangeAreRefusedInWords() {
    func message(_ kernel: Kernel) -> String {
      do {
        return "resolved to \(try kernel.resolved(for: Self.features))"
      } catch {
        return error.description
      }
    }
    #expect(message(.gaussian(gamma: 0)) == "gamma: must be greater than 0, but is 0.0")
    #expect(message(.laplacian(gamma: -1)) == "gamma: must be greater than 0, but is -1.0")
    #expect(
      message(.laplacianL1(gamma: .value(.nan))) == "gamma: must be greater than 0, but is nan")
    #expect(
      message(.sigmoid(gamma: .value(.infinity))) == "gamma: must be greater than 0, but is inf")
    #expect(
      message(.polynomial(degree: 0))
        == "degree: must be a whole number from 1 to 1000, but is 0.0")
    #expect(
      message(.polynomial(degree: 1001))
        == "degree: must be a whole number from 1 to 1000, but is 1001.0")
    #expect(
      message(.polynomial(constantTerm: .nan)) == "coef0: must be a finite number, but is nan")
    #expect(
      message(.sigmoid(constantTerm: -.infinity)) == "coef0: must be a finite number, but is -inf")
  }

  @Test func everyKernelIsFoundByItsNamesAlone() {
    let names = KernelCatalog.formulas.flatMap { [$0.name] + $0.aliases }
    #expect(Set(names + [KernelFunction.precomputed.name]).count == names.count + 1)
    for formula in KernelCatalog.formulas {
      for name in [formula.name] + formula.aliases {
        #expect(KernelCatalog.formula(named: name)?.name == formula.name)
      }
    }
    #expect(
      Set(formulas(featureCount: 1).map(\.name)) == Set(KernelCatalog.formulas.map { $0.name }))
  }

  /// Scripts and model files hold these names: the list is the expectation itself, and a new kernel need not
  /// be in it.
  @Test func namesOfKernelsStay() {
    for name in [
      "linear", "polynomial", "gaussian", "laplacian", "laplacian-l1", "sigmoid",
      "rational-quadratic", "matern32", "matern52", "chi-squared", "intersection",
    ] {
      #expect(KernelCatalog.formula(named: name)?.name == name)
    }
    #expect(KernelFunction.precomputed.name == "precomputed")
  }
}
