import Foundation
import Kernels
import TestSupport
import Testing

/// One wrong way to call the command.
struct Misuse: CustomTestStringConvertible, Sendable {
  let arguments: [String]
  let status: Int32
  /// The first line on standard error, or what it begins with when it ends with an ellipsis.
  let message: String
  let input: String

  init(_ line: String, _ status: Int32, _ message: String, input: String = "") {
    arguments = line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
    self.status = status
    self.message = message
    self.input = input
  }

  var testDescription: String {
    "svm " + arguments.joined(separator: " ") + (input.isEmpty ? "" : " < input")
  }

  func matches(_ errors: String) -> Bool {
    let first = errors.split(separator: "\n", omittingEmptySubsequences: false).first ?? ""
    return message.hasSuffix("…") ? first.hasPrefix(message.dropLast()) : first == message
  }
}

/// None of these may crash the process, write a file, or leave the user without a reason.
@Suite struct MisuseTests {
  @Test(arguments: Misuse.all)
  func misuseEndsWithAReason(misuse: Misuse) throws {
    let folder = try Fixtures.folder()
    let before = try folder.names
    let contents = before.map { folder.data($0) }
    let result = try Tool.run(misuse.arguments, input: misuse.input, in: folder)
    #expect(!result.crashed, "\(result)")
    #expect(result.status == misuse.status, "\(result)")
    #expect(misuse.matches(result.errors), "expected: \(misuse.message)\n\(result)")
    #expect(try folder.names == before, "files appeared or went away: \(result)")
    #expect(before.map { folder.data($0) } == contents, "a file was changed: \(result)")
  }

  @Test func thereAreAtLeastAHundred() {
    #expect(Misuse.all.count >= 100)
    #expect(Set(Misuse.all.map(\.testDescription)).count == Misuse.all.count)
  }
}

extension Misuse {
  static let all =
    commandLine + options + outputs + tables + prediction + otherCommands
    + methods

  private static let kernels = listed(KernelCatalog.formulas.map { $0.name })
  private static let withSigma = listed(
    KernelCatalog.formulas.filter { $0.widthRule?.ofSigma != nil }.map { $0.name })

  static let commandLine: [Misuse] = [
    Misuse(
      "trian flowers.csv", 64,
      "unknown command \"trian\"; did you mean \"train\"?"),
    Misuse(
      "flowers.csv", 64,
      "unknown command \"flowers.csv\"; the commands are train, predict, evaluate, cv, tune, plot, "
        + "verify, inspect, convert, plan and doctor"),
    Misuse("--frobnicate", 64, "Unknown option '--frobnicate'"),
    Misuse("--versoin", 64, "Unknown option '--versoin'. Did you mean '--version'?"),
    Misuse("train", 64, "Missing expected argument '<data>'"),
    Misuse("train flowers.csv prices.csv", 64, "Unexpected argument 'prices.csv'"),
    Misuse(
      "train flowers.csv --kernle rbf", 64, "Unknown option '--kernle'. Did you mean '--kernel'?"),
    Misuse(
      "train flowers.csv --cv 1", 64, "--cv: must be a whole number from 2 to 100000, but is 1"),
    Misuse(
      "train flowers.csv --cv 5 --holdout 0.2", 64, "--cv: cannot be given together with --holdout"),
    Misuse("train flowers.csv -c1", 64, "Unknown option '-c1'…"),
    Misuse("train flowers.csv --c", 64, "Missing value for '--c <C>'"),
    Misuse("train flowers.csv --quiet=yes", 64, "The option '--quiet' does not take any value…"),
    Misuse("predict flowers.model", 64, "Missing expected argument '<data>'"),
    Misuse("doctor flowers.csv", 64, "Unexpected argument 'flowers.csv'"),
    Misuse(
      "help trian", 64,
      "unknown command \"trian\"; did you mean \"train\"?"),
  ]

