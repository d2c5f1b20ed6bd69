import Basics
import SMOSolver
import SupportVectors

// A checkpoint of a training, inside the container of SafetensorsFile.swift.
//
//   __metadata__
//     format, formatVersion, digest     as of a model file; "support-vectors checkpoint"
//     identity                          {"kernel": …, "examples": …}: what the training was given
//     problems                          [{"index", "state": "solved", "stopReason", "source"} or
//                                        {"index", "state": "running", "block": "whole-single" …}]
//   tensors, K being a problem's index
//     K.alpha, K.multipliers, K.figures (violation, primal, dual and, if known, gap), K.counts
//     K.beta, K.gradient, K.figures (Σ of squared changes and, if known, the violation at the last
//       refresh), K.counts (iterations, fruitless rounds and refreshes), K.slots, K.ages, K.settled,
//       K.block, K.difficulty (six numbers of RoundState.Difficulty; infinite ones as ±greatest finite), and
//       of a shrunk state K.active, K.shrunkBeta and K.shrunkGradient

/// Checkpoints of trainings as files.
package enum TrainingCheckpointFile {
  private static let formatName = "support-vectors checkpoint"
  private static let version = "1"

  /// The bytes of a file.
  ///
  /// - Parameters:
  ///   - checkpoint: The checkpoint.
  ///   - name: How errors call the file.
  /// - Returns: The bytes, the same for equal checkpoints.
  /// - Throws: `ModelFileError` when there are too many problems for the container.
  package static func encode(
    _ checkpoint: TrainingCheckpoint, name: String = "checkpoint"
  ) throws(ModelFileError) -> [UInt8] {
    var tensors: [String: SafetensorsFile.Tensor] = [:]
    var problems: [JSONValue] = []
    for (index, problem) in checkpoint.problems.sorted(by: { $0.key < $1.key }) {
      func store(_ name: String, _ elements: SafetensorsFile.Elements) {
        tensors["\(index).\(name)"] = SafetensorsFile.Tensor(elements, shape: [elements.count])
      }
      switch problem {
      case .solved(let solution):
        let certificate = solution.certificate
        problems.append([
          "index": .integer(index), "state": "solved",
          "stopReason": .string(certificate.stopReason.rawValue),
          "source": .string(certificate.source.rawValue),
        ])
        store("alpha", .float64(solution.alpha))
        store("multipliers", .float64(solution.multipliers))
        store(
          "figures",
          .float64(
            [
              certificate.kktViolation, certificate.primalObjective, certificate.dualObjective,
            ] + (certificate.relativeGap.map { [$0] } ?? [])))
        store(
          "counts", .int64([Int64(certificate.iterations), Int64(solution.kernelValuesComputed)]))
      case .running(let running):
        let (examples, rounds) = (running.state.examples, running.state.rounds)
        let block: String
        switch running.block {
        case .whole(let isDouble): block = isDouble ? "whole-double" : "whole-single"
        case .single(let values):
          block = "single"
          store("block", .float32(values))
        case .double(let values):
          block = "double"
          store("block", .float64(values))
        }
        problems.append([
          "index": .integer(index), "state": "running", "block": .string(block),
        ])
        store("beta", .float64(examples.beta))
        store("gradient", .float64(examples.gradient))
        store(
          "figures",
          .float64([rounds.squaredChanges] + (rounds.violationAtRefresh.map { [$0] } ?? [])))
        store(
          "counts",
          .int64([
            Int64(rounds.iterations), Int64(rounds.fruitlessRounds),
            Int64(rounds.fruitlessRefreshes),
          ]))
        store("difficulty", .float64(rounds.difficulty.figures))
        store("slots", .int32(rounds.slots))
        store("ages", .int32(rounds.ages))
        store("settled", .uint8(examples.settledRounds))
        if let shrunk = examples.shrunk {
          store("active", .int32(shrunk.active))
          store("shrunkBeta", .float64(shrunk.beta))
          store("shrunkGradient", .float64(shrunk.gradient))
        }
      }
    }
    var file = SafetensorsFile(
      metadata: [
        ModelLayout.format: formatName, ModelLayout.formatVersion: version,
        "identity": JSONValue.object(
          checkpoint.identity.sorted { $0.key < $1.key }
            .map { JSONValue.Member($0.key, .string($0.value)) }
        ).text(),
        "problems": JSONValue.array(problems).text(),
      ], tensors: tensors)
    file.metadata[ModelLayout.digest] = file.contentDigest
    return try file.bytes(name: name)
  }

  /// Reads a file's bytes.
  ///
  /// Whether the states fit the training that continues is decided by the training, which knows it.
  ///
  /// - Parameters:
  ///   - bytes: The whole file; it may come from anywhere.
  ///   - name: How errors call the file.
  /// - Returns: The checkpoint.
  /// - Throws: `ModelFileError` that says where the file is wrong.
  package static func decode(
    _ bytes: [UInt8], name: String = "checkpoint"
  ) throws(ModelFileError) -> TrainingCheckpoint {
    let file = try SafetensorsFile(parsing: bytes, name: name)
    func text(_ key: String) throws(ModelFileError) -> String { try file.text(key, name: name) }
    try file.require(format: formatName, version: version, name: name)
    guard try text(ModelLayout.digest) == file.contentDigest else {
      throw ModelFileError(fileName: name, problem: .digest)
    }
    func json(_ key: String) throws(ModelFileError) -> JSONCursor {
      try JSONCursor.parsing(
        Array(try text(key).utf8), fileName: name, place: ["header", key])
    }
    var identity: [String: String] = [:]
    for (key, value) in try json("identity").members() { identity[key] = try value.string() }
    let tensors = TensorReader(file.tensors, name: name)
    var problems: [Int: TrainingCheckpoint.Problem] = [:]
    var names: Set<String> = []
    for element in try json("problems").elements() {
      let index = try element.member("index").integer(in: 0...Int(Int32.max))
      guard problems[index] == nil else { throw element.failure(.unexpected) }
      let reader = ProblemReader(tensors: tensors, index: index)
      let state = try element.member("state").string()
      switch state {
      case "solved":
        try element.requireKeys(["index", "state", "stopReason", "source"])
        let word = try element.member("source").string()
        guard let source = Certificate.Source(rawValue: word) else {
          throw try element.member("source").unknown(word, ["running", "recomputed"])
        }
        problems[index] = .solved(
          try reader.solution(
            stopReason: try element.member("stopReason").word(StopReason.self), source: source))
        names.formUnion(reader.names(["alpha", "multipliers", "figures", "counts"]))
      case "running":
        try element.requireKeys(["index", "state", "block"])
        problems[index] = .running(try reader.running(element.member("block")))
        names.formUnion(reader.names(["beta", "gradient", "figures", "counts"]))
        names.formUnion(reader.names(["slots", "ages", "settled"]))
        if reader.has("difficulty") { names.formUnion(reader.names(["difficulty"])) }
        if reader.has("block") { names.formUnion(reader.names(["block"])) }
        if reader.has("active") {
          names.formUnion(reader.names(["active", "shrunkBeta", "shrunkGradient"]))
        }
      default: throw try element.member("state").unknown(state, ["solved", "running"])
      }
    }
    try tensors.requireNames(names)
    return TrainingCheckpoint(identity: identity, problems: problems)
  }

  /// Reads a file.
  ///
  /// - Parameter path: The file.
  /// - Returns: The checkpoint.
  /// - Throws: `ModelFileError`.
  package static func read(path: String) throws(ModelFileError) -> TrainingCheckpoint {
    try decode(
      try readFile(path: path) { (_: [UInt8]) throws(ModelFileError) in }, name: path)
  }
}

