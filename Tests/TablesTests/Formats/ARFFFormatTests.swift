import LinearAlgebra
import Testing

@testable import Tables

private let weather = """
  % A table of Weka's.
  @RELATION weather

  @attribute outlook {sunny, overcast, 'very rainy'}
  @attribute 'air temperature' real % a comment is a line, this is none that matters
  @attribute code {007, 7}
  @attribute remark string
  @ATTRIBUTE play { yes, no }

  @data
  % records
  sunny, 85, 007, 'it\\'s hot, dry', no
  overcast, 83.5, 7, ?, yes

  'very rainy', ?, 007, '', yes
  ?, 70, 7, plain, no
  """

private func arff(_ text: String, chunk: Int = .max) throws -> Table {
  try table(text, name: "weather.arff", chunk: chunk)
}

@Suite struct ARFFFormatTests {
  @Test(arguments: [1, 3, 64, Int.max])
  func theHeaderDecidesWhatColumnsHold(_ chunk: Int) throws {
    let found = try arff(weather, chunk: chunk)
    #expect(
      found.columns.map(\.name) == ["outlook", "air temperature", "code", "remark", "play"])
    #expect(found.rowCount == 4 && found.hasHeader)
    #expect(
      found.columns[0].values
        == .categories(levels: ["overcast", "sunny", "very rainy"], codes: [1, 0, 2, -1]))
    guard case .numbers(let numbers) = found.columns[1].values else {
      Issue.record("no numbers")
      return
    }
    #expect(numbers[0] == 85 && numbers[1] == 83.5 && numbers[2].isNaN && numbers[3] == 70)
    // Declared values keep their spelling.
    #expect(found.columns[2].values == .categories(levels: ["007", "7"], codes: [0, 1, 0, 1]))
    #expect(
      found.columns[3].values
        == .categories(levels: ["it's hot, dry", "plain"], codes: [0, -1, -1, 1]))
    #expect(found.columns[4].values == .categories(levels: ["no", "yes"], codes: [0, 1, 1, 0]))
  }

  @Test func theFormatIsRecognisedByNameAndByTheFirstLine() throws {
    for name in ["w.arff", "W.ARFF.gz", "data", "table.txt"] {
      guard case .table(let table) = try TrainingData(reading: source(weather, name: name)) else {
        Issue.record("\(name) was no table")
        continue
      }
      #expect(table.columns.count == 5)
    }
    #expect(TextFormat(rawValue: "arff") == .arff)
  }

  @Test func aSampleAndAStreamReadTheSame() throws {
    let whole = try arff(weather)
    let sample = try Table(
      reading: source(weather, name: "weather.arff"), sampling: RowSampling(count: 4, seed: 1))
    for (one, other) in zip(whole.columns, sample.columns) where one.name != "air temperature" {
      #expect(one.values == other.values)
    }
    let preprocessor = try TablePreprocessor(fitting: whole, target: 4, missing: .mean)
    let streamed = try batches(weather, .table(preprocessor), name: "weather.arff", target: .texts)
    #expect(streamed.count == 1 && streamed[0].targets == .texts(["no", "yes", "yes", "no"]))
    #expect(streamed[0].features.dense == (try preprocessor.transform(whole)).dense)
    // The same rows as comma-separated text, in another order of columns.
    let other = "play,code,air temperature,outlook,remark\nno,007,85,sunny,\"it's hot, dry\"\n"
    let row = try batches(other, .table(preprocessor))
    #expect(
      row[0].features.dense.elements == streamed[0].features.gatheringRows([0]).dense.elements)
  }

  @Test(arguments: [
    (
      "@relation r\n@attribute a numeric\n@attribute d date \"yyyy\"\n@data\n1,2\n",
      "weather.arff:3:14: an attribute of dates, \"d\", is not read; "
        + "declare it as string and name it in --column NAME=date"
    ),
    (
      "@relation r\n@attribute a numeric\n@attribute b {x,y}\n@data\n1,x\n2,z\n",
      "weather.arff:6:3: field 2 (b) is \"z\", which is not declared; declared are x, y"
    ),
    (
      "@relation r\n@attribute a numeric\n@attribute b {x,y}\n@data\n1,x\ntwo,y\n",
      "weather.arff:6:1: field 1 (a) is \"two\"; expected a decimal number such as 1.4"
    ),
    (
      "@relation r\n@attribute a numeric\n@attribute b {x,y}\n@data\n{0 1, 1 x}\n",
      "weather.arff:5:1: a sparse record is not read; "
        + "write all values of each record, or LIBSVM text"
    ),
    (
      "@relation r\n@attribute a numeric\n@attribute b {x,y}\n@data\n1,x\n2\n",
      "weather.arff:6:1: record has 1 field; the header has 2"
    ),
    (
      "@relation r\n@attribute a numeric\n@attribute b {x,y}\n@data\n1,x,3\n",
      "weather.arff:5:1: record has 3 fields; the header has 2"
    ),
    (
      "@relation r\n@attribute a number\n@data\n1\n",
      "weather.arff:2:14: the header gives attribute \"a\" the type \"number\"; expected "
        + "numeric, real, integer, string or {value, …}"
    ),
    (
      "@relation r\n@attribute a {x,y\n@data\n1\n",
      "weather.arff:2:18: the header does not end the values of attribute \"a\" with }"
    ),
    (
      "@relation r\n  attribute a real\n",
      "weather.arff:2:3: the header has \"attribute\" where @relation, @attribute or @data is expected"
    ),
    ("@relation r\n@attribute a real\n", "weather.arff:2:1: the header ends without @data"),
    ("@relation r\n@data\n1\n", "weather.arff:2:1: the header declares no attribute before @data"),
    (
      "@relation r\n@attribute a real\n@attribute a real\n@data\n1,2\n",
      "weather.arff:3:1: columns 1 and 2 are both named \"a\"; every column needs its own name"
    ),
    ("@relation r\n@attribute a real\n@data\n", "weather.arff: has a header, but no records"),
  ])
  func whatIsWrongIsSaidWithItsPlace(_ text: String, _ expected: String) {
    #expect(
      message {
        let table = try arff(text)
        _ = try TablePreprocessor(
          fitting: table, target: table.columns.count > 1 ? 1 : nil)
      } == expected)
  }

  @Test func manyThreadsReadTheSame() throws {
    var text = "@relation r\n@attribute x real\n@attribute 'a b' {'p\\'q', r}\n@data\n"
    for row in 0..<2000 { text += "\(row % 97).5,\(row % 3 == 0 ? "'p\\'q'" : "r")\n" }
    var options = TextOptions(threads: 4)
    options.sizes = ReadingSizes(window: 4096, part: 256)
    let parallel = try Table(reading: source(text, name: "a.arff"), options: options)
    options.threads = 1
    let serial = try Table(reading: source(text, name: "a.arff", chunk: 100), options: options)
    for (one, other) in zip(parallel.columns, serial.columns) {
      #expect(one.values == other.values)
    }
    #expect(parallel.rowCount == 2000)
    guard case .categories(let levels, _) = parallel.columns[1].values else { return }
    #expect(levels == ["p'q", "r"])
  }
}
