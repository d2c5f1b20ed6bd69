import Kernels
import LinearAlgebra
import ModelFiles
import SupportVectors
import Tables
import TabularModels

/// Says a model in ONNX's operators, from the columns of a row to the label.
struct ONNXBuilder {
  let source: ExportSource
  let isComposed: Bool
  /// The type of every number but labels.
  let type: ONNXElementType
  private var graph = ONNXGraph(name: "svm")
  /// Names of values that are taken.
  private var names: Set<String> = []

  /// Why the operators for machine learning cannot express a model; continues "…, because".
  static func obstacleToMachineLearningOperators(_ source: ExportSource) -> String? {
    if source.isLinear { return "they hold support vectors, and a linear model is its weights" }
    if source.classes != nil, source.expansion.layout == .outputs {
      return "in them every class has support vectors of its own"
    }
    guard source.expansion.kernel.formula?.formula.foreignNames.onnx != nil else {
      return "they have no \(source.expansion.kernel.name) kernel"
    }
    return source.abstains.contains(true)
      ? "in them no pair of classes abstains, but one was never trained" : nil
  }

  /// The whole model.
  static func model(_ source: ExportSource, isComposed: Bool) throws(ModelExportError) -> ONNXModel
  {
    if !isComposed, let obstacle = obstacleToMachineLearningOperators(source) {
      throw source.failure(
        "operators for machine learning cannot compute it, because \(obstacle); composed ones can")
    }
    var builder = ONNXBuilder(source: source, isComposed: isComposed)
    try builder.build()
    return ONNXModel(
      graph: builder.graph, producerVersion: source.model.provenance.programVersion,
      description:
        "\(source.model.predictor.formulation.rawValue), \(source.expansion.kernel.name) kernel",
      properties: source.properties)
  }

  private init(source: ExportSource, isComposed: Bool) {
    self.source = source
    self.isComposed = isComposed
    type = isComposed ? .double : .float
  }

  private mutating func build() throws(ModelExportError) {
    let inputs = makeInputs()
    var features = makeFeatures(inputs)
    features = scaled(features)
    var outputs = isComposed ? composedMachine(features) : machine(features)
    if let calibration = source.calibration {
      outputs = try calibrated(outputs, calibration)
    }
    // Outputs choose their names, which a column may have already.
    for (value, name, info) in outputs {
      let output = unique(name)
      graph.nodes.append(ONNXNode(type: "Identity", inputs: [value], outputs: [output]))
      graph.outputs.append(ONNXValueInfo(name: output, type: info.type, shape: info.shape))
    }
  }

  // MARK: Names and nodes

  private mutating func unique(_ wish: String) -> String {
    var name = wish.isEmpty ? "column" : wish
    while !names.insert(name).inserted { name += "_" }
    return name
  }

  mutating func constant(_ tensor: ONNXTensor, _ name: String) -> String {
    let name = unique("svm.\(name)")
    graph.constants.append((name, tensor))
    return name
  }

  mutating func numbers(_ values: [Double], _ name: String, shape: [Int]? = nil) -> String {
    constant(.numbers(values, type, shape: shape), name)
  }

  mutating func node(
    _ type: String, _ inputs: [String], domain: String = "",
    _ attributes: [(name: String, value: ONNXAttribute)] = []
  ) -> String {
    let output = unique("svm.\(type.lowercased())")
    graph.nodes.append(
      ONNXNode(
        type: type, domain: domain, inputs: inputs, outputs: [output], attributes: attributes))
    return output
  }

  // MARK: Features

  static let rows = ONNXValueInfo.Size.named("rows")

  /// One input for each column, or one for all features.
  private mutating func makeInputs() -> [String] {
    guard source.hasCategories, let columns = source.columns else {
      let name = unique("features")
      graph.inputs.append(
        ONNXValueInfo(name: name, type: type, shape: [Self.rows, .fixed(source.featureCount)]))
      return [name]
    }
    return columns.map { column in
      let name = unique(column.name)
      graph.inputs.append(
        ONNXValueInfo(
          name: name, type: column.isText ? .string : type, shape: [Self.rows, .fixed(1)]))
      return name
    }
  }

  /// Missing values replaced, categories as indicators, all columns side by side.
  private mutating func makeFeatures(_ inputs: [String]) -> String {
    guard source.hasCategories, let columns = source.columns else {
      let replacements = source.numericReplacements
      guard replacements.contains(where: { $0 != nil }) else { return inputs[0] }
      // NaN stays NaN where nothing replaces it.
      return imputed(inputs[0], replacements.map { $0 ?? .nan })
    }
    var parts: [String] = []
    for (column, input) in zip(columns, inputs) {
      switch column.kind {
      case .number(let replacement):
        parts.append(replacement.map { imputed(input, [$0]) } ?? input)
      case .category(let levels, let replacement):
        parts.append(indicators(input, levels: levels, replacement: replacement))
      }
    }
    return parts.count == 1
      ? parts[0] : node("Concat", parts, [("axis", .integer(1))])
  }