  static let options: [Misuse] = [
    Misuse(
      "train flowers.csv --kernel rbg", 64,
      "--kernel: \"rbg\" is unknown; expected \(kernels). Did you mean \"rbf\"?"),
    Misuse(
      "train flowers.csv -t 5", 64, "--kernel: \"5\" is unknown; expected \(kernels)"),
    Misuse(
      "train flowers.csv --kernel ''", 64, "--kernel: \"\" is unknown; expected \(kernels)"),
    Misuse("train flowers.csv --c -1", 64, "--c: must be greater than 0, but is -1"),
    Misuse("train flowers.csv -c 0", 64, "--c: must be greater than 0, but is 0"),
    Misuse("train flowers.csv --c=nan", 64, "--c: must be a finite number, but is nan"),
    Misuse("train flowers.csv --c inf", 64, "--c: must be a finite number, but is inf"),
    Misuse("train flowers.csv --c 1e999", 64, "--c: must be a finite number, but is 1e999"),
    Misuse(
      "train flowers.csv --c many", 64,
      "--c: must be auto or a number greater than 0, but is \"many\""),
    Misuse(
      "train flowers.csv --c --gamma", 64,
      "--c: must be auto or a number greater than 0, but is \"--gamma\""),
    Misuse("train flowers.csv --gamma 0", 64, "--gamma: must be greater than 0, but is 0"),
    Misuse("train flowers.csv -g -0.5", 64, "--gamma: must be greater than 0, but is -0.5"),
    Misuse(
      "train flowers.csv --gamma sclae", 64,
      "--gamma: must be scale, auto or a number greater than 0, but is \"sclae\". "
        + "Did you mean \"scale\"?"),
    Misuse("train flowers.csv --sigma 0", 64, "--sigma: must be greater than 0, but is 0"),
    Misuse(
      "train flowers.csv --sigma 1e-200", 64,
      "--sigma: must give a gamma that is greater than 0 and finite, but is 1e-200"),
    Misuse(
      "train flowers.csv --kernel linear --sigma 2", 64,
      "--sigma: is for the kernels \(withSigma), but --kernel is linear"),
    Misuse(
      "train flowers.csv --sigma 2 --gamma 1", 64,
      "--sigma: cannot be given together with --gamma"),
    Misuse(
      "train flowers.csv -t 1 -d 0", 64,
      "--degree: must be a whole number from 1 to 1000, but is 0"),
    Misuse(
      "train flowers.csv -t 1 -d 2.5", 64,
      "--degree: must be a whole number from 1 to 1000, but is 2.5"),
    Misuse(
      "train flowers.csv -t 1 -r nan", 64, "--coef0: must be a finite number, but is nan"),
    Misuse(
      "train prices.csv --epsilon -0.1", 64, "--epsilon: must be 0 or greater, but is -0.1"),
    Misuse("train flowers.csv -e 0", 64, "--tolerance: must be greater than 0, but is 0"),
    Misuse(
      "train flowers.csv --tolerance -1e-3", 64,
      "--tolerance: must be greater than 0, but is -1e-3"),
    Misuse(
      "train flowers.csv --task clasification", 64,
      "--task: \"clasification\" is unknown; expected auto, classification, regression, "
        + "one-class or components. "
        + "Did you mean \"classification\"?"),
    Misuse(
      "train flowers.csv --formulation mu-svc", 64,
      "--formulation: \"mu-svc\" is unknown; expected \(formulations). Did you mean \"nu-svc\"?"),
    Misuse(
      "train flowers.csv -s 5", 64, "--formulation: \"5\" is unknown; expected \(formulations)"),
    Misuse(
      "train prices.csv -s 0 --task regression", 64,
      "--formulation: c-svc is for classification, but --task is regression"),
    Misuse(
      "train flowers.csv --scale standrad", 64,
      "--scale: \"standrad\" is unknown; expected standard, minmax, maxabs or none. Did you mean "
        + "\"standard\"?"),
    Misuse(
      "train flowers.csv --missing zero", 64,
      "--impute: \"zero\" is unknown; expected error, mean, median, most-frequent, constant=VALUE "
        + "or drop"),
    Misuse(
      "train flowers.csv --impute constant=", 64,
      "--impute: \"constant=\" is unknown; expected error, mean, median, most-frequent, "
        + "constant=VALUE or drop…"),
    Misuse(
      "train flowers.csv --impute medain", 64,
      "--impute: \"medain\" is unknown; expected error, mean, median, most-frequent, "
        + "constant=VALUE or drop. Did you mean \"median\"?"),
    Misuse(
      "train flowers.csv --unseen ingore", 64,
      "--unseen: \"ingore\" is unknown; expected error or ignore. Did you mean \"ignore\"?"),
    Misuse(
      "predict flowers.model flowers.csv --unseen no", 64,
      "--unseen: \"no\" is unknown; expected error or ignore"),
    Misuse(
      "evaluate flowers.model flowers.csv --unseen no", 64,
      "--unseen: \"no\" is unknown; expected error or ignore"),
    Misuse(
      "train flowers.csv --scale-target yes", 64,
      "--scale-target: \"yes\" is unknown; expected on or off"),
    Misuse(
      "train flowers.csv --column petal_length", 64,
      "--column: must be a column and its kind such as age=numeric, but is \"petal_length\""),
    Misuse(
      "train flowers.csv --column =numeric", 64,
      "--column: must be a column and its kind such as age=numeric, but is \"=numeric\""),
    Misuse(
      "train flowers.csv --column petal_length=number", 64,
      "--column: \"number\" is unknown; expected numeric, category, text, date, date-dmy, date-mdy, "
        + "date-ymd or ignore"),
    Misuse(
      "train flowers.csv --decimal ;", 64,
      "--decimal: \";\" is unknown; expected auto, . or ,"),
    Misuse(
      "predict flowers.model flowers.csv --missing-marker ''", 64,
      "--missing-marker: must not be empty; an empty field is missing in any case"),
    Misuse(
      "train flowers.csv --subsample 0", 64,
      "--subsample: must be a whole number from 1 to 2147483647, but is 0"),
    Misuse(
      "train flowers.csv --subsample 10%", 64,
      "--subsample: must be a whole number from 1 to 2147483647, but is \"10%\""),
    Misuse(
      "train flowers.csv --holdout 0", 64,
      "--holdout: must be greater than 0 and less than 1, but is 0"),
    Misuse(
      "train flowers.csv --holdout 1", 64,
      "--holdout: must be greater than 0 and less than 1, but is 1"),
    Misuse(
      "train flowers.csv --holdout 20%", 64,
      "--holdout: must be a number greater than 0 and less than 1, but is \"20%\""),
    Misuse(
      "train flowers.csv --transport tcp", 64,
      "--transport: expected auto, none or mpi:FILE, but is \"tcp\""),
    Misuse(
      "predict m.model flowers.csv --transport=mpi:", 64,
      "--transport: expected auto, none or mpi:FILE, but is \"mpi:\""),
    Misuse(
      "train flowers.csv --threads 0", 64,
      "--threads: must be a whole number from 1 to 1024, but is 0"),
    Misuse(
      "train flowers.csv --threads 100000000000000000000", 64,
      "--threads: must be a whole number from 1 to 1024, but is 100000000000000000000"),
    Misuse(
      "train flowers.csv --memory 1", 64, "--memory: must be at least 16M, but is 1"),
    Misuse(
      "train flowers.csv --memory lots", 64,
      "--memory: must be a size such as 512M or 2G, but is \"lots\""),
    Misuse(
      "train flowers.csv --memory -2G", 64,
      "--memory: must be a size such as 512M or 2G, but is \"-2G\""),
    Misuse(
      "train flowers.csv --precision half", 64,
      "--precision: \"half\" is unknown; expected auto, single or double"),
    Misuse(
      "train flowers.csv --max-iterations 0", 64,
      "--max-iterations: must be a whole number of at least 1, but is 0"),
    Misuse(
      "train flowers.csv --max-iterations -5", 64,
      "--max-iterations: must be a whole number of at least 1, but is -5"),
    Misuse(
      "train flowers.csv --time-limit soon", 64,
      "--time-limit: must be a time such as 30s, 10m or 1h30m, but is \"soon\""),
    Misuse(
      "train flowers.csv --time-limit 0s", 64,
      "--time-limit: must be greater than 0, but is 0s"),
    Misuse(
      "train flowers.csv --seed -1", 64,
      "--seed: must be a whole number from 0 to 18446744073709551615, but is -1"),
    Misuse(
      "train flowers.csv --format xml", 64,
      "--format: \"xml\" is unknown; expected auto, csv, tsv, libsvm or arff"),
    Misuse(
      "train flowers.csv --input-header maybe", 64,
      "--input-header: \"maybe\" is unknown; expected auto, yes or no"),
  ]

