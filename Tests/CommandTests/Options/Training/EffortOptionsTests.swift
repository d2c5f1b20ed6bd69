import ArgumentParser
import TabularModels
import Testing

@testable import SVMCommand

/// Every option of the group does something.
@Suite struct EffortOptionsTests {
  /// Words for each option; those of the transport are read before a command runs.
  private static let words: [String: [String]] = [
    "threads": ["--threads", "3"], "memory": ["--memory", "32M"],
    "transport": [], "precision": ["--precision", "double"], "certify": ["--certify"],
    "maximumIterations": ["--max-iterations", "77"], "timeLimit": ["--time-limit", "9s"],
  ]

  /// What the options make of the defaults.
  private func applied(_ words: [String]) throws -> String {
    var (configuration, control) = (TrainingConfiguration(), RunControl())
    try EffortOptions.parse(words).apply(to: &configuration, &control)
    let fields = Mirror(reflecting: control).children.map { "\($0.label ?? ""): \($0.value)" }
    return "\(configuration.json.text(.indented))\n\(fields)"
  }

  @Test func everyOptionIsApplied() throws {
    let names = Mirror(reflecting: EffortOptions()).children.map { child in
      // The wrapper of a property has its name with an underscore.
      String((child.label ?? "").drop { $0 == "_" })
    }
    #expect(Set(names) == Set(Self.words.keys))
    let usual = try applied([])
    for (name, words) in Self.words where !words.isEmpty {
      #expect(try applied(words) != usual, "\(name)")
    }
  }
}
