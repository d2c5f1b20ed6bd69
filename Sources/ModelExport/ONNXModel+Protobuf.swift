// Field numbers are those of onnx.proto.

extension ONNXModel {
  /// The bytes of the file.
  var encoded: [UInt8] {
    var writer = ProtobufWriter()
    writer.integer(1, Self.formatVersion)
    writer.string(2, "svm")
    writer.string(3, producerVersion)
    writer.string(6, description)
    writer.message(7) { graph.encode(into: &$0) }
    for (domain, version) in [
      ("", Self.operatorVersion), (ONNXNode.machineLearning, Self.machineLearningVersion),
    ] {
      writer.message(8) {
        $0.string(1, domain)
        $0.integer(2, version)
      }
    }
    for (key, value) in properties.sorted(by: { $0.key < $1.key }) {
      writer.message(14) {
        $0.string(1, key)
        $0.string(2, value)
      }
    }
    return writer.bytes
  }

  /// Reads what ``encoded`` wrote, or `nil` for anything else.
  init?(decoding bytes: [UInt8]) {
    guard let fields = ProtobufField.fields(of: bytes[...]),
      let body = fields.first(where: { $0.number == 7 }), let graph = ONNXGraph(decoding: body.data)
    else { return nil }
    var properties: [String: String] = [:]
    for field in fields where field.number == 14 {
      guard let entry = ProtobufField.fields(of: field.data),
        let key = entry.first(where: { $0.number == 1 })?.text
      else { return nil }
      properties[key] = entry.first { $0.number == 2 }?.text ?? ""
    }
    self.init(
      graph: graph, producerVersion: fields.first { $0.number == 3 }?.text ?? "",
      description: fields.first { $0.number == 6 }?.text ?? "", properties: properties)
  }
}

extension ONNXGraph {
  func encode(into writer: inout ProtobufWriter) {
    for node in nodes { writer.message(1) { node.encode(into: &$0) } }
    writer.string(2, name)
    for (name, tensor) in constants {
      writer.message(5) { tensor.encode(into: &$0, name: name) }
    }
    for input in inputs { writer.message(11) { input.encode(into: &$0) } }
    for output in outputs { writer.message(12) { output.encode(into: &$0) } }
  }

  init?(decoding data: ArraySlice<UInt8>) {
    guard let fields = ProtobufField.fields(of: data) else { return nil }
    self.init(name: fields.first { $0.number == 2 }?.text ?? "")
    for field in fields {
      switch field.number {
      case 1:
        guard let node = ONNXNode(decoding: field.data) else { return nil }
        nodes.append(node)
      case 5:
        guard let (name, tensor) = ONNXTensor.decoding(field.data) else { return nil }
        constants.append((name, tensor))
      case 11, 12:
        guard let value = ONNXValueInfo(decoding: field.data) else { return nil }
        if field.number == 11 { inputs.append(value) } else { outputs.append(value) }
      default: continue
      }
    }
  }
}

extension ONNXNode {
  func encode(into writer: inout ProtobufWriter) {
    for input in inputs { writer.string(1, input) }
    for output in outputs { writer.string(2, output) }
    writer.string(4, type)
    for (name, value) in attributes { writer.message(5) { value.encode(into: &$0, name: name) } }
    writer.string(7, domain)
  }

  init?(decoding data: ArraySlice<UInt8>) {
    guard let fields = ProtobufField.fields(of: data) else { return nil }
    func texts(_ number: Int) -> [String] { fields.filter { $0.number == number }.map(\.text) }
    self.init(
      type: texts(4).first ?? "", domain: texts(7).first ?? "", inputs: texts(1),
      outputs: texts(2))
    for field in fields where field.number == 5 {
      guard let attribute = ONNXAttribute.decoding(field.data) else { return nil }
      attributes.append(attribute)
    }
  }
}

extension ONNXAttribute {
  /// The numbers that the format gives to kinds of attributes.
  private enum Kind: Int {
    case float = 1
    case integer = 2
    case string = 3
    case graph = 5
    case floats = 6
    case integers = 7
    case strings = 8
  }

  func encode(into writer: inout ProtobufWriter, name: String) {
    writer.string(1, name)
    let kind: Kind
    switch self {
    case .float(let value):
      writer.float(2, value)
      kind = .float
    case .integer(let value):
      writer.integer(3, value)
      kind = .integer
    case .string(let value):
      writer.string(4, value)
      kind = .string
    case .graph(let graph):
      writer.message(6) { graph.encode(into: &$0) }
      kind = .graph
    case .floats(let values):
      writer.packed(7, values)
      kind = .floats
    case .integers(let values):
      writer.packed(8, values)
      kind = .integers
    case .strings(let values):
      for value in values { writer.string(9, value) }
      kind = .strings
    }
    writer.integer(20, kind.rawValue)
  }

