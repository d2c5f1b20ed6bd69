import Tables

/// Reads a file into memory, as training does, and prints how long that took.
///
/// Usage: `read-tables FILE [THREADS]`; prints seconds, rows, columns and a sum over all numbers, by
/// which readers can be compared.
@main
struct ReadTables {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else {
      print("usage: read-tables FILE [THREADS]")
      return
    }
    let threads = arguments.count > 2 ? Int(arguments[2]) : nil
    do {
      let clock = ContinuousClock()
      let start = clock.now
      let data = try TrainingData(
        contentsOf: arguments[1], options: TextOptions(threads: threads))
      let seconds = (clock.now - start) / .seconds(1)
      var sum = 0.0
      var columns = 0
      switch data {
      case .table(let table):
        columns = table.columns.count
        for column in table.columns {
          if case .numbers(let numbers) = column.values {
            for number in numbers where !number.isNaN { sum += number }
          }
        }
      case .libsvm(let data):
        columns = data.features.columnCount
        for value in data.features.values { sum += value }
      }
      print("\(seconds) \(data.rowCount) \(columns) \(sum)")
    } catch {
      print("\(error)")
    }
  }
}
