import Testing

@testable import Basics

@Suite struct ClosestMatchTests {
  @Test func findsTheWordThatWasMeant() {
    let kernels = ["linear", "polynomial", "gaussian", "laplacian", "sigmoid", "rbf"]
    #expect(closestMatch(to: "rbg", in: kernels) == "rbf")
    #expect(closestMatch(to: "guassian", in: kernels) == "gaussian")
    #expect(closestMatch(to: "LINEAR", in: kernels) == "linear")
    #expect(closestMatch(to: "polinomial", in: kernels) == "polynomial")
    #expect(closestMatch(to: "specis", in: ["sepal_length", "species"]) == "species")
  }

  @Test func findsNothingWhereNothingIsAlike() {
    #expect(closestMatch(to: "banana", in: ["linear", "rbf"]) == nil)
    #expect(closestMatch(to: "x", in: ["y", "z"]) == nil)
    #expect(closestMatch(to: "", in: ["a"]) == nil)
    #expect(closestMatch(to: "a", in: []) == nil)
    #expect(closestMatch(to: String(repeating: "a", count: 100_000), in: ["a"]) == nil)
  }
}
