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

  private static let shrinking =
    "LIBSVM's '-h' chooses shrinking, which changes no result; it is not needed here"

  /// Rejects `-h 0` and `-h 1`, which would ask for help.
  static func check(_ arguments: [String]) throws(UsageError) {
    guard let command = arguments.first, ["train", "cv", "tune"].contains(command),
      let place = arguments.firstIndex(of: "-h"), place + 1 < arguments.count,
      ["0", "1"].contains(arguments[place + 1])
    else { return }
    throw UsageError(option: "-h", shrinking)
  }
}