  static let outputs: [Misuse] = [
    Misuse(
      "train flowers.csv -o flowers.csv", 64,
      "--output: flowers.csv is also an input; choose another file"),
    Misuse(
      "train flowers.csv -o link.csv", 64,
      "--output: link.csv is also an input; choose another file"),
    Misuse(
      "train flowers.csv -o x.model --json ./flowers.csv", 64,
      "--json: ./flowers.csv is also an input; choose another file"),
    Misuse(
      "train flowers.csv -o x.model --json x.model", 64,
      "--json: x.model is already used by --output"),
    Misuse(
      "train flowers.csv -o - --json -", 64, "--json: standard output is already used by --output"),
    Misuse(
      "train flowers.csv -o nowhere/x.model", 1,
      "nowhere/x.model: cannot be written: No such file or directory"),
    Misuse("train flowers.csv -o folder", 1, "folder: cannot be written: Is a directory"),
    Misuse(
      "train flowers.csv -o one.csv/x.model", 1,
      "one.csv/x.model: cannot be written: Not a directory"),
    Misuse(
      "train flowers.csv -o ''", 1, "\"\": cannot be written: No such file or directory"),
    Misuse(
      "train flowers.csv -o /dev/full", 1,
      "/dev/full: cannot be written: No space left on device"),
    Misuse(
      "train flowers.csv -o x.model --json nowhere/x.json", 1,
      "nowhere/x.json: cannot be written: No such file or directory"),
    Misuse(
      "predict flowers.model flowers.csv -o flowers.csv", 64,
      "--output: flowers.csv is also an input; choose another file"),
    Misuse(
      "predict flowers.model flowers.csv -o flowers.model", 64,
      "--output: flowers.model is also an input; choose another file"),
    Misuse(
      "predict flowers.model flowers.csv -o nowhere/x.csv", 1,
      "nowhere/x.csv: cannot be written: No such file or directory"),
    Misuse(
      "predict flowers.model flowers.csv -o /dev/full", 1,
      "/dev/full: cannot be written: No space left on device"),
    Misuse(
      "inspect flowers.model --json flowers.model", 64,
      "--json: flowers.model is also an input; choose another file"),
    Misuse(
      "evaluate flowers.model flowers.csv --json flowers.csv", 64,
      "--json: flowers.csv is also an input; choose another file"),
  ]

