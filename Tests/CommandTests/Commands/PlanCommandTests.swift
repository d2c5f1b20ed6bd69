import Foundation
import Testing

/// `svm plan`: predictions by arithmetic, so that its counts are the same everywhere.
@Suite struct PlanCommandTests {
  private func json(_ arguments: [String], in folder: Folder? = nil) throws -> [String: Any] {
    let result = try Tool.run(["plan"] + arguments + ["--json", "-"], in: folder)
    #expect(result.status == 0, "\(result)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  private let problem = ["--rows", "1e6", "--features", "50", "--threads", "8"]

  @Test func theReportHasItsKeys() throws {
    let report = try json(problem + ["--ranks", "8"])
    #expect(
      Set(report.keys) == [
        "version", "predicted", "problem", "kernelValues", "steps", "rounds", "blockRows",
        "secondsOfKernelValue", "secondsOfStep", "isMeasured", "network", "threads",
        "memoryLimitBytes", "plan", "ranks", "breakEven",
      ])
    let plan = try #require(report["plan"] as? [String: Any])
    #expect(
      Set(plan.keys) == [
        "ranks", "rowsOfRank", "dataBytesOfRank", "memoryBytesOfRank", "kernelValuesOfRank",
        "bytesOfRound", "trafficBytes", "rowTrafficBytes", "seconds", "kernelValueSeconds",
        "stepSeconds",
        "communicationSeconds", "communicationShare",
      ])
    #expect(plan["rowsOfRank"] as? Int == 125_000)
    // A row has 50 doubles and as many floats.
    #expect(plan["dataBytesOfRank"] as? Int == 125_000 * 600)
    let ranks = try #require(report["ranks"] as? [[String: Any]])
    #expect(ranks.map { $0["ranks"] as? Int } == [1, 2, 4, 8])
    #expect(ranks[0]["trafficBytes"] as? Double == 0)
    #expect(ranks[0]["rowTrafficBytes"] as? Double == 0)
    // Two doubles for each of a row's features.
    #expect(plan["rowTrafficBytes"] as? Double == 1e6 * 50 * 16)
    let described = try #require(report["problem"] as? [String: Any])
    #expect(described["rows"] as? Int == 1_000_000)
    #expect(described["supportVectors"] as? Double == 300_000)
    #expect(described["storedEntries"] is NSNull)
  }

  @Test func optionsChangeWhatTheySay() throws {
    func number(_ key: String, _ options: [String], of part: String? = "plan") throws -> Double {
      let report = try json(problem + ["--ranks", "8"] + options)
      let values = try part.map { try #require(report[$0] as? [String: Any]) } ?? report
      return try #require(values[key] as? Double)
    }
    let seconds = try number("seconds", [])
    #expect(try number("seconds", ["--network", "100M"]) > seconds)
    #expect(try number("seconds", ["--latency", "10ms"]) > seconds)
    #expect(try number("seconds", ["--speed", "2"]) < seconds)
    #expect(try number("seconds", ["--kernel", "chi-squared"]) > seconds)
    let values = try number("kernelValues", [], of: nil)
    #expect(try number("kernelValues", ["--support-vectors", "0.6"], of: nil) == 2 * values)
    #expect(try number("kernelValues", ["--c", "100"], of: nil) > values)
    #expect(try number("kernelValues", ["--classes", "10"], of: nil) < 2 * values)
    let data = try number("dataBytesOfRank", [])
    #expect(try number("dataBytesOfRank", ["--density", "0.02"]) < data)
    // Rows of so few features are not kept, those of many fill what there is.
    let wide = ["--rows", "1e6", "--features", "500", "--ranks", "8", "--memory"]
    func memory(_ limit: String) throws -> Double {
      let plan = try #require(try json(wide + [limit])["plan"] as? [String: Any])
      return try #require(plan["memoryBytesOfRank"] as? Double)
    }
    #expect(try memory("8G") - memory("1G") == 7 * 0x1p30)
  }

  @Test func theTextNamesWhatIsPredicted() throws {
    let result = try Tool.run(["plan"] + problem + ["--ranks", "4"])
    #expect(result.status == 0, "\(result)")
    #expect(
      result.output.hasPrefix(
        "problem          c-svc, gaussian kernel, C 1; 1 000 000 rows, 50 features\n"))
    #expect(result.output.contains("ranks  rows a rank  memory a rank  kernel values a rank"))
    #expect(
      result.output.hasSuffix(
        "All figures are predicted; time begins when the rows have been read.\n"))
    #expect(
      result.output.contains("rows sent        760 MB (columns, while the table is read)\n"))
    #expect(result.errors.isEmpty, "\(result)")
    // Nothing about ranks where there is one.
    #expect(!(try Tool.run(["plan"] + problem).output.contains("traffic a round")))
  }

  @Test func rowsOfDataArePlanned() throws {
    let folder = try Fixtures.folder()
    let report = try json(["flowers.csv"], in: folder)
    let described = try #require(report["problem"] as? [String: Any])
    #expect(described["rows"] as? Int == 30)
    #expect(described["features"] as? Int == 2)
    #expect(report["isMeasured"] as? Bool == true)
    #expect(report["rounds"] as? Double == 1)
    let many = try json(["flowers.csv", "--rows", "3000000"], in: folder)
    // Three classes: each row is in two of three problems.
    let values = try #require(many["kernelValues"] as? Double)
    let few = try #require(report["kernelValues"] as? Double)
    #expect(abs(values / few / 1e10 - 1) < 0.02)
    let regression = try json(["prices.csv", "--task", "regression"], in: folder)
    #expect(
      (regression["problem"] as? [String: Any])?["formulation"] as? String == "epsilon-svr")
  }
}
