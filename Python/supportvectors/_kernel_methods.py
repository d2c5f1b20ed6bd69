"""Models whose equations are solved at once."""

from __future__ import annotations

import warnings
from numbers import Integral, Real

import numpy as np
from scipy.linalg import lstsq
from sklearn.base import (
    ClassifierMixin,
    MultiOutputMixin,
    RegressorMixin,
    _fit_context,
)
from sklearn.metrics.pairwise import PAIRWISE_KERNEL_FUNCTIONS, pairwise_kernels
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from . import _library
from ._base import (
    KERNELS,
    BaseSupportVectors,
    Interval,
    StrOptions,
    checked_weights,
    class_names,
    kernel_options,
    sparse_rows,
    validate_data,
    weights_by_name,
)

_FLOATS = [np.float64, np.float32]


def has_kernel(kernel, degree):
    """Whether the library has a kernel; scikit-learn computes the others."""
    if not isinstance(kernel, str) or kernel not in KERNELS:
        return False
    return KERNELS[kernel][0] != "polynomial" or (degree == int(degree) and degree >= 1)


def kernel_matrix(X, Y, kernel, gamma, degree, coef0, kernel_params):
    """A kernel matrix between rows."""
    if has_kernel(kernel, degree) and gamma != 0:
        if gamma is None:
            gamma = 1.0 if kernel == "chi2" else 1.0 / X.shape[1]
        return _library.kernel_values(
            X, Y, kernel_options(kernel, {"gamma": gamma, "degree": int(degree), "coef0": coef0}))
    if callable(kernel):
        return pairwise_kernels(X, Y, metric=kernel, filter_params=True, **(kernel_params or {}))
    return pairwise_kernels(
        X, Y, metric=kernel, filter_params=True, gamma=gamma, degree=degree, coef0=coef0)


