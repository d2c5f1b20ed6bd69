import Basics
import Synchronization

/// Ranks that MPI has started: processes on one machine or on many.
///
/// MPI is reached through a small library that `make mpi` builds with the machine's compiler for it
/// (`Scripts/mpi/svm_mpi.c`), so that this program links none. A process has one transport, and ends with
/// ``finish()``.
package final class MPITransport: Transport {
  package let rank: Int
  package let size: Int
  private let functions: MPIFunctions
  private let count = Mutex(TransportTraffic())
  private let ending = Mutex(Ending())

  /// Whether a rank has come to its end, and what it said.
  private struct Ending {
    var isReached = false
    var failure: [UInt8]?
    var cutsOthersShort = false
  }

  /// What a rank that is done has instead of a number of bytes; one that failed has -1 less the length of
  /// what it says.
  private static let done = Int64.min

  /// Opens the library and begins.
  ///
  /// - Parameter library: The file that `make mpi` has built.
  /// - Throws: ``TransportError``.
  package init(library: String) throws(TransportError) {
    functions = try MPIFunctions(library)
    var (rank, size): (Int32, Int32) = (0, 0)
    let code = unsafe functions.begin(&rank, &size)
    guard code == 0 else { throw TransportError("MPI did not start: \(functions.text(of: code))") }
    self.rank = Int(rank)
    self.size = Int(size)
  }

  package var traffic: TransportTraffic { count.withLock { $0 } }

  /// Whether a rank has come to its end; no call reaches the others any more.
  package var isEnded: Bool { ending.withLock { $0.isReached } }

  /// Whether a rank came to its end while others went on, so that its failure is not that of all.
  package var cutsOthersShort: Bool { ending.withLock { $0.cutsOthersShort } }

  /// Ends MPI; no rank waits for this one any more.
  package func finish() { _ = functions.end() }

  package func allGather(_ bytes: [UInt8]) throws(TransportError) -> [[UInt8]] {
    let heads = try meet(Int64(bytes.count), bytes)
    let counts = heads.map(\.count)
    var all = heads.map(\.bytes)
    let isWhole = counts.allSatisfy { $0 <= Self.room }
    if !isWhole {
      all = try unsafe received(counts) { target in
        unsafe functions.allGather(bytes, target, counts)
      }
    }
    record(
      sent: bytes.count, received: all.reduce(0) { $0 + $1.count } - bytes.count,
      messages: isWhole ? 1 : 2)
    return all
  }

  package func broadcast(_ bytes: [UInt8], from root: Int) throws(TransportError) -> [UInt8] {
    let own = rank == root ? bytes : []
    let head = try meet(Int64(own.count), own)[root]
    let isWhole = head.count <= Self.room
    var result = head.bytes
    if !isWhole {
      result = rank == root ? bytes : [UInt8](repeating: 0, count: Int(head.count))
      try check(unsafe functions.broadcast(&result, head.count, Int32(root)))
    }
    record(
      sent: own.count, received: rank == root ? 0 : result.count, messages: isWhole ? 1 : 2)
    return result
  }

  package func exchange(_ bytes: [[UInt8]]) throws(TransportError) -> [[UInt8]] {
    _ = try meet(0, [])
    let sent = bytes.map { Int64($0.count) }
    var counts = [Int64](repeating: 0, count: size)
    try check(unsafe functions.exchangeCounts(sent, &counts))
    let result = try unsafe received(counts) { target in
      unsafe functions.exchange(bytes.flatMap { $0 }, sent, target, counts)
    }
    let own = bytes[rank].count
    record(
      sent: bytes.reduce(0) { $0 + $1.count } - own,
      received: result.reduce(0) { $0 + $1.count } - own, messages: 1 + size)
    return result
  }

  package func end(_ failure: [UInt8]?) -> [UInt8]? {
    do throws(TransportError) {
      _ = try meet(failure.map { -1 - Int64($0.count) } ?? Self.done, failure ?? [])
    } catch {
      // Either the ranks have met at their end, or MPI itself has failed and nobody can be reached.
    }
    return ending.withLock { $0.failure }
  }

  /// How many bytes are sent along with their number, in place of a second message.
  package static let room = 504

  /// How many bytes each rank has, and these themselves where they are few: the beginning of every call, where a rank
  /// that has come to its end meets the others, whatever they call.
  ///
  /// - Parameters:
  ///   - own: The number of this rank, at least 0, or how it ended.
  ///   - bytes: Its bytes, or what it says of a failure.
  /// - Returns: The number of each rank, and its bytes if they are at most ``room``.
  /// - Throws: ``TransportError`` when one has ended.
  private func meet(
    _ own: Int64, _ bytes: [UInt8]
  ) throws(TransportError) -> [(count: Int64, bytes: [UInt8])] {
    guard !ending.withLock({ $0.isReached }) else {
      throw TransportError("the ranks have ended")
    }
    let length = Self.room + 8
    var head = ByteWriter.bytes {
      $0.append(Int(own))
      if own >= 0, bytes.count <= Self.room { $0.append(bytes) }
    }
    head += [UInt8](repeating: 0, count: length - head.count)
    var all = [UInt8](repeating: 0, count: size * length)
    try check(unsafe functions.allHeads(head, &all, Int32(length)))
    var reader = ByteReader(all)
    var heads: [(count: Int64, bytes: [UInt8])] = []
    for _ in 0..<size {
      let count = Int64(try reader.integer())
      let room = try reader.values(Self.room, of: UInt8.self)
      heads.append(
        (count, (0...Int64(Self.room)).contains(count) ? Array(room[..<Int(count)]) : []))
    }
    let counts = heads.map(\.count)
    guard let first = counts.firstIndex(where: { $0 < 0 }) else { return heads }
    let failed = counts.firstIndex { $0 < 0 && $0 != Self.done }
    var failure: [UInt8]?
    if let failed {
      var report = failed == rank ? bytes : [UInt8](repeating: 0, count: Int(-1 - counts[failed]))
      try check(unsafe functions.broadcast(&report, Int64(report.count), Int32(failed)))
      failure = report
    }
    ending.withLock {
      $0 = Ending(
        isReached: true, failure: failure, cutsOthersShort: counts.contains { $0 >= 0 })
    }
    throw TransportError(
      failed.map { "rank \($0) has failed" } ?? "rank \(first) has ended while others wait for it")
  }

  /// Says why on standard error, and ends all ranks with status 1.
  package func abort(_ reason: String) {
    do {
      try writeAll(Array("rank \(rank): \(reason)\n".utf8), to: StandardStreams.error)
    } catch {
      // Without standard error the status has to do.
    }
    functions.abort(1)
  }

  /// What a call puts one after the other, of each rank.
  private func received(
    _ counts: [Int64], _ body: (UnsafeMutablePointer<UInt8>) -> Int32
  ) throws(TransportError) -> [[UInt8]] {
    let total = counts.reduce(0) { $0 + Int($1) }
    var code: Int32 = 0
    // One byte more, so that there is an address where nothing comes.
    let all = unsafe [UInt8](unsafeUninitializedCapacity: total + 1) { buffer, initialized in
      if let base = buffer.baseAddress { unsafe code = body(base) }
      initialized = total
    }
    try check(code)
    var first = 0
    return counts.map { count in
      defer { first += Int(count) }
      return Array(all[first..<first + Int(count)])
    }
  }

  private func check(_ code: Int32) throws(TransportError) {
    guard code != 0 else { return }
    throw TransportError("MPI: \(functions.text(of: code))")
  }

  private func record(sent: Int, received: Int, messages: Int) {
    count.withLock { $0.add(sent: sent, received: received, messages: messages, ranks: size) }
  }
}

