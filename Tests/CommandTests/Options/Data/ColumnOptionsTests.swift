import Foundation
import Testing

/// The options of `train` and `predict` that say what columns are.
@Suite struct ColumnOptionsTests {
  /// Customers with a bit of everything.
  private static let customers: String = {
    var lines = ["id;name;age;income;city;since;plan;churned"]
    for row in 0..<60 {
      let age = row % 7 == 3 ? "" : "\(20 + row % 40)"
      lines.append(
        "c\(row);Customer No \(row);\(age);\(1000 + 37 * row % 900),\(row % 10)5;"
          + "\(["Bonn", "Kiel", "Ulm"][row % 3]);2024-01-\(10 + row % 18);basic;"
          + (row % 40 < 20 ? "yes" : "no"))
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  private func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write("customers.csv", Self.customers)
    return folder
  }

  @Test func aDryRunShowsTheColumnsAndTrainsNothing() throws {
    let folder = try folder()
    let result = try Tool.run(
      ["train", "customers.csv", "--dry-run", "--id", "id", "--drop", "since"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(try folder.names == ["customers.csv"])
    for part in [
      "age      number", "left out as requested", "left out: only one value",
      "id, repeated in predictions",
      "features  5 from 3 columns, scaling standard, missing values: mean\n", "Bonn, Kiel, Ulm",
      "yes", "target",
    ] {
      #expect(result.output.contains(part), "\(part)\n\(result)")
    }
  }

  @Test func aDryRunEndsWithWhatTrainingWouldRefuse() throws {
    let folder = try folder()
    let customers = Self.customers.replacing("2024-01-1", with: "01/02/202").replacing(
      "2024-01-2", with: "03/04/202")
    try folder.write("customers.csv", customers)
    let expected =
      "customers.csv:2:34: field 6 (since) is \"01/02/2020\", which can be read as 1 February 2020 or "
      + "2 January 2020\n--column since=date-dmy or --column since=date-mdy decides.\n"
    let dry = try Tool.run(["train", "customers.csv", "--dry-run"], in: folder)
    #expect(dry.status == 65, "\(dry)")
    #expect(dry.output.contains("rejected, see below"), "\(dry)")
    #expect(dry.errors == expected, "\(dry)")
    let trained = try Tool.run(["train", "customers.csv"], in: folder)
    #expect(trained.status == 65, "\(trained)")
    #expect(trained.errors == expected, "\(trained)")
  }

  @Test func aDryRunTellsPrograms() throws {
    let folder = try folder()
    let result = try Tool.run(
      ["train", "customers.csv", "--dry-run", "--json", "--id", "id", "--drop", "since"], in: folder
    )
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(report["task"] as? String == "classification")
    let columns = try #require(report["columns"] as? [[String: Any]])
    #expect(columns.map { $0["name"] as? String ?? "" }.count == 8)
    #expect(
      columns.map { $0["role"] as? String ?? "" } == [
        "id", "unused", "feature", "feature", "feature", "unused", "unused", "target",
      ])
    #expect(
      columns.map { $0["reason"] as? String } == [
        "identifier", "mostly-distinct", nil, nil, nil, "ignored", "constant", nil,
      ])
    #expect(columns[2]["missing"] as? Int == 9)
    #expect(columns[2]["range"] as? [Double] == [20, 59])
    #expect(columns[4]["levels"] as? [String] == ["Bonn", "Kiel", "Ulm"])
  }

  @Test func notesTellWhatBecameOfColumns() throws {
    let folder = try folder()
    let result = try Tool.run(
      ["train", "customers.csv", "--id", "id", "--drop", "since", "-o", "m.model"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(
      result.errors
        == "warning: column \"name\" is left out: its 60 texts are mostly different (60), so "
        + "they seem to identify rows; --text NAME uses their words, --column NAME=category treats "
        + "each as a category\n"
        + "note: column \"plan\" is left out: it has only one value\n"
        + "note: filled 9 missing values in \"age\" with the column mean; change this with --impute\n",
      "\(result)")
    let inspected = try Tool.run(["inspect", "m.model"], in: folder).output
    for part in [
      "missing values     mean\n", "unseen categories  error\n",
      "age     number    mean 35.902, deviation 10.169; missing: 35.902\n",
      "id      –         id, repeated in predictions\n",
      "name    –         left out: mostly different texts\n",
    ] {
      #expect(inspected.contains(part), "\(part)\n\(inspected)")
    }
  }

  @Test func identifiersAreRepeatedInPredictions() throws {
    let folder = try folder()
    let training = try Tool.run(
      ["train", "customers.csv", "--id", "id", "--drop", "since", "-o", "m.model", "-q"], in: folder
    )
    #expect(training.status == 0 && training.errors.isEmpty, "\(training)")
    // Another order, a further column, no target, a missing age, a decimal comma.
    try folder.write(
      "new.csv", "income;note;id;city;age\n1234,5;x;n1;Ulm;33\n999,05;y;n2;Kiel;\n")
    let lines = try Tool.run(["predict", "m.model", "new.csv"], in: folder).output
      .split(separator: "\n")
    #expect(lines.map { $0.prefix(3) } == ["id,", "n1,", "n2,"])
    #expect(lines[0] == "id,prediction")
    #expect(
      try Tool.run(["predict", "m.model", "new.csv", "--keep", "none"], in: folder).output
        .hasPrefix("prediction\n"))
  }

  @Test func missingFeaturesAreNamed() throws {
    let folder = try folder()
    _ = try Tool.run(
      ["train", "customers.csv", "--drop", "since", "-o", "m.model", "-q"], in: folder)
    try folder.write("new.csv", "id;incone;city;age\nn1;1234,5;Ulm;33\n")
    let result = try Tool.run(["predict", "m.model", "new.csv"], in: folder)
    #expect(result.status == 65, "\(result)")
    #expect(
      result.errors
        == "new.csv:1:1: no column named \"income\", which model m.model was trained on; columns are "
        + "id, incone, city, age. Did you mean \"incone\"?\n", "\(result)")
  }

  @Test func unseenCategoriesAreAnErrorOrIgnored() throws {
    let folder = try folder()
    try folder.write("new.csv", "income;city;age\n1234,5;Ulm;33\n999,05;Rome;20\n")
    for (policy, override, isIgnored) in [
      ("error", nil, false), ("error", "ignore", true), ("ignore", nil, true),
      ("ignore", "error", false),
    ] as [(String, String?, Bool)] {
      _ = try Tool.run(
        [
          "train", "customers.csv", "--drop", "since", "-o", "m.model", "-q", "--unseen", policy,
        ], in: folder)
      let result = try Tool.run(
        ["predict", "m.model", "new.csv"] + (override.map { ["--unseen", $0] } ?? []), in: folder)
      #expect(result.status == (isIgnored ? 0 : 65), "\(policy) \(override ?? "")\n\(result)")
      if !isIgnored {
        #expect(
          result.errors
            == "new.csv:3:8: field 2 (city) is \"Rome\", which did not occur in training; known are "
            + "Bonn, Kiel, Ulm\n--unseen ignore predicts such rows without using the column.\n",
          "\(result)")
      }
    }
  }

