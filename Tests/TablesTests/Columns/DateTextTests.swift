import Testing

@testable import Tables

/// Dates and times as features.
@Suite struct DateTextTests {
  private func moment(_ text: String, _ order: DateColumn.Order = .dayFirst) -> [Double?] {
    let moment = DateText.moment(text, order)
    return DateColumn.Part.allCases.map { moment?.value($0) }
  }

  @Test(
    arguments: [
      ("2024-01-31", [2024, 1, 3, 19_753, 0]), ("2024/1/31", [2024, 1, 3, 19_753, 0]),
      ("31.12.2024", [2024, 12, 2, 20_088, 0]), ("31/12/24", [2024, 12, 2, 20_088, 0]),
      ("1970-01-01", [1970, 1, 4, 0, 0]), ("1969-12-31", [1969, 12, 3, -1, 0]),
      ("2000-02-29", [2000, 2, 2, 11_016, 0]), ("31 Dec 2024", [2024, 12, 2, 20_088, 0]),
      ("December 31, 2024", [2024, 12, 2, 20_088, 0]), ("31-Dec-24", [2024, 12, 2, 20_088, 0]),
      ("2024-01-31T13:30:00Z", [2024, 1, 3, 19_753, 13.5]),
      ("2024-01-31 1:30 PM", [2024, 1, 3, 19_753, 13.5]),
      ("2024-01-31 12:15:00.000+02:00", [2024, 1, 3, 19_753, 12.25]),
      ("13:45", [nil, nil, nil, nil, 13.75]), ("12:00 am", [nil, nil, nil, nil, 0]),
    ] as [(String, [Double?])])
  func dates(_ text: String, _ expected: [Double?]) {
    #expect(moment(text) == expected)
  }

  @Test func whatNoCalendarHasIsNoDate() {
    for text in [
      "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "31.04.2024", "24:00", "12:60",
      "2024-01", "2024-01-31 25:00", "2024-01-31x", "", "5", "a", "1-2-3-4", "99999999999",
      "2024-01-31 13:00 PM", "0:30 PM",
    ] {
      #expect(DateText.moment(text, .dayFirst, allowsCompact: false) == nil, "\(text)")
    }
    #expect(DateText.moment("20240131", .yearFirst)?.day == 19_753)
  }

  @Test func everyDayFollowsTheOneBefore() {
    var previous: Int?
    for year in [1, 1582, 1899, 1900, 1970, 1999, 2000, 2024, 9999] {
      previous = nil
      for month in 1...12 {
        for day in 1...31 {
          guard let moment = Moment(year: year, month: month, dayOfMonth: day),
            let found = moment.day
          else { continue }
          if let previous { #expect(found == previous + 1, "\(year)-\(month)-\(day)") }
          previous = found
        }
      }
    }
  }

  @Test func theColumnTellsTheOrder() {
    #expect(DateText.recognize(["01/02/2024", "13/02/2024"]) == .dates(.dayFirst))
    #expect(DateText.recognize(["01/02/2024", "02/13/2024"]) == .dates(.monthFirst))
    #expect(DateText.recognize(["2024-01-02", "2024-02-01"]) == .dates(.yearFirst))
    // Points say themselves that the day comes first; the order is that of other dates.
    #expect(DateText.recognize(["01.02.2024", "02.03.2024"]) == .dates(.yearFirst))
    #expect(DateText.recognize(["99-01-02", "98-02-01"]) == .dates(.yearFirst))
    #expect(DateText.recognize(["13:10", "14:00"]) != .none)
    #expect(DateText.recognize(["a", "2024-01-02"]) == .none)
    #expect(
      DateText.recognize(["01/02/2024", "01/02/2024"], order: .monthFirst, isChosen: true)
        == .dates(.monthFirst))
    guard
      case .ambiguous(let text, let readings) = DateText.recognize(["01/02/2024", "03/04/2024"])
    else {
      Issue.record("an ambiguous date was read")
      return
    }
    #expect(text == "01/02/2024")
    #expect(readings.map(\.date) == ["1 February 2024", "2 January 2024"])
    guard case .ambiguous(_, let three) = DateText.recognize(["01/02/03", "02/03/04"]) else {
      Issue.record("an ambiguous date was read")
      return
    }
    #expect(three.map(\.order) == [.yearFirst, .dayFirst, .monthFirst])
    // Dates of equal day and month say nothing, and need not.
    #expect(DateText.recognize(["01/01/2024", "02/02/2024"]) == .dates(.dayFirst))
    // No order fits both.
    #expect(
      DateText.recognize(["13/01/2024", "14/01/2024", "01/13/2024"])
        == .exception(text: "01/13/2024"))
    let dates = (1...28).map { "2024-02-\($0 < 10 ? "0" : "")\($0)" }
    #expect(DateText.recognize(dates + ["2024-02-31"]) == .exception(text: "2024-02-31"))
    #expect(DateText.recognize(dates + ["soon"]) == .exception(text: "soon"))
  }

  @Test func datesBecomeTheirPartsInTablesAndStreams() throws {
    let text =
      "when,x,y\n2024-01-31 06:00,1,a\n,2,b\n2023-12-31 18:30,3,a\n2024-02-01,4,b\n"
    let table = try table(text, name: "t.csv")
    let preprocessor = try TablePreprocessor(
      fitting: table, target: 2, choices: ColumnChoices(indicatesMissing: true), scaling: .none,
      missing: .mean)
    #expect(
      preprocessor.featureNames == [
        "when.year", "when.month", "when.weekday", "when.day", "when.hour", "when=(missing)", "x",
      ])
    let features = try preprocessor.transform(table).dense
    #expect(features.row(0) == [2024, 1, 3, 19_753, 6, 0, 1])
    let year = (2024.0 + 2023 + 2024) / 3
    #expect(abs(features[1, 0] - year) < 1e-9 && features[1, 5] == 1)
    // Row by row, in batches, and at once are the same.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for row in 0..<4 {
      let batch = try #require(
        try batches("\(lines[0])\n\(lines[row + 1])\n", .table(preprocessor)).first)
      #expect(batch.features.dense.row(0) == features.row(row))
    }
    #expect(
      message { try batches("when,x\n2024-02-30,1\n", .table(preprocessor), name: "n.csv") }
        == "n.csv:2:1: field 1 (when) is \"2024-02-30\", which is not a date or time like the others of "
        + "the column")
  }

  @Test func aMissingDateIsTreatedAsThePolicySays() throws {
    let text = "when,y\n2024-01-31,a\n,b\n2024-03-31,a\n"
    let table = try table(text, name: "t.csv")
    #expect(
      message { try TablePreprocessor(fitting: table, target: 1, missing: .error) }.contains(
        "empty"))
    let dropping = try TablePreprocessor(fitting: table, target: 1, missing: .drop)
    #expect(try dropping.usableRows(of: table) == [0, 2])
    #expect(
      message { try TablePreprocessor(fitting: table, target: 1, missing: .constant("0")) }
        == "t.csv: field 1 (when) has missing values, which cannot become \"0\"; expected a date or "
        + "time such as 2024-01-31")
    let filled = try TablePreprocessor(
      fitting: table, target: 1, scaling: .none, missing: .constant("2024-02-29"))
    #expect(try filled.transform(table).dense[1, 0] == 2)
  }
}
