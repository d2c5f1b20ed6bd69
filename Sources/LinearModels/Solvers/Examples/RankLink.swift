import Distribution
import Kernels
import Learning
import SMOSolver
import Synchronization
import Transport

/// What the ranks of a training say to each other.
///
/// Every message tells what its rank sees of the clock and of signals, so that all stop after the same
/// step. The methods know nothing of ranks that do not answer: from the first failure on, messages are not
/// sent, the training is interrupted, and ``check()`` throws.
final class RankLink: Sendable {
  let transport: any Transport
  private let control: TrainingControl
  private let agreement: Agreement
  private let failure = Mutex<KernelError?>(nil)

  init(_ transport: any Transport, _ control: TrainingControl) {
    self.transport = transport
    self.control = control
    agreement = Agreement(Agreement.View(interruption: { control.interruption }))
  }

  var rank: Int { transport.rank }
  var size: Int { transport.size }

  /// Why all ranks stop, if they do.
  var interruption: StopReason? {
    failure.withLock { $0 } == nil ? agreement.interruption : .cancelled
  }

  /// Whether this rank sees a reason to stop, which it tells the others with its next message.
  var isInterruptedHere: Bool { control.interruption != nil || interruption != nil }

  /// Ends the training when a rank did not answer.
  func check() throws(TrainingError) {
    if let failure = failure.withLock({ $0 }) { throw .kernel(failure) }
  }

  /// What a collective finds; `nil` from the first failure on.
  func reach<Value>(_ body: () throws(KernelError) -> Value) -> Value? {
    guard failure.withLock({ $0 }) == nil else { return nil }
    do throws(KernelError) {
      return try body()
    } catch {
      failure.withLock { $0 = error }
      return nil
    }
  }

  /// Gives every rank the bytes of all, and what all see of the clock.
  ///
  /// - Parameter body: Writes those of this rank.
  /// - Returns: A reader for each rank's.
  func allGather(_ body: (inout ByteWriter) -> Void) -> [ByteReader]? {
    reach { () throws(KernelError) in
      let message = ByteWriter.bytes {
        $0.append(agreement.byte)
        body(&$0)
      }
      return try transported { () throws(TransportError) in
        var (readers, views) = ([ByteReader](), [UInt8]())
        for bytes in try transport.allGather(message) {
          var reader = ByteReader(bytes)
          views.append(try reader.byte())
          readers.append(reader)
        }
        agreement.settle(views)
        return readers
      }
    }
  }

  /// Gives each rank what every other has for it.
  func exchange(_ bytes: [[UInt8]]) -> [[UInt8]]? {
    reach { () throws(KernelError) in
      try transported { () throws(TransportError) in try transport.exchange(bytes) }
    }
  }

  /// The number that the first rank has.
  func first(_ number: Int) -> Int? {
    guard var reader = allGather({ $0.append(number) })?.first else { return nil }
    return read { () throws(TransportError) in try reader.integer() }
  }

  /// Lets all ranks see what each sees of the clock.
  func settle() { _ = allGather { _ in } }

  /// Reads a part of a message.
  func read<Value>(_ body: () throws(TransportError) -> Value) -> Value? {
    reach { () throws(KernelError) in try transported(body) }
  }

  private func transported<Value>(
    _ body: () throws(TransportError) -> Value
  ) throws(KernelError) -> Value {
    do throws(TransportError) {
      return try body()
    } catch {
      throw .unreachable(error.description)
    }
  }
}