  @Test func numbersMayBeCategories() throws {
    let folder = try Folder()
    try folder.write(
      "t.csv", "floor,x,y\n" + (0..<40).map { "\($0 % 4),\($0).5,\($0 % 2)\n" }.joined())
    let result = try Tool.run(
      ["train", "t.csv", "--column", "floor=category", "--dry-run"], in: folder)
    #expect(result.output.contains("floor   category"), "\(result)")
    #expect(result.output.contains("5 from 2 columns"), "\(result)")
  }

  @Test func hintsSayWhatToDo() throws {
    let folder = try Folder()
    let rows = (0..<30).map { "\($0),\($0 % 4 == 1 ? "n.k." : "\($0).5"),\($0 % 2)\n" }.joined()
    try folder.write("t.csv", "x,age,y\n" + rows)
    let result = try Tool.run(["train", "t.csv"], in: folder)
    #expect(
      result.errors
        == "t.csv:3:3: field 2 (age) is \"n.k.\"; expected a decimal number such as 1.4\n"
        + "If \"n.k.\" stands for a missing value: --missing-marker n.k.\n", "\(result)")
    let marked = try Tool.run(
      ["train", "t.csv", "--missing-marker", "n.k.", "-o", "m.model", "-q"], in: folder)
    #expect(marked.status == 0, "\(marked)")
    // The model knows the marker, at prediction and verification.
    #expect(try Tool.run(["predict", "m.model", "t.csv"], in: folder).status == 0)
    #expect(try Tool.run(["verify", "m.model", "t.csv"], in: folder).status == 0)
    try folder.write("comma.csv", "x,y\n" + (0..<30).map { "\"\($0),5\",\($0 % 2)\n" }.joined())
    let comma = try Tool.run(["train", "comma.csv"], in: folder)
    #expect(
      comma.errors
        == "comma.csv:2:1: field 1 (x) is \"0,5\"; expected a decimal number such as 1.4\n"
        + "--decimal , reads numbers with decimal commas.\n",
      "\(comma)")
    #expect(
      try Tool.run(
        ["train", "comma.csv", "--decimal", ",", "-o", "c.model", "-q"], in: folder
      ).status == 0)
  }

  @Test func aSampleIsTrainedOnAndVerified() throws {
    let folder = try Folder()
    try folder.write("tangle.csv", Fixtures.tangle(rows: 2000, seed: 5))
    let result = try Tool.run(
      ["train", "tangle.csv", "--subsample", "200", "--seed", "3"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(
      result.errors == "note: trained on 200 of 2000 rows, a random sample with seed 3\n",
      "\(result)")
    #expect(result.output.contains("tangle.csv: 200 rows, 3 features"), "\(result)")
    let verified = try Tool.run(["verify", "tangle.model", "tangle.csv"], in: folder)
    #expect(verified.status == 0 && verified.errors.isEmpty, "\(verified)")
    #expect(
      try Tool.run(["inspect", "tangle.model"], in: folder).output
        .contains("200 of 2000 rows, seed 3"))
    // Through a pipe, the same model.
    let piped = try Tool.run(
      ["train", "-", "--subsample", "200", "--seed", "3", "-o", "piped.model"],
      input: Fixtures.tangle(rows: 2000, seed: 5), in: folder)
    #expect(piped.status == 0, "\(piped)")
    #expect(folder.data("piped.model") == folder.data("tangle.model"))
  }

  @Test func aRegressionIsSolvedInUnitsOfItsDeviation() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(
      ["train", "prices.csv", "--c", "1", "--epsilon", "0.1", "-o", "on.model"], in: folder)
    #expect(
      result.errors
        == "note: C 1 is small for a target whose standard deviation is about 64; --c auto uses 3 standard "
        + "deviations\n", "\(result)")
    let followed = try Tool.run(
      ["train", "prices.csv", "--c", "auto", "-o", "auto.model"], in: folder)
    #expect(followed.errors.isEmpty, "\(followed)")
    let off = try Tool.run(
      ["train", "prices.csv", "-o", "off.model", "--scale-target", "off"], in: folder)
    #expect(off.errors.isEmpty, "\(off)")
    #expect(off.output.contains("tolerance 0.001,"), "\(off)")
    #expect(result.output.contains("C 1, epsilon 0.1, tolerance 0.064,"), "\(result)")
    #expect(
      try Tool.run(["inspect", "on.model"], in: folder).output
        .contains("target scaling     solved for (target − "))
    #expect(try Tool.run(["verify", "on.model", "prices.csv"], in: folder).status == 0)
    let unused = try Tool.run(
      ["train", "flowers.csv", "-o", "f.model", "--scale-target", "off"], in: folder)
    #expect(
      unused.errors == "note: --scale-target has no effect on c-svc\n", "\(unused)")
  }
}
