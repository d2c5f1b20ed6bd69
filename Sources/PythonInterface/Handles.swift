import Basics
import LinearAlgebra
import TabularModels

// Handles are retained objects; sv_release releases one.

/// A model.
final class ModelHandle: Sendable {
  let model: TabularModel

  init(_ model: TabularModel) { self.model = model }
}

/// Makes a handle of an object.
func handle(_ object: some AnyObject) -> UnsafeMutableRawPointer {
  unsafe Unmanaged.passRetained(object).toOpaque()
}

/// The model of a handle.
@unsafe
func model(_ handle: UnsafeMutableRawPointer) -> TabularModel {
  unsafe Unmanaged<ModelHandle>.fromOpaque(handle).takeUnretainedValue().model
}

/// The token of a handle, if there is one.
@unsafe
func token(_ handle: UnsafeMutableRawPointer?) -> CancellationToken? {
  unsafe handle.map { unsafe Unmanaged<CancellationToken>.fromOpaque($0).takeUnretainedValue() }
}

/// Where a caller wants an error.
typealias ErrorPlace = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// Runs a function of the interface; an error becomes a text, and the result is then `nil`.
@unsafe
func catching<Value>(_ place: ErrorPlace?, _ body: () throws -> Value) -> Value? {
  unsafe place?.pointee = nil
  do {
    if let reason = BLASRuntime.loadPrivateLibrary() { throw InterfaceError.malformed(reason) }
    return try body()
  } catch {
    unsafe place?.pointee = callerText("\(error)")
    return nil
  }
}
