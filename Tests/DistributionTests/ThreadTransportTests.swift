import Distribution
import Testing

@Suite struct ThreadTransportTests {
  @Test func nothing() {}
}