/// The tensors of one problem.
private struct ProblemReader {
  let tensors: TensorReader
  let index: Int

  func names(_ names: [String]) -> [String] { names.map { "\(index).\($0)" } }
  func has(_ name: String) -> Bool { tensors.has("\(index).\(name)") }

  private func doubles(
    _ name: String, counts: ClosedRange<Int> = 0...Int.max
  ) throws(ModelFileError) -> [Double] {
    let values = try tensors.vector("\(index).\(name)")
    guard counts.contains(values.count) else {
      throw tensors.failure(
        "\(index).\(name)",
        .mismatch(found: "\(values.count) numbers", expected: "\(counts.lowerBound) or more"))
    }
    if let value = values.first(where: { !$0.isFinite }) {
      throw tensors.failure(
        "\(index).\(name)", .mismatch(found: "\(value) in one place", expected: "finite"))
    }
    return values
  }

  private func counts(_ name: String, _ count: Int) throws(ModelFileError) -> [Int] {
    let values = try tensors.counts("\(index).\(name)")
    guard values.count == count else {
      throw tensors.failure(
        "\(index).\(name)",
        .mismatch(found: "\(values.count) numbers", expected: "\(count)"))
    }
    return values
  }

  func solution(
    stopReason: StopReason, source: Certificate.Source
  ) throws(ModelFileError) -> Solution {
    let figures = try doubles("figures", counts: 3...4)
    let counts = try counts("counts", 2)
    return Solution(
      alpha: try doubles("alpha"), multipliers: try doubles("multipliers"),
      certificate: Certificate(
        iterations: counts[0], stopReason: stopReason, kktViolation: figures[0],
        primalObjective: figures[1], dualObjective: figures[2],
        relativeGap: figures.count == 4 ? figures[3] : nil, source: source),
      kernelValuesComputed: counts[1])
  }

