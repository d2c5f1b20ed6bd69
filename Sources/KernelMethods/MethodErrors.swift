import Learning
import LinearAlgebra

/// Turns what linear algebra throws into a training's error.
func withLinearAlgebra<Result>(
  _ body: () throws(LinearAlgebraError) -> Result
) throws(TrainingError) -> Result {
  do {
    return try body()
  } catch {
    throw .linearAlgebra(error)
  }
}

/// Turns what a model's parts reject into a training's error.
func withModel<Result>(
  _ body: () throws(ModelError) -> Result
) throws(TrainingError) -> Result {
  do {
    return try body()
  } catch {
    throw .model(error)
  }
}
