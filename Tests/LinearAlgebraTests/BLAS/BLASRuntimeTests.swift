import Basics
import Foundation
import Testing

@testable import LinearAlgebra

// What is tested here acts on the whole process, so that each test that changes something runs in a
// process of its own.

@Suite struct BLASRuntimeTests {
  static let canSwitchCores =
    BLASRuntime.status.supportedCore != nil
    && BLASRuntime.status.configuration?.contains("DYNAMIC_ARCH") == true

  @Test func theStatusNamesTheLibraries() throws {
    let status = BLASRuntime.status
    for path in [status.blasLibrary, status.lapackLibrary, status.lapackeLibrary] {
      #expect(FileManager.default.fileExists(atPath: try #require(path)))
    }
  }

  @Test func coresAreRankedByTheirInstructions() {
    let level = BLASRuntime.level(ofCore:)
    for old in ["Prescott", "Core2", "Nehalem", "Barcelona", "Atom"] {
      #expect(level(old) < level("Sandybridge"))
    }
    for middle in ["Haswell", "Zen", "Excavator"] {
      #expect(level("Sandybridge") < level(middle))
      #expect(level(middle) < level("SkylakeX"))
    }
    #expect(level("SkylakeX") == level("Cooperlake"))
    #expect(level("SapphireRapids") == level("SkylakeX"))
    #expect(level("a core of the next decade") == 0)
    #expect(level(nil) == 0)
  }

  @Test func onlyAKnownCoreIsBelowTheProcessor() {
    var status = BLASRuntime.Status(isRepaired: false)
    #expect(!status.isBelowProcessor)
    status.supportedCore = "SkylakeX"
    #expect(!status.isBelowProcessor)
    status.coreAfter = "a core of the next decade"
    #expect(!status.isBelowProcessor)
    status.coreAfter = "Haswell"
    #expect(status.isBelowProcessor)
    status.coreAfter = "Cooperlake"
    #expect(!status.isBelowProcessor)
  }

  @Test(.enabled(if: canSwitchCores))
  func aWrongCoreIsRepairedOnce() async {
    await #expect(processExitsWith: .success) {
      unsetenv("OPENBLAS_CORETYPE")
      try #require(BLASRuntime.switchCore(to: "Prescott"))
      let opted = BLASRuntime.prepared(repairingCore: false)
      #expect(opted.coreAfter == "Prescott")
      #expect(opted.isBelowProcessor)

      let status = BLASRuntime.prepared()
      #expect(status.coreBefore == "Prescott")
      #expect(status.coreAfter == status.supportedCore)
      #expect(status.isRepaired)
      #expect(!status.isBelowProcessor)
      #expect(status.coreSetting == nil)
      #expect(getenv("OPENBLAS_CORETYPE") == nil)
      #expect(BLASRuntime.prepared() == status)
      #expect(BLASRuntime.status == status)

      let ones = Matrix<Double>(rowCount: 40, columnCount: 40, repeating: 1)
      let product = try ones.multiplied(by: ones)
      #expect(product == Matrix(rowCount: 40, columnCount: 40, repeating: 40))
    }
  }

  @Test(.enabled(if: canSwitchCores))
  func theUsersChoiceIsRespected() async {
    await #expect(processExitsWith: .success) {
      try #require(BLASRuntime.switchCore(to: "Prescott"))
      setenv("OPENBLAS_CORETYPE", "Prescott", 1)
      let status = BLASRuntime.prepared()
      #expect(status.coreAfter == "Prescott")
      #expect(status.coreSetting == "Prescott")
      #expect(!status.isRepaired)
      #expect(status.isBelowProcessor)
    }
  }

  @Test(.enabled(if: canSwitchCores))
  func aGoodCoreIsLeftAlone() async {
    await #expect(processExitsWith: .success) {
      unsetenv("OPENBLAS_CORETYPE")
      let supported = try #require(BLASRuntime.status.supportedCore)
      try #require(BLASRuntime.switchCore(to: supported))
      let status = BLASRuntime.prepared()
      #expect(status.coreAfter == supported)
      #expect(!status.isRepaired)
    }
  }

  @Test(.enabled(if: canSwitchCores))
  func aCoreThatOpenBLASDoesNotHaveLeavesTheOldOne() async {
    await #expect(processExitsWith: .success) {
      try #require(BLASRuntime.switchCore(to: "Haswell"))
      setenv("OPENBLAS_CORETYPE", "kept", 1)
      #expect(!BLASRuntime.switchCore(to: "no such core"))
      #expect(BLASRuntime.status.coreAfter == "Haswell")
      #expect(BLASRuntime.status.coreSetting == "kept")
    }
  }

  @Test(.enabled(if: BLASRuntime.status.threads != nil))
  func threadsAreSetForTheProcess() async {
    await #expect(processExitsWith: .success) {
      #expect(BLASRuntime.prepared(repairingCore: false, threads: 2).threads == 2)
      #expect(BLASRuntime.prepared(repairingCore: false).threads == 1)
      #expect(BLASRuntime.status.threads == 1)
    }
  }

  @Test func manyThreadsMayPrepareAtOnce() async {
    await #expect(processExitsWith: .success) {
      let first = BLASRuntime.prepared()
      concurrentTiles(count: 64, threads: 4) { _ in #expect(BLASRuntime.prepared() == first) }
    }
  }

  @Test func speedsAreMeasured() throws {
    let speed = try BLASRuntime.measureProducts(size: 64, repetitions: 3)
    #expect(speed.single > 0)
    #expect(speed.double > 0)
  }
}
