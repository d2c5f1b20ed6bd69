import Tables
import TabularModels

extension ModelDecoder {
  /// How rows become features, or `nil` when they are features already.
  func preprocessor() throws(ModelFileError) -> Preprocessor? {
    switch try header.member("preprocessing").word(ModelLayout.Preprocessing.self) {
    case .features: return nil
    case .libsvm:
      let cursor = try tensors.json(ModelLayout.Tensor.preprocessing)
      try cursor.requireKeys(["scaling", "zeroBased"])
      return .libsvm(
        LIBSVMPreprocessor(
          isZeroBased: try cursor.member("zeroBased").bool(), scaler: try scaler(cursor)))
    case .table:
      return .table(try tablePreprocessor())
    }
  }

  private func tablePreprocessor() throws(ModelFileError) -> TablePreprocessor {
    let cursor = try tensors.json(ModelLayout.Tensor.preprocessing)
    try cursor.requireKeys([
      "hasHeader", "inputs", "missing", "missingMarkers", "scaling", "target", "unseen", "unused",
    ])
    var inputs: [InputColumn] = []
    for element in try cursor.member("inputs").elements() { inputs.append(try input(element)) }
    var target: TargetColumn?
    if let column = try cursor.member("target").unlessNull {
      try column.requireKeys(["name", "position"])
      target = TargetColumn(
        name: try column.member("name").string(),
        position: try column.member("position").integer(in: 0...Int.max))
    }
    let hasHeader = try cursor.member("hasHeader").bool()
    var unused: [UnusedColumn] = []
    for column in try cursor.member("unused").elements() {
      try column.requireKeys(["name", "position", "reason"])
      unused.append(
        UnusedColumn(
          name: try column.member("name").string(),
          position: try column.member("position").integer(in: 0...Int.max),
          reason: try column.member("reason").word(UnusedReason.self)))
    }
    let missing = try cursor.member("missing").word(MissingValuePolicy.self)
    let missingMarkers = try cursor.member("missingMarkers").strings()
    let unseen = try cursor.member("unseen").word(UnseenCategoryPolicy.self)
    let scaler = try scaler(cursor)
    do throws(PreprocessorError) {
      return try TablePreprocessor(
        inputs: inputs, target: target, unused: unused, hasHeader: hasHeader, missing: missing,
        unseen: unseen, missingMarkers: missingMarkers, scaler: scaler)
    } catch {
      throw cursor.failure(.inconsistent(error.description))
    }
  }

  private func input(_ cursor: JSONCursor) throws(ModelFileError) -> InputColumn {
    let name = try cursor.member("name").string()
    switch try cursor.member("kind").word(ModelLayout.ColumnKind.self) {
    case .number:
      try cursor.requireKeys(["kind", "name", "replacement"])
      return InputColumn(
        name: name,
        kind: .numeric(replacement: try cursor.member("replacement").unlessNull?.number()))
    case .category:
      try cursor.requireKeys(["kind", "levels", "name", "replacement"])
      let levels = try cursor.member("levels").strings()
      return InputColumn(
        name: name,
        kind: .categorical(
          levels: levels,
          replacement: try cursor.member("replacement").unlessNull?.integer(in: 0...Int.max)))
    }
  }

  private func scaler(_ cursor: JSONCursor) throws(ModelFileError) -> FeatureScaler {
    typealias Name = ModelLayout.Tensor
    let scaling = try cursor.member("scaling").word(Scaling.self)
    let featureCount = try featureCount()
    let offsets = scaling == .none ? [] : try tensors.vector(Name.scalingOffsets)
    let factors = scaling == .none ? [] : try tensors.vector(Name.scalingFactors)
    do throws(PreprocessorError) {
      return try FeatureScaler(
        scaling: scaling, featureCount: featureCount, offsets: offsets, factors: factors)
    } catch {
      throw cursor.failure(.inconsistent(error.description))
    }
  }
}
