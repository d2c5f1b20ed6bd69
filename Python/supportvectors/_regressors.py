"""Support vector regressors, in their dual variables."""

from __future__ import annotations

from numbers import Real

import numpy as np
from sklearn.base import RegressorMixin, _fit_context
from sklearn.utils import column_or_1d

from ._base import (
    Interval,
    checked_weights,
    finite,
)
from ._machine import KernelMachine, documented


class BaseRegressor(RegressorMixin, KernelMachine):
    def _fit(self, X, y, sample_weight, method):
        X, y = self._validated(X, y)
        y = column_or_1d(y, warn=True).astype(np.float64, copy=False)
        self._train(X, method=method, numbers=y, sample_weight=sample_weight)
        if len(self.n_iter_) == 1:
            self.n_iter_ = int(self.n_iter_[0])
        return self

    def predict(self, X):
        """The predicted number of each row.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Numbers.
        """
        return self._values(X)[:, 0]

    def _values(self, X):
        X = self._features_to_predict(X)
        return self.model_.predict(X, "decision")

    def verify(self, X, y, sample_weight=None):
        """Recomputes the certificates in double precision from the training data; see :meth:`SVC.verify`.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            The training rows, in their order.
        y : array-like of shape (n_samples,)
            Their targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Their weights.

        Returns
        -------
        certificates : list of dict
            As ``certificate_``.
        """
        X = self._features_to_predict(X)
        return self.model_.verify(
            X, numbers=column_or_1d(y), weights=checked_weights(sample_weight, X))


@documented
class SVR(BaseRegressor):
    """ε-support vector regression.

    Parameters
    ----------
    {kernel_parameters}

    {solver_parameters}

    C : float, default=1.0
        Penalty for errors, in units of the target.

    epsilon : float, default=0.1
        Errors up to this size cost nothing, in units of the target.

    shrinking : bool, default=True
        Leave variables out for a while that look settled.

    Attributes
    ----------
    {common_attributes}
    """

    _parameter_constraints: dict = {
        **KernelMachine._parameter_constraints,
        "C": [Interval(Real, 0.0, None, closed="right")],
        "epsilon": [Interval(Real, 0.0, None, closed="left")],
    }

    def __init__(
        self, *, kernel="rbf", degree=3, gamma="scale", coef0=0.0, tol=1e-3, C=1.0, epsilon=0.1,
        shrinking=True, cache_size=200, verbose=False, max_iter=-1, max_time=None,
    ):
        self.kernel = kernel
        self.degree = degree
        self.gamma = gamma
        self.coef0 = coef0
        self.tol = tol
        self.C = C
        self.epsilon = epsilon
        self.shrinking = shrinking
        self.cache_size = cache_size
        self.verbose = verbose
        self.max_iter = max_iter
        self.max_time = max_time

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Trains the machine.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features) or (n_samples, n_samples)
            Rows, or the kernel matrix of a precomputed kernel.
        y : array-like of shape (n_samples,)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Factors of C for the rows.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        method = {"formulation": "epsilon-svr", "c": finite(self.C), "epsilon": float(self.epsilon)}
        return self._fit(X, y, sample_weight, method)


@documented
class NuSVR(BaseRegressor):
    """ν-support vector regression: ν takes the place of ε.

    Parameters
    ----------
    nu : float, default=0.5
        At most this share of the rows errs, and at least this share are support vectors; in (0, 1].

    C : float, default=1.0
        Penalty for errors, in units of the target.

    {kernel_parameters}

    shrinking : bool, default=True
        Leave variables out for a while that look settled.

    {solver_parameters}

    Attributes
    ----------
    {common_attributes}
    """

    _parameter_constraints: dict = {
        **KernelMachine._parameter_constraints,
        "C": [Interval(Real, 0.0, None, closed="right")],
        "nu": [Interval(Real, 0.0, 1.0, closed="right")],
    }

    def __init__(
        self, *, nu=0.5, C=1.0, kernel="rbf", degree=3, gamma="scale", coef0=0.0, shrinking=True, tol=1e-3,
        cache_size=200, verbose=False, max_iter=-1, max_time=None,
    ):
        self.nu = nu
        self.C = C
        self.kernel = kernel
        self.degree = degree
        self.gamma = gamma
        self.coef0 = coef0
        self.shrinking = shrinking
        self.tol = tol
        self.cache_size = cache_size
        self.verbose = verbose
        self.max_iter = max_iter
        self.max_time = max_time

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Trains the machine; see :meth:`SVR.fit`.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features) or (n_samples, n_samples)
            Rows, or the kernel matrix of a precomputed kernel.
        y : array-like of shape (n_samples,)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Factors of C for the rows.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        method = {"formulation": "nu-svr", "c": finite(self.C), "nu": float(self.nu)}
        return self._fit(X, y, sample_weight, method)


@documented
class QuantileSVR(BaseRegressor):
    """Kernel quantile regression: support vector regression with the pinball loss.

    Parameters
    ----------
    quantiles : float or list of float, default=0.5
        The quantiles to predict, between 0 and 1.

    C : float, default=1.0
        Penalty for errors, in units of the target.

    {kernel_parameters}

    shrinking : bool, default=True
        Leave variables out for a while that look settled.

    {solver_parameters}

    Attributes
    ----------
    quantiles_ : ndarray of shape (n_quantiles,)
        The quantiles, ascending.

    {common_attributes}
    """

    _parameter_constraints: dict = {
        **KernelMachine._parameter_constraints,
        "C": [Interval(Real, 0.0, None, closed="right")],
        "quantiles": [Interval(Real, 0.0, 1.0, closed="neither"), "array-like"],
    }

    def __init__(
        self, *, quantiles=0.5, C=1.0, kernel="rbf", degree=3, gamma="scale", coef0=0.0, shrinking=True,
        tol=1e-3, cache_size=200, verbose=False, max_iter=-1, max_time=None,
    ):
        self.quantiles = quantiles
        self.C = C
        self.kernel = kernel
        self.degree = degree
        self.gamma = gamma
        self.coef0 = coef0
        self.shrinking = shrinking
        self.tol = tol
        self.cache_size = cache_size
        self.verbose = verbose
        self.max_iter = max_iter
        self.max_time = max_time

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Trains a machine for each quantile.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features) or (n_samples, n_samples)
            Rows, or the kernel matrix of a precomputed kernel.
        y : array-like of shape (n_samples,)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Factors of C for the rows.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        quantiles = sorted(float(q) for q in np.atleast_1d(self.quantiles))
        method = {"formulation": "quantile-svr", "c": finite(self.C), "quantile": quantiles}
        self._fit(X, y, sample_weight, method)
        self.quantiles_ = np.array(quantiles)
        return self

    def predict(self, X):
        """The quantile nearest to the median.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Numbers.
        """
        X = self._features_to_predict(X)
        return self.model_.predict(X, "number")

    def predict_quantiles(self, X):
        """All quantiles.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        quantiles : ndarray of shape (n_samples, n_quantiles)
            In the order of ``quantiles_``.
        """
        return self._values(X)
