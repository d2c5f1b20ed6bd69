"""What machines with a kernel share: data, training, attributes, and what their documentation repeats."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.extmath import safe_sparse_dot
from sklearn.utils.validation import _num_samples, check_is_fitted

from . import _library
from ._base import (
    KERNELS,
    BaseSupportVectors,
    Interval,
    StrOptions,
    checked_weights,
    kernel_options,
    sparse_rows,
    validate_data,
)

_KERNEL_PARAMETERS = """kernel : {'linear', 'poly', 'rbf', 'sigmoid', 'laplacian', 'chi2', 'matern32', 'matern52', \
'precomputed'} or callable, default='rbf'
        The kernel. A callable gets two arrays of rows and returns their kernel matrix.

    degree : int, default=3
        Degree of the polynomial kernel, at least 1.

    gamma : {'scale', 'auto'} or float, default='scale'
        Width of the kernel: ``1 / (n_features * X.var())``, ``1 / n_features``, or a number greater than 0.

    coef0 : float, default=0.0
        Constant term of the polynomial and the sigmoid kernel."""

_SOLVER_PARAMETERS = """tol : float, default=1e-3
        Training stops when the KKT violation is at most this.

    cache_size : float, default=200
        MB for kernel values; less than 2 GB is taken as 2 GB.

    verbose : bool, default=False
        Print how training ended.

    max_iter : int, default=-1
        Maximum number of solver steps for one problem, or -1 for no limit but that of the solver.

    max_time : float, default=None
        Seconds after which training returns the best model so far, with a ConvergenceWarning."""

_COMMON_ATTRIBUTES = """support_ : ndarray of shape (n_SV,)
        Rows of the support vectors in the training data.

    support_vectors_ : ndarray or CSR matrix of shape (n_SV, n_features)
        Support vectors; empty for a precomputed kernel.

    dual_coef_ : ndarray or CSR matrix
        Dual coefficients of the support vectors, in scikit-learn's layout.

    intercept_ : ndarray
        Constants of the decision function.

    coef_ : ndarray or CSR matrix
        Weights of the features, for the linear kernel.

    n_iter_ : int, or ndarray for classifiers
        Solver steps of each problem.

    certificate_ : list of dict
        How well each problem was solved, with objectives and duality gap.

    stop_reason_ : str
        Why training stopped."""


def documented(cls):
    """Puts the descriptions that classes share into a class's."""
    if cls.__doc__:
        cls.__doc__ = cls.__doc__.replace("{kernel_parameters}", _KERNEL_PARAMETERS).replace(
            "{solver_parameters}", _SOLVER_PARAMETERS).replace(
            "{common_attributes}", _COMMON_ATTRIBUTES)
    return cls


