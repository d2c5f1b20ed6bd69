@_exported public import Kernels
@_exported public import LinearAlgebra
@_exported public import SMOSolver
