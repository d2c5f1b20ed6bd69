import Basics
import Kernels

/// A kernel as the header of a model file holds it: a name, and parameters.
///
/// The parts of a composite kernel are objects that hold both:
///
///     "sum"      {"parts": [{"kernel": "gaussian", "gamma": 0.5}, …]}   and "product" alike
///     "scaled"   {"factor": 2, "part": {…}}
///     "columns"  {"columns": [[0, 4], [6, 7]], "part": {…}}             columns 0 to 3, and 6
package enum KernelJSON {
  /// The parameters of a kernel.
  ///
  /// - Throws: The caller's function that the kernel is or contains: a file cannot hold it.
  package static func parameters(of kernel: KernelFunction) throws(FunctionInFile) -> [JSONValue
    .Member]
  {
    switch kernel {
    case .precomputed: return []
    case .formula(let kernel):
      return kernel.parameters.compactMap { parameter in
        kernel.number(of: parameter).map {
          .init(parameter.name, parameter.range.isWhole ? .integer(Int($0)) : .number($0))
        }
      }
    case .custom(let kernel): throw FunctionInFile(name: kernel.name)
    case .sum(let parts), .product(let parts):
      var list: [JSONValue] = []
      for part in parts { list.append(try whole(part)) }
      return [.init("parts", .array(list))]
    case .scaled(let factor, let part):
      return [.init("factor", .number(factor)), .init("part", try whole(part))]
    case .columns(let group, let part):
      let runs = group.ranges.map { range -> JSONValue in
        [.integer(range.lowerBound), .integer(range.upperBound)]
      }
      return [.init("columns", .array(runs)), .init("part", try whole(part))]
    }
  }

  /// A kernel that was found where only kernels with a formula can be.
  package struct FunctionInFile: Error {
    package var name: String
  }

  private static func whole(_ kernel: KernelFunction) throws(FunctionInFile) -> JSONValue {
    .object([.init("kernel", .string(kernel.name))] + (try parameters(of: kernel)))
  }

  /// Reads a kernel.
  ///
  /// Whether the parts of a composite kernel fit together and fit the features, the expansion checks.
  ///
  /// - Parameters:
  ///   - name: Where its name is.
  ///   - parameters: Where its parameters are.
  ///   - depth: How many kernels it is inside of, itself included.
  /// - Returns: The kernel.
  /// - Throws: ``ModelFileError`` that names the place.
  package static func kernel(_ name: JSONCursor, _ parameters: JSONCursor, depth: Int = 1)
    throws(ModelFileError) -> KernelFunction
  {
    guard depth <= KernelFunction.maximumDepth else {
      throw name.failure(
        .mismatch(
          found: "a kernel inside \(depth - 1) others",
          expected: "at most \(KernelFunction.maximumDepth) nested kernels"))
    }
    // The parameters of a part are next to its name.
    let beside: Set<String> = depth > 1 ? ["kernel"] : []
    func requireKeys(_ keys: Set<String>) throws(ModelFileError) {
      try parameters.requireKeys(keys.union(beside))
    }
    func formula(_ formula: any KernelFormula.Type) throws(ModelFileError) -> KernelFunction {
      try requireKeys(Set(formula.parameters.map(\.name)))
      var values: [KernelParameter: Double] = [:]
      for parameter in formula.parameters {
        values[parameter] = try number(parameter, in: try parameters.member(parameter.name))
      }
      return .formula(FormulaKernel(formula, width: values[.gamma], values))
    }
    func part(_ cursor: JSONCursor) throws(ModelFileError) -> KernelFunction {
      try kernel(try cursor.member("kernel"), cursor, depth: depth + 1)
    }
    func parts() throws(ModelFileError) -> [KernelFunction] {
      try requireKeys(["parts"])
      let list = try parameters.member("parts")
      var parts: [KernelFunction] = []
      for cursor in try list.elements() {
        guard parts.count < KernelFunction.maximumLeafCount else {
          throw list.failure(
            .mismatch(
              found: "more kernels", expected: "at most \(KernelFunction.maximumLeafCount)"))
        }
        parts.append(try part(cursor))
      }
      return parts
    }
    let word = try name.string()
    switch word {
    case KernelFunction.precomputedName:
      try requireKeys([])
      return .precomputed
    case "sum": return .sum(try parts())
    case "product": return .product(try parts())
    case "scaled":
      try requireKeys(["factor", "part"])
      return .scaled(
        try parameters.member("factor").number("a number greater than 0") { $0 > 0 },
        try part(try parameters.member("part")))
    case "columns":
      try requireKeys(["columns", "part"])
      return .columns(
        try columns(try parameters.member("columns")), try part(try parameters.member("part")))
    default:
      // Files hold the names alone, not what users call them besides.
      if let known = KernelCatalog.formulas.first(where: { $0.name == word }) {
        return try formula(known)
      }
      throw name.unknown(
        word, KernelCatalog.formulas.map { $0.name },
        aliases: KernelCatalog.formulas.flatMap { $0.aliases })
    }
  }

  private static func number(_ parameter: KernelParameter, in cursor: JSONCursor)
    throws(ModelFileError) -> Double
  {
    switch parameter.range {
    case .wholeNumbers(let range): Double(try cursor.integer(in: range))
    case .positive: try cursor.number("a number greater than 0") { $0 > 0 }
    case .finite: try cursor.number()
    }
  }

  private static func columns(_ cursor: JSONCursor) throws(ModelFileError) -> ColumnGroup {
    var ranges: [Range<Int>] = []
    for run in try cursor.elements() {
      let ends = try run.elements()
      guard ends.count == 2 else {
        throw run.failure(.mismatch(found: "\(ends.count) elements", expected: "2"))
      }
      let begin = try ends[0].integer(in: 0...Int(Int32.max))
      ranges.append(begin..<(try ends[1].integer(in: begin + 1...Int(Int32.max) + 1)))
    }
    return ColumnGroup(ranges: ranges)
  }
}
