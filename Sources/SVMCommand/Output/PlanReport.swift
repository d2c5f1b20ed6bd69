import Basics
import TabularModels

/// What `svm plan` says.
struct PlanReport {
  let costs: TrainingCostModel
  /// The machines that were asked for.
  let cluster: TrainingCostModel.Cluster
  let formulation: Formulation
  /// The kernel's name.
  let kernel: String
  /// Whether kernel values were timed on this machine.
  let isMeasured: Bool

  private var problem: TrainingCostModel.Problem { costs.problem }

  /// The costs on 1 rank, on powers of two below the number that was asked for, and on that.
  private var rows: [TrainingCostModel.Cost] {
    var counts = [1]
    while let last = counts.last, 2 * last < cluster.rankCount { counts.append(2 * last) }
    if cluster.rankCount > 1 { counts.append(cluster.rankCount) }
    return counts.map { count in
      var other = cluster
      other.rankCount = count
      return costs.cost(on: other)
    }
  }

  // MARK: For people

  var text: String {
    let cost = costs.cost(on: cluster)
    let each = NumberText.significant(costs.speed.valueSeconds * 1e9, digits: 3)
    var lines: [(label: String, value: String)] = [
      ("problem", problemWords),
      ("support vectors", "about \(Self.count(costs.supportVectorCount))"),
      (
        "kernel values",
        "about \(Self.count(costs.kernelValueCount)), \(each) ns each on one thread"
          + (isMeasured ? " here" : "")
      ),
      (
        "rounds",
        "about \(Self.count(costs.roundCount)), each with at most \(Text.count(costs.blockSize)) rows"
      ),
      ("memory a rank", ForecastNote.size(cost.rankBytes)),
      ("time", Self.duration(cost.seconds)),
    ]
    if cluster.rankCount > 1 {
      lines += [
        ("traffic a round", ForecastNote.size(cost.roundBytes)),
        ("traffic", Self.size(cost.trafficBytes)),
        ("rows sent", Self.size(cost.rowTrafficBytes) + rowTrafficWords),
        ("communication", NumberText.percentage(cost.communicationShare)),
      ]
    }
    return Text.aligned(lines) + "\n" + table + "\n" + Self.words(costs.breakEven(on: cluster))
      + "\nAll figures are predicted; time begins when the rows have been read.\n"
  }

  /// What is sent of the rows, and when.
  private var rowTrafficWords: String {
    let columns = problem.storedCount == nil ? ["columns, while the table is read"] : []
    let pairs = problem.chosenRowCount > 0 ? ["rows of pairs of classes"] : []
    let words = (columns + pairs).joined(separator: ", and ")
    return words.isEmpty ? "" : " (\(words))"
  }

  private var problemWords: String {
    let storage =
      problem.storedCount.map {
        ", \(NumberText.significant($0, digits: 3)) of them stored in each row"
      } ?? ""
    let price =
      formulation.has(.boxConstraint) ? ", C \(Text.significant(problem.boxConstraint, 4))" : ""
    return "\(formulation.rawValue), \(kernel) kernel\(price); "
      + "\(Text.count(problem.rowCount, "row")), \(Text.count(problem.featureCount, "feature"))"
      + storage
  }

  private var table: String {
    let header = [
      "ranks", "rows a rank", "memory a rank", "kernel values a rank", "traffic", "time",
      "communication",
    ]
    let lines = rows.map { cost in
      [
        Text.count(cost.cluster.rankCount), Text.count(cost.rankRows),
        ForecastNote.size(cost.rankBytes), Self.count(cost.rankKernelValues),
        cost.cluster.rankCount == 1 ? "none" : Self.size(cost.trafficBytes),
        Self.duration(cost.seconds), NumberText.percentage(cost.communicationShare),
      ]
    }
    return Text.table(header: header, rows: lines, leftAligned: 0)
  }

  private static func words(_ even: TrainingCostModel.BreakEven) -> String {
    let fastest =
      even.fastest == 1
      ? "One machine is fastest." : "Fastest with about \(Text.count(even.fastest, "rank"))"
    guard even.fastest > 1 else { return fastest }
    let bound =
      even.communicationBound.map {
        "; communication takes longer than computing from \(Text.count($0)) on"
      } ?? ""
    return fastest
      + "; each works at half speed or better up to \(Text.count(even.efficient))\(bound)."
  }

  private static func count(_ value: Double) -> String {
    value < 1e6 ? Text.count(Int(value.rounded())) : NumberText.significant(value, digits: 2)
  }

  /// A time with two digits, so that numbers of ranks can be distinguished.
  private static func duration(_ seconds: Double) -> String {
    let (value, unit) =
      seconds < 90
      ? (seconds, "s") : seconds < 5400 ? (seconds / 60, "min") : (seconds / 3600, "h")
    return "\(Text.significant(value, 2)) \(unit)"
  }

  private static func size(_ bytes: Double) -> String {
    ForecastNote.size(Int(min(bytes, 0x1p60)))
  }

  // MARK: For programs

  var json: JSONValue {
    let even = costs.breakEven(on: cluster)
    return [
      "version": .string(SVMCommand.version),
      "predicted": true,
      "problem": [
        "formulation": .string(formulation.rawValue),
        "kernel": .string(kernel),
        "rows": .integer(problem.rowCount),
        "features": .integer(problem.featureCount),
        "storedEntries": problem.storedCount.map(JSONValue.number) ?? .null,
        "c": formulation.has(.boxConstraint) ? .number(problem.boxConstraint) : .null,
        "supportVectors": .number(costs.supportVectorCount.rounded()),
      ],
      "kernelValues": .number(costs.kernelValueCount.rounded()),
      "steps": .number(costs.stepCount.rounded()),
      "rounds": .number(costs.roundCount),
      "blockRows": .integer(costs.blockSize),
      "secondsOfKernelValue": .number(costs.speed.valueSeconds),
      "secondsOfStep": .number(costs.speed.stepSeconds),
      "isMeasured": .bool(isMeasured),
      "network": [
        "bitsPerSecond": .number(cluster.bitsPerSecond), "latencySeconds": .number(cluster.latency),
      ],
      "threads": .integer(cluster.threadCount),
      "memoryLimitBytes": .integer(cluster.memoryLimit),
      "plan": Self.json(of: costs.cost(on: cluster)),
      "ranks": .array(rows.map(Self.json)),
      "breakEven": [
        "fastestRanks": .integer(even.fastest), "efficientRanks": .integer(even.efficient),
        "communicationBoundRanks": even.communicationBound.map(JSONValue.integer) ?? .null,
      ],
    ]
  }

  private static func json(of cost: TrainingCostModel.Cost) -> JSONValue {
    [
      "ranks": .integer(cost.cluster.rankCount),
      "rowsOfRank": .integer(cost.rankRows),
      "dataBytesOfRank": .integer(cost.dataBytes),
      "memoryBytesOfRank": .integer(cost.rankBytes),
      "kernelValuesOfRank": .number(cost.rankKernelValues.rounded()),
      "bytesOfRound": .integer(cost.roundBytes),
      "trafficBytes": .number(cost.trafficBytes.rounded()),
      "rowTrafficBytes": .number(cost.rowTrafficBytes.rounded()),
      "seconds": .number(cost.seconds),
      "kernelValueSeconds": .number(cost.valueSeconds),
      "stepSeconds": .number(cost.stepSeconds),
      "communicationSeconds": .number(cost.communicationSeconds),
      "communicationShare": .number(cost.communicationShare),
    ]
  }
}
