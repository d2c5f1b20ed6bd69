import ModelFiles

/// Reads arbitrary bytes as LIBSVM's model text or as JSON: they give a model or a typed error, and
/// what was read as text is written and read again as the same text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLIBSVMModel(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do throws(ModelFileError) {
    if bytes.first == UInt8(ascii: "{") {
      let model = try ModelFile.decode(bytes, name: "fuzz")
      _ = try ModelFile.decode(ModelFile.encodeJSON(model))
    } else {
      let model = try LIBSVMModelText.decode(bytes, name: "fuzz").model
      let written = try LIBSVMModelText.encode(model).bytes
      let again = try LIBSVMModelText.encode(LIBSVMModelText.decode(written).model).bytes
      precondition(written == again, "a model changes when it is written and read again")
    }
  } catch {
    precondition(!error.description.isEmpty, "an error has no message")
  }
  return 0
}
