import Foundation
import TabularModels
import Testing

/// A folder with small tables, and models that the tool trained on them.
enum Fixtures {
  /// Three classes that two measurements separate; the file order mixes them.
  static let flowers: String = {
    let classes: [(name: String, length: Double, width: Double)] = [
      ("setosa", 1.4, 0.2), ("versicolor", 4.3, 1.3), ("virginica", 5.6, 2.1),
    ]
    var lines = ["petal_length,petal_width,species"]
    for row in 0..<30 {
      let kind = classes[row % 3]
      let shift = Double(row / 3 % 5) / 10
      lines.append("\(kind.length + shift),\(kind.width + shift / 2),\(kind.name)")
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  /// A number that is nearly linear in two others.
  static let prices: String = {
    var lines = ["area,rooms,price"]
    for row in 0..<40 {
      let area = 30 + row * 7 % 90
      let rooms = 1 + row % 5
      lines.append("\(area),\(rooms),\(Double(area) * 2.5 + Double(rooms) * 10.25 + 0.5)")
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  /// Two classes that overlap so much that a strict tolerance takes long.
  static func tangle(rows: Int, seed: UInt64) -> String {
    var state = seed
    func next() -> Double {
      // Knuth's multiplier; the high bits are good enough for points in a square.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    var lines = ["a,b,c,label"]
    for _ in 0..<rows {
      lines.append("\(next()),\(next()),\(next()),\(next() < 0.5 ? "no" : "yes")")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What each test's folder contains.
  static let texts: [String: String] = [
    "flowers.csv": flowers,
    "prices.csv": prices,
    "small.libsvm": "+1 1:0.5 2:1\n-1 1:-1 3:2\n+1 2:1.5\n-1 1:-0.5 3:1\n",
    "labels.libsvm": "+1\n-1\n",
    "wide.libsvm": "+1 1:0.5 5:1\n-1 1:-1 3:2\n+1 2:1.5\n-1 1:-0.5 3:1\n",
    "few.csv": "petal_length,petal_width,species\n1,2,setosa\n2,3,versicolor\n3,4,virginica\n",
    "swapped.csv": flowers.replacingOccurrences(of: "1.5,0.25,setosa", with: "1.5,0.25,rose"),
    "one.csv": "a,b,label\n1,2,yes\n3,4,yes\n5,6,yes\n",
    "empty.csv": "",
    "header.csv": "a,b,label\n",
    "ragged.csv": "a,b,label\n1,2,yes\n3,4\n5,6,no\n",
    "unclosed.csv": "a,b,label\n1,2,yes\n3,4,\"no\n5,6,no\n",
    "nul.csv": "a,b,label\n1,2,yes\n3,\0,no\n",
    "hole.csv": "a,b,label\n1,2,yes\n,4,no\n5,6,yes\n",
    "notarget.csv": "a,b,label\n1,2,yes\n3,4,\n5,6,no\n",
    "infinite.csv": "a,b,label\n1,2,yes\n1e999,4,no\n5,6,yes\n",
    "twice.csv": "a,a,label\n1,2,yes\n3,4,no\n",
    "narrow.csv": "label\nyes\nno\n",
    "holes.csv": "a,b,label\n1,,yes\n,4,no\n2,,yes\n,5,no\n",
    "days.csv": "day,x,y\n1/2/2024,1,p\n2/3/2024,2,q\n",
    "words.csv": "a,b,price\n1,2,cheap\n3,4,dear\n",
    "slip.csv": "petal_length,petal_width\n1.4,0.2\n\"4,3\",1.3\n",
    "other.csv": "length,petal_width\n1.4,0.2\n",
    "thin.csv": "1.4\n1.5\n",
    "entry.libsvm": "+1 1:0.5 2\n-1 1:-1\n",
    "descend.libsvm": "+1 2:0.5 1:1\n-1 1:-1\n",
    "huge.libsvm": "+1 99999999999:1\n-1 1:-1\n",
    "nan.libsvm": "+1 1:nan\n-1 1:-1\n",
    "notamodel.model": "once upon a time there was no model\n",
    "empty.model": "",
    "truncated.model": "",
    "forged.model": "",
  ]

  /// The models, trained once.
  static let models = Result {
    let folder = try Folder()
    for name in ["flowers.csv", "prices.csv", "small.libsvm", "one.csv"] {
      try folder.write(name, texts[name] ?? "")
    }
    var models: [String: Data] = [:]
    for (name, arguments) in [
      ("flowers", ["train", "flowers.csv"]),
      ("prices", ["train", "prices.csv", "--c", "10"]),
      ("small", ["train", "small.libsvm"]),
      ("one", ["train", "one.csv"]),
    ] {
      let result = try Tool.run(arguments, in: folder)
      try #require(result.status == 0, "\(result)")
      let model: Data = try #require(folder.data("\(name).model"))
      models["\(name).model"] = model
    }
    return models
  }

  /// A fresh folder with all of it.
  static func folder() throws -> Folder {
    let folder = try Folder()
    for (name, text) in texts { try folder.write(name, text) }
    for (name, data) in try models.get() {
      try data.write(to: folder.url.appendingPathComponent(name))
    }
    let whole = try #require(try models.get()["flowers.model"])
    try whole.prefix(whole.count / 2).write(
      to: folder.url.appendingPathComponent("truncated.model"))
    var forged = whole
    for (index, byte) in [UInt8](repeating: 0xFF, count: 8).enumerated() { forged[index] = byte }
    try forged.write(to: folder.url.appendingPathComponent("forged.model"))
    try Data([0x61, 0x2C, 0x62, 0x0A, 0xFF, 0xFE, 0x2C, 0x31, 0x0A])
      .write(to: folder.url.appendingPathComponent("latin.csv"))
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("folder"), withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link.csv"), withDestinationPath: "flowers.csv")
    return folder
  }
}

extension Formulation {
  /// A table of the fixtures that it learns from.
  var fixture: String { task == .classification ? "flowers.csv" : "prices.csv" }

  /// Formulations of the catalogue that no option `-s` of some lines names: a sweep runs over them, too.
  static func absent(from lines: [String]) -> [Formulation] {
    allCases.filter { formulation in
      !lines.contains { "\($0) ".contains("-s \(formulation.rawValue) ") }
    }
  }
}
