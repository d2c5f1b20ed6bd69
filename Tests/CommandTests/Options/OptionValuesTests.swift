import Kernels
import TabularModels
import TestSupport
import Testing

@testable import SVMCommand

@Suite struct OptionValuesTests {
  private func message(_ body: () throws -> some Any) -> String {
    do {
      return "no error, but \(try body())"
    } catch {
      return "\(error)"
    }
  }

  @Test func numbersAreReadAsWritten() throws {
    #expect(try OptionValue.number("--c", "1e-3", in: .positive) == 0.001)
    #expect(try OptionValue.number("--coef0", "-1", in: .finite) == -1)
    #expect(try OptionValue.number("--epsilon", "0", in: .notNegative) == 0)
    #expect(try OptionValue.number("--holdout", "0.2", in: .fraction) == 0.2)
  }

  @Test(arguments: [
    ("-1", NumberRange.positive, "--c: must be greater than 0, but is -1"),
    ("0", .positive, "--c: must be greater than 0, but is 0"),
    ("nan", .positive, "--c: must be a finite number, but is nan"),
    ("inf", .positive, "--c: must be a finite number, but is inf"),
    ("-inf", .finite, "--c: must be a finite number, but is -inf"),
    ("1e999", .positive, "--c: must be a finite number, but is 1e999"),
    ("one", .positive, "--c: must be a number greater than 0, but is \"one\""),
    ("", .finite, "--c: must be a number, but is \"\""),
    ("1,5", .finite, "--c: must be a number, but is \"1,5\""),
    ("-0.1", .notNegative, "--c: must be 0 or greater, but is -0.1"),
    ("1", .fraction, "--c: must be greater than 0 and less than 1, but is 1"),
    ("1.5", .fraction, "--c: must be greater than 0 and less than 1, but is 1.5"),
  ])
  func numbersOutOfRangeAreRefused(text: String, range: NumberRange, expected: String) {
    #expect(message { try OptionValue.number("--c", text, in: range) } == expected)
  }

  @Test(arguments: [
    ("0", "--threads: must be a whole number from 1 to 1024, but is 0"),
    ("-3", "--threads: must be a whole number from 1 to 1024, but is -3"),
    ("2.5", "--threads: must be a whole number from 1 to 1024, but is 2.5"),
    (
      "99999999999999999999",
      "--threads: must be a whole number from 1 to 1024, but is "
        + "99999999999999999999"
    ),
    ("two", "--threads: must be a whole number from 1 to 1024, but is \"two\""),
  ])
  func wholeNumbersOutOfRangeAreRefused(text: String, expected: String) {
    #expect(message { try OptionValue.wholeNumber("--threads", text, in: 1...1024) } == expected)
  }

  @Test func wholeNumbersWithoutUpperBoundSayOnlyTheLower() {
    #expect(
      message { try OptionValue.wholeNumber("--max-iterations", "0", in: 1...Int.max) }
        == "--max-iterations: must be a whole number of at least 1, but is 0")
  }

  @Test func seedsHave64Bits() throws {
    #expect(try OptionValue.seed("--seed", "18446744073709551615") == UInt64.max)
    #expect(
      message { try OptionValue.seed("--seed", "-1") }
        == "--seed: must be a whole number from 0 to 18446744073709551615, but is -1")
  }

  @Test(arguments: [
    ("2G", 2 << 30), ("512M", 512 << 20), ("1.5g", 3 << 29), ("64MiB", 64 << 20),
    ("64MB", 64 << 20), ("1T", 1 << 40), ("33554432", 32 << 20), ("32768k", 32 << 20),
  ])
  func sizesHaveUnits(text: String, bytes: Int) throws {
    #expect(try OptionValue.bytes("--memory", text, atLeast: 16 << 20) == bytes)
  }

  @Test(arguments: [
    ("", "--memory: must be a size such as 512M or 2G, but is \"\""),
    ("G", "--memory: must be a size such as 512M or 2G, but is \"G\""),
    ("2X", "--memory: must be a size such as 512M or 2G, but is \"2X\""),
    ("nan", "--memory: must be a size such as 512M or 2G, but is \"nan\""),
    ("infM", "--memory: must be a size such as 512M or 2G, but is \"infM\""),
    ("-2G", "--memory: must be a size such as 512M or 2G, but is \"-2G\""),
    ("2 G", "--memory: must be a size such as 512M or 2G, but is \"2 G\""),
    ("1M", "--memory: must be at least 16M, but is 1M"),
    ("0", "--memory: must be at least 16M, but is 0"),
  ])
  func impossibleSizesAreRefused(text: String, expected: String) {
    #expect(
      message { try OptionValue.bytes("--memory", text, atLeast: 16 << 20) } == expected)
  }

  @Test func hugeSizesDoNotOverflow() throws {
    #expect(try OptionValue.bytes("--memory", "1e300T", atLeast: 1) == 1 << 62)
  }

  @Test(arguments: [
    ("90", 90.0), ("1.5", 1.5), ("30s", 30), ("10m", 600), ("1h30m", 5400), ("1d", 86400),
    ("500ms", 0.5), ("1s500ms", 1.5), ("0.5H", 1800),
  ])
  func timesHaveUnits(text: String, seconds: Double) throws {
    #expect(try OptionValue.duration("--time-limit", text) == .seconds(seconds))
  }

  @Test(arguments: [
    ("", "--time-limit: must be a time such as 30s, 10m or 1h30m, but is \"\""),
    ("-1s", "--time-limit: must be a time such as 30s, 10m or 1h30m, but is \"-1s\""),
    ("10 m", "--time-limit: must be a time such as 30s, 10m or 1h30m, but is \"10 m\""),
    ("5x", "--time-limit: must be a time such as 30s, 10m or 1h30m, but is \"5x\""),
    ("30m1h", "--time-limit: must be a time such as 30s, 10m or 1h30m, but is \"30m1h\""),
    ("1m1m", "--time-limit: must be a time such as 30s, 10m or 1h30m, but is \"1m1m\""),
    ("nan", "--time-limit: must be a time such as 30s, 10m or 1h30m, but is \"nan\""),
    ("infs", "--time-limit: must be a time such as 30s, 10m or 1h30m, but is \"infs\""),
    ("1.2.3", "--time-limit: must be a time such as 30s, 10m or 1h30m, but is \"1.2.3\""),
    ("0", "--time-limit: must be greater than 0, but is 0"),
    ("0s", "--time-limit: must be greater than 0, but is 0s"),
  ])
  func impossibleTimesAreRefused(text: String, expected: String) {
    #expect(message { try OptionValue.duration("--time-limit", text) } == expected)
  }

  @Test func hugeTimesDoNotOverflow() throws {
    #expect(try OptionValue.duration("--time-limit", "99999999999999999999d") > .seconds(1e9))
  }
}

