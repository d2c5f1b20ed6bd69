/// What a block knows of its examples: their variables and their gradient.
package struct BlockMembers: Sendable {
  /// One variable of an example.
  package struct Variable: Sendable {
    package var group: UInt8
    package var linear: Double
    package var lower: Double
    package var upper: Double
    /// Its signed value.
    package var beta: Double

    /// Collects the parts.
    package init(group: UInt8, linear: Double, lower: Double, upper: Double, beta: Double) {
      self.group = group
      self.linear = linear
      self.lower = lower
      self.upper = upper
      self.beta = beta
    }
  }

  /// The examples.
  package private(set) var examples: [Int32] = []
  /// g of each.
  package private(set) var gradient: [Double] = []
  /// Whether each is active: the gradient of the others is stale.
  package private(set) var isActive: [Bool] = []
  /// The variables of one example after the other, its own by group, then by linear term and lower bound.
  package var variables: [Variable] = []
  /// Where the variables of each example begin, and where the last one's end.
  private var bounds: [Int] = [0]

  /// No examples.
  package init() {}

  /// Makes room.
  mutating func reserveCapacity(_ count: Int) {
    examples.reserveCapacity(count)
    gradient.reserveCapacity(count)
    isActive.reserveCapacity(count)
    variables.reserveCapacity(count)
    bounds.reserveCapacity(count + 1)
  }

  /// Adds an example; its variables are appended first.
  package mutating func append(example: Int32, gradient g: Double, isActive flag: Bool) {
    examples.append(example)
    gradient.append(g)
    isActive.append(flag)
    bounds.append(variables.count)
  }

  /// Where the variables of an example are.
  package func range(_ member: Int) -> Range<Int> { bounds[member]..<bounds[member + 1] }

  /// Examples that several parts hold, in a given order.
  package static func gathered(_ parts: [BlockMembers], inOrderOf examples: [Int32]) -> BlockMembers
  {
    var position: [Int32: (part: Int, member: Int)] = [:]
    for (part, members) in parts.enumerated() {
      for (member, example) in members.examples.enumerated() { position[example] = (part, member) }
    }
    var result = BlockMembers()
    for example in examples {
      guard let (part, member) = position[example] else {
        preconditionFailure("no part holds example \(example)")
      }
      result.variables += parts[part].variables[parts[part].range(member)]
      result.append(
        example: example, gradient: parts[part].gradient[member],
        isActive: parts[part].isActive[member])
    }
    return result
  }
}

extension BlockMembers {
  /// What is known of the examples after an update: all of it, but for active examples that the update does not
  /// know, which are left out.
  package func updated(by update: BlockUpdate) -> BlockMembers {
    let gradients = Dictionary(uniqueKeysWithValues: zip(update.members, update.gradient))
    var moved: [Int32: ArraySlice<Double>] = [:]
    var first = 0
    for (example, count) in zip(update.examples, update.variableCounts) {
      moved[example] = update.beta[first..<first + count]
      first += count
    }
    var result = BlockMembers()
    result.reserveCapacity(examples.count)
    for (member, example) in examples.enumerated() {
      let known = gradients[example]
      guard known != nil || !isActive[member] else { continue }
      var own = variables[range(member)]
      if let beta = moved[example] {
        for (t, value) in zip(own.indices, beta) { own[t].beta = value }
      }
      result.variables += own
      result.append(
        example: example, gradient: known ?? gradient[member], isActive: isActive[member])
    }
    return result
  }

  /// The same examples, of which only some of the active ones are active.
  package func restricted(to isRemaining: (_ member: Int) -> Bool) -> BlockMembers {
    var result = self
    for member in examples.indices where !isRemaining(member) { result.isActive[member] = false }
    return result
  }
}

/// What a round of the block changes.
package struct BlockUpdate: Sendable {
  /// The examples whose variables have new values.
  package var examples: [Int32] = []
  /// These values: all variables of one example after the other, in the order of ``BlockMembers``.
  package var beta: [Double] = []
  /// How many variables each of these examples has.
  package var variableCounts: [Int] = []
  /// The examples whose rows of K the gradient changes by, in the order of their terms.
  package var rows: [Int32] = []
  /// Σ over each one's variables of the changes of β.
  package var coefficients: [Double] = []
  /// The block's active examples, whose gradient follows from the block alone.
  package private(set) var members: [Int32] = []
  /// The gradient of each afterwards.
  package private(set) var gradient: [Double] = []

  /// Nothing.
  package init() {}

  /// What moving the variables of a block changes.
  ///
  /// - Parameters:
  ///   - before: The block's examples as they were.
  ///   - after: The same with other values of β.
  init(from before: BlockMembers, to after: BlockMembers) {
    let (old, new) = (before.variables, after.variables)
    examples.reserveCapacity(before.examples.count)
    variableCounts.reserveCapacity(before.examples.count)
    beta.reserveCapacity(old.count)
    rows.reserveCapacity(before.examples.count)
    coefficients.reserveCapacity(before.examples.count)
    for (member, example) in before.examples.enumerated() {
      let range = before.range(member)
      var change = 0.0
      var isMoved = false
      for t in range {
        let (old, new) = (old[t].beta, new[t].beta)
        change += new - old
        // A zero of the other sign is another value.
        if new.bitPattern != old.bitPattern { isMoved = true }
      }
      if isMoved {
        examples.append(example)
        variableCounts.append(range.count)
        for t in range { beta.append(new[t].beta) }
      }
      if change != 0 {
        rows.append(example)
        coefficients.append(change)
      }
    }
  }

  /// Takes over what the block knows of the gradient.
  ///
  /// - Parameters:
  ///   - gradient: The gradient of each of the block's examples afterwards.
  ///   - block: These examples.
  mutating func know(_ gradient: [Double], of block: BlockMembers) {
    members.removeAll(keepingCapacity: true)
    self.gradient.removeAll(keepingCapacity: true)
    members.reserveCapacity(gradient.count)
    self.gradient.reserveCapacity(gradient.count)
    for (member, example) in block.examples.enumerated() where block.isActive[member] {
      members.append(example)
      self.gradient.append(gradient[member])
    }
  }
}