  static let tables: [Misuse] = [
    Misuse("train absent.csv", 65, "absent.csv: cannot be opened: No such file or directory"),
    Misuse("train ''", 65, "\"\": cannot be opened: No such file or directory"),
    Misuse("train folder", 65, "folder: the folder has no files"),
    Misuse("train empty.csv", 65, "empty.csv: has no records"),
    Misuse("train -", 65, "<stdin>: has no records"),
    Misuse("train header.csv", 65, "header.csv: has a header, but no records"),
    Misuse("train ragged.csv", 65, "ragged.csv:3:1: record has 2 fields; the header has 3"),
    Misuse(
      "train -", 65, "<stdin>:3:1: record has 2 fields; the header has 3",
      input: "a,b,label\n1,2,yes\n3,4\n"),
    Misuse(
      "train unclosed.csv", 65,
      "unclosed.csv:3:5: quoted field is not closed before the end of the file"),
    Misuse("train nul.csv", 65, "nul.csv:3:3: NUL byte; the file is not text"),
    Misuse(
      "train latin.csv", 65, "latin.csv:2:1: bytes are not valid UTF-8; save the file as UTF-8"),
    Misuse(
      "train hole.csv --impute error", 65,
      "hole.csv:3:1: field 1 (a) is empty; every feature needs a finite number"),
    Misuse(
      "train notarget.csv", 65,
      "notarget.csv:3:5: field 3 (label) is empty; every row needs a target"),
    Misuse(
      "train infinite.csv", 65,
      "infinite.csv:3:1: field 1 (a) is \"1e999\"; every feature needs a finite number"),
    Misuse(
      "train twice.csv", 65,
      "twice.csv:1:3: columns 1 and 2 are both named \"a\"; every column needs its own name"),
    Misuse(
      "train narrow.csv --input-header yes", 65,
      "narrow.csv: the only column is the target \"label\"; a model needs at least one other"),
    Misuse(
      "train holes.csv --missing drop", 65,
      "holes.csv: each of 4 rows has a missing value, so that dropping them leaves nothing to "
        + "train on"),
    Misuse(
      "train flowers.csv --target specis", 65,
      "flowers.csv:1:1: no column named \"specis\"; columns are petal_length, petal_width, "
        + "species. Did you mean \"species\"?"),
    Misuse(
      "train flowers.csv --drop petal_lenght", 65,
      "flowers.csv:1:1: no column named \"petal_lenght\"; columns are petal_length, petal_width, "
        + "species. Did you mean \"petal_length\"?"),
    Misuse(
      "train flowers.csv --id 4", 65, "flowers.csv:1:1: no column 4; the table has 3 columns"),
    Misuse(
      "train flowers.csv --target species --drop 3", 65,
      "flowers.csv: the column \"species\" is the target, and can neither be left out nor identify rows"
    ),
    Misuse(
      "train flowers.csv --drop 1 --id petal_length", 65,
      "flowers.csv: the column \"petal_length\" is used in two ways"),
    Misuse(
      "train flowers.csv --drop 1 --drop 2", 65,
      "flowers.csv: none of 3 columns is left to learn from; a model needs at least one feature"),
    Misuse(
      "train flowers.csv --target 1 --column species=numeric", 65,
      "flowers.csv:2:9: field 3 (species) is \"setosa\"; expected a decimal number such as 1.4"),
    Misuse(
      "train small.libsvm --drop 1", 65,
      "small.libsvm: LIBSVM text has no column \"1\"; its features have numbers only"),
    Misuse(
      "train hole.csv --impute constant=none", 65,
      "hole.csv: field 1 (a) has missing values, which cannot become \"none\"; expected a decimal "
        + "number such as 1.4"),
    Misuse(
      "train days.csv", 65,
      "days.csv:2:1: field 1 (day) is \"1/2/2024\", which can be read as 1 February 2024 or 2 January "
        + "2024"),
    Misuse(
      "train days.csv --dry-run", 65,
      "days.csv:2:1: field 1 (day) is \"1/2/2024\", which can be read as 1 February 2024 or 2 January "
        + "2024"),
    Misuse(
      "train flowers.csv --target 9", 65, "flowers.csv:1:1: no column 9; the table has 3 columns"),
    Misuse(
      "train flowers.csv --task regression", 65,
      "flowers.csv: the target \"species\" is text; a regression needs numbers"),
    Misuse(
      "train words.csv -s 3", 65,
      "words.csv: the target \"price\" is text; a regression needs numbers"),
    Misuse(
      "train entry.libsvm", 65,
      "entry.libsvm:1:10: found \"2\"; expected index:value such as 3:0.5"),
    Misuse(
      "train descend.libsvm", 65,
      "descend.libsvm:1:10: index 1 follows index 2; indices must ascend"),
    Misuse("train huge.libsvm", 65, "huge.libsvm:1:4: index 99999999999 is out of range…"),
    Misuse(
      "train nan.libsvm", 65,
      "nan.libsvm:1:6: value is \"nan\"; every feature needs a finite number"),
    Misuse(
      "train flowers.csv --format libsvm", 65,
      "flowers.csv:1:1: found \"petal_length,petal_width,species\"; expected index:value such as "
        + "3:0.5"),
    Misuse(
      "train labels.libsvm --format libsvm", 65,
      "the training data has 2 rows and 0 features; at least one of each is needed"),
    Misuse(
      "train flowers.model", 65,
      "flowers.model is a model, not data; a model comes first, then the data: svm predict MODEL "
        + "DATA"),
  ]

