import Kernels
import SMOSolver
import Transport

// What every rank has of something, gathered.

extension DistributedField {
  /// The message of each rank, in their order.
  func gathered(_ write: (inout ByteWriter) -> Void) throws(KernelError) -> [ByteReader] {
    let message = ByteWriter.bytes(write)
    return try reach { () throws(TransportError) in
      try transport.allGather(message).map { ByteReader($0) }
    }
  }

  func allCounts(_ count: Int) throws(KernelError) -> [Int] {
    let readers = try gathered { $0.append(count) }
    return try reach { () throws(TransportError) in
      var counts: [Int] = []
      for var reader in readers { counts.append(try reader.integer()) }
      return counts
    }
  }

  func gatheredChanges(
    _ own: (rows: [Int32], coefficients: [Double])
  ) throws(KernelError) -> (rows: [Int32], coefficients: [Double]) {
    let readers = try gathered { $0.append(own) }
    return try reach { () throws(TransportError) in
      var all: (rows: [Int32], coefficients: [Double]) = ([], [])
      for var reader in readers {
        let part = try reader.changes()
        all.rows += part.rows
        all.coefficients += part.coefficients
      }
      return all
    }
  }

  /// The examples with the largest gradients of all.
  func largestGradients() throws(KernelError) -> [Int32] {
    let own = shard.largestGradients()
    let readers = try gathered {
      $0.append((rows: own.map(\.example), coefficients: own.map(\.size)))
    }
    return try reach { () throws(TransportError) in
      var all: [(size: Double, example: Int32)] = []
      for var reader in readers {
        let part = try reader.changes()
        all += zip(part.coefficients, part.rows).map { (size: $0, example: $1) }
      }
      return ExampleShard.largest(all).map(\.example)
    }
  }

  /// The dual variables α of all examples, of which only those that are not 0 are sent.
  ///
  /// - Parameter beta: β of this rank's variables, in their order.
  /// - Returns: α of all.
  /// - Throws: `KernelError.unreachable`.
  func gatheredAlpha(of beta: [Double]) throws(KernelError) -> [Double] {
    // A zero of the other sign is another value.
    let own = shard.alpha(of: beta)
    let places = own.indices.filter { own[$0].bitPattern != 0 }
    let readers = try gathered {
      $0.append((rows: places.map { shard.numbers[$0] }, coefficients: places.map { own[$0] }))
    }
    var result = [Double](repeating: 0, count: shape.variableCount)
    try reach { () throws(TransportError) in
      for var reader in readers {
        let part = try reader.changes()
        for (number, value) in zip(part.rows, part.coefficients) { result[Int(number)] = value }
      }
    }
    return result
  }

  /// β of all examples, from that of this rank's variables.
  private func gatheredBeta(_ beta: [Double]) throws(KernelError) -> [Double] {
    var result = try gatheredAlpha(of: beta)
    for t in result.indices where !program.isPositive[t] { result[t].negate() }
    return result
  }

  /// A state of all shards.
  func whole(_ own: ExampleState) throws(KernelError) -> ExampleState {
    var result = ExampleState(
      beta: try gatheredBeta(own.beta),
      gradient: try source.features.gatheringValues(own.gradient),
      settledRounds: try source.features.gatheringValues(own.settledRounds.map { Double($0) }).map {
        UInt8($0)
      })
    guard let shrunk = own.shrunk else { return result }
    let active = try gatheredExamples(shrunk.active.map { $0 + Int32(shard.firstExample) })
    result.shrunk = ExampleState.Shrunk(
      active: active, beta: try gatheredBeta(shrunk.beta),
      gradient: try source.features.gatheringValues(shrunk.gradient))
    return result
  }

  /// The examples that each rank names, in the order of the ranks.
  func gatheredExamples(_ own: [Int32]) throws(KernelError) -> [Int32] {
    let readers = try gathered { $0.append(own) }
    return try reach { () throws(TransportError) in
      var all: [Int32] = []
      for var reader in readers { all += try reader.integers32(reader.remaining / 4) }
      return all
    }
  }
}

extension ProgramSums {
  /// All sums as one list.
  var flattened: [Double] {
    top + bottom + freeSum + freeCount + total + [quadratic, linear]
  }

  init(flattened values: [Double]) {
    let count = (values.count - 2) / 5
    func part(_ number: Int) -> [Double] { Array(values[number * count..<(number + 1) * count]) }
    self.init(groupCount: count)
    (top, bottom, freeSum, freeCount, total) = (part(0), part(1), part(2), part(3), part(4))
    (quadratic, linear) = (values[5 * count], values[5 * count + 1])
  }
}
