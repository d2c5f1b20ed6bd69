@_exported import Calibration
@_exported import Kernels
@_exported import Learning
@_exported import LinearAlgebra
@_exported import SMOSolver
