import ArgumentParser
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model on a table.")

  @Argument(
    help: ArgumentHelp("A CSV, TSV or LIBSVM file; - is standard input.", valueName: "data"))
  var data: String

  @OptionGroup(title: "Columns") var columns: ColumnOptions
  @OptionGroup(title: "Problem") var problem: ProblemOptions
  @OptionGroup(title: "Kernel") var kernel: KernelOptions
  @OptionGroup(title: "Effort") var effort: EffortOptions
  @OptionGroup(title: "Measuring") var measuring: HoldoutOptions
  @OptionGroup(title: "Reading") var table: TableOptions
  @OptionGroup(title: "Output") var output: TrainOutputOptions
  @OptionGroup var json: JSONOption

  @Flag(name: [.customLong("quiet"), .customShort("q")], help: "Print nothing but errors.")
  var quiet = false

  mutating func run() async throws {
   print(data)
  }
}
  struct TrainOutputOptions: ParsableArguments {
  @Option(
    name: [.customLong("output"), .customShort("o")],
    help: ArgumentHelp(
      "The model file. (default: the data's name with .model, in the current folder)",
      valueName: "model"))
  var output: String?
}
