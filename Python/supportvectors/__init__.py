"""Support vector machines that end with a proof: scikit-learn's estimators on a fast, certified solver."""

from ._classifiers import SVC, NuSVC
from ._detectors import SVDD, OneClassSVM
from ._feature_maps import Nystroem, RBFSampler
from ._files import load
from ._kernel_methods import LSSVC, KernelRidge
from ._library import SupportVectorsError, version
from ._linear import LinearSVC, LinearSVR
from ._logistic import LogisticClassifier
from ._patch import patch_sklearn, unpatch_sklearn
from ._regressors import SVR, NuSVR, QuantileSVR
from ._tabular import TabularClassifier, TabularRegressor

__version__ = version()

__all__ = [
    "LSSVC", "SVC", "SVDD", "SVR", "KernelRidge", "LinearSVC", "LinearSVR", "LogisticClassifier", "NuSVC",
    "NuSVR", "Nystroem", "OneClassSVM", "QuantileSVR", "RBFSampler", "SupportVectorsError", "TabularClassifier",
    "TabularRegressor", "load", "patch_sklearn", "unpatch_sklearn", "version",
]
