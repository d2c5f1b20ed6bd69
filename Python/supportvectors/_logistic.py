"""Logistic regression, linear or on features that stand in for a kernel."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from scipy.special import expit
from sklearn.base import ClassifierMixin, _fit_context
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
    validate_data,
    weights_by_name,
)

_ACCEPTED = dict(dtype=[np.float64, np.float32], accept_sparse="csr", accept_large_sparse=True)


class LogisticClassifier(ClassifierMixin, BaseSupportVectors):
    """Logistic regression, linear or on features that stand in for a kernel.

    Of more than two classes each is separated from the rest. The bias is free.

    Parameters
    ----------
    C : float, default=1.0
        Weight of the losses against ``½‖w‖²``.

    kernel : {'linear', 'rbf', ...}, default='linear'
        With another kernel than the linear one, `n_components` Nyström features are made first.

    gamma : {'scale', 'auto'} or float, default='scale'
        Width of the kernel.

    degree : int, default=3
        Degree of the polynomial kernel.

    coef0 : float, default=0.0
        Constant term of the polynomial and the sigmoid kernel.

    n_components : int, default=500
        Number of features that stand in for a kernel; at most as many as rows are used.

    tol : float, default=1e-4
        Relative duality gap, in thousandths.

    class_weight : dict or 'balanced', default=None
        Factors of C for the classes.

    max_iter : int, default=1000
        Maximum number of steps.

    random_state : int, RandomState instance or None, default=None
        Decides the rows that features are made from.

    max_time : float, default=None
        Seconds after which training returns the best model so far.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Classes.

    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Weights, of the linear kernel.

    intercept_ : ndarray of shape (1,) or (n_classes,)
        Biases.

    n_iter_ : int
        Largest number of steps of a class.

    certificate_ : list of dict
        How well each problem was solved.

    stop_reason_ : str
        Why training stopped.
    """

    _parameter_constraints: dict = {
        **BaseSupportVectors._parameter_constraints,
        "C": [Interval(Real, 0.0, None, closed="neither")],
        "kernel": [StrOptions(set(KERNELS))],
        "gamma": [StrOptions({"scale", "auto"}), Interval(Real, 0.0, None, closed="neither")],
        "degree": [Interval(Integral, 1, None, closed="left")],
        "coef0": [Interval(Real, None, None, closed="neither")],
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0.0, None, closed="neither")],
        "class_weight": [None, dict, StrOptions({"balanced"})],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self, *, C=1.0, kernel="linear", gamma="scale", degree=3, coef0=0.0, n_components=500, tol=1e-4,
        class_weight=None, max_iter=1000, random_state=None, max_time=None,
    ):
        self.C = C
        self.kernel = kernel
        self.gamma = gamma
        self.degree = degree
        self.coef0 = coef0
        self.n_components = n_components
        self.tol = tol
        self.class_weight = class_weight
        self.max_iter = max_iter
        self.random_state = random_state
        self.max_time = max_time

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Trains the model.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,)
            Classes.
        sample_weight : array-like of shape (n_samples,), default=None
            Factors of C for the rows.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        X, y = validate_data(self, X, y, **_ACCEPTED)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"at least 2 classes are needed; got {len(self.classes_)} class")
        names = class_names(self.classes_)
        _, weights = weights_by_name(self.class_weight, self.classes_, y, names)
        method = {
            "formulation": "logistic", "c": float(self.C), "multiclass": "one-versus-rest", **weights,
            "kernel": kernel_options(
                self.kernel, {"gamma": self.gamma, "degree": self.degree, "coef0": self.coef0}),
        }
        if self.kernel != "linear":
            method |= {"featureMap": "nystrom", "components": min(self.n_components, X.shape[0])}
        self.model_ = _library.train(
            X, self._options(method, tol=self.tol, max_iter=self.max_iter, seed=self._seed(), classes=names),
            codes=codes, weights=checked_weights(sample_weight, X, codes=codes))
        known = self.model_.description["classes"]
        if len(known) < len(names):
            self.classes_ = self.classes_[[names.index(name) for name in known]]
        self.n_iter_ = max(problem["iterations"] for problem in self.certificate_)
        self._warn_unless_converged(self.max_iter)
        return self

    @property
    def coef_(self):
        """Weights of the features, of the linear kernel."""
        if self.kernel != "linear":
            raise AttributeError("coef_ is only available when using a linear kernel")
        return self._fitted_model().array("weights")

    @property
    def intercept_(self):
        """Biases."""
        return self._fitted_model().array("biases")

    def decision_function(self, X):
        """Decision values: log-odds.

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
        X = validate_data(self, X, **_ACCEPTED, reset=False)
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

    def predict_proba(self, X):
        """The probability of each class; of more than two in proportion to what each against the rest has.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.
        """
        values = expit(self.decision_function(X))
        if values.ndim == 1:
            return np.column_stack([1 - values, values])
        return values / np.maximum(values.sum(axis=1, keepdims=True), np.finfo(float).tiny)

    def predict_log_proba(self, X):
        """The logarithms of ``predict_proba``.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        logarithms : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.
        """
        return np.log(self.predict_proba(X))
