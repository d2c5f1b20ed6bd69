import Kernels
import SMOSolver
import Transport

// What a round asks of all examples. Each message is waited for by all, so that little is sent in few of them:
//
// - The end of a round (`apply`) tells what the next one asks first: the extremes, and how many examples remain if
//   settled ones are left out.
// - What is known of the block's examples follows from the update, which every rank has; that of newcomers comes with
//   their features.

/// What the ranks have said of the next round with the end of one.
struct Foresight {
  /// What this rank has said.
  let own: ExampleShard.Outlook
  /// How many examples would remain on each rank.
  var counts: [Int] = []
  /// The extremes of all active examples.
  var extremes: [Extremes]
  /// Those of the examples that would remain.
  var extremesOfRemaining: [Extremes]
  /// For each of the block's examples whether it would remain.
  var isRemaining: [Bool]
  /// Whether the others have been left out.
  var isShrunk = false

  init(_ own: ExampleShard.Outlook, groupCount: Int, memberCount: Int) {
    self.own = own
    extremes = [Extremes](repeating: Extremes(), count: groupCount)
    extremesOfRemaining = extremes
    isRemaining = [Bool](repeating: false, count: memberCount)
  }

  /// Takes what one rank says, in the order of the ranks.
  mutating func append(from reader: inout ByteReader) throws(TransportError) {
    counts.append(try reader.integer())
    let all = try reader.extremes(groupCount: extremes.count)
    extremes = zip(extremes, all).map { $0.merged(with: $1) }
    let some = try reader.extremes(groupCount: extremes.count)
    extremesOfRemaining = zip(extremesOfRemaining, some).map { $0.merged(with: $1) }
    for first in stride(from: 0, to: isRemaining.count, by: 8) {
      let bits = try reader.byte()
      for member in first..<min(first + 8, isRemaining.count)
      where bits >> UInt8(member - first) & 1 == 1 {
        isRemaining[member] = true
      }
    }
  }
}

extension ByteWriter {
  /// 8 bytes, 64 a group, and a bit for each of the block's examples.
  fileprivate mutating func append(
    _ outlook: ExampleShard.Outlook, remaining members: [Int32], of shard: ExampleShard
  ) {
    append(outlook.remaining.count)
    append(outlook.extremes)
    append(outlook.extremesOfRemaining)
    for first in stride(from: 0, to: members.count, by: 8) {
      var bits = UInt8(0)
      for (place, example) in members[first..<min(first + 8, members.count)].enumerated()
      where shard.examples.contains(Int(example)) && shard.remains(example, outlook) {
        bits |= 1 << UInt8(place)
      }
      append(bits)
    }
  }
}

extension DistributedField {
  package func extremes() throws(KernelError) -> [Extremes] {
    if let ahead = foresight {
      foresight = nil
      let extremes = ahead.isShrunk ? ahead.extremesOfRemaining : ahead.extremes
      lastExtremes = extremes
      return extremes
    }
    let own = shard.extremes()
    var result = [Extremes](repeating: Extremes(), count: shape.groupCount)
    var views: [UInt8] = []
    let readers = try gathered {
      $0.append(agreement.byte)
      $0.append(own)
    }
    try reach { () throws(TransportError) in
      for var reader in readers {
        views.append(try reader.byte())
        let other = try reader.extremes(groupCount: shape.groupCount)
        result = zip(result, other).map { $0.merged(with: $1) }
      }
    }
    agreement.settle(views)
    lastExtremes = result
    return result
  }

  package func members(of examples: [Int32]) throws(KernelError) -> BlockMembers {
    let known = Set(blockMembers.examples)
    let missing = examples.filter { !known.contains($0) }
    if !missing.isEmpty {
      let own = shard.members(of: missing)
      try learn(try gathered { $0.append(own) })
    }
    blockMembers = BlockMembers.gathered([blockMembers], inOrderOf: examples)
    return blockMembers
  }

  /// Takes in what the ranks say of some of their examples.
  func learn(_ readers: [ByteReader]) throws(KernelError) {
    guard !readers.isEmpty else { return }
    var parts = [blockMembers]
    var examples = blockMembers.examples
    var known = Set(examples)
    try reach { () throws(TransportError) in
      for var reader in readers {
        let part = try reader.members()
        examples += part.examples.filter { known.insert($0).inserted }
        parts.append(part)
      }
    }
    blockMembers = BlockMembers.gathered(parts, inOrderOf: examples)
  }

  package func violators(_ request: Violators.Request) throws(KernelError) -> Violators {
    let own = shard.violators(request)
    let readers = try gathered { $0.append(own) }
    return try reach { () throws(TransportError) in
      var parts: [Violators] = []
      for var reader in readers { parts.append(try reader.violators(groupCount: shape.groupCount)) }
      return Violators.merged(parts, groupCount: shape.groupCount, limit: request.limit)
    }
  }

  package func apply(
    _ update: BlockUpdate, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    foresight = nil
    let own = shard.examples
    let target = Target(
      known: update.members.filter { own.contains(Int($0)) }.map { $0 - Int32(own.lowerBound) })
    // The block may know the gradient of all examples.
    let isAdded = update.members.count < activeCount
    guard guests.contain(update.rows) else {
      if isAdded {
        let isDone = try shard.updateGradient { (gradient) throws(KernelError) in
          try add(
            (update.rows, update.coefficients), to: &gradient, target, isCancelled: isCancelled)
        }
        guard isDone else { return false }
      }
      shard.move(update)
      blockMembers = blockMembers.updated(by: update)
      return true
    }
    guests.show(to: kernel)
    // Nothing has changed until all ranks are done.
    var next = shard
    let members = blockMembers.updated(by: update)
    var ahead: Foresight?
    let outcome = try attempt(isCancelled) { (isCancelled) throws(KernelError) in
      if isAdded {
        let isDone = try next.updateGradient { (gradient) throws(KernelError) in
          try addHere((update.rows, update.coefficients), to: &gradient, target, isCancelled)
        }
        guard isDone else { return false }
      }
      next.move(update)
      return true
    } appending: { writer in
      guard let lastExtremes else { return }
      let outlook = next.lookAhead(lastExtremes)
      ahead = Foresight(
        outlook, groupCount: shape.groupCount, memberCount: members.examples.count)
      writer.append(outlook, remaining: members.examples, of: next)
    }
    guard let outcome else { return false }
    try reach { () throws(TransportError) in
      for var reader in outcome { try ahead?.append(from: &reader) }
    }
    (shard, blockMembers, foresight) = (next, members, ahead)
    return true
  }

  package func shrink(_ extremes: [Extremes]) throws(KernelError) {
    let remaining: [Int32]
    let counts: [Int]
    if let foresight {
      precondition(
        foresight.own.basis == extremes,
        "examples settle by the extremes that their round began with")
      shard.settle(for: foresight.own)
      remaining = foresight.own.remaining
      counts = foresight.counts
    } else {
      remaining = shard.settle(extremes)
      counts = try allCounts(remaining.count)
    }
    guard
      ExampleShard.isWorthShrinking(to: counts.reduce(0, +), of: activeCounts.reduce(0, +))
    else { return }
    shard.shrink(to: remaining)
    activeCounts = counts
    kernel.restrict(to: remaining)
    if let isRemaining = foresight?.isRemaining {
      blockMembers = blockMembers.restricted { isRemaining[$0] }
      foresight?.isShrunk = true
    } else {
      blockMembers = BlockMembers()
    }
  }
}
