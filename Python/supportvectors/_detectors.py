"""Novelty detectors, in their dual variables."""

from __future__ import annotations

from numbers import Real

import numpy as np
from sklearn.base import OutlierMixin, _fit_context

from ._base import (
    Interval,
    checked_weights,
)
from ._machine import KernelMachine, documented


class BaseDetector(OutlierMixin, KernelMachine):
    _parameter_constraints: dict = {
        **KernelMachine._parameter_constraints,
        "nu": [Interval(Real, 0.0, 1.0, closed="right")],
    }

    def __init__(
        self, *, kernel="rbf", degree=3, gamma="scale", coef0=0.0, tol=1e-3, nu=0.5, shrinking=True,
        cache_size=200, verbose=False, max_iter=-1, max_time=None,
    ):
        self.kernel = kernel
        self.degree = degree
        self.gamma = gamma
        self.coef0 = coef0
        self.tol = tol
        self.nu = nu
        self.shrinking = shrinking
        self.cache_size = cache_size
        self.verbose = verbose
        self.max_iter = max_iter
        self.max_time = max_time

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None, sample_weight=None):
        """Trains the machine.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features) or (n_samples, n_samples)
            Rows, or the kernel matrix of a precomputed kernel.
        y : Ignored
            Not used.
        sample_weight : array-like of shape (n_samples,), default=None
            What the rows count.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        X, _ = self._validated(X)
        self._train(
            X, method={"formulation": self._formulation, "nu": float(self.nu)},
            sample_weight=sample_weight)
        self.n_iter_ = int(self.n_iter_[0])
        return self

    @property
    def offset_(self):
        """What ``decision_function`` subtracts from ``score_samples``."""
        return -self.intercept_

    def decision_function(self, X):
        """How typical rows are: positive for those like the training data.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        values : ndarray of shape (n_samples,)
            Decision values.
        """
        X = self._features_to_predict(X)
        return self.model_.predict(X, "decision").ravel()

    def score_samples(self, X):
        """Decision values without the offset.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        values : ndarray of shape (n_samples,)
            Scores.
        """
        return self.decision_function(X) + self.offset_

    def predict(self, X):
        """1 for rows like the training data, -1 for others.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            1 or -1.
        """
        return np.where(self.decision_function(X) > 0, 1, -1)

    def verify(self, X, y=None, sample_weight=None):
        """Recomputes the certificate in double precision from the training data; see :meth:`SVC.verify`.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            The training rows, in their order.
        y : Ignored
            Not used.
        sample_weight : array-like of shape (n_samples,), default=None
            Their weights.

        Returns
        -------
        certificates : list of dict
            As ``certificate_``.
        """
        X = self._features_to_predict(X)
        return self.model_.verify(X, weights=checked_weights(sample_weight, X))


@documented
class OneClassSVM(BaseDetector):
    """The one-class support vector machine: a hyperplane between the data and the origin.

    Parameters
    ----------
    {kernel_parameters}

    {solver_parameters}

    nu : float, default=0.5
        At most this share of the rows is left outside; in (0, 1].

    shrinking : bool, default=True
        Leave variables out for a while that look settled.

    Attributes
    ----------
    offset_ : ndarray of shape (1,)
        ``decision_function`` is ``score_samples`` minus this.

    {common_attributes}
    """

    _formulation = "one-class"


@documented
class SVDD(BaseDetector):
    """Support vector data description: the smallest sphere around the data.

    Parameters
    ----------
    {kernel_parameters}

    {solver_parameters}

    nu : float, default=0.5
        At most this share of the rows is left outside; in (0, 1].

    shrinking : bool, default=True
        Leave variables out for a while that look settled.

    Attributes
    ----------
    offset_ : ndarray of shape (1,)
        ``decision_function`` is ``score_samples`` minus this.

    {common_attributes}
    """

    _formulation = "svdd"