class KernelRidge(MultiOutputMixin, RegressorMixin, BaseSupportVectors):
    """Kernel ridge regression, without a bias.

    Parameters
    ----------
    alpha : float or array-like of shape (n_targets,), default=1.0
        Regularisation strength.

    kernel : str or callable, default='linear'
        A kernel of this package or of scikit-learn, ``'precomputed'``, or a function of two rows.

    gamma : float, default=None
        Width of the kernel; None is ``1 / n_features``.

    degree : float, default=3
        Degree of the polynomial kernel.

    coef0 : float, default=1
        Constant term of the polynomial and the sigmoid kernel.

    kernel_params : dict, default=None
        Further arguments of a callable kernel.

    max_time : float, default=None
        Seconds after which training gives up.

    Attributes
    ----------
    dual_coef_ : ndarray of shape (n_samples,) or (n_samples, n_targets)
        Coefficients of the training rows.

    X_fit_ : ndarray or sparse matrix of shape (n_samples, n_features)
        Training rows, or the kernel matrix; of a model from a file the rows that have coefficients, and no kernel
        matrix.
    """

    _parameter_constraints: dict = {
        **BaseSupportVectors._parameter_constraints,
        "alpha": [Interval(Real, 0, None, closed="left"), "array-like"],
        "kernel": [
            StrOptions(set(PAIRWISE_KERNEL_FUNCTIONS) | set(KERNELS) | {"precomputed"}), callable],
        "gamma": [Interval(Real, 0, None, closed="left"), None],
        "degree": [Interval(Real, 0, None, closed="left")],
        "coef0": [Interval(Real, None, None, closed="neither")],
        "kernel_params": [dict, None],
    }

    def __init__(
        self, alpha=1, *, kernel="linear", gamma=None, degree=3, coef0=1, kernel_params=None, max_time=None,
    ):
        self.alpha = alpha
        self.kernel = kernel
        self.gamma = gamma
        self.degree = degree
        self.coef0 = coef0
        self.kernel_params = kernel_params
        self.max_time = max_time

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.pairwise = self.kernel == "precomputed"
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Trains the model.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features) or (n_samples, n_samples)
            Rows, or the kernel matrix of a precomputed kernel.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Targets.
        sample_weight : float or array-like of shape (n_samples,), default=None
            What the rows count.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        X, y = validate_data(
            self, X, y, accept_sparse=("csr", "csc"), multi_output=True, y_numeric=True, dtype=_FLOATS)
        targets = np.asarray(y, dtype=np.float64).reshape(len(y), -1)
        alpha = np.asarray(self.alpha, dtype=np.float64).ravel()
        if len(alpha) not in (1, targets.shape[1]):
            raise ValueError("alpha should be a scalar or have a value for each target")
        alpha = np.broadcast_to(alpha, (targets.shape[1],))
        weights = checked_weights(sample_weight, X)
        is_ours = has_kernel(self.kernel, self.degree) and self.gamma != 0
        features = X if is_ours or self.kernel == "precomputed" else self._matrix(X, X)
        kernel = {"name": "precomputed"}
        if is_ours:
            gamma = self.gamma
            if gamma is None:
                gamma = 1.0 if self.kernel == "chi2" else "auto"
            kernel = kernel_options(
                self.kernel, {"gamma": gamma, "degree": int(self.degree), "coef0": self.coef0})
        columns, self.models_ = [], []
        for target, strength in zip(targets.T, alpha):
            # Least squares without regularisation is its limit.
            strength = max(float(strength), 1e-12)
            options = self._options({"formulation": "kernel-ridge", "lambda": strength, "kernel": kernel})
            try:
                model = _library.train(features, options, numbers=target, weights=weights)
            except _library.SupportVectorsError as error:
                if "not positive definite" not in str(error):
                    raise
                return self._fit_by_least_squares(X, y, targets, alpha, weights)
            column = np.zeros(len(target))
            column[model.array("supportIndices")] = model.array("dualCoefficients")[0]
            columns.append(column)
            self.models_.append(model)
        self.model_ = self.models_[0]
        self._is_ours = is_ours or self.kernel == "precomputed"
        self.dual_coef_ = np.column_stack(columns) if np.ndim(y) > 1 else columns[0]
        self.X_fit_ = X
        return self

    def _fit_by_least_squares(self, X, y, targets, alpha, weights):
        """The shortest solution where the equations have none or many."""
        warnings.warn(
            "Singular matrix in solving dual problem. Using least-squares solution instead.", stacklevel=4)
        roots = np.ones(len(targets)) if weights is None else np.sqrt(weights)
        kernel = np.asarray(self._matrix(X, X)) * np.outer(roots, roots)
        columns = [
            roots * lstsq(kernel + strength * np.eye(len(kernel)), roots * target)[0]
            for target, strength in zip(targets.T, alpha)]
        self.model_, self.models_, self._is_ours = None, [], False
        self.dual_coef_ = np.column_stack(columns) if np.ndim(y) > 1 else columns[0]
        self.X_fit_ = X
        return self

    def _own_model(self):
        if self.__dict__.get("models_") == []:
            raise _library.SupportVectorsError(
                "the equations were singular and were solved by least squares; such a model has no file")
        if len(self.models_) > 1:
            raise _library.SupportVectorsError(
                f"a file has one target, but this model has {len(self.models_)}; fit a KernelRidge for each")
        return self._fitted_model()

    def _restored(self):
        """Sets what ``fit`` sets besides the model, which a file contains."""
        model = self.model_
        self.models_, self._is_ours = [model], True
        coefficients = model.array("dualCoefficients")[0]
        if self.kernel == "precomputed":
            self.dual_coef_ = np.zeros(model.description["trainingCount"])
            self.dual_coef_[model.array("supportIndices")] = coefficients
            self.X_fit_ = np.empty((0, 0))
        else:
            # Rows without a coefficient are not in the file.
            self.dual_coef_ = coefficients.copy()
            self.X_fit_ = sparse_rows(model)

    def _matrix(self, X, Y):
        if self.kernel == "precomputed":
            return X
        return kernel_matrix(X, Y, self.kernel, self.gamma, self.degree, self.coef0, self.kernel_params)

    def predict(self, X):
        """The predicted numbers of each row.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_targets)
            Numbers.
        """
        check_is_fitted(self, "X_fit_")
        X = validate_data(self, X, accept_sparse=("csr", "csc"), dtype=_FLOATS, reset=False)
        if self._is_ours:
            values = np.column_stack([model.predict(X, "decision")[:, 0] for model in self.models_])
        else:
            values = self._matrix(X, self.X_fit_) @ self.dual_coef_
        return values if np.ndim(self.dual_coef_) > 1 else values.reshape(len(values))


