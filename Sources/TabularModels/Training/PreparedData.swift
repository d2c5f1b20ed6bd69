import Basics
import LinearAlgebra
import Tables

/// Data made into features without a model, for programs that take features alone.
package struct PreparedData: Sendable {
  /// How rows became features; makes the same of other rows.
  package let preprocessor: Preprocessor
  /// One row for each row of the data that is used.
  package let features: FeatureMatrix
  /// The target's name.
  package let targetName: String
  /// The target of each used row: its text, or its number in the fewest digits.
  package let targets: [String]
  /// The classes in order when the target is text; `nil` when it is numbers.
  package let classes: [String]?
  /// The number of rows left out because a value was missing.
  package let skippedRowCount: Int

  /// Learns from data how its rows become features, and makes them.
  ///
  /// - Parameters:
  ///   - data: The data.
  ///   - target: The column that others are to predict, or `nil` for the last one.
  ///   - scaling: How features are scaled.
  ///   - missing: What is done about missing values.
  ///   - choices: How columns are treated.
  ///   - byteLimit: The most memory that the features may take, or `nil` for any.
  /// - Throws: `TableError` or ``TabularError``.
  package init(
    _ data: any ExampleText, target: String? = nil, scaling: Scaling = .none,
    missing: MissingValuePolicy = .mean, choices: ColumnChoices = ColumnChoices(),
    byteLimit: Int? = nil
  ) throws {
    var configuration = TrainingConfiguration(target: target)
    configuration.scaling = scaling
    configuration.missing = missing
    configuration.columnOverrides = choices
    let examples = try SelectedExamples(data, configuration, byteLimit: byteLimit)
    guard let column = examples.target else { preconditionFailure("the target is missing") }
    let fitted = try examples.fitted(training: Array(examples.rows.indices), RunControl())
    (preprocessor, features) = (fitted.preprocessor, fitted.training.own)
    targetName = column.name
    skippedRowCount = examples.skippedRowCount
    switch column.values {
    case .numbers(let numbers):
      classes = nil
      let spelled = column.isInexact ? column.asTexts : nil
      targets = examples.rows.map { row in
        spelled?.text(row) ?? NumberText.shortest(numbers[row])
      }
    case .categories:
      let labels = TargetClasses(column, rows: examples.rows)
      classes = labels.names
      targets = labels.codes.map { labels.names[$0] }
    }
  }
}

/// Examples as text for programs that take features alone.
package struct FeatureText: Sendable {
  /// What the text is.
  package enum Format: Sendable, Equatable {
    /// LIBSVM's sparse text; labels are numbers.
    case libsvm
    /// Features as columns, the target last.
    case delimited(separator: UInt8)
  }

  private let format: Format
  private let preprocessor: Preprocessor
  private let targetName: String
  private let firstIndex: Int
  /// The label for each class when LIBSVM's labels cannot be the names.
  private let labelIndex: ClassIndex?
  private let labels: [String]

  /// Describes a text.
  ///
  /// - Parameters:
  ///   - format: What the text is.
  ///   - preprocessor: What makes the features; tells their names or first index.
  ///   - targetName: The target's name.
  ///   - classes: The classes in order, or `nil` when targets are numbers.
  ///   - labels: What LIBSVM text calls each class.
  package init(
    _ format: Format, preprocessor: Preprocessor, targetName: String, classes: [String]?,
    labels: [String]
  ) {
    self.format = format
    self.targetName = targetName
    self.labels = labels
    labelIndex = classes.map(ClassIndex.init)
    self.preprocessor = preprocessor
    firstIndex = preprocessor.firstIndex
  }

  /// Rejects lines with too many columns to fit one of them in memory.
  ///
  /// - Parameters:
  ///   - file: What messages call the examples.
  ///   - byteLimit: The most memory that a line may take, or `nil` for any.
  /// - Throws: `TableError`.
  package func requireMemory(file: String, byteLimit: Int?) throws(TableError) {
    guard case .delimited = format else { return }
    let count = preprocessor.featureCount
    do throws(MemoryShortage) {
      // A field as a text, and its bytes.
      try MemoryShortage.require(
        count, each: 64, limit: byteLimit, purpose: "lines of \(count) columns",
        remedy: "write LIBSVM text, which leaves zeros out (--to libsvm)")
    } catch {
      throw TableError(.memory(file: file, error))
    }
  }

  /// The line of column names; nothing in LIBSVM text.
  package var header: [UInt8] {
    guard case .delimited(let separator) = format else { return [] }
    return Array(
      CSVText(separator: separator).record(preprocessor.featureNames + [targetName]).utf8)
  }

  /// Appends one example.
  ///
  /// - Parameters:
  ///   - row: The example's row in `features`.
  ///   - features: The examples.
  ///   - target: Its target, or `nil` when that is not known: LIBSVM text then has the label 0.
  ///   - output: Where to put the line.
  /// - Returns: Whether the target could be written; LIBSVM text has no label for a class that is
  ///   not among those described.
  package func append(
    row: Int, of features: FeatureMatrix, target: String?, to output: inout [UInt8]
  ) -> Bool {
    switch format {
    case .libsvm:
      var label = target ?? "0"
      if let target, let labelIndex {
        guard let code = labelIndex.code(for: target) else { return false }
        label = labels[code]
      }
      LIBSVMWriter.append(
        row: row, of: features, label: label, firstIndex: firstIndex, to: &output)
    case .delimited(let separator):
      let single = features.gatheringRows([row]).dense
      var fields = (0..<single.columnCount).map { NumberText.shortest(single[0, $0]) }
      fields.append(target ?? "")
      output.append(contentsOf: CSVText(separator: separator).record(fields).utf8)
    }
    return true
  }
}
