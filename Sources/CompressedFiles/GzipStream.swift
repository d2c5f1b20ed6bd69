import CZlib
import Tables

/// The text of a gzip file (RFC 1952), decompressed piece by piece.
@safe final class GzipStream: WaitingStream {
  /// What every member begins with.
  static let magic: [UInt8] = [0x1F, 0x8B]
  private static let bufferSize = 64 << 10

  private let source: ByteSource
  private let input: UnsafeMutableBufferPointer<UInt8>
  private let state: UnsafeMutablePointer<z_stream>
  /// Whether a member is being decompressed.
  private var isInMember = false
  private var hasStarted = false
  private var hasEnded = false
  /// The number of compressed bytes that were read.
  private var offset = 0

  init(_ source: ByteSource) {
    self.source = source
    unsafe input = .allocate(capacity: Self.bufferSize)
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(to: z_stream())
  }

  deinit {
    if hasStarted { unsafe inflateEnd(state) }
    unsafe state.deallocate()
    unsafe input.deallocate()
  }

  var canRewind: Bool { source.canRewind }

  func isReady(within duration: Duration) -> Bool {
    unsafe state.pointee.avail_in > 0 || hasEnded || source.isReady(within: duration)
  }

  func rewind() throws(TableError) {
    try source.rewind()
    unsafe state.pointee.avail_in = 0
    isInMember = false
    hasEnded = false
    offset = 0
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
    let room = min(buffer.count, Int(UInt32.max) / 2)
    unsafe state.pointee.next_out = unsafe buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe state.pointee.avail_out = UInt32(room)
    while unsafe state.pointee.avail_out == room, !hasEnded {
      if unsafe state.pointee.avail_in == 0 {
        let count = try unsafe source.read(into: UnsafeMutableRawBufferPointer(input))
        offset += count
        unsafe state.pointee.next_in = unsafe input.baseAddress
        unsafe state.pointee.avail_in = UInt32(count)
        if count == 0 {
          guard !isInMember else { throw damage("it ends in the middle") }
          hasEnded = true
          break
        }
      }
      if !isInMember {
        try beginMember()
        continue
      }
      switch unsafe inflate(state, Z_NO_FLUSH) {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isInMember = false
      case Z_MEM_ERROR:
        throw TableError(.cannotRead(path: source.name, reason: "there is not enough memory"))
      default:
        let detail = unsafe state.pointee.msg.map { unsafe String(cString: $0) }
        throw damage(detail ?? "its data is not valid")
      }
    }
    return unsafe room - Int(state.pointee.avail_out)
  }

  /// Begins the next member, if there is one.
  private func beginMember() throws(TableError) {
    if offset > 0, hasStarted, unsafe state.pointee.next_in?.pointee == 0 {
      // Zeros that fill the last block of a tape.
      while unsafe state.pointee.avail_in > 0, unsafe state.pointee.next_in.pointee == 0 {
        unsafe state.pointee.next_in += 1
        unsafe state.pointee.avail_in -= 1
      }
      if unsafe state.pointee.avail_in == 0 { return }
      throw damage("something follows its end")
    }
    let result = unsafe hasStarted ? inflateReset(state) : czlib_begin_gzip(state)
    guard result == Z_OK else {
      throw TableError(
        .cannotRead(path: source.name, reason: "zlib does not start (error \(result))"))
    }
    hasStarted = true
    isInMember = true
  }

  private func damage(_ what: String) -> TableError {
    let place = unsafe offset - Int(state.pointee.avail_in)
    return TableError(
      .cannotRead(
        path: source.name, reason: "the gzip data is damaged near byte \(place): \(what)"))
  }
}
