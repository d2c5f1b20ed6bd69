import CSHA256

/// The SHA-256 digest of a stream of bytes (FIPS 180-4).
///
/// A model file stores the digest of the data that it was trained on, so that the two can be matched
/// later. The names of the variables are the standard's.
package struct SHA256 {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// Bytes that do not fill a block yet.
  private var pending: [UInt8] = []
  private var byteCount: UInt64 = 0

  /// The message schedule; kept so that it is allocated once.
  private var schedule = [UInt32](repeating: 0, count: 64)

  private static let blockSize = 64

  package init() { pending.reserveCapacity(Self.blockSize) }

  /// What is known of the message so far, for a process that has its next bytes.
  package struct Progress: Sendable, Codable, Equatable {
    fileprivate let state: [UInt32]
    fileprivate let pending: [UInt8]
    fileprivate let byteCount: UInt64
  }

  /// How far the message has come.
  package var progress: Progress {
    Progress(state: state, pending: pending, byteCount: byteCount)
  }

  /// Continues a message.
  package init(continuing progress: Progress) {
    self.init()
    (state, pending, byteCount) = (progress.state, progress.pending, progress.byteCount)
  }

  /// Adds bytes to the message.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    byteCount &+= UInt64(bytes.count)
    var offset = 0
    if !pending.isEmpty {
      offset = min(Self.blockSize - pending.count, bytes.count)
      unsafe pending.append(contentsOf: bytes[..<offset])
      guard pending.count == Self.blockSize else { return }
      let block = pending
      unsafe block.withUnsafeBytes { unsafe compress($0, at: 0) }
      pending.removeAll(keepingCapacity: true)
    }
    if sha256_is_supported() != 0, let start = unsafe bytes.bindMemory(to: UInt8.self).baseAddress {
      let blocks = (bytes.count - offset) / Self.blockSize
      unsafe state.withUnsafeMutableBufferPointer { state in
        unsafe sha256_add_blocks(state.baseAddress, start + offset, blocks)
      }
      offset += blocks * Self.blockSize
    }
    while bytes.count - offset >= Self.blockSize {
      unsafe compress(bytes, at: offset)
      offset += Self.blockSize
    }
    unsafe pending.append(contentsOf: bytes[offset...])
  }

  /// Adds bytes to the message.
  package mutating func update(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  /// The digest of all bytes added so far, as 64 hexadecimal digits.
  package func finish() -> String {
    var copy = self
    // One bit, zeros, and the length in bits fill the last block.
    var padding: [UInt8] = [0x80]
    let used = (copy.pending.count + 1 + 8) % Self.blockSize
    padding.append(contentsOf: repeatElement(0, count: (Self.blockSize - used) % Self.blockSize))
    let bitCount = copy.byteCount &* 8
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      padding.append(UInt8(truncatingIfNeeded: bitCount >> shift))
    }
    copy.update(padding)
    var text = ""
    for word in copy.state {
      let digits = String(word, radix: 16)
      text += String(repeating: "0", count: 8 - digits.count) + digits
    }
    return text
  }

  private mutating func compress(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    unsafe state.withUnsafeMutableBufferPointer { state in
      unsafe schedule.withUnsafeMutableBufferPointer { w in
        unsafe Self.compress(bytes, at: offset, state: state, w: w)
      }
    }
  }

  // `state` has 8 and `w` 64 elements, and 64 bytes follow `offset`, so that every access is inside.
  private static func compress(
    _ bytes: UnsafeRawBufferPointer, at offset: Int,
    state: UnsafeMutableBufferPointer<UInt32>, w: UnsafeMutableBufferPointer<UInt32>
  ) {
    for t in 0..<16 {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: offset + 4 * t, as: UInt32.self)
      unsafe w[t] = UInt32(bigEndian: word)
    }
    for t in 16..<64 {
      let s0 = unsafe rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ (w[t - 15] >> 3)
      let s1 = unsafe rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ (w[t - 2] >> 10)
      unsafe w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
    }
    var (a, b, c, d) = unsafe (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = unsafe (state[4], state[5], state[6], state[7])
    unsafe roundConstants.withUnsafeBufferPointer { k in
      // Eight rounds at a time: instead of the eight variables their roles move round.
      for t in stride(from: 0, to: 64, by: 8) {
        unsafe round(a, b, c, &d, e, f, g, &h, k[t] &+ w[t])
        unsafe round(h, a, b, &c, d, e, f, &g, k[t + 1] &+ w[t + 1])
        unsafe round(g, h, a, &b, c, d, e, &f, k[t + 2] &+ w[t + 2])
        unsafe round(f, g, h, &a, b, c, d, &e, k[t + 3] &+ w[t + 3])
        unsafe round(e, f, g, &h, a, b, c, &d, k[t + 4] &+ w[t + 4])
        unsafe round(d, e, f, &g, h, a, b, &c, k[t + 5] &+ w[t + 5])
        unsafe round(c, d, e, &f, g, h, a, &b, k[t + 6] &+ w[t + 6])
        unsafe round(b, c, d, &e, f, g, h, &a, k[t + 7] &+ w[t + 7])
      }
    }
    unsafe state[0] &+= a
    unsafe state[1] &+= b
    unsafe state[2] &+= c
    unsafe state[3] &+= d
    unsafe state[4] &+= e
    unsafe state[5] &+= f
    unsafe state[6] &+= g
    unsafe state[7] &+= h
  }

  @inline(__always)
  private static func round(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32,
    _ g: UInt32, _ h: inout UInt32, _ input: UInt32
  ) {
    let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    let choice = (e & f) ^ (~e & g)
    let t1 = h &+ s1 &+ choice &+ input
    let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    let majority = (a & b) ^ (a & c) ^ (b & c)
    d = d &+ t1
    h = t1 &+ s0 &+ majority
  }

  @inline(__always)
  private static func rotate(_ x: UInt32, _ count: UInt32) -> UInt32 {
    (x &>> count) | (x &<< (32 &- count))
  }

  private static let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]
}
