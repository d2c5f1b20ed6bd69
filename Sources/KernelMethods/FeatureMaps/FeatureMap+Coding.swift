import Kernels
import Learning
import LinearAlgebra

// A feature map in a model file, and the figures of a ridge.

extension StoredField {
  /// The kind of the map.
  fileprivate static let map = member(
    "featureMap", "\"nystroem\", whose landmarks are the support vectors; \"fourier\"; or null")
  private static let landmarkIndices = tensor(
    supportIndices.name, "I64 [s]", "rows of the training data, from 0",
    when: (map, MapWord.nystroem.rawValue))
  fileprivate static let normalization = tensor(
    "map.normalization", "F64 [m, m]", "N of a Nyström map, z(x) = N·k(x): row i makes feature i",
    when: (map, MapWord.nystroem.rawValue))
  fileprivate static let frequencies = tensor(
    "map.frequencies", "F64 [d, m]", "of random Fourier features",
    when: (map, MapWord.fourier.rawValue))
  fileprivate static let phases = tensor(
    "map.phases", "F64 [m]", "of random Fourier features", when: (map, MapWord.fourier.rawValue))

  /// What holds a map, of either kind or none.
  package static let featureMap = [map, landmarkIndices, normalization, frequencies, phases]
}

/// The words for the kinds of maps.
private enum MapWord: String, CaseIterable {
  case nystroem
  case fourier
}

extension ModelWriter {
  /// Adds a map and the training rows that it keeps; `nil` where features are used as they are.
  package mutating func store(map: FeatureMap?) {
    let word: MapWord?
    switch map {
    case .nystroem(let map)?:
      word = .nystroem
      store(rows: map.landmarks)
      store(map.landmarkIndices, as: .supportIndices)
      store(map.normalization, as: .normalization)
    case .randomFourier(let map)?:
      word = .fourier
      store(rows: nil)
      store(map.frequencies, as: .frequencies)
      store(map.phases, as: .phases)
    case nil:
      word = nil
      store(rows: nil)
    }
    store(word.map { .string($0.rawValue) } ?? .null, as: .map)
  }
}

extension ModelReader {
  /// The map, or `nil` where features are used as they are.
  package func featureMap() throws(ModelFileError) -> FeatureMap? {
    guard let word = try member(.map).nonNull?.word(MapWord.self) else { return nil }
    let kernel = try kernel()
    let featureCount = try featureCount()
    switch word {
    case .nystroem:
      let indices = try counts(.supportIndices)
      let landmarks = try rows(count: indices.count, featureCount: featureCount)
      let normalization = try matrix(.normalization, columnCount: indices.count)
      return .nystroem(
        try consistent { () throws(ModelError) in
          try NystroemMap(
            kernel: kernel, featureCount: featureCount, landmarks: landmarks,
            landmarkIndices: indices, normalization: normalization)
        })
    case .fourier:
      let phases = try vector(.phases)
      let frequencies = try matrix(.frequencies, columnCount: phases.count)
      guard frequencies.rowCount == featureCount else {
        throw failure(
          .frequencies,
          .mismatch(found: "\(frequencies.rowCount) rows", expected: "\(featureCount)"))
      }
      return .randomFourier(
        try consistent { () throws(ModelError) in
          try RandomFourierMap(kernel: kernel, frequencies: frequencies, phases: phases)
        })
    }
  }
}
