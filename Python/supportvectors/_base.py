"""What all estimators share: kernels, certificates, files, and data on its way to the library."""

from __future__ import annotations

import os
import warnings
from numbers import Integral, Real

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from . import _library


_CATALOGUE = _library.kernels()

#: Kernels by the command's names and by scikit-learn's: the name in a configuration, and there the names of parameters.
#: scikit-learn's names come first: its laplacian kernel is the one of Manhattan distances.
KERNELS = {
    name: (kernel["name"], kernel["parameters"])
    for kernel in _CATALOGUE for name in (kernel["name"], *kernel["aliases"])
} | {kernel["scikitLearn"]: (kernel["name"], kernel["parameters"]) for kernel in _CATALOGUE if kernel["scikitLearn"]}


def kernel_name(name) -> str:
    """The name of a kernel of the library's for estimators: scikit-learn's, or one that stands for no other kernel."""
    kernel = next((kernel for kernel in _CATALOGUE if kernel["name"] == name), None)
    if kernel is None:
        return name
    names = (kernel["scikitLearn"], name, *kernel["aliases"])
    return next(known for known in names if known and KERNELS[known][0] == name)


def kernel_options(kernel, parameters) -> dict:
    """A kernel as a configuration has it."""
    if kernel == "precomputed" or callable(kernel):
        return {"name": "precomputed"}
    name, keys = KERNELS[kernel]
    values = {key: _plain(parameters[option]) for option, key in keys.items() if option in parameters}
    return {"name": name, **values}


def _plain(value):
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else value


def finite(value) -> float:
    """A number for a configuration: an infinite C is one that no dual variable reaches."""
    return float(min(value, 1e12))


def class_names(classes) -> list[str]:
    """Names for a model's classes, as the command writes them: whole numbers without a point."""
    classes = np.asarray(classes)
    if classes.dtype.kind == "f":
        names = [str(int(value)) if value == int(value) else repr(float(value)) for value in classes]
    else:
        names = [str(value) for value in classes]
    if len(set(names)) < len(names):
        names = [str(place) for place in range(len(names))]
    return names


