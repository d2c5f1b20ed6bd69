import LinearAlgebra
import LinearModels
import SupportVectors
import Testing

@Test func aLinearFunctionOfMismatchedPartsIsRefused() {
  #expect(throws: ModelError.self) {
    try LinearFunction(weights: Matrix(rowCount: 1, columnCount: 2, repeating: 0), biases: [])
  }
}
