// The part of the ONNX format that an exported model needs, as values; ONNXModel+Protobuf.swift puts
// them on the wire and reads them back.

/// The element types in use, by their numbers in the format.
enum ONNXElementType: Int {
  case float = 1
  case int64 = 7
  case string = 8
  case bool = 9
  case double = 11
}

/// Numbers or texts and their shape, row-major.
struct ONNXTensor: Equatable {
  enum Elements: Equatable {
    case floats([Float])
    case doubles([Double])
    case int64s([Int64])
    case strings([String])
  }

  var shape: [Int]
  var elements: Elements

  init(_ elements: Elements, shape: [Int]) {
    self.shape = shape
    self.elements = elements
  }

  /// Numbers of a floating-point type.
  static func numbers(_ values: [Double], _ type: ONNXElementType, shape: [Int]? = nil)
    -> ONNXTensor
  {
    let shape = shape ?? [values.count]
    return type == .double
      ? ONNXTensor(.doubles(values), shape: shape)
      : ONNXTensor(.floats(values.map { Float($0) }), shape: shape)
  }

  /// Whole numbers.
  static func integers(_ values: [Int]) -> ONNXTensor {
    ONNXTensor(.int64s(values.map(Int64.init)), shape: [values.count])
  }
}

/// What parametrises an operator.
enum ONNXAttribute: Equatable {
  case integer(Int)
  case float(Float)
  case string(String)
  case integers([Int])
  case floats([Float])
  case strings([String])
  case graph(ONNXGraph)
}

/// One operator and the names of the values that it takes and makes.
struct ONNXNode: Equatable {
  /// The domain of the operators for machine learning; the empty text is the ordinary ones.
  static let machineLearning = "ai.onnx.ml"

  var type: String
  var domain = ""
  var inputs: [String]
  var outputs: [String]
  /// By name, in order.
  var attributes: [(name: String, value: ONNXAttribute)] = []

  static func == (left: ONNXNode, right: ONNXNode) -> Bool {
    left.type == right.type && left.domain == right.domain && left.inputs == right.inputs
      && left.outputs == right.outputs
      && left.attributes.elementsEqual(right.attributes) {
        $0.name == $1.name && $0.value == $1.value
      }
  }
}

/// An input or output of a graph; a size is a number or a name.
struct ONNXValueInfo: Equatable {
  enum Size: Equatable {
    case fixed(Int)
    case named(String)
  }

  var name: String
  var type: ONNXElementType
  var shape: [Size]
}

/// Operators in the order in which they run.
struct ONNXGraph: Equatable {
  var name: String
  var nodes: [ONNXNode] = []
  /// Constants by name, in order.
  var constants: [(name: String, tensor: ONNXTensor)] = []
  var inputs: [ONNXValueInfo] = []
  var outputs: [ONNXValueInfo] = []

  static func == (left: ONNXGraph, right: ONNXGraph) -> Bool {
    left.name == right.name && left.nodes == right.nodes && left.inputs == right.inputs
      && left.outputs == right.outputs
      && left.constants.elementsEqual(right.constants) {
        $0.name == $1.name && $0.tensor == $1.tensor
      }
  }
}

/// A graph and what a reader has to know about it.
struct ONNXModel: Equatable {
  /// The version of the file format: that of ONNX 1.8, of December 2020.
  static let formatVersion = 7
  /// The version of the ordinary operators.
  static let operatorVersion = 13
  /// The version of the operators for machine learning.
  static let machineLearningVersion = 2

  var graph: ONNXGraph
  var producerVersion: String
  var description: String
  /// Keys and texts for readers of the file.
  var properties: [String: String] = [:]
}