  private mutating func imputed(_ value: String, _ replacements: [Double]) -> String {
    guard isComposed else {
      return node(
        "Imputer", [value], domain: ONNXNode.machineLearning,
        [
          ("imputed_value_floats", .floats(replacements.map { Float($0) })),
          ("replaced_value_float", .float(.nan)),
        ])
    }
    let isMissing = node("IsNaN", [value])
    return node("Where", [isMissing, numbers(replacements, "replacements"), value])
  }

  /// A column of texts as one feature for each level.
  private mutating func indicators(
    _ input: String, levels: [String], replacement: Int?
  ) -> String {
    let spellings = source.spellings(of: levels, replacement: replacement)
    let text = node(
      "LabelEncoder", [input], domain: ONNXNode.machineLearning,
      [
        ("keys_strings", .strings(spellings.map(\.text))),
        ("values_strings", .strings(spellings.map { levels[$0.level] })),
        ("default_string", .string(unknownText(levels))),
      ])
    let encoded = node(
      "OneHotEncoder", [text], domain: ONNXNode.machineLearning,
      [("cats_strings", .strings(levels)), ("zeros", .integer(source.refusesUnseen ? 0 : 1))])
    // The encoder adds an axis to the column's two.
    let shape = constant(.integers([-1, levels.count]), "shape")
    let flat = node("Reshape", [encoded, shape])
    return isComposed
      ? node("Cast", [flat], [("to", .integer(ONNXElementType.double.rawValue))]) : flat
  }

  /// A text that is not a level.
  private func unknownText(_ levels: [String]) -> String {
    var text = "unknown"
    while levels.contains(text) { text += "_" }
    return text
  }

  private mutating func scaled(_ features: String) -> String {
    guard !source.factors.isEmpty else { return features }
    guard isComposed else {
      return node(
        "Scaler", [features], domain: ONNXNode.machineLearning,
        [
          ("offset", .floats(source.offsets.map { Float($0) })),
          ("scale", .floats(source.factors.map { Float($0) })),
        ])
    }
    let shifted = node("Sub", [features, numbers(source.offsets, "offsets")])
    return node("Mul", [shifted, numbers(source.factors, "factors")])
  }

  // MARK: Operators for machine learning

  typealias Output = (
    value: String, name: String, info: (type: ONNXElementType, shape: [ONNXValueInfo.Size])
  )

  private func kernelAttributes() -> [(name: String, value: ONNXAttribute)] {
    guard let kernel = source.expansion.kernel.formula,
      let name = kernel.formula.foreignNames.onnx
    else { preconditionFailure("kernels without an operator are refused before") }
    let parameters = [KernelParameter.gamma, .constantTerm, .degree].map {
      Float(kernel.number(of: $0) ?? 0)
    }
    return [("kernel_type", .string(name)), ("kernel_params", .floats(parameters))]
  }

  private mutating func machine(_ features: String) -> [Output] {
    let arranged = PositiveFirstExpansion(source.expansion, classCount: source.classes?.count)
    let vectors = source.expansion.supportVectors.gatheringRows(arranged.order).dense
    var attributes = kernelAttributes()
    attributes.append(("support_vectors", .floats(vectors.elements.map { Float($0) })))
    attributes.append(
      (
        "coefficients",
        .floats(
          (0..<arranged.rowCount).flatMap { row in
            arranged.order.indices.map { Float(arranged.coefficient(row, at: $0)) }
          })
      ))
    // The operators add rho.
    attributes.append(("rho", .floats(arranged.rho.map { Float(-$0) })))
    guard let classes = source.classes else {
      attributes.append(("n_supports", .integer(source.supportVectorCount)))
      let prediction = node(
        "SVMRegressor", [features], domain: ONNXNode.machineLearning, attributes)
      return numberOutputs(prediction)
    }
    attributes.append(("vectors_per_class", .integers(arranged.supportCounts)))
    let integers = source.integerClasses
    if let integers {
      attributes.append(("classlabels_ints", .integers(arranged.classOrder.map { integers[$0] })))
    } else {
      attributes.append(("classlabels_strings", .strings(arranged.classOrder.map { classes[$0] })))
    }
    let label = unique("svm.label")
    let scores = unique("svm.scores")
    graph.nodes.append(
      ONNXNode(
        type: "SVMClassifier", domain: ONNXNode.machineLearning, inputs: [features],
        outputs: [label, scores], attributes: attributes))
    // Of two classes there are two columns, [−f, f]; of more one for each pair, positive for the
    // first class.
    let decision: String
    if classes.count == 2 {
      let second = constant(.integers([1]), "second")
      decision = node("Gather", [scores, second], [("axis", .integer(1))])
    } else {
      decision = node("Neg", [scores])
    }
    return [
      (label, "label", (integers == nil ? .string : .int64, [Self.rows])),
      (decision, "decision", (type, [Self.rows, .fixed(source.expansion.biases.count)])),
    ]
  }

