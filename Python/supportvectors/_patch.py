"""This package's estimators in place of scikit-learn's, for programs that import those."""

from __future__ import annotations

import sys

_NAMES = {
    "sklearn.svm": ["SVC", "NuSVC", "SVR", "NuSVR", "OneClassSVM", "LinearSVC", "LinearSVR"],
    "sklearn.kernel_ridge": ["KernelRidge"],
    "sklearn.kernel_approximation": ["Nystroem", "RBFSampler"],
}
_originals: dict = {}


def original(name):
    """A class of scikit-learn's, whether it is replaced or not."""
    if name in _originals:
        return _originals[name]
    for module, names in _NAMES.items():
        if name in names:
            return getattr(__import__(module, fromlist=[name]), name)
    raise KeyError(name)


def patch_sklearn():
    """Puts this package's estimators in place of scikit-learn's.

    Call it before other modules import from scikit-learn: what they imported by name stays scikit-learn's. SVC,
    NuSVC, SVR, NuSVR, OneClassSVM, LinearSVC, LinearSVR, KernelRidge, Nystroem and RBFSampler are replaced;
    ``unpatch_sklearn`` puts them back.
    """
    import supportvectors

    for module, names in _NAMES.items():
        __import__(module)
        for name in names:
            _originals.setdefault(name, getattr(sys.modules[module], name))
    _replace({_originals[name]: getattr(supportvectors, name) for name in _originals})


def unpatch_sklearn():
    """Puts scikit-learn's estimators back."""
    import supportvectors

    _replace({getattr(supportvectors, name): cls for name, cls in _originals.items()})
    _originals.clear()


def _replace(replacements):
    for module in list(sys.modules.values()):
        if not getattr(module, "__name__", "").startswith("sklearn."):
            continue
        for name, value in list(vars(module).items()):
            if isinstance(value, type) and value in replacements:
                setattr(module, name, replacements[value])
