import Kernels
import SMOSolver
import Synchronization

/// What ranks decide together that each would see at a time of its own: whether the training is to stop,
/// and whether a report or a checkpoint is due.
///
/// Ranks take the same steps as long as they decide alike. What depends on a clock or a signal is therefore
/// looked at locally and sent along with messages that are sent anyway; between them, the last agreement
/// holds.
package final class Agreement: Sendable {
  /// What a rank sees by itself.
  package struct View: Sendable {
    package var interruption: @Sendable () -> StopReason?
    package var isReportDue: @Sendable () -> Bool
    package var isCheckpointDue: @Sendable () -> Bool

    /// Collects the parts; without them nothing ever happens.
    package init(
      interruption: @escaping @Sendable () -> StopReason? = { nil },
      isReportDue: @escaping @Sendable () -> Bool = { false },
      isCheckpointDue: @escaping @Sendable () -> Bool = { false }
    ) {
      self.interruption = interruption
      self.isReportDue = isReportDue
      self.isCheckpointDue = isCheckpointDue
    }
  }

  private struct State {
    var interruption: StopReason?
    var isReportDue = false
    var isCheckpointDue = false
  }

  private let view: View
  private let state = Mutex(State())

  /// Begins without an interruption.
  package init(_ view: View = View()) { self.view = view }

  /// Why all ranks stop, if they do; once there is a reason, it stays.
  package var interruption: StopReason? { state.withLock { $0.interruption } }
  /// Whether the progress is to be reported, as the first rank sees it.
  package var isReportDue: Bool { state.withLock { $0.isReportDue } }
  /// Whether a checkpoint is to be taken, as the first rank sees it.
  package var isCheckpointDue: Bool { state.withLock { $0.isCheckpointDue } }

  /// Whether this rank sees a reason to stop that is not agreed on yet.
  var hasNews: Bool { view.interruption() != nil && interruption == nil }

  /// What this rank sees, as one byte of a message.
  package var byte: UInt8 {
    let reason: UInt8 =
      switch view.interruption() {
      case nil: 0
      case .cancelled: 2
      default: 1
      }
    return reason | (view.isReportDue() ? 4 : 0) | (view.isCheckpointDue() ? 8 : 0)
  }

  /// Takes over what all ranks see, in their order.
  package func settle(_ bytes: [UInt8]) {
    state.withLock { state in
      let reason = bytes.map { $0 & 3 }.max() ?? 0
      if state.interruption == nil, reason > 0 {
        state.interruption = reason == 2 ? .cancelled : .timeLimit
      }
      state.isReportDue = (bytes.first ?? 0) & 4 != 0
      state.isCheckpointDue = (bytes.first ?? 0) & 8 != 0
    }
  }
}