@Suite struct KernelSettingsTests {
  private func settings(
    _ kernel: String = "gaussian", gamma: String? = nil, sigma: String? = nil,
    degree: String? = nil, constantTerm: String? = nil
  ) throws(UsageError) -> KernelSettings {
    try KernelSettings(
      kernel: kernel, gamma: gamma, sigma: sigma,
      parameters: [.degree: degree, .constantTerm: constantTerm].compactMapValues { $0 })
  }

  private func message(_ body: () throws -> KernelSettings) -> String {
    do {
      return "no error, but \(try body())"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("0", "linear"), ("1", "polynomial"), ("2", "gaussian"), ("3", "sigmoid"),
    ("rbf", "gaussian"), ("gaussian", "gaussian"), ("laplacian-l1", "laplacian-l1"),
  ])
  func kernelsHaveNamesAndNumbers(text: String, expected: String) throws {
    #expect(try settings(text).name.rawValue == expected)
  }

  @Test func misspelledKernelsGetASuggestion() {
    let expected = "is unknown; expected \(KernelCatalog.names())"
    #expect(
      message { try settings("rbg") } == "--kernel: \"rbg\" \(expected). Did you mean \"rbf\"?")
    #expect(
      message { try settings("gausian") }
        == "--kernel: \"gausian\" \(expected). Did you mean \"gaussian\"?")
    #expect(message { try settings("4") } == "--kernel: \"4\" \(expected)")
    #expect(message { try settings("") } == "--kernel: \"\" \(expected)")
  }

  @Test func sigmaBecomesGamma() throws {
    #expect(try settings(sigma: "2").kernel.gamma == .value(1.0 / 8))
    #expect(try settings("laplacian", sigma: "2").kernel.gamma == .value(1.0 / 2))
  }

  @Test(arguments: KernelCatalog.formulas.map { $0.name })
  func sigmaBelongsToSomeKernels(name: String) throws {
    let owners = KernelCatalog.formulas.filter { $0.widthRule?.ofSigma != nil }.map { $0.name }
    guard !owners.contains(name) else {
      #expect(try settings(name, sigma: "2").kernel.gamma != settings(name).kernel.gamma)
      return
    }
    #expect(
      message { try settings(name, sigma: "2") }
        == "--sigma: is for the kernels \(listed(owners)), but --kernel is \(name)")
  }

  @Test func sigmaAndGammaExcludeEachOther() {
    #expect(
      message { try settings(gamma: "1", sigma: "2") }
        == "--sigma: cannot be given together with --gamma")
  }

  @Test func sigmasWhoseGammaIsNoNumberAreRefused() {
    #expect(
      message { try settings(sigma: "1e-200") }
        == "--sigma: must give a gamma that is greater than 0 and finite, but is 1e-200")
    #expect(
      message { try settings(sigma: "1e200") }
        == "--sigma: must give a gamma that is greater than 0 and finite, but is 1e200")
  }

  @Test func gammaIsARuleOrANumber() throws {
    #expect(
      message { try settings(gamma: "sclae") }
        == "--gamma: must be scale, auto or a number greater than 0, but is \"sclae\". "
        + "Did you mean \"scale\"?")
    #expect(message { try settings(gamma: "0") } == "--gamma: must be greater than 0, but is 0")
    #expect(
      message { try settings(gamma: "nan") } == "--gamma: must be a finite number, but is nan")
    #expect(try settings(gamma: "auto").gammaSource == "auto")
  }

  @Test func degreeAndConstantTermAreChecked() {
    #expect(
      message { try settings("polynomial", degree: "0") }
        == "--degree: must be a whole number from 1 to 1000, but is 0")
    #expect(
      message { try settings("polynomial", degree: "2.5") }
        == "--degree: must be a whole number from 1 to 1000, but is 2.5")
    #expect(
      message { try settings("polynomial", constantTerm: "nan") }
        == "--coef0: must be a finite number, but is nan")
  }

  @Test func optionsWithoutEffectAreKnown() throws {
    #expect(try settings("linear", gamma: "1").unusedOptions == ["--gamma"])
    #expect(
      try settings("gaussian", degree: "2", constantTerm: "1").unusedOptions
        == ["--degree", "--coef0"])
    #expect(try settings("polynomial", gamma: "1", degree: "2").unusedOptions.isEmpty)
  }
}