  static func decoding(_ data: ArraySlice<UInt8>) -> (name: String, value: ONNXAttribute)? {
    guard let fields = ProtobufField.fields(of: data),
      let name = fields.first(where: { $0.number == 1 })?.text,
      let kind = fields.first(where: { $0.number == 20 }).flatMap({ Kind(rawValue: $0.integer) })
    else { return nil }
    func field(_ number: Int) -> ProtobufField? { fields.first { $0.number == number } }
    switch kind {
    case .float: return field(2).map { (name, .float($0.float)) }
    case .integer: return field(3).map { (name, .integer($0.integer)) }
    case .string: return field(4).map { (name, .string($0.text)) }
    case .graph:
      return field(6).flatMap { ONNXGraph(decoding: $0.data) }.map { (name, .graph($0)) }
    case .floats: return field(7).map { (name, .floats($0.floats)) }
    case .integers: return field(8).map { (name, .integers($0.integers)) }
    case .strings: return (name, .strings(fields.filter { $0.number == 9 }.map(\.text)))
    }
  }
}

extension ONNXTensor {
  func encode(into writer: inout ProtobufWriter, name: String) {
    for size in shape { writer.integer(1, size) }
    let type: ONNXElementType
    switch elements {
    case .floats(let values):
      type = .float
      writer.data(9, ProtobufWriter.bytes(values))
    case .doubles(let values):
      type = .double
      writer.data(9, ProtobufWriter.bytes(values))
    case .int64s(let values):
      type = .int64
      writer.data(9, ProtobufWriter.bytes(values))
    case .strings(let values):
      type = .string
      for value in values { writer.string(6, value) }
    }
    writer.integer(2, type.rawValue)
    writer.string(8, name)
  }

  static func decoding(_ data: ArraySlice<UInt8>) -> (name: String, tensor: ONNXTensor)? {
    guard let fields = ProtobufField.fields(of: data),
      let name = fields.first(where: { $0.number == 8 })?.text,
      let type = fields.first(where: { $0.number == 2 }).flatMap({
        ONNXElementType(rawValue: $0.integer)
      })
    else { return nil }
    let shape = fields.filter { $0.number == 1 }.map(\.integer)
    let raw = fields.first { $0.number == 9 }
    switch type {
    case .float: return raw.map { (name, ONNXTensor(.floats($0.floats), shape: shape)) }
    case .double: return raw.map { (name, ONNXTensor(.doubles($0.doubles), shape: shape)) }
    case .int64: return raw.map { (name, ONNXTensor(.int64s($0.int64s), shape: shape)) }
    case .string:
      let texts = fields.filter { $0.number == 6 }.map(\.text)
      return (name, ONNXTensor(.strings(texts), shape: shape))
    case .bool: return nil
    }
  }
}

extension ONNXValueInfo {
  func encode(into writer: inout ProtobufWriter) {
    writer.string(1, name)
    writer.message(2) {
      $0.message(1) {
        $0.integer(1, type.rawValue)
        $0.message(2) {
          for size in shape {
            $0.message(1) {
              switch size {
              case .fixed(let count): $0.integer(1, count)
              case .named(let name): $0.string(2, name)
              }
            }
          }
        }
      }
    }
  }

  init?(decoding data: ArraySlice<UInt8>) {
    func inner(_ data: ArraySlice<UInt8>, _ number: Int) -> ArraySlice<UInt8>? {
      ProtobufField.fields(of: data)?.first { $0.number == number }?.data
    }
    guard let fields = ProtobufField.fields(of: data),
      let name = fields.first(where: { $0.number == 1 })?.text,
      let tensor = inner(data, 2).flatMap({ inner($0, 1) }),
      let parts = ProtobufField.fields(of: tensor),
      let type = parts.first(where: { $0.number == 1 }).flatMap({
        ONNXElementType(rawValue: $0.integer)
      }),
      let shape = parts.first(where: { $0.number == 2 }),
      let sizes = ProtobufField.fields(of: shape.data)
    else { return nil }
    self.init(name: name, type: type, shape: [])
    for size in sizes {
      guard let field = ProtobufField.fields(of: size.data)?.first else { return nil }
      self.shape.append(field.number == 1 ? .fixed(field.integer) : .named(field.text))
    }
  }
}
