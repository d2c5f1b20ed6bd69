import Evaluation
import Kernels
import ModelFiles
import SupportVectors
import Tables

// The keys are a contract: whoever compares runs by program reads them. Add, never rename.

extension TrainReport {
  /// The report that `--json` writes.
  var json: JSONValue {
    [
      "version": .string(SVMCommand.version),
      "formulation": .string(formulation.rawValue),
      "task": .string(task.rawValue),
      "kernel": kernel.json,
      "parameters": [
        "c": .finite(boxConstraint),
        "epsilon": .finite(tubeWidth),
        "nu": .null,
        "tolerance": .finite(tolerance),
        "scale": .string(scaling.rawValue),
        "missing": .string(missing.rawValue),
      ],
      "data": [
        "name": .string(dataName),
        "target": target.map(JSONValue.string) ?? .null,
        "rows": .integer(rows),
        "features": .integer(features),
        "classes": task == .classification ? .strings(classes) : .null,
        "skippedRows": .integer(skippedRows),
      ],
      "timing": timing.json,
      "threads": .integer(threads),
      "blas": [
        "core": .string(machine.core),
        "repaired": .bool(machine.isRepaired),
      ],
      "precision": .string(precision.rawValue),
      "peakMemoryBytes": Machine.peakMemory.map(JSONValue.integer) ?? .null,
      "problems": .array(problems.map(\.json)),
      "supportVectors": .integer(supportVectors),
      "metrics": .array(metrics.map(\.json)),
      "model": modelPath.map(JSONValue.string) ?? .null,
    ]
  }
}

extension TrainReport.Problem {
  var json: JSONValue {
    let certificate = report.certificate
    return [
      "classes": classes.map { .strings([$0.negative, $0.positive]) } ?? .null,
      "iterations": .integer(certificate.iterations),
      "stopReason": .string(certificate.stopReason.rawValue),
      "kktViolation": .finite(certificate.kktViolation),
      "primalObjective": .finite(certificate.primalObjective),
      "dualObjective": .finite(certificate.dualObjective),
      "relativeGap": .finite(certificate.relativeGap),
      "certificate": .string(certificate.source.rawValue),
      "supportVectors": .integer(report.supportVectorCount),
      "boundedSupportVectors": .integer(report.boundedSupportVectorCount),
      "bias": .finite(bias),
      "kernelValuesComputed": .integer(report.kernelValuesComputed),
    ]
  }
}

extension TrainReport.Timing {
  fileprivate var json: JSONValue {
    [
      "load": .finite(load),
      "train": .finite(train),
      "certificate": .finite(certificate),
      "evaluate": .finite(evaluate),
      "total": .finite(total),
      "phases": [
        "holdout": .finite(holdout),
        "save": .finite(save),
      ],
    ]
  }
}

extension KernelFunction {
  /// Name and parameters; those that the kernel does not have are left out.
  var json: JSONValue {
    var members: [JSONValue.Member] = [.init("name", .string(name))]
    if let gamma { members.append(.init("gamma", .finite(gamma))) }
    if let degree { members.append(.init("degree", .integer(degree))) }
    if let constantTerm { members.append(.init("coef0", .finite(constantTerm))) }
    return .object(members)
  }
}

extension Metric {
  /// `{"name", "value", "set", "rows"}`.
  var json: JSONValue {
    [
      "name": .string(name), "value": .finite(value), "set": .string(set.rawValue),
      "rows": .integer(rows),
    ]
  }
}