  // MARK: Composed operators

  private mutating func composedMachine(_ features: String) -> [Output] {
    let decision = composedDecision(features)
    guard source.classes != nil else { return numberOutputs(decision) }
    // Values for each class are their own scores.
    return [
      label(scores: source.decidesByClass ? decision : votes(decision)),
      (decision, "decision", (type, [Self.rows, .fixed(source.expansion.biases.count)])),
    ]
  }

  /// Coefficients of each support vector in each decision value, s × values.
  private func pairCoefficients() -> [Double] {
    let expansion = source.expansion
    let pairCount = expansion.biases.count
    guard pairCount > 1 else { return expansion.dualCoefficients.elements }
    guard expansion.layout == .pairs else {
      return (0..<source.supportVectorCount).flatMap { vector in
        (0..<pairCount).map { expansion.dualCoefficients[$0, vector] }
      }
    }
    var matrix = [Double](repeating: 0, count: source.supportVectorCount * pairCount)
    var firsts = [0]
    for count in expansion.supportCounts { firsts.append(firsts[firsts.count - 1] + count) }
    for group in expansion.supportCounts.indices {
      for role in expansion.roles(ofGroup: group) {
        for vector in firsts[group]..<firsts[group + 1] {
          matrix[vector * pairCount + role.output] = expansion.dualCoefficients[role.row, vector]
        }
      }
    }
    return matrix
  }

  private mutating func composedDecision(_ features: String) -> String {
    let expansion = source.expansion
    let (count, width) = (source.supportVectorCount, source.featureCount)
    let pairCount = expansion.biases.count
    let biases = numbers(expansion.biases, "biases")
    let coefficients = pairCoefficients()
    let vectors = expansion.supportVectors.dense
    if expansion.kernel.isInnerProduct {
      // A linear model is its weights.
      var weights = [Double](repeating: 0, count: width * pairCount)
      for vector in 0..<count {
        for pair in 0..<pairCount {
          let coefficient = coefficients[vector * pairCount + pair]
          guard coefficient != 0 else { continue }
          for feature in 0..<width {
            weights[feature * pairCount + pair] += coefficient * vectors[vector, feature]
          }
        }
      }
      let product = node(
        "MatMul", [features, numbers(weights, "weights", shape: [width, pairCount])])
      return node("Add", [product, biases])
    }
    let kernel = composedKernel(features, vectors)
    let sum = node(
      "MatMul", [kernel, numbers(coefficients, "coefficients", shape: [count, pairCount])])
    return node("Add", [sum, biases])
  }

  /// Kernel values, rows × support vectors.
  private mutating func composedKernel(_ features: String, _ vectors: Matrix<Double>) -> String {
    guard let kernel = source.expansion.kernel.formula else {
      preconditionFailure("kernels without a formula are refused before")
    }
    return composed(kernel.formula.map(kernel), of: kernel, features, vectors)
  }

  /// The operators of an expression, innermost first.
  private mutating func composed(
    _ expression: MapExpression, of kernel: FormulaKernel<Double>, _ features: String,
    _ vectors: Matrix<Double>
  ) -> String {
    func inner(_ expression: MapExpression, _ builder: inout Self) -> String {
      builder.composed(expression, of: kernel, features, vectors)
    }
    switch expression {
    case .pair: return pairValues(kernel, features, vectors, factor: 1)
    case .scaled(let factor, .pair) where kernel.formula.pair == .innerProduct:
      return pairValues(kernel, features, vectors, factor: factor)
    case .scaled(let factor, let part):
      return node("Mul", [inner(part, &self), numbers([factor], "factor")])
    case .shifted(let part, let constant):
      return node("Add", [inner(part, &self), numbers([constant], "constantTerm")])
    case .power(let part, let exponent):
      return node("Pow", [inner(part, &self), numbers([exponent], "exponent")])
    case .squareRoot(let part): return node("Sqrt", [inner(part, &self)])
    case .exponential(let part): return node("Exp", [inner(part, &self)])
    case .hyperbolicTangent(let part): return node("Tanh", [inner(part, &self)])
    case .product(let first, let second):
      let left = inner(first, &self)
      return node("Mul", [left, inner(second, &self)])
    }
  }

