import Foundation
import Testing

/// What the argument parser checks of declarations in debug builds, and takes for granted in others.
@Suite struct DeclarationTests {
  private struct Help: Decodable {
    struct Command: Decodable {
      struct Argument: Decodable {
        struct Name: Decodable, Hashable {
          var kind: String
          var name: String
        }
        var kind: String
        var names: [Name]?
        var isRepeating: Bool
      }
      var commandName: String
      var arguments: [Argument]?
      var subcommands: [Command]?
    }
    var command: Command
  }

  @Test func namesOfOptionsAreUniqueAndOnlyTheLastArgumentRepeats() throws {
    let text = try Tool.run(["--experimental-dump-help"]).output
    let root = try JSONDecoder().decode(Help.self, from: Data(text.utf8)).command
    let commands = root.subcommands ?? []
    #expect(commands.count >= 10)
    #expect(Set(commands.map(\.commandName)).count == commands.count)
    for command in [root] + commands {
      let arguments = command.arguments ?? []
      var seen: Set<Help.Command.Argument.Name> = []
      for name in arguments.flatMap({ $0.names ?? [] }) {
        #expect(seen.insert(name).inserted, "\(command.commandName) has --\(name.name) twice")
      }
      let positional = arguments.filter { $0.kind == "positional" }
      #expect(positional.dropLast().allSatisfy { !$0.isRepeating }, "\(command.commandName)")
    }
  }
}
