@_exported import Kernels
@_exported import LinearAlgebra
@_exported import SMOSolver
