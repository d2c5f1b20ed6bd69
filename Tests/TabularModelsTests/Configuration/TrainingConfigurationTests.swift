import Basics
import Calibration
import Foundation
import Kernels
import LinearAlgebra
import SupportVectors
import Tables
import TestSupport
import Testing

@testable import TabularModels

private let kernelNames =
  KernelCatalog.formulas.map { $0.name }.joined(separator: ", ")
  + ", precomputed, sum, product, scaled or columns"

@Suite struct TrainingConfigurationTests {
  /// A value of a parameter that is not its default.
  private static func sample(_ parameter: MethodParameter) -> ParameterValue {
    switch parameter.values {
    case .number(let range, _):
      .number([0.1, 0.75].first { range.contains($0) } ?? 0)
    case .numbers: .numbers([0.25, 0.5])
    case .count(let range): .count(range.upperBound / 2)
    case .words(let words, _): .word(words[words.count - 1])
    case .classWeights: .weights(["yes": 2.5, "no,\"": 0.125])
    }
  }

  /// A method of each formulation with all parameters that it has.
  private static let methods: [LearningMethod] = Formulation.allCases.map { formulation in
    var method = LearningMethod(formulation: formulation, kernel: .laplacian(gamma: 0.3))
    for parameter in formulation.parameters { method[parameter] = sample(parameter) }
    return method
  }

  private static let kernels: [Kernel] =
    KernelCatalog.formulas.map { .formula(FormulaKernel($0, width: .value(0.3))) } + [
      .linear, .polynomial(degree: 5, gamma: 0.1, constantTerm: -1.5), .gaussian(gamma: .auto),
      .laplacian(gamma: .scale), .laplacianL1(gamma: 1e-300), .sigmoid(gamma: 2, constantTerm: 1),
      .precomputed, .gaussian() + 2 * .linear, .linear * .polynomial(degree: 2),
      .columns(ColumnGroup(ranges: [0..<2, 4..<7]), .gaussian()),
    ]

  private func throughJSON(_ configuration: TrainingConfiguration) throws -> TrainingConfiguration {
    try JSONDecoder().decode(
      TrainingConfiguration.self, from: try JSONEncoder().encode(configuration))
  }

  private func decoded(_ json: String) throws -> TrainingConfiguration {
    try JSONDecoder().decode(TrainingConfiguration.self, from: Data(json.utf8))
  }

  private func message(_ json: String) throws -> String {
    do {
      return "\(try decoded(json))"
    } catch let error as ConfigurationError {
      return error.description
    }
  }

  @Test(arguments: methods.indices)
  func methodsSurviveJSON(index: Int) throws {
    let method = Self.methods[index]
    let configuration = TrainingConfiguration(method: method)
    let again = try throughJSON(configuration)
    #expect(again == configuration)
    #expect(again.method.values == method.values)
    #expect(again.method.formulation == method.formulation)
    #expect("\(again.method.kernel)" == "\(method.kernel)")
    // Without any parameter, too.
    let plain = TrainingConfiguration(method: LearningMethod(formulation: method.formulation))
    #expect(try throughJSON(plain) == plain)
    #expect(plain != configuration)
  }

  @Test(arguments: kernels.indices)
  func kernelsSurviveJSON(index: Int) throws {
    let kernel = Self.kernels[index]
    let configuration = TrainingConfiguration(method: LearningMethod(kernel: kernel))
    #expect("\(try throughJSON(configuration).method.kernel)" == "\(kernel)")
  }

