import Foundation
import Testing

@Suite struct ConvertCommandTests {
  @Test(arguments: ["json", "libsvm"])
  func aConvertedModelIsOpenedDirectly(ending: String) throws {
    let folder = try Fixtures.folder()
    let trained = try Tool.run(
      ["train", "small.libsvm", "-o", "s.model", "--quiet", "--kernel", "linear"], in: folder)
    #expect(trained.status == 0, "\(trained)")
    let converted = try Tool.run(["convert", "s.model", "s.\(ending)"], in: folder)
    #expect(converted.status == 0, "\(converted)")
    let options = ["small.libsvm", "--decision-values", "--precision", "double"]
    let first = try Tool.run(["predict", "s.model"] + options, in: folder)
    let second = try Tool.run(["predict", "s.\(ending)"] + options, in: folder)
    #expect(first.status == 0 && second.status == 0, "\(first)\(second)")
    #expect(first.output == second.output)
    let evaluated = try Tool.run(["evaluate", "s.\(ending)", "small.libsvm"], in: folder)
    #expect(evaluated.output.contains("accuracy"), "\(evaluated)")
    let inspected = try Tool.run(["inspect", "s.\(ending)"], in: folder)
    #expect(inspected.output.contains("linear"), "\(inspected)")
    let back = try Tool.run(["convert", "s.\(ending)", "back.model"], in: folder)
    #expect(back.status == 0, "\(back)")
    if ending == "json" { #expect(folder.data("back.model") == folder.data("s.model")) }
  }

  @Test func aModelOfATableTakesTheDataThatConvertWrites() throws {
    let folder = try Fixtures.folder()
    let model = try Tool.run(["convert", "flowers.model", "f.libsvm"], in: folder)
    #expect(
      model.errors.contains(
        "note: LIBSVM's labels are whole numbers: 0 = setosa, 1 = versicolor, 2 = virginica"),
      "\(model)")
    let data = try Tool.run(
      ["convert", "flowers.csv", "f.svm", "--model", "flowers.model"], in: folder)
    #expect(data.status == 0, "\(data)")
    func decisions(_ arguments: [String]) throws -> [[Double]] {
      let result = try Tool.run(
        ["predict"] + arguments + ["--decision-values", "--precision", "double"], in: folder)
      #expect(result.status == 0, "\(result)")
      return result.output.split(separator: "\n").dropFirst().map { line in
        line.split(separator: ",").dropFirst().compactMap { Double($0) }
      }
    }
    let raw = try decisions(["flowers.model", "flowers.csv"])
    let converted = try decisions(["f.libsvm", "f.svm"])
    #expect(raw.count == 30 && converted.count == 30)
    for (left, right) in zip(raw.joined(), converted.joined()) {
      #expect(abs(left - right) < 1e-12)
    }
  }

  @Test func dataBecomesNumbersAndTheSameAgain() throws {
    let folder = try Fixtures.folder()
    let text = "colour,size,y\nred,1,no\nblue,3,yes\nred,,no\n"
    let first = try Tool.run(
      ["convert", "-", "a.svm", "--scale", "minmax", "--save-preprocessing", "p.json"], input: text,
      in: folder)
    #expect(first.status == 0, "\(first)")
    #expect(folder.text("a.svm") == "0 2:1\n1 1:1 3:1\n0 2:1 3:0.5\n")
    let second = try Tool.run(
      ["convert", "-", "b.csv", "--preprocessing", "p.json"],
      input: "size,colour,y\n2,blue,no\n", in: folder)
    #expect(second.status == 0, "\(second)")
    #expect(folder.text("b.csv") == "colour=blue,colour=red,size,y\n1,0,0.5,no\n")
    let third = try Tool.run(["convert", "a.svm", "-", "--to", "csv"], in: folder)
    #expect(third.output == "f1,f2,f3,label\n0,1,0,0\n1,0,1,1\n0,1,0.5,0\n", "\(third)")
  }

  @Test func dataWithoutATargetGetsTheLabelZero() throws {
    let folder = try Fixtures.folder()
    try Data("petal_width,petal_length\n0.2,1.4\n".utf8).write(
      to: folder.url.appendingPathComponent("new.csv"))
    let result = try Tool.run(
      ["convert", "new.csv", "-", "--to", "libsvm", "--model", "flowers.model"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(result.output.hasPrefix("0 1:"))
    #expect(
      result.errors.contains("note: new.csv has no column species; labels are 0"), "\(result)")
  }

  @Test func exportsSayHowWellTheyAgree() throws {
    let folder = try Fixtures.folder()
    for name in ["f.onnx", "f.mlmodel"] {
      let result = try Tool.run(["convert", "flowers.model", name], in: folder)
      #expect(result.status == 0, "\(result)")
      #expect(result.errors.contains("check: over "), "\(result)")
      #expect(!result.errors.contains("warning"), "\(result)")
      #expect((folder.data(name)?.count ?? 0) > 500)
    }
  }

  @Test(arguments: [
    (
      ["flowers.model", "out"],
      "--to: the name \"out\" does not say which format to write; expected model"
    ),
    (
      ["flowers.model", "out.csv"], "--to: the name \"out.csv\" does not say which format to write"
    ),
    (
      ["flowers.csv", "out.onnx"],
      "--to: the name \"out.onnx\" does not say which format to write; expected libsvm, csv or tsv for data"
    ),
    (
      ["flowers.model", "x.json", "--scale", "minmax"],
      "--scale: is for data, but flowers.model is a model"
    ),
    (
      ["flowers.csv", "x.svm", "--features", "3"],
      "--features: applies to models, but flowers.csv is read as data"
    ),
    (
      ["flowers.csv", "x.svm", "--model", "flowers.model", "--scale", "none"],
      "--scale: cannot be used with --model"
    ),
    (
      ["flowers.model", "x.json", "--onnx-operators", "ml"],
      "--onnx-operators: applies to ONNX files only"
    ),
    (
      ["flowers.model", "x.onnx", "--onnx-operators", "mk"],
      "--onnx-operators: \"mk\" is unknown; expected auto, ml or composed. Did you mean \"ml\"?"
    ),
  ])
  func misuseIsExplained(arguments: [String], expected: String) throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(["convert"] + arguments, in: folder)
    #expect(result.status == 64, "\(result)")
    #expect(result.errors.hasPrefix(expected), "\(result)")
  }

  @Test func aDamagedModelTextIsBadData() throws {
    let folder = try Fixtures.folder()
    try Data("svm_type c_svc\nkernel_type rbf\nnr_class 2\n".utf8).write(
      to: folder.url.appendingPathComponent("bad.libsvm"))
    for command in [["inspect", "bad.libsvm"], ["convert", "bad.libsvm", "x.model"]] {
      let result = try Tool.run(command, in: folder)
      #expect(result.status == 65, "\(result)")
      #expect(
        result.errors.contains(
          "bad.libsvm: line 4: is the end of the file; expected the line \"SV\""), "\(result)")
    }
    #expect(folder.data("x.model") == nil)
  }

  @Test func aModelOfAnotherProgramCannotBeVerified() throws {
    let folder = try Fixtures.folder()
    _ = try Tool.run(["train", "small.libsvm", "-o", "s.model", "--quiet"], in: folder)
    _ = try Tool.run(["convert", "s.model", "s.libsvm"], in: folder)
    let result = try Tool.run(["verify", "s.libsvm", "small.libsvm"], in: folder)
    #expect(result.status == 65, "\(result)")
    #expect(result.errors.contains("was trained by another program"), "\(result)")
  }
}