/// The functions of the library.
@safe
private struct MPIFunctions: @unchecked Sendable {
  typealias Bytes = UnsafePointer<UInt8>
  typealias Counts = UnsafePointer<Int64>

  let begin: @convention(c) (UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>) -> Int32
  let end: @convention(c) () -> Int32
  let abort: @convention(c) (Int32) -> Void
  let allHeads: @convention(c) (Bytes, UnsafeMutablePointer<UInt8>, Int32) -> Int32
  let exchangeCounts: @convention(c) (Counts, UnsafeMutablePointer<Int64>) -> Int32
  let broadcast: @convention(c) (UnsafeMutablePointer<UInt8>, Int64, Int32) -> Int32
  let allGather: @convention(c) (Bytes, UnsafeMutablePointer<UInt8>, Counts) -> Int32
  let exchange: @convention(c) (Bytes, Counts, UnsafeMutablePointer<UInt8>, Counts) -> Int32
  private let error: @convention(c) (Int32, UnsafeMutablePointer<CChar>, Int32) -> Int32

  init(_ path: String) throws(TransportError) {
    do throws(DynamicLibrary.Failure) {
      let library = try DynamicLibrary(path: path)
      // Each type above is that of the function in svm_mpi.c.
      func function<Function>(_ name: String) throws(DynamicLibrary.Failure) -> Function {
        let address = try unsafe library.symbol("svm_mpi_\(name)")
        return unsafe unsafeBitCast(address, to: Function.self)
      }
      unsafe begin = try function("init")
      end = try function("finalize")
      abort = try function("abort")
      unsafe allHeads = try function("all_heads")
      unsafe exchangeCounts = try function("exchange_counts")
      unsafe broadcast = try function("broadcast")
      unsafe allGather = try function("all_gather")
      unsafe exchange = try function("exchange")
      unsafe error = try function("error")
    } catch {
      throw TransportError("\(error)")
    }
  }

  func text(of code: Int32) -> String {
    var text = [CChar](repeating: 0, count: 512)
    guard unsafe error(code, &text, 512) == 0 else { return "error \(code)" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
