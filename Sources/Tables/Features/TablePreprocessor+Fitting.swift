import Basics

extension TablePreprocessor {
  /// Learns how the columns of a training table become features.
  ///
  /// Roles, kinds and levels of columns come from all rows of the table, so that every row can be
  /// transformed; means, ranges and replacements only from the chosen ones, so that rows held out
  /// stay unseen. Columns that have one value only, or none, are left out, and so are columns of
  /// texts that are mostly different; `unused` says why.
  ///
  /// With a column of weights (`ColumnChoices/weight`) every statistic is weighted: whole numbers
  /// give what the table would give with each row repeated that many times. Rows of weight 0 are
  /// left out before anything else, also what columns hold is decided without them.
  ///
  /// - Parameters:
  ///   - table: The training table.
  ///   - target: The index of the column to predict, or `nil` when there is none.
  ///   - choices: How columns are treated, where their values do not decide it.
  ///   - scaling: How numbers are scaled.
  ///   - missing: What to do about missing values.
  ///   - rows: The rows to learn from, or `nil` for all; with ``MissingValuePolicy/drop``, those
  ///     without missing values.
  /// - Throws: ``TableError``: a column of numbers with texts or infinities in it, or of dates; a
  ///   missing target or, under ``MissingValuePolicy/error``, feature; no column or row that is
  ///   left to learn from; choices that name no column; a row without a weight, or no weight greater
  ///   than 0.
  public init(
    fitting table: Table, target: Int?, choices: ColumnChoices = ColumnChoices(),
    scaling: Scaling = .standard, missing: MissingValuePolicy = .error,
    rows: [Int]? = nil
  ) throws(TableError) {
    self = try Self.fitted(
      to: table, target, choices, missing: missing, FeatureFitting(scaling: scaling), rows: rows)
  }

  /// The same, with further settings.
  ///
  /// - Parameters:
  ///   - table: The training table.
  ///   - target: The index of the column to predict, or `nil` when there is none.
  ///   - choices: How columns are treated, where their values do not decide it.
  ///   - missing: What to do about missing values.
  ///   - fitting: How columns become features, and on how many threads; the result is the same for any number.
  ///   - rows: The rows to learn from, or `nil` for all.
  /// - Returns: The preprocessor.
  /// - Throws: ``TableError``.
  package static func fitted(
    to table: Table, _ target: Int?, _ choices: ColumnChoices = ColumnChoices(),
    missing: MissingValuePolicy = .error, _ fitting: FeatureFitting, rows: [Int]? = nil
  ) throws(TableError) -> TablePreprocessor {
    let planned = try PlannedTable(
      table, target: target, choices: choices, missing: missing, threads: fitting.threads)
    let chosen = rows.map { table.places(of: $0, in: planned.rows) }
    return try planned.preprocessor(fitting, rows: chosen ?? planned.trainingRows)
  }

  /// Collects what was learned of the columns.
  ///
  /// - Parameters:
  ///   - plan: What the columns are.
  ///   - fitted: What was learned of those that are features, in their order.
  ///   - scaling: How numbers are scaled.
  ///   - unseen: What to do, later, about categories that do not occur in the table.
  init(
    _ plan: ColumnPlan, _ fitted: [FittedColumn], scaling: Scaling, unseen: UnseenCategoryPolicy
  ) {
    let origin = plan.questions.origin
    let featureCount = fitted.reduce(0) { $0 + $1.offsets.count }
    self.init(
      unchecked: fitted.map(\.input),
      target: plan.target.map {
        TargetColumn(
          name: plan.questions.names[$0], position: $0,
          notation: plan.kinds[$0] == .category ? nil : plan.findings[$0].notation)
      }, unused: plan.unused, hasHeader: origin.hasHeader,
      policies: .init(
        missing: plan.missing, unseen: unseen, missingMarkers: origin.missingMarkers,
        missingCategories: plan.questions.choices.missingCategories, comparesSpelling: true),
      scaler: scaling == .none
        ? .identity(featureCount: featureCount)
        : FeatureScaler(
          unchecked: scaling, featureCount: featureCount, offsets: fitted.flatMap(\.offsets),
          factors: fitted.flatMap(\.factors)))
    reading = origin.reading
  }
}