  static let prediction: [Misuse] = [
    Misuse(
      "predict absent.model flowers.csv", 65,
      "absent.model: cannot be read: No such file or directory"),
    Misuse("predict folder flowers.csv", 65, "folder: cannot be read: Is a directory"),
    Misuse("predict flowers.csv flowers.csv", 65, "flowers.csv: …"),
    Misuse("predict notamodel.model flowers.csv", 65, "notamodel.model: …"),
    Misuse("predict empty.model flowers.csv", 65, "empty.model: …"),
    Misuse("predict truncated.model flowers.csv", 65, "truncated.model: …"),
    Misuse("predict forged.model flowers.csv", 65, "forged.model: …"),
    Misuse(
      "predict flowers.model absent.csv", 65,
      "absent.csv: cannot be opened: No such file or directory"),
    Misuse("predict flowers.model empty.csv", 65, "empty.csv: has no records"),
    Misuse("predict flowers.model -", 65, "<stdin>: has no records"),
    Misuse(
      "predict flowers.model other.csv", 65,
      "other.csv:1:1: no column named \"petal_length\", which model flowers.model was trained on; "
        + "columns are length, petal_width…"),
    Misuse(
      "predict flowers.model thin.csv", 65,
      "thin.csv:1:1: record has 1 field, but model flowers.model was trained on 2 feature columns"),
    Misuse(
      "predict flowers.model slip.csv", 65,
      "slip.csv:3:1: field 1 (petal_length) is \"4,3\"; expected a decimal number such as 1.4"),
    Misuse(
      "predict flowers.model slip.csv -o out.csv", 65,
      "slip.csv:3:1: field 1 (petal_length) is \"4,3\"; expected a decimal number such as 1.4"),
    Misuse(
      "predict flowers.model flowers.csv --keep specis", 65,
      "flowers.csv:1:1: no column named \"specis\"; columns are petal_length, petal_width, "
        + "species. Did you mean \"species\"?"),
    Misuse(

      "predict small.model flowers.csv", 65,
      "flowers.csv:1:1: found \"petal_length,petal_width,species\"; expected index:value such as "
        + "3:0.5"),
    Misuse(
      "predict flowers.model flowers.csv --probability", 65,
      "model flowers.model has no probabilities; 'svm train --probability' makes one that has"),
  ]

