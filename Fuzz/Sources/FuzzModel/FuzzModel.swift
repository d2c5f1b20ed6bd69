import ModelFiles

/// Reads arbitrary bytes as a model file: they give a model or a typed error.
///
/// A model's digest is checked after everything else, so that inputs without the right digest reach
/// every other check. What is accepted must survive being written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzModel(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do throws(ModelFileError) {
    let model = try ModelFile.decode(bytes, name: "fuzz")
    let written = try ModelFile.encode(model)
    let again = try ModelFile.encode(ModelFile.decode(written))
    precondition(written == again, "a model changes when it is written and read again")
  } catch {
    precondition(!error.description.isEmpty, "an error has no message")
  }
  return 0
}
