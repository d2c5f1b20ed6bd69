/// How the ranks of a training reach each other: equal processes, numbered from 0, that run the same
/// program.
///
/// Every call but ``abort(_:)`` is a collective: each rank makes it, in the same order, and none returns
/// before all have. A call that throws on one rank throws on all. ``end(_:)`` answers whatever the others
/// call.
package protocol Transport: AnyObject, Sendable {
  /// This rank, from 0.
  var rank: Int { get }
  /// The number of ranks, at least 1.
  var size: Int { get }
  /// What this rank has sent and received so far.
  var traffic: TransportTraffic { get }

  /// Gives every rank the bytes of all, in the order of the ranks; they may differ in length.
  func allGather(_ bytes: [UInt8]) throws(TransportError) -> [[UInt8]]

  /// Gives every rank the bytes of one.
  ///
  /// - Parameters:
  ///   - bytes: Those of the root; ignored on the other ranks.
  ///   - root: The rank that has them.
  /// - Returns: The root's bytes.
  /// - Throws: ``TransportError``.
  func broadcast(_ bytes: [UInt8], from root: Int) throws(TransportError) -> [UInt8]

  /// Gives each rank what every other has for it.
  ///
  /// - Parameter bytes: What this rank has for each.
  /// - Returns: What each has for this rank.
  /// - Throws: ``TransportError``.
  func exchange(_ bytes: [[UInt8]]) throws(TransportError) -> [[UInt8]]

  /// Comes to the end of what this rank does with the others, because it is done or because it failed.
  ///
  /// A rank may call it wherever the others are: those that make another call, now or later, get a
  /// ``TransportError`` from it, and the report of the failure from their own call of this function.
  ///
  /// - Parameter failure: What all are to know of a failure of this rank's own; `nil` when it is done, or
  ///   failed because another rank did.
  /// - Returns: What the first of the ranks that failed says, the same on all; `nil` when none did.
  func end(_ failure: [UInt8]?) -> [UInt8]?

  /// Ends all ranks: the calls that they wait in, and those that they make later, throw.
  func abort(_ reason: String)
}

/// The ranks cannot continue; a sentence that says why.
package struct TransportError: Error, Equatable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// What a rank has sent and received.
package struct TransportTraffic: Sendable, Equatable {
  /// The collective calls.
  package var calls = 0
  /// The messages that all ranks have waited for: of each call one, two or more.
  package var messages = 0
  /// The bytes handed to collectives for other ranks: to ``Transport/allGather(_:)`` and to a broadcast
  /// once, however many receive them.
  package var bytesSent = 0
  /// The bytes received from other ranks.
  package var bytesReceived = 0

  package init(calls: Int = 0, messages: Int = 0, bytesSent: Int = 0, bytesReceived: Int = 0) {
    self.calls = calls
    self.messages = messages
    self.bytesSent = bytesSent
    self.bytesReceived = bytesReceived
  }

  /// Counts a call; a single rank sends nothing.
  mutating func add(sent: Int, received: Int, messages: Int = 1, ranks: Int) {
    calls += 1
    guard ranks > 1 else { return }
    self.messages += messages
    bytesSent += sent
    bytesReceived += received
  }

  /// What came after an earlier count.
  package static func - (later: Self, earlier: Self) -> Self {
    Self(
      calls: later.calls - earlier.calls, messages: later.messages - earlier.messages,
      bytesSent: later.bytesSent - earlier.bytesSent,
      bytesReceived: later.bytesReceived - earlier.bytesReceived)
  }
}

extension Transport {
  /// Waits for all ranks.
  package func barrier() throws(TransportError) { _ = try allGather([]) }

  /// Gives every rank the value of each, in the order of the ranks.
  package func gathered<Value: Codable>(_ value: Value) throws(TransportError) -> [Value] {
    var values: [Value] = []
    for bytes in try allGather(try MessageCoder.bytes(value)) {
      values.append(try MessageCoder.value(Value.self, from: bytes))
    }
    return values
  }

  /// Gives every rank the value that one of them makes.
  ///
  /// - Parameters:
  ///   - root: The rank that makes it.
  ///   - make: Makes the value.
  /// - Returns: The value.
  /// - Throws: ``TransportError``.
  package func shared<Value: Codable>(
    from root: Int, _ make: () -> Value
  ) throws(TransportError) -> Value {
    guard rank == root else {
      return try MessageCoder.value(Value.self, from: try broadcast([], from: root))
    }
    let value = make()
    _ = try broadcast(try MessageCoder.bytes(value), from: root)
    return value
  }

  /// The largest of each number over all ranks.
  package func allReduceMaxima(_ values: [Double]) throws(TransportError) -> [Double] {
    var result = values
    for bytes in try allGather(ByteWriter.bytes { $0.append(values) }) {
      var reader = ByteReader(bytes)
      result = zip(result, try reader.doubles(values.count)).map { max($0, $1) }
    }
    return result
  }

  /// The sum of each number over all ranks.
  ///
  /// Of integers, since a sum of others depends on its order: those
  /// go through ``relay(_:_:)``.
  package func allReduceSums(_ values: [Int]) throws(TransportError) -> [Int] {
    var result = [Int](repeating: 0, count: values.count)
    for bytes in try allGather(ByteWriter.bytes { writer in values.forEach { writer.append($0) } })
    {
      var reader = ByteReader(bytes)
      for place in result.indices { result[place] += try reader.integer() }
    }
    return result
  }

  /// Hands numbers from rank to rank, each of which adds to what the ranks before it have found: the
  /// bits are those of one loop over all examples, however these are cut.
  ///
  /// - Parameters:
  ///   - values: What the first rank begins with.
  ///   - step: Adds what this rank has.
  /// - Returns: What the last rank found, on every rank.
  /// - Throws: ``TransportError``.
  package func relay(
    _ values: [Double], _ step: (inout [Double]) -> Void
  ) throws(TransportError) -> [Double] {
    var values = values
    for turn in 0..<size {
      if turn == rank { step(&values) }
      var reader = ByteReader(
        try broadcast(
          turn == rank ? ByteWriter.bytes { $0.append(values) } : [], from: turn))
      values = try reader.doubles(values.count)
    }
    return values
  }
}
