"""Features that stand in for kernels."""

from __future__ import annotations

import warnings
from numbers import Integral, Real

import numpy as np
import scipy.sparse as sp
from scipy.linalg import svd
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.metrics.pairwise import KERNEL_PARAMS, PAIRWISE_KERNEL_FUNCTIONS, pairwise_kernels
from sklearn.utils import check_random_state
from sklearn.utils.extmath import safe_sparse_dot
from sklearn.utils.validation import check_is_fitted

from ._base import (
    KERNELS,
    Interval,
    StrOptions,
    validate_data,
)
from ._kernel_methods import has_kernel, kernel_matrix

_FLOATS = [np.float64, np.float32]


class Nystroem(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Nyström features: values of a kernel with some rows, which stand in for the kernel.

    Parameters
    ----------
    kernel : str or callable, default='rbf'
        A kernel of this package or of scikit-learn, or a function of two rows.

    gamma : float, default=None
        Width of the kernel; None is ``1 / n_features``.

    coef0 : float, default=None
        Constant term of the polynomial and the sigmoid kernel; None is 1.

    degree : float, default=None
        Degree of the polynomial kernel; None is 3.

    kernel_params : dict, default=None
        Further arguments of a callable kernel.

    n_components : int, default=100
        Number of features.

    random_state : int, RandomState instance or None, default=None
        Decides which rows are taken.

    n_jobs : int, default=None
        Not used; ``SUPPORTVECTORS_NUM_THREADS`` sets the number of threads.

    Attributes
    ----------
    components_ : ndarray or sparse matrix of shape (n_components, n_features)
        The rows.

    component_indices_ : ndarray of shape (n_components,)
        Their places in the training data.

    normalization_ : ndarray of shape (n_components, n_components)
        Root of the inverse of their kernel matrix.
    """

    _parameter_constraints: dict = {
        "kernel": [
            StrOptions(set(PAIRWISE_KERNEL_FUNCTIONS) | set(KERNELS) | {"precomputed"}), callable],
        "gamma": [Interval(Real, 0, None, closed="left"), None],
        "coef0": [Interval(Real, None, None, closed="neither"), None],
        "degree": [Interval(Real, 1, None, closed="left"), None],
        "kernel_params": [dict, None],
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self, kernel="rbf", *, gamma=None, coef0=None, degree=None, kernel_params=None, n_components=100,
        random_state=None, n_jobs=None,
    ):
        self.kernel = kernel
        self.gamma = gamma
        self.coef0 = coef0
        self.degree = degree
        self.kernel_params = kernel_params
        self.n_components = n_components
        self.random_state = random_state
        self.n_jobs = n_jobs

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Chooses rows and computes their kernel matrix.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.
        y : Ignored
            Not used.

        Returns
        -------
        self : object
            The fitted transformer.
        """
        X = validate_data(self, X, accept_sparse="csr", dtype=_FLOATS)
        random = check_random_state(self.random_state)
        count = min(self.n_components, X.shape[0])
        if self.n_components > X.shape[0]:
            warnings.warn(
                "n_components > n_samples. This is not possible.\nn_components was set to n_samples, which"
                " results in inefficient evaluation of the full kernel.", stacklevel=2)
        rows = random.permutation(X.shape[0])[:count]
        basis = X[rows]
        kernel = self._values(basis, basis, rows)
        # The root of the inverse, where the matrix is not singular.
        U, S, V = svd(kernel)
        self.normalization_ = np.dot(U / np.sqrt(np.maximum(S, 1e-12)), V).astype(X.dtype, copy=False)
        self.components_ = basis
        self.component_indices_ = rows
        self._n_features_out = count
        return self

    def _values(self, X, basis, rows):
        parameters = self._kernel_parameters()
        if self.kernel == "precomputed":
            return X[:, rows]
        if callable(self.kernel) or not has_kernel(self.kernel, self.degree or 3) or self.gamma == 0:
            return pairwise_kernels(
                X, basis, metric=self.kernel, filter_params=True, **parameters)
        return kernel_matrix(X, basis, *self._parameters())

    def _parameters(self):
        return (
            self.kernel, self.gamma, 3 if self.degree is None else self.degree,
            1 if self.coef0 is None else self.coef0, self.kernel_params)

    def _kernel_parameters(self):
        parameters = dict(self.kernel_params or {})
        if not callable(self.kernel) and self.kernel != "precomputed":
            for name in KERNEL_PARAMS.get(self.kernel, ()):
                if getattr(self, name) is not None:
                    parameters[name] = getattr(self, name)
        elif any(value is not None for value in (self.gamma, self.coef0, self.degree)):
            raise ValueError("Don't pass gamma, coef0 or degree to Nystroem if using a callable or precomputed kernel")
        return parameters

    def transform(self, X):
        """The features of rows.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_components)
            Features.
        """
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=_FLOATS, reset=False)
        values = self._values(X, self.components_, self.component_indices_)
        return np.dot(values.astype(X.dtype, copy=False), self.normalization_.T)


class RBFSampler(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Random Fourier features, which stand in for the rbf kernel.

    Parameters
    ----------
    gamma : 'scale' or float, default=1.0
        Width of the kernel.

    n_components : int, default=100
        Number of features.

    random_state : int, RandomState instance or None, default=None
        Decides the frequencies.

    Attributes
    ----------
    random_offset_ : ndarray of shape (n_components,)
        Phases.

    random_weights_ : ndarray of shape (n_features, n_components)
        Frequencies.
    """

    _parameter_constraints: dict = {
        "gamma": [StrOptions({"scale"}), Interval(Real, 0.0, None, closed="left")],
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, *, gamma=1.0, n_components=100, random_state=None):
        self.gamma = gamma
        self.n_components = n_components
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Draws frequencies and phases.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.
        y : Ignored
            Not used.

        Returns
        -------
        self : object
            The fitted transformer.
        """
        X = validate_data(self, X, accept_sparse="csr", dtype=_FLOATS)
        random = check_random_state(self.random_state)
        n_features = X.shape[1]
        if self.gamma == "scale":
            variance = X.multiply(X).mean() - X.mean() ** 2 if sp.issparse(X) else X.var()
            self._gamma = 1.0 / (n_features * variance) if variance != 0 else 1.0
        else:
            self._gamma = self.gamma
        self.random_weights_ = (2.0 * self._gamma) ** 0.5 * random.normal(
            size=(n_features, self.n_components))
        self.random_offset_ = random.uniform(0, 2 * np.pi, size=self.n_components)
        if X.dtype == np.float32:
            self.random_weights_ = self.random_weights_.astype(np.float32)
            self.random_offset_ = self.random_offset_.astype(np.float32)
        self._n_features_out = self.n_components
        return self

    def transform(self, X):
        """The features of rows.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_components)
            Features.
        """
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=_FLOATS, reset=False)
        projection = safe_sparse_dot(X, self.random_weights_)
        projection += self.random_offset_
        np.cos(projection, projection)
        projection *= (2.0 / self.n_components) ** 0.5
        return projection