  func running(_ kind: JSONCursor) throws(ModelFileError) -> SolverCheckpoint {
    let figures = try doubles("figures", counts: 1...2)
    let counts = try counts("counts", 3)
    let word = try kind.string()
    let block: SolverCheckpoint.Block
    switch word {
    case "whole-single": block = .whole(isDouble: false)
    case "whole-double": block = .whole(isDouble: true)
    case "single": block = .single(try tensors.floats("\(index).block"))
    case "double": block = .double(try doubles("block"))
    default: throw kind.unknown(word, ["whole-single", "whole-double", "single", "double"])
    }
    var shrunk: ExampleState.Shrunk?
    if has("active") {
      shrunk = ExampleState.Shrunk(
        active: try tensors.int32("\(index).active"), beta: try doubles("shrunkBeta"),
        gradient: try doubles("shrunkGradient"))
    }
    let examples = ExampleState(
      beta: try doubles("beta"), gradient: try doubles("gradient"),
      settledRounds: try tensors.bytes("\(index).settled"), shrunk: shrunk)
    var rounds = RoundState(
      slots: try tensors.int32("\(index).slots"), ages: try tensors.int32("\(index).ages"))
    rounds.iterations = counts[0]
    rounds.squaredChanges = figures[0]
    rounds.isBegun = true
    rounds.fruitlessRounds = counts[1]
    rounds.fruitlessRefreshes = counts[2]
    rounds.violationAtRefresh = figures.count == 2 ? figures[1] : nil
    // Checkpoints of earlier versions have none.
    if has("difficulty") {
      guard
        let difficulty = RoundState.Difficulty(figures: try doubles("difficulty", counts: 6...6))
      else {
        throw tensors.failure(
          "\(index).difficulty", .mismatch(found: "other numbers", expected: "counts of at least 0")
        )
      }
      rounds.difficulty = difficulty
    }
    return SolverCheckpoint(
      state: SolverState(examples: examples, rounds: rounds), block: block)
  }
}

extension RoundState.Difficulty {
  /// The numbers as a file keeps them, all finite.
  fileprivate var figures: [Double] {
    let largest = Double.greatestFiniteMagnitude
    return [
      Double(unfinishedRounds), Double(noisyGradients), squaredChangesAtMeasurement,
      min(minimumViolation, largest), Double(idleRounds), max(objective, -largest),
    ]
  }

  /// Reads ``figures``; `nil` when they cannot be.
  fileprivate init?(figures: [Double]) {
    self.init()
    let largest = Double.greatestFiniteMagnitude
    let counts = [figures[0], figures[1], figures[4]].map { Int(exactly: $0) ?? -1 }
    guard counts.allSatisfy({ $0 >= 0 && $0 < Int(Int32.max) }), figures[2] >= 0, figures[3] >= 0
    else { return nil }
    unfinishedRounds = counts[0]
    noisyGradients = counts[1]
    squaredChangesAtMeasurement = figures[2]
    minimumViolation = figures[3] == largest ? .infinity : figures[3]
    idleRounds = counts[2]
    objective = figures[5] == -largest ? -.infinity : figures[5]
  }
}
