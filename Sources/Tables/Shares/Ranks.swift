import Basics
import Transport

/// The ranks that share a text and what is learned of it, each with the rows of its part.
///
/// Every function is a collective. An error that one rank finds is sent along with what the others wait for,
/// and thrown by all.
struct Ranks: Sendable {
  let transport: any Transport

  /// This rank, from 0.
  var rank: Int { transport.rank }
  /// The number of ranks.
  var size: Int { transport.size }

  /// Turns what ranks cannot send into an error of tables.
  func reach<Value>(
    _ body: () throws(TransportError) -> Value
  ) throws(TableError) -> Value {
    do throws(TransportError) {
      return try body()
    } catch {
      throw TableError(.unreachable(error.description))
    }
  }

  /// A step that any rank may fail in.
  ///
  /// - Parameter body: The step, without collectives.
  /// - Returns: What it gives on this rank.
  /// - Throws: ``TableError`` on all ranks: that of the first rank that failed, whose rows are the first ones.
  func agreed<Value>(_ body: () throws(TableError) -> Value) throws(TableError) -> Value {
    try agreed(order: { _ in 0 }, body)
  }

  /// The same, with the error that comes first in another order; of equal ones that of the first rank.
  ///
  /// - Parameters:
  ///   - order: Where an error comes.
  ///   - body: The step, without collectives.
  /// - Returns: What it gives on this rank.
  /// - Throws: ``TableError`` on all ranks. That a file cannot be read names the rank, unless none can read it.
  func agreed<Value>(
    order: (TableError) -> Int, _ body: () throws(TableError) -> Value
  ) throws(TableError) -> Value {
    let result = Result { () throws(TableError) in try body() }
    var own: TableError?
    if case .failure(let error) = result { own = error.naming(rank: rank) }
    let errors = try gathered(own).compactMap { $0 }
    guard let first = errors.min(by: { order($0) < order($1) }) else { return try result.get() }
    throw errors.count == size ? first.withoutRank : first
  }

  /// The value of each rank, in their order.
  func gathered<Value: Codable>(_ value: Value) throws(TableError) -> [Value] {
    try reach { () throws(TransportError) in try transport.gathered(value) }
  }

  /// A value that one rank makes, on all of them.
  ///
  /// - Parameters:
  ///   - root: The rank that makes it.
  ///   - make: Makes it.
  /// - Returns: The value.
  /// - Throws: ``TableError``, also what the root throws.
  func shared<Value: Codable & Sendable>(
    from root: Int, _ make: () throws(TableError) -> Value
  ) throws(TableError) -> Value {
    let outcome = try reach { () throws(TransportError) in
      try transport.shared(from: root) { Outcome { () throws(TableError) in try make() } }
    }
    return try outcome.get()
  }

  /// The sum over all ranks.
  func sum(_ value: Int) throws(TableError) -> Int { try gathered(value).reduce(0, +) }
}

extension TableError {
  /// The error with the rank that has it and its machine, if it may be that machine's alone.
  fileprivate func naming(rank: Int) -> TableError {
    switch reason {
    case .cannotOpen, .cannotRead, .noFiles, .changedWhileReading:
      TableError(.onRank(rank, host: CurrentProcess.hostName, self))
    default: self
    }
  }

  /// The error as it is in one process.
  fileprivate var withoutRank: TableError {
    if case .onRank(_, _, let error) = reason { error } else { self }
  }
}

/// A value, or why there is none, for messages.
struct Outcome<Value: Codable & Sendable>: Codable, Sendable {
  private var value: Value?
  private var error: TableError?

  init(_ body: () throws(TableError) -> Value) {
    do throws(TableError) {
      value = try body()
    } catch {
      self.error = error
    }
  }

  func get() throws(TableError) -> Value {
    if let value { return value }
    throw error ?? TableError(.unreachable("a message between ranks is empty"))
  }
}