class LSSVC(ClassifierMixin, BaseSupportVectors):
    """Least-squares support vector classification, by linear equations.

    Parameters
    ----------
    alpha : float or 'auto', default='auto'
        Regularisation strength; 'auto' tries many and keeps the one with the least leave-one-out error.

    kernel : {'linear', 'poly', 'rbf', ...}, default='rbf'
        The kernel.

    gamma : {'scale', 'auto'} or float, default='scale'
        Width of the kernel.

    degree : int, default=3
        Degree of the polynomial kernel.

    coef0 : float, default=0.0
        Constant term of the polynomial and the sigmoid kernel.

    class_weight : dict or 'balanced', default=None
        Factors for the classes.

    max_time : float, default=None
        Seconds after which training gives up.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Classes.

    alpha_ : float
        The regularisation strength that was used.

    dual_coef_ : ndarray of shape (1, n_samples) or (n_classes, n_samples)
        Coefficients of the training rows.

    intercept_ : ndarray of shape (1,) or (n_classes,)
        Biases.
    """

    _parameter_constraints: dict = {
        **BaseSupportVectors._parameter_constraints,
        "alpha": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"})],
        "kernel": [StrOptions(set(KERNELS) | {"precomputed"})],
        "gamma": [StrOptions({"scale", "auto"}), Interval(Real, 0.0, None, closed="neither")],
        "degree": [Interval(Integral, 1, None, closed="left")],
        "coef0": [Interval(Real, None, None, closed="neither")],
        "class_weight": [None, dict, StrOptions({"balanced"})],
    }

    def __init__(
        self, *, alpha="auto", kernel="rbf", gamma="scale", degree=3, coef0=0.0, class_weight=None,
        max_time=None,
    ):
        self.alpha = alpha
        self.kernel = kernel
        self.gamma = gamma
        self.degree = degree
        self.coef0 = coef0
        self.class_weight = class_weight
        self.max_time = max_time

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = self.kernel != "precomputed"
        tags.input_tags.pairwise = self.kernel == "precomputed"
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Trains the model.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features) or (n_samples, n_samples)
            Rows, or the kernel matrix of a precomputed kernel.
        y : array-like of shape (n_samples,)
            Classes.
        sample_weight : array-like of shape (n_samples,), default=None
            What the rows count.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=_FLOATS)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"at least 2 classes are needed; got {len(self.classes_)} class")
        names = class_names(self.classes_)
        _, weights = weights_by_name(self.class_weight, self.classes_, y, names)
        method = {
            "formulation": "ls-svc", **weights,
            "kernel": kernel_options(
                self.kernel, {"gamma": self.gamma, "degree": self.degree, "coef0": self.coef0}),
        }
        if self.alpha != "auto":
            method["lambda"] = float(self.alpha)
        self.model_ = _library.train(
            X, self._options(method, classes=names), codes=codes,
            weights=checked_weights(sample_weight, X, codes=codes))
        known = self.model_.description["classes"]
        if len(known) < len(names):
            self.classes_ = self.classes_[[names.index(name) for name in known]]
        self.alpha_ = self.model_.description["parameters"]["lambda"]
        return self

    @property
    def dual_coef_(self):
        """Coefficients of the training rows."""
        return self._fitted_model().array("dualCoefficients")

    @property
    def intercept_(self):
        """Biases."""
        return self._fitted_model().array("biases")

    def decision_function(self, X):
        """Decision values.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        values : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Positive for the second class of two; of more classes one value for each.
        """
        check_is_fitted(self, "model_")
        X = validate_data(self, X, accept_sparse="csr", dtype=_FLOATS, reset=False)
        values = self.model_.predict(X, "decision")
        return values.ravel() if values.shape[1] == 1 else values

    def predict(self, X):
        """The class of each row.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Classes.
        """
        values = self.decision_function(X)
        places = (values > 0).astype(int) if values.ndim == 1 else values.argmax(axis=1)
        return self.classes_[places]