  @Test func everyOtherFieldSurvivesJSON() throws {
    var configuration = TrainingConfiguration(
      target: "y\"\n", task: .regression,
      calibration: CalibrationChoice(method: nil, foldCount: 7), holdoutFraction: 0.25,
      seed: .max)
    configuration.reading = TextOptions(
      format: .tsv, header: .no, decimal: .comma, missingMarkers: ["-1", "é"],
      knowsUsualMarkers: false, separator: Separator(name: ":"), quote: .single,
      commentMark: "%")
    configuration.columnOverrides = ColumnChoices(
      kinds: [.init(column: "z", kind: .dateDayFirst), .init(column: "a", kind: .text)],
      identifiers: ["id"], weight: "w", group: "g",
      textOptions: TextVectorizer.Options(
        unit: .characters, lengths: 2...5, foldsCase: false, minimumTextCount: 3,
        maximumTermCount: 77, bucketCount: 64, counting: .logarithm, weighsRarity: false,
        normalizes: false),
      missingCategories: .drop, indicatesMissing: true)
    configuration.missing = .constant("0,5")
    configuration.unseen = .ignore
    configuration.scaling = .maxabs
    configuration.sampleSize = 12
    configuration.standardizesTarget = false
    configuration.tolerance = 1e-7
    configuration.precision = .double
    configuration.maximumIterations = .max
    configuration.certify = true
    configuration.shrinking = false
    let again = try throughJSON(configuration)
    #expect(again == configuration)
    #expect(again.columnOverrides.textOptions == configuration.columnOverrides.textOptions)
    #expect(again.seed == .max && again.missing == .constant("0,5"))
    #expect(again.reading.separator == Separator(name: ":"))
    // No field is equal to its default, so that one that is not written shows.
    func leaves(_ value: JSONValue, _ path: String = "") -> [String: String] {
      guard case .object(let members) = value else { return [path: value.shown + "\(value)"] }
      return members.reduce(into: [:]) { all, member in
        all.merge(leaves(member.value, path + "." + member.key)) { first, _ in first }
      }
    }
    let defaults = leaves(TrainingConfiguration().json)
    for (path, text) in leaves(configuration.json) where !path.hasPrefix(".method") {
      #expect(defaults[path] != text, "\(path)")
    }
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    #expect(try decoded("{}") == TrainingConfiguration())
    let some = try decoded(
      #"{"method": {"formulation": "nu-svc", "nu": 0.1, "kernel": {"gamma": 2}}, "rows": {"seed": 3}}"#
    )
    #expect(some.method.formulation == .nuSVC && some.method.nu == 0.1 && some.seed == 3)
    #expect("\(some.method.kernel)" == "\(Kernel.gaussian(gamma: 2))")
    #expect(some.tolerance == 1e-3 && some.missing == .mean)
    #expect(
      try decoded(#"{"method": {"multiclass": "ovr"}}"#).method.decomposition == .oneVersusRest)
    let texts = try decoded(#"{"columns": {"text": {"unit": "characters"}}}"#)
    #expect(texts.columnOverrides.textOptions.lengths == TermUnit.characters.defaultLengths)
  }

  @Test(arguments: [
    (#"{"method": {"nuu": 1}}"#, "method.nuu: there is no such key. Did you mean \"nu\"?"),
    (#"{"metod": {}}"#, "metod: there is no such key. Did you mean \"method\"?"),
    (
      #"{"rows": {"xyz": 1}}"#,
      "rows.xyz: there is no such key; expected subsample, holdout or seed"
    ),
    (
      #"{"method": {"c": -1}}"#, "method.c: must be greater than 0, but is -1"
    ),
    (
      #"{"method": {"c": "ten"}}"#,
      "method.c: must be auto or a number greater than 0, but is \"ten\""
    ),
    (#"{"method": {"nu": 1.5}}"#, "method.nu: must be greater than 0 and at most 1, but is 1.5"),
    (
      #"{"method": {"formulation": "c-svm"}}"#,
      "method.formulation: \"c-svm\" is unknown; expected "
        + "\(listed(Formulation.allCases.map(\.rawValue))). Did you mean \"c-svc\"?"
    ),
    (
      #"{"method": {"kernel": {"name": "linear", "gamma": 1}}}"#,
      "method.kernel.gamma: there is no such key; expected name"
    ),
    (
      #"{"method": {"kernel": {"name": "gausian"}}}"#,
      "method.kernel.name: \"gausian\" is unknown; expected \(kernelNames). Did you mean \"gaussian\"?"
    ),
    (
      #"{"method": {"classWeight": {"a": 0}}}"#,
      "method.classWeight.a: must be greater than 0, but is 0"
    ),
    (#"{"method": 3}"#, "method: must be an object, but is 3"),
    (#"{"solving": {"certify": 1}}"#, "solving.certify: must be true or false, but is 1"),
    (
      #"{"columns": {"kinds": {"a": "numerical"}}}"#,
      "columns.kinds.a: \"numerical\" is unknown; expected numeric, category, text, date, date-dmy, "
        + "date-mdy, date-ymd or ignore. Did you mean \"numeric\"?"
    ),
    (#"{"columns": {"identifiers": ["a", 2]}}"#, "columns.identifiers.2: must be a text, but is 2"),
    (
      #"{"rows": {"holdout": 1}}"#,
      "rows.holdout: must be greater than 0 and less than 1, but is 1"
    ),
    (
      #"{"probability": {"folds": 1}}"#,
      "probability.folds: must be a whole number from 2 to 1000, but is 1"
    ),
  ])
  func whatMakesNoSenseIsRefusedInOneSentence(json: String, expected: String) throws {
    #expect(try message(json) == expected)
  }
}

@Suite struct MethodCatalogTests {
  @Test func namesAreUnique() {
    let names = Formulation.allCases.map(\.rawValue)
    #expect(Set(names).count == names.count && names.count >= 12)
    let parameters = MethodCatalog.parameters
    #expect(Set(parameters.map(\.name)).count == parameters.count)
    let letters = parameters.compactMap(\.letter)
    #expect(Set(letters).count == letters.count)
    for definition in MethodCatalog.all {
      #expect(Formulation(rawValue: definition.formulation.rawValue) == definition.formulation)
      #expect(Set(definition.parameters.map(\.name)).count == definition.parameters.count)
    }
    let numbers = MethodCatalog.all.compactMap(\.libsvmNumber)
    #expect(Set(numbers).count == numbers.count)
  }

  @Test func everyTaskHasADefault() {
    #expect(
      LearningTask.allCases.map { Formulation.default(for: $0) }
        == [.cSVC, .epsilonSVR, .oneClass, .principalComponents])
  }

  @Test func aSettledMethodIsSettled() {
    for formulation in Formulation.allCases {
      var method = LearningMethod()
      for parameter in MethodCatalog.parameters where parameter.name != "featureMap" {
        method[parameter] = parameter.defaultValue ?? .automatic
      }
      let settled = method.settled(formulation)
      #expect(settled.formulation == formulation && settled.chosenKernel != nil)
      #expect(settled.inapplicableParameters(formulation).isEmpty)
      let again = settled.settled(formulation)
      #expect(again.json == settled.json, "\(formulation.rawValue)")
      let absent = MethodCatalog.parameters.filter { !formulation.has($0) }
      #expect(
        Set(method.inapplicableParameters(formulation).map(\.name)).isSuperset(
          of: absent.filter { method[$0] != nil }.map(\.name)))
    }
  }
}
