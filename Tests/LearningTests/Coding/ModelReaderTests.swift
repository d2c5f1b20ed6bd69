// Parts of models, written and read again without a container; and what is said about damaged ones.

import Basics
import Learning
import LinearAlgebra
import Testing

@Suite struct ModelReaderTests {
  private static let name = "some.model"

  private func reader(_ writer: ModelWriter) -> ModelReader {
    ModelReader(
      name: Self.name,
      header: JSONCursor(.object(writer.members), fileName: Self.name, place: ["header"]),
      tensors: TensorReader(writer.tensors, name: Self.name))
  }

  private static let dense = Matrix<Double>(rowCount: 3, columnCount: 2) { row, column in
    Double(row) - 0.1 * Double(column)
  }

  private static let sparse = Result {
    try SparseMatrix(
      rowCount: 3, columnCount: 2, rowOffsets: [0, 1, 1, 3], columnIndices: [1, 0, 1],
      values: [0.1, -.leastNonzeroMagnitude, 1e300])
  }

  /// The expansion of two outputs over three rows, with what every model writes for it.
  private func written(_ rows: FeatureMatrix, _ precision: Precision = .double) throws
    -> (KernelExpansion, ModelWriter)
  {
    let expansion = try KernelExpansion(
      kernel: .gaussian(gamma: 0.7), featureCount: 2, supportVectors: rows,
      supportIndices: [0, 4, 2], supportCounts: [3],
      dualCoefficients: Matrix(rowCount: 2, columnCount: 3) { Double($0 + 1) / Double($1 + 3) },
      biases: [0.1, -0.3], precision: precision, layout: .outputs)
    var writer = ModelWriter()
    writer.store(.string(expansion.kernel.name), as: .kernel)
    writer.store(.object(try KernelJSON.parameters(of: expansion.kernel)), as: .kernelParameters)
    writer.store(.integer(expansion.featureCount), as: .featureCount)
    writer.store(.string(precision.rawValue), as: .precision)
    expansion.encode(to: &writer)
    return (expansion, writer)
  }

  @Test(arguments: [false, true]) func anExpansionComesBack(isSparse: Bool) throws {
    let rows: FeatureMatrix = isSparse ? .sparse(try Self.sparse.get()) : .dense(Self.dense)
    let (expansion, writer) = try written(rows)
    let read = try KernelExpansion(from: reader(writer), layout: .outputs)
    #expect("\(read.kernel)" == "\(expansion.kernel)")
    #expect(read.supportVectors == expansion.supportVectors)
    #expect(read.supportIndices == expansion.supportIndices)
    #expect(read.supportCounts == expansion.supportCounts)
    #expect(read.dualCoefficients == expansion.dualCoefficients)
    #expect(read.biases == expansion.biases)
    #expect(read.precision == .double)
    // What is written again is the same.
    var again = ModelWriter()
    read.encode(to: &again)
    #expect(again.tensors == writer.tensors)
  }

  /// Single precision is that of the training unless a file says that predictions are meant.
  @Test func thePrecisionOfTrainingIsNotThatOfPredictions() throws {
    var (_, writer) = try written(.dense(Self.dense), .single)
    #expect(try KernelExpansion(from: reader(writer), layout: .outputs).precision == .automatic)
    writer.store(.bool(true), as: .precisionServes)
    #expect(try KernelExpansion(from: reader(writer), layout: .outputs).precision == .single)
  }

  /// A change to what was written, and the message about it.
  private typealias Damage = (change: (inout ModelWriter) -> Void, message: String)

  @Test func damagedPartsAreNamed() throws {
    let damages: [Damage] = [
      ({ $0.tensors["biases"] = nil }, "tensor biases: is missing"),
      (
        { $0.tensors["biases"] = StoredTensor(.int64([1, 2]), shape: [2]) },
        "tensor biases: is of type I64; expected F64"
      ),
      (
        { $0.tensors["biases"] = StoredTensor(.float64([1, 2]), shape: [1, 2]) },
        "tensor biases: is of shape [1, 2]; expected one axis"
      ),
      (
        { $0.tensors["dualCoefficients"] = StoredTensor(.float64([1, 2]), shape: [1, 2]) },
        "tensor dualCoefficients: is 2 columns wide; expected 3"
      ),
      (
        { $0.tensors["supportIndices"] = StoredTensor(.int64([0, -4, 2]), shape: [3]) },
        "tensor supportIndices: is -4 in one place; expected at least 0"
      ),
      (
        { $0.tensors["supportVectors"] = StoredTensor(.float64([1, 2]), shape: [1, 2]) },
        "tensor supportVectors: is 1 rows; expected 3"
      ),
      (
        { $0.tensors["supportCounts"] = StoredTensor(.int64([2]), shape: [1]) },
        "the model contradicts itself: support counts [2] do not sum to 3"
      ),
    ]
    for damage in damages {
      var (_, writer) = try written(.dense(Self.dense))
      damage.change(&writer)
      do throws(ModelFileError) {
        _ = try KernelExpansion(from: reader(writer), layout: .outputs)
        Issue.record("\(damage.message) was not noticed")
      } catch {
        #expect(error.description == "\(Self.name): \(damage.message)")
      }
    }
  }

  /// What a training that was stopped never measured is null in a file, and not finite in memory.
  @Test func figuresThatWereNotMeasuredComeBack() throws {
    let reports = [
      ProblemReport.untrained(.timeLimit),
      ProblemReport(
        certificate: Certificate(
          iterations: 7, stopReason: .converged, kktViolation: .infinity,
          primalObjective: .infinity, dualObjective: -.infinity, relativeGap: nil,
          source: .recomputed),
        supportVectorCount: 5, boundedSupportVectorCount: 2, kernelValuesComputed: 0),
    ]
    var writer = ModelWriter()
    writer.store(.array(reports.map(\.json)), as: .problems)
    #expect(try reader(writer).problems() == reports)
    #expect(throws: ModelFileError.self) { try reader(writer).onlyProblem() }
  }

  /// A number that another program did not record is NaN, but only where the file says that it is of one.
  @Test func unknownNumbersNeedAnImportedModel() throws {
    func reader(_ reason: StopReason) -> ModelReader {
      var writer = ModelWriter()
      writer.store(.null, as: .tolerance)
      writer.store(.array([ProblemReport.untrained(reason).json]), as: .problems)
      return self.reader(writer)
    }
    #expect(try reader(.imported).positive(.tolerance).isNaN)
    do throws(ModelFileError) {
      _ = try reader(.converged).positive(.tolerance)
      Issue.record("null was taken for a number")
    } catch {
      #expect(
        error.description
          == "\(Self.name): header, tolerance: is null; expected a number greater than 0")
    }
  }
}