  static let otherCommands: [Misuse] = [
    Misuse("plan", 64, "--rows: is missing; give it, or data to count"),
    Misuse("plan --rows 1e6", 64, "--features: is missing; give it, or data to count"),
    Misuse(
      "plan --rows 1.5 --features 3", 64,
      "--rows: must be a whole number from 1 to 1000000000000, but is 1.5"),
    Misuse(
      "plan flowers.csv --features 3", 64,
      "--features: cannot be given together with data, which says it"),
    Misuse(
      "plan --rows 9 --features 3 --ranks 0", 64,
      "--ranks: must be a whole number from 1 to 16384, but is 0"),
    Misuse(
      "plan --rows 9 --features 3 --network fast", 64,
      "--network: must be a rate such as 1G or 100M bits a second, but is \"fast\""),
    Misuse(
      "plan --rows 9 --features 3 --latency soon", 64,
      "--latency: must be a time such as 50us or 1ms, but is \"soon\""),
    Misuse(
      "plan --rows 9 --features 3 --latency -1", 64,
      "--latency: must be a time such as 50us or 1ms, but is \"-1\""),
    Misuse(
      "plan --rows 9 --features 3 --density 2", 64,
      "--density: must be greater than 0 and at most 1, but is 2"),
    Misuse(
      "plan --rows 9 --features 3 --support-vectors 0", 64,
      "--support-vectors: must be greater than 0, but is 0"),
    Misuse(
      "plan --rows 9 --features 3 --speed 0", 64, "--speed: must be greater than 0, but is 0"),
    Misuse(
      "plan --rows 9 --features 3 --formulation kernel-ridge", 64,
      "--formulation: plan predicts trainings that compute kernel values of support vectors, but "
        + "kernel-ridge solves equations …"),
    Misuse(
      "plan --rows 1e6 --features 3 --kernel linear", 64,
      "--kernel: plan predicts trainings that compute kernel values of support vectors, but with the "
        + "linear kernel …"),
    Misuse(
      "plan --rows 1e6 --features 3 --feature-map nystrom", 64,
      "--feature-map: plan predicts trainings that compute kernel values of support vectors, but with a "
        + "feature map …"),
    Misuse("plan flowers.model", 65, "flowers.model is a model, not data; …"),
    Misuse(
      "evaluate flowers.model slip.csv", 65,
      "slip.csv:1:1: no column named \"species\"; columns are petal_length, petal_width"),
    Misuse("evaluate flowers.model empty.csv", 65, "empty.csv: has no records"),
    Misuse("evaluate prices.model words.csv", 65, "words.csv:…"),
    Misuse("evaluate forged.model flowers.csv", 65, "forged.model: …"),
    Misuse(
      "verify flowers.model prices.csv", 65,
      "prices.csv lacks the column that model flowers.model predicts, \"species\""),
    Misuse(
      "verify flowers.model few.csv", 65,
      "few.csv has 3 rows without missing values, but model flowers.model was trained on 30"),
    Misuse(
      "verify flowers.model absent.csv", 65,
      "absent.csv: cannot be opened: No such file or directory"),
    Misuse(
      "verify small.model wide.libsvm", 65,
      "features have 5 columns, but model small.model was trained on 3"),
    Misuse(
      "verify small.model flowers.csv", 65,
      "flowers.csv is a table, but model small.model was trained on LIBSVM text"),
    Misuse(
      "verify flowers.model small.libsvm", 65,
      "small.libsvm lacks the column that model flowers.model predicts, \"species\""),
    Misuse(
      "verify flowers.model swapped.csv", 65,
      "swapped.csv has the classes rose, setosa, versicolor, virginica, but model flowers.model "
        + "was trained on setosa, versicolor, virginica"),
    Misuse("inspect", 64, "Missing expected argument '<model>'"),
    Misuse("inspect flowers.csv", 65, "flowers.csv: …"),
    Misuse("inspect truncated.model", 65, "truncated.model: …"),
    Misuse("inspect absent.model", 65, "absent.model: cannot be read: No such file or directory"),
  ]
}
