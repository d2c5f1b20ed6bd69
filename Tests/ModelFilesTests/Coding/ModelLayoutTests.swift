// What files hold, as the kinds of models declare it: compared with written files and with the document.

import Basics
import Foundation
import Learning
import ModelFiles
import TabularModels
import Testing

@Suite struct ModelLayoutTests {
  private struct Written {
    let name: String
    let predictor: TabularModel.Predictor
    let file: SafetensorsFile
    let members: Set<String>

    var fields: [StoredField] {
      ModelLayout.fields(type(of: predictor.model), predictor.formulation)
    }
  }

  private static let written = Result {
    try (MethodModels.all.map { ($0.name, $0.make) } + SampleModels.all.map { ($0.name, $0.make) })
      .map { name, make in
        let model = try make()
        let file = try SafetensorsFile(parsing: ModelFile.encode(model), name: name)
        guard
          case .object(let members) = try JSONValue(parsing: (file.metadata["model"] ?? "").utf8)
        else { throw TestFailure() }
        return Written(
          name: name, predictor: model.predictor, file: file, members: Set(members.map(\.key)))
      }
  }

  private struct TestFailure: Error {}

  /// Tensors that depend on data, with the number of a column left out.
  private static func general(_ tensor: String) -> String {
    tensor.hasPrefix("texts.")
      ? "texts.I." + (tensor.split(separator: ".").last.map(String.init) ?? "") : tensor
  }

  @Test func filesHoldWhatTheirKindDeclares() throws {
    let dependent = Set(ModelLayout.dependentTensors.map(\.name))
    for written in try Self.written.get() {
      let fields = written.fields
      let members = Set(fields.filter { !$0.isTensor }.map(\.name))
      let tensors = Set(fields.filter(\.isTensor).map(\.name))
      #expect(written.members.isSubset(of: members), "\(written.name)")
      for tensor in written.file.tensors.keys {
        #expect(
          tensors.contains(tensor) || dependent.contains(Self.general(tensor)),
          "\(written.name): \(tensor)")
      }
      for field in fields {
        switch field.place {
        case .member: #expect(written.members.contains(field.name), "\(written.name): \(field)")
        case .optionalMember: break
        case .tensor:
          #expect(
            field.condition != nil || written.file.tensors[field.name] != nil,
            "\(written.name): \(field)")
        }
      }
    }
  }

  @Test func everyDeclaredFieldIsInSomeFile() throws {
    let files = try Self.written.get()
    for formulation in Formulation.allCases {
      for kind in formulation.definition.models {
        for field in ModelLayout.fields(kind, formulation) {
          #expect(
            files.contains { written in
              written.fields.contains(field)
                && (field.isTensor
                  ? written.file.tensors[field.name] != nil : written.members.contains(field.name))
            }, "\(formulation.rawValue): \(field)")
        }
      }
    }
    for tensor in ModelLayout.dependentTensors {
      #expect(
        files.contains { $0.file.tensors.keys.contains { Self.general($0) == tensor.name } },
        "\(tensor.name)")
    }
  }

  @Test func tensorsHaveTheDeclaredTypes() throws {
    for written in try Self.written.get() {
      for field in written.fields + ModelLayout.dependentTensors {
        guard case .tensor(let shape) = field.place else { continue }
        for (name, tensor) in written.file.tensors where Self.general(name) == field.name {
          #expect(shape.hasPrefix(tensor.elements.type.rawValue), "\(written.name): \(name)")
        }
      }
    }
  }

  /// A file's kind is found by its mark: of the kinds of a formulation the last alone may have none.
  @Test func kindsOfAFormulationAreToldApart() throws {
    for formulation in Formulation.allCases {
      let kinds = formulation.definition.models
      #expect(!kinds.isEmpty)
      #expect(kinds.dropLast().allSatisfy { $0.mark != nil }, "\(formulation.rawValue)")
      for kind in kinds {
        if let mark = kind.mark {
          #expect(kind.storedFields(formulation).contains(mark), "\(formulation.rawValue)")
          for other in kinds where other != kind {
            #expect(!other.storedFields(formulation).contains { $0.name == mark.name })
          }
        }
        let names = ModelLayout.fields(kind, formulation).map { "\($0.isTensor) \($0.name)" }
        #expect(Set(names).count == names.count, "\(formulation.rawValue): \(names)")
      }
    }
    for written in try Self.written.get() {
      let kind = type(of: written.predictor.model)
      #expect(
        written.predictor.formulation.definition.models.contains { $0 == kind },
        "\(written.name): \(kind)")
    }
  }

  // MARK: The document

  private var kinds: [(kind: any TrainedModel.Type, formulation: Formulation)] {
    Formulation.allCases.flatMap { formulation in
      formulation.definition.models.map { ($0, formulation) }
    }
  }

  /// Which models have a field.
  private func owners(_ field: StoredField) -> String {
    let owners = kinds.filter { ModelLayout.fields($0.kind, $0.formulation).contains(field) }
    if owners.count == kinds.count { return "every model" }
    func names(_ isMarked: Bool) -> String {
      owners.filter { ($0.kind.mark != nil) == isMarked }.map { "`\($0.formulation.rawValue)`" }
        .joined(separator: ", ")
    }
    let (plain, linear) = (names(false), names(true))
    return plain + (plain.isEmpty || linear.isEmpty ? "" : "; ")
      + (linear.isEmpty ? "" : "linear " + linear)
  }

  private func meaning(_ field: StoredField) -> String {
    field.meaning
      + (field.condition.map { ", when `\($0.member)` is `\($0.word)`" } ?? "")
  }

  private var tables: String {
    var fields: [StoredField] = []
    for (kind, formulation) in kinds {
      for field in ModelLayout.fields(kind, formulation) where !fields.contains(field) {
        fields.append(field)
      }
    }
    var members = ["| member of the header | of | says |", "|---|---|---|"]
    var tensors = ["| tensor | of | type and shape | holds |", "|---|---|---|---|"]
    for field in fields {
      switch field.place {
      case .member, .optionalMember:
        members.append("| `\(field.name)` | \(owners(field)) | \(meaning(field)) |")
      case .tensor(let shape):
        tensors.append("| `\(field.name)` | \(owners(field)) | \(shape) | \(meaning(field)) |")
      }
    }
    for field in ModelLayout.dependentTensors {
      guard case .tensor(let shape) = field.place else { continue }
      tensors.append("| `\(field.name)` | by its data | \(shape) | \(field.meaning) |")
    }
    return (members + [""] + tensors).joined(separator: "\n")
  }

  /// The document holds the tables; `UPDATE_DOCUMENTS=1` writes them there.
  @Test func theDocumentHoldsTheFields() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "../../Sources/ModelFiles/ModelFiles.docc/TheModelFile.md")
      .standardizedFileURL
    let text = try String(contentsOf: url, encoding: .utf8)
    let begin = try #require(text.range(of: "<!-- fields: begin -->\n"))
    let end = try #require(text.range(of: "\n<!-- fields: end -->"))
    let found = String(text[begin.upperBound..<max(begin.upperBound, end.lowerBound)])
    guard found != tables, ProcessInfo.processInfo.environment["UPDATE_DOCUMENTS"] == "1" else {
      #expect(found == tables, "run the test with UPDATE_DOCUMENTS=1")
      return
    }
    let updated = text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: tables)
    try updated.write(to: url, atomically: true, encoding: .utf8)
  }
}
