import Basics
import CHeapSettings
import CMemoryFailure
import LIBSVMPrograms
import SVMCommand

/// The program: all it does is in ``SVMCommand``, or by another name in `LIBSVMPrograms`.
@main
enum SVM {
  static func main() {
    heap_settings_keep_memory()
    if let program = LIBSVMProgram(programPath: CurrentProcess.programName) { run(program) }
    // Any thread may be refused memory: the closure belongs to no actor.
    memory_failure_watch { @Sendable bytes in
      SVMCommand.endForLackOfMemory(bytes: Int(clamping: bytes))
    }
    let status = SVMCommand.main(arguments: CurrentProcess.arguments)
    // A training that was stopped may have left a thread behind that still computes. The handlers of
    // `exit` would free OpenBLAS's memory under it; all output is written by now.
    if status == 3 || status > 128 { CurrentProcess.exitImmediately(status) }
    CurrentProcess.exit(status)
  }

  private static func run(_ program: LIBSVMProgram) -> Never {
    StandardStreams.fill()
    memory_failure_watch { @Sendable _ in
      LIBSVMProgram.reportLackOfMemory()
      CurrentProcess.exitImmediately(1)
    }
    CurrentProcess.exit(program.run(CurrentProcess.arguments))
  }
}