class BaseSupportVectors(BaseEstimator):
    """Certificates and files of everything that this package trains."""

    _parameter_constraints: dict = {
        "max_time": [Interval(Real, 0, None, closed="neither"), None],
    }

    @property
    def certificate_(self):
        """How well each problem was solved, a dict for each pair of classes, class, quantile, or the only one.

        ``iterations``, ``stopReason``, ``kktViolation``, ``primalObjective``, ``dualObjective`` (which is
        maximised), ``relativeGap`` (None for kernels that are not positive semi-definite), ``supportVectors`` and
        ``boundedSupportVectors``. Empty where equations were solved at once, or by scikit-learn.
        """
        if self.__dict__.get("model_", 0) is None:
            return []
        return self._fitted_model().description["problems"]

    @property
    def stop_reason_(self):
        """Why training stopped: ``converged``, or what kept a problem from it: ``iterationLimit``, ``timeLimit``,
        ``stalled``."""
        reasons = [problem["stopReason"] for problem in self.certificate_]
        return next((reason for reason in reasons if reason != "converged"), "converged")

    def _fitted_model(self) -> _library.Model:
        try:
            return self.__dict__["model_"]
        except KeyError:
            # Properties that are not there yet are attribute errors, for hasattr.
            raise AttributeError(f"this {type(self).__name__} is not fitted yet") from None

    def _own_model(self):
        model = self._fitted_model()
        if model is None:
            raise _library.SupportVectorsError("scikit-learn trained this model; it has no file")
        return model

    def _warn_unless_converged(self, max_iter=None):
        reason = self.stop_reason_
        if reason in ("converged", "imported"):
            return
        limit = {
            "iterationLimit": f"max_iter={max_iter}",
            "timeLimit": f"max_time={self.max_time}",
        }.get(reason, reason)
        warnings.warn(
            f"Solver terminated early ({limit}).  Consider pre-processing your data with StandardScaler or"
            f" MinMaxScaler.{self._distance()}",
            ConvergenceWarning, stacklevel=3)

    def _distance(self):
        """A sentence about how far a stopped training was from its end, by the measure that its solver has."""
        problems = [problem for problem in self.certificate_ if problem["stopReason"] != "converged"]
        if any(problem["iterations"] == 0 for problem in problems):
            return " It stopped before the first step."
        for key, name in (("kktViolation", "KKT violation"), ("relativeGap", "relative gap")):
            found = [problem[key] for problem in problems if problem[key] is not None]
            if found:
                return f" It stopped at a {name} of {max(found):.3g}; the tolerance is {self.tol:g}."
        return ""

    def save(self, path):
        """Writes a model file, which the command ``svm`` and ``supportvectors.load`` read.

        Parameters
        ----------
        path : str or path-like
            The file; it appears complete or not at all. A kernel that is a function is not in it: the model that is
            read takes kernel matrices.
        """
        check_is_fitted(self)
        path = os.fspath(path)
        content = self._own_model().encode("model")
        temporary = f"{path}.{os.getpid()}.part"
        try:
            with open(temporary, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
        finally:
            if os.path.exists(temporary):
                os.unlink(temporary)

    @classmethod
    def load(cls, path):
        """Reads a model file of this class, written by ``save`` or by the command.

        Parameters
        ----------
        path : str or path-like
            The file.

        Returns
        -------
        estimator : object
            A fitted estimator.
        """
        from ._files import load

        estimator = load(path)
        if not isinstance(estimator, cls):
            raise TypeError(f"{os.fspath(path)} is a {type(estimator).__name__}, not a {cls.__name__}")
        return estimator

    def to_onnx(self, path=None):
        """The model in the ONNX format.

        Classifiers have outputs ``label`` and ``decision``, and ``probabilities`` where they were calibrated;
        regressors ``prediction``; ``OneClassSVM`` ``label``, 1 or -1, and ``decision``. Refused are ``SVDD``,
        ``QuantileSVR``, several targets, precomputed kernels and callables, and feature maps (a
        ``LogisticClassifier`` with a kernel).

        Parameters
        ----------
        path : str or path-like, default=None
            A file to write it to.

        Returns
        -------
        model : bytes
            What ``onnxruntime.InferenceSession`` takes.
        """
        check_is_fitted(self)
        model = self._own_model().encode("onnx")
        if path is not None:
            with open(path, "wb") as file:
                file.write(model)
        return model

    # Options

    def _options(self, method: dict, *, tol=None, max_iter=None, shrinking=None, seed=0, **more) -> dict:
        solving = {}
        if tol is not None:
            solving["tolerance"] = float(tol)
        if max_iter is not None and max_iter >= 0:
            solving["maxIterations"] = max(1, int(max_iter))
        if shrinking is not None:
            solving["shrinking"] = bool(shrinking)
        configuration = {"method": method, "solving": solving, "rows": {"seed": seed}}
        if more.pop("probability", False):
            configuration["probability"] = {}
        options = {"configuration": configuration, **more}
        if self.max_time is not None:
            options["timeLimit"] = float(self.max_time)
        return options

    def _seed(self):
        random_state = getattr(self, "random_state", None)
        if random_state is None:
            return 0
        return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


def checked_weights(sample_weight, X, *, codes=None):
    """Weights of rows: negative ones leave a row out, as in LIBSVM; None when all are 1.

    With codes, classes of rows that count must be at least two.
    """
    if sample_weight is None:
        return None
    weights = np.asarray(sample_weight, dtype=np.float64)
    if not np.any(weights > 0) and not np.isnan(weights).any():
        raise ValueError("Invalid input - all samples have zero or negative weights.")
    weights = np.maximum(_check_sample_weight(weights, X, dtype=np.float64), 0)
    if codes is not None and len(np.unique(codes[weights > 0])) < 2:
        raise ValueError("Invalid input - all samples with positive weights belong to the same class.")
    return None if np.all(weights == 1) else weights


def weights_by_name(class_weight, classes, y, names):
    """Class weights for a configuration, and as an array."""
    if class_weight is None:
        return np.ones(len(classes)), {}
    factors = compute_class_weight(class_weight, classes=classes, y=y)
    if np.all(factors == 1):
        return factors, {}
    return factors, {"classWeight": {name: float(f) for name, f in zip(names, factors)}}


def sparse_rows(model, prefix="supportVectors"):
    """A model's support vectors: dense, or CSR as they are stored."""
    description = model.description
    values = model.array(prefix)
    if not description["isSparse"]:
        return values
    offsets, columns = model.array(f"{prefix}.offsets"), model.array(f"{prefix}.columns")
    return sp.csr_matrix(
        (values, columns, offsets), shape=(len(offsets) - 1, description["features"]))


__all__ = [
    "BaseSupportVectors", "Interval", "KERNELS", "StrOptions", "checked_weights", "class_names", "finite",
    "kernel_name", "kernel_options", "sparse_rows", "validate_data", "weights_by_name",
]
