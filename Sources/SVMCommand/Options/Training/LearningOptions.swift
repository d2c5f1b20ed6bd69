import ArgumentParser

/// What every command that trains takes: columns, problem, kernel, effort.
struct LearningOptions: ParsableArguments {
  @OptionGroup var config: ConfigOption
  @OptionGroup(title: "COLUMNS") var columns: ColumnOptions
  @OptionGroup(title: "TEXTS") var texts: TextColumnOptions
  @OptionGroup(title: "PROBLEM") var problem: ProblemOptions
  @OptionGroup(title: "PROBLEM") var choices: MethodOptions<ProblemChoices>
  @OptionGroup(title: "KERNEL") var kernel: KernelOptions
  @OptionGroup(title: "LINEAR MODELS") var linear: MethodOptions<LinearChoices>
  @OptionGroup(title: "PROBABILITIES") var calibration: CalibrationOptions
  @OptionGroup(title: "EFFORT") var effort: EffortOptions
  @OptionGroup(title: "READING") var table: TableOptions
}

/// The numbers that shape a problem and its kernel, where they are given and not searched for.
struct ParameterOptions: ParsableArguments {
  @OptionGroup(title: "PROBLEM") var problem: MethodOptions<ProblemNumbers>
  @OptionGroup(title: "KERNEL") var width: WidthOptions
}
