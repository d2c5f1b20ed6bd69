"""Support vector machines that end with a proof: scikit-learn's estimators on a fast, certified solver."""

from ._files import load
from ._kernel_methods import LSSVC, KernelRidge, Nystroem, RBFSampler
from ._library import SupportVectorsError, version
from ._linear import LinearSVC, LinearSVR, LogisticClassifier
from ._patch import patch_sklearn, unpatch_sklearn
from ._svm import SVC, SVDD, SVR, NuSVC, NuSVR, OneClassSVM, QuantileSVR
from ._tabular import TabularClassifier, TabularRegressor

__version__ = version()

__all__ = [
    "LSSVC", "SVC", "SVDD", "SVR", "KernelRidge", "LinearSVC", "LinearSVR", "LogisticClassifier", "NuSVC",
    "NuSVR", "Nystroem", "OneClassSVM", "QuantileSVR", "RBFSampler", "SupportVectorsError", "TabularClassifier",
    "TabularRegressor", "load", "patch_sklearn", "unpatch_sklearn", "version",
]
