import Basics
import Tables

/// Options of LIBSVM's programs that have another name here, or none.
enum LIBSVMOptions {
  /// What to say about an option that the argument parser does not know; `nil` for one that LIBSVM has
  /// not either.
  ///
  /// - Parameters:
  ///   - option: The option as the parser calls it, with what may follow its letter: `-w1`.
  ///   - arguments: All arguments, in which its value follows.
  /// - Returns: What to say here, as the end of a sentence.
  static func hint(_ option: String, among arguments: [String]) -> String? {
    guard option.hasPrefix("-"), !option.hasPrefix("--"), let letter = option.dropFirst().first
    else { return nil }
    let attached = String(option.dropFirst(2))
    let place = arguments.firstIndex(of: option)
    let next = place.flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
    // Values of LIBSVM's options are numbers, attached or not.
    let value = Double(attached) != nil ? attached : next.flatMap { Double($0) == nil ? nil : $0 }
    let isPrediction = arguments.first == "predict"
    if let axis = ["-log2c": "--c", "-log2g": "--gamma"][option], arguments.first == "tune" {
      return gridHint(option, next ?? "-5,15,2", axis)
    }
    switch letter {
    case "b":
      if value == "0" { return "LIBSVM's '-b 0' is the default here: leave out --probability" }
      return "for LIBSVM's '-b 1' use --probability"
    case "v" where !isPrediction:
      let folds = value ?? "5"
      return "for LIBSVM's '-v \(folds)' use --cv \(folds), or 'svm cv DATA --folds \(folds)'"
    case "w" where !isPrediction:
      guard Double(attached) != nil, let weight = next else {
        return "for LIBSVM's '-w1 2' use --class-weight 1=2"
      }
      return "for LIBSVM's '\(option) \(weight)' use --class-weight \(attached)=\(weight)"
    case "m" where !isPrediction:
      let size = value ?? "100"
      return "for LIBSVM's '-m \(size)' use --memory \(size)M"
    case "h" where !isPrediction: return shrinking
    case "q" where isPrediction:
      return "LIBSVM's '-q' is not needed: predict prints only predictions"
    case "q": return "for LIBSVM's '-q' use --quiet"
    default: return nil
    }
  }

  /// svm-grid's begin,end,step in exponents of 2 as from:to:factor.
  private static func gridHint(_ option: String, _ text: String, _ axis: String) -> String? {
    let numbers = text.split(separator: ",").compactMap { Double($0) }
    guard numbers.count == 3, numbers[2] != 0 else { return "use \(axis)" }
    let ends = [min(numbers[0], numbers[1]), max(numbers[0], numbers[1]), numbers[2].magnitude]
      .map { "2^\(NumberText.shortest($0))" }
    return "for svm-grid's '\(option) \(text)' use \(axis) \(ends.joined(separator: ":"))"
  }

  private static let shrinking =
    "LIBSVM's '-h' chooses shrinking, which changes no result; it is not needed here"

  /// Rejects `-h 0` and `-h 1`, which would ask for help, and `-t 4`.
  static func check(_ arguments: [String]) throws(UsageError) {
    guard let command = arguments.first, ["train", "cv", "tune"].contains(command) else { return }
    if let place = arguments.firstIndex(of: "-t"), place + 1 < arguments.count,
      arguments[place + 1] == "4"
    {
      throw UsageError(
        option: "-t",
        "LIBSVM's '-t 4' is a precomputed kernel, which svm-train has (svm by that name)")
    }
    guard let place = arguments.firstIndex(of: "-h"), place + 1 < arguments.count,
      ["0", "1"].contains(arguments[place + 1])
    else { return }
    throw UsageError(option: "-h", shrinking)
  }
}