class KernelMachine(BaseSupportVectors):
    """What machines with a kernel share."""

    _parameter_constraints: dict = {
        **BaseSupportVectors._parameter_constraints,
        "kernel": [StrOptions(set(KERNELS) | {"precomputed"}), callable],
        "degree": [Interval(Integral, 0, None, closed="left")],
        "gamma": [StrOptions({"scale", "auto"}), Interval(Real, 0.0, None, closed="left")],
        "coef0": [Interval(Real, None, None, closed="neither")],
        "tol": [Interval(Real, 0.0, None, closed="neither")],
        "shrinking": ["boolean"],
        "cache_size": [Interval(Real, 0, None, closed="neither")],
        "verbose": ["verbose"],
        "max_iter": [Interval(Integral, -1, None, closed="left")],
    }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self.kernel == "precomputed"
        tags.input_tags.sparse = self.kernel != "precomputed"
        return tags

    # Data

    def _validated(self, X, y=None):
        if sp.issparse(X) and self.kernel == "precomputed":
            raise TypeError("Sparse precomputed kernels are not supported.")
        self._sparse = sp.issparse(X) and not callable(self.kernel)
        if callable(self.kernel):
            if y is not None:
                check_consistent_length(X, y)
            return X, y
        accepted = dict(dtype=[np.float64, np.float32], accept_sparse="csr", accept_large_sparse=True)
        if y is None:
            return validate_data(self, X, **accepted), None
        X, y = validate_data(self, X, y, **accepted, y_numeric=False)
        return X, y

    def _train(self, X, *, method, codes=None, numbers=None, sample_weight=None, names=None, **more):
        if self.kernel == "precomputed" and X.shape[0] != X.shape[1]:
            raise ValueError(
                f"Precomputed matrix must be a square matrix. Input is a {X.shape[0]}x{X.shape[1]} matrix.")
        rows = _num_samples(X)
        if sample_weight is not None:
            sample_weight = np.asarray(sample_weight, dtype=np.float64)
            if sample_weight.ndim > 0 and sample_weight.shape[0] != rows:
                raise ValueError(
                    f"sample_weight and X have incompatible shapes: {sample_weight.shape!r} vs {(rows,)!r}")
        features = X
        self._fitted_rows = None
        if callable(self.kernel):
            # Predictions need the rows again.
            self._fitted_rows = X
            features = self._kernel_matrix(X)
            if features.shape[0] != features.shape[1]:
                raise ValueError("X.shape[0] should be equal to X.shape[1]")
        weights = self._checked_weights(sample_weight, features, codes)
        # Only options that were chosen are in the configuration.
        method = {
            **method,
            "kernel": kernel_options(
                self.kernel, {"gamma": self.gamma, "degree": self.degree, "coef0": self.coef0}),
        }
        options = self._options(
            method, tol=self.tol, max_iter=self.max_iter, shrinking=self.shrinking,
            seed=self._seed(), memory=max(2 << 30, int(self.cache_size * 1048576)), **more)
        if names is not None:
            options["classes"] = names
        try:
            self.model_ = _library.train(
                features, options, codes=codes, numbers=numbers, weights=weights)
        except _library.SupportVectorsError as error:
            if str(error).startswith("nu:"):
                raise ValueError(f"specified nu is infeasible: {error}") from None
            raise
        self._gamma = self.model_.description["kernel"].get("gamma", 0.0)
        self.shape_fit_ = X.shape if hasattr(X, "shape") else (rows,)
        self.fit_status_ = 0 if self.stop_reason_ in ("converged", "stalled") else 1
        self.n_iter_ = np.array([problem["iterations"] for problem in self.certificate_], dtype=np.int32)
        if self.verbose:
            print(f"[supportvectors] {type(self).__name__}: {self.stop_reason_} after {self.n_iter_.sum()} steps")
        self._warn_unless_converged(self.max_iter)

    def _checked_weights(self, sample_weight, X, codes):
        return checked_weights(sample_weight, X, codes=codes)

    def _kernel_matrix(self, X):
        kernel = self.kernel(X, self._fitted_rows)
        if sp.issparse(kernel):
            kernel = kernel.toarray()
        return check_array(np.asarray(kernel), dtype=np.float64)

    def _features_to_predict(self, X):
        check_is_fitted(self, "model_")
        if callable(self.kernel):
            X = self._kernel_matrix(X)
            if X.shape[1] != self.shape_fit_[0]:
                raise ValueError(
                    f"X.shape[1] = {X.shape[1]} should be equal to {self.shape_fit_[0]}, "
                    "the number of samples at training time")
            return X
        X = validate_data(
            self, X, dtype=[np.float64, np.float32], accept_sparse="csr", accept_large_sparse=True,
            reset=False)
        if sp.issparse(X) and not self._sparse:
            raise ValueError(f"cannot use sparse input in {type(self).__name__!r} trained on dense data")
        if self.kernel == "precomputed" and X.shape[1] != self.shape_fit_[0]:
            raise ValueError(
                f"X.shape[1] = {X.shape[1]} should be equal to {self.shape_fit_[0]}, "
                "the number of samples at training time")
        return X

    # Attributes

    def _array(self, name):
        array = self._fitted_model().array(name)
        array.flags.writeable = False
        return array

    @property
    def support_(self):
        """Rows of the support vectors in the training data."""
        return self._array("supportIndices").astype(np.int32)

    @property
    def support_vectors_(self):
        """Support vectors; empty for a precomputed kernel."""
        if self.kernel == "precomputed" or callable(self.kernel):
            self._fitted_model()
            return np.empty((0, 0))
        rows = sparse_rows(self._fitted_model())
        if self._sparse and not sp.issparse(rows):
            return sp.csr_matrix(rows)
        return rows.toarray() if sp.issparse(rows) and not self._sparse else rows

    @property
    def n_support_(self):
        """Number of support vectors for each class."""
        return self._array("supportCounts").astype(np.int32)

    @property
    def intercept_(self):
        """Constants of the decision function."""
        return self._array("biases") * self._sign

    @property
    def dual_coef_(self):
        """Dual coefficients of the support vectors."""
        coefficients = self._array("dualCoefficients") * self._sign
        return sp.csr_matrix(coefficients) if self._sparse else coefficients

    @property
    def _sign(self):
        # In scikit-learn's pairs of three and more classes the earlier one is positive.
        return 1

    @property
    def coef_(self):
        """Weights assigned to the features when ``kernel="linear"``."""
        if self.kernel != "linear":
            raise AttributeError("coef_ is only available when using a linear kernel")
        coef = self._coef()
        if sp.issparse(coef):
            coef.data.flags.writeable = False
        else:
            coef.flags.writeable = False
        return coef

    def _coef(self):
        return safe_sparse_dot(self.dual_coef_, self.support_vectors_)