  /// The pair values of rows and support vectors, inner products times a factor.
  ///
  /// γ is multiplied into the support vectors: as a separate factor it would be fused with the
  /// product by onnxruntime, into an operator whose factor is a Float.
  private mutating func pairValues(
    _ kernel: FormulaKernel<Double>, _ features: String, _ vectors: Matrix<Double>,
    factor: Double
  ) -> String {
    switch kernel.formula.pair {
    case .innerProduct:
      return node("MatMul", [features, transposed(vectors, by: factor, "supportVectors")])
    case .squaredDistance where kernel.distanceSlope != nil:
      return squaredDistances(features, vectors)
    case .squaredDistance, .manhattanDistance, .chiSquaredDistance, .minimumSum:
      return differences(features, vectors, kernel.formula.pair)
    }
  }

  private mutating func transposed(
    _ vectors: Matrix<Double>, by factor: Double, _ name: String
  ) -> String {
    var elements: [Double] = []
    elements.reserveCapacity(vectors.rowCount * vectors.columnCount)
    for feature in 0..<vectors.columnCount {
      for vector in 0..<vectors.rowCount { elements.append(factor * vectors[vector, feature]) }
    }
    return numbers(elements, name, shape: [vectors.columnCount, vectors.rowCount])
  }

  /// ‖x‖² + ‖z‖² − 2⟨x, z⟩ of centred examples: the less the norms, the less cancels.
  private mutating func squaredDistances(_ features: String, _ vectors: Matrix<Double>) -> String {
    let (count, width) = (vectors.rowCount, vectors.columnCount)
    var centre = [Double](repeating: 0, count: width)
    for feature in 0..<width {
      for vector in 0..<count { centre[feature] += vectors[vector, feature] / Double(count) }
    }
    var centred = vectors
    var norms = [Double](repeating: 0, count: count)
    for vector in 0..<count {
      for feature in 0..<width {
        centred[vector, feature] -= centre[feature]
        norms[vector] += centred[vector, feature] * centred[vector, feature]
      }
    }
    let x = node("Sub", [features, numbers(centre, "centre")])
    let squares = node(
      "ReduceSum", [node("Mul", [x, x]), constant(.integers([1]), "axes")],
      [("keepdims", .integer(1))])
    let product = node("MatMul", [x, transposed(centred, by: -2, "supportVectors")])
    let sum = node(
      "Add", [node("Add", [product, squares]), numbers(norms, "norms", shape: [1, count])])
    return node("Max", [sum, numbers([0], "zero")])
  }

  /// Pair values feature by feature, row by row.
  ///
  /// Sums of magnitudes, and squared distances whose root follows, have no form like
  /// ``squaredDistances``: a distance near 0 would keep only half of its digits. Going through rows keeps
  /// the memory at that of the support vectors.
  private mutating func differences(
    _ features: String, _ vectors: Matrix<Double>, _ pair: PairValue
  ) -> String {
    let supportVectors = numbers(
      vectors.elements, "supportVectors", shape: [vectors.rowCount, vectors.columnCount])
    let axes = constant(.integers([1]), "axes")
    let least = pair == .chiSquaredDistance ? numbers([.leastNormalMagnitude], "least") : ""
    var body = ONNXGraph(name: "pairs")
    body.inputs = [
      ONNXValueInfo(name: "svm.row", type: type, shape: [.fixed(vectors.columnCount)])
    ]
    func append(_ type: String, _ inputs: [String], _ output: String) {
      body.nodes.append(
        ONNXNode(
          type: type, inputs: inputs, outputs: [output],
          attributes: type == "ReduceSum" ? [("keepdims", .integer(0))] : []))
    }
    if pair == .minimumSum {
      append("Min", [supportVectors, "svm.row"], "svm.term")
    } else {
      append("Sub", [supportVectors, "svm.row"], "svm.difference")
      switch pair {
      case .manhattanDistance: append("Abs", ["svm.difference"], "svm.term")
      case .chiSquaredDistance:
        // Where the sum is 0, so is the difference.
        append("Mul", ["svm.difference", "svm.difference"], "svm.square")
        append("Add", [supportVectors, "svm.row"], "svm.sum")
        append("Max", ["svm.sum", least], "svm.divisor")
        append("Div", ["svm.square", "svm.divisor"], "svm.term")
      case .innerProduct, .squaredDistance, .minimumSum:
        append("Mul", ["svm.difference", "svm.difference"], "svm.term")
      }
    }
    append("ReduceSum", ["svm.term", axes], "svm.pair")
    body.outputs = [
      ONNXValueInfo(name: "svm.pair", type: type, shape: [.fixed(vectors.rowCount)])
    ]
    return node(
      "Scan", [features], [("body", .graph(body)), ("num_scan_inputs", .integer(1))])
  }
}
