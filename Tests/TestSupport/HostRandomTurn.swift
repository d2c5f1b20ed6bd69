import Synchronization

/// Turns of tests that draw by C's rand(), which the whole process shares.
package enum HostRandomTurn {
  private static let turn = Mutex(())

  /// Calls a closure while no other caller's runs; do not nest.
  package static func take<Value>(_ body: () throws -> sending Value) rethrows -> sending Value {
    try turn.withLock { _ in try body() }
  }
}
