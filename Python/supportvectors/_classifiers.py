"""Support vector classifiers, in their dual variables."""

from __future__ import annotations

from numbers import Real

import numpy as np
import scipy.sparse as sp
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.exceptions import NotFittedError
from sklearn.utils import column_or_1d
from sklearn.utils.extmath import safe_sparse_dot
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _ovr_decision_function, check_classification_targets
from sklearn.utils.validation import check_is_fitted

from ._base import (
    Interval,
    StrOptions,
    checked_weights,
    class_names,
    finite,
    weights_by_name,
)
from ._machine import KernelMachine, documented


class BaseClassifier(ClassifierMixin, KernelMachine):
    _parameter_constraints: dict = {
        **KernelMachine._parameter_constraints,
        "probability": ["boolean", StrOptions({"deprecated"})],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "decision_function_shape": [StrOptions({"ovr", "ovo"})],
        "break_ties": ["boolean"],
        "random_state": ["random_state"],
    }

    def _fit(self, X, y, sample_weight, method):
        X, y = self._validated(X, y)
        if callable(self.kernel):
            y = column_or_1d(y, warn=True)
        # Whole numbers and texts are classes whatever they are, and the check takes as long as a small training.
        if y is None or y.dtype.kind not in "biuUS":
            check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        names = class_names(self.classes_)
        self.class_weight_, weights = weights_by_name(self.class_weight, self.classes_, y, names)
        if len(self.classes_) < 2:
            raise ValueError(
                f"The number of classes has to be greater than one; got {len(self.classes_)} class")
        self._train(
            X, method={**method, **weights}, codes=codes, sample_weight=sample_weight, names=names,
            probability=self._has_probability)
        # Classes whose rows have no weight are none of the model's.
        known = {name: place for place, name in enumerate(names)}
        self._known = np.array([known[name] for name in self.model_.description["classes"]])
        self._class_names = names
        return self

    @property
    def _has_probability(self):
        return self.probability is True

    @property
    def _sign(self):
        return -1 if len(self._fitted_model().description["classes"]) > 2 else 1

    def _coef(self):
        if len(self._known) == 2:
            return super()._coef()
        # Each pair sums over the support vectors of its classes.
        dual, vectors = self.dual_coef_, self.support_vectors_
        ends = np.hstack([[0], np.cumsum(self.n_support_)])
        blocks = [slice(first, end) for first, end in zip(ends, ends[1:])]
        rows = [
            safe_sparse_dot(dual[[j - 1], blocks[i]], vectors[blocks[i]])
            + safe_sparse_dot(dual[[i], blocks[j]], vectors[blocks[j]])
            for i in range(len(blocks)) for j in range(i + 1, len(blocks))]
        return sp.vstack(rows).tocsr() if sp.issparse(rows[0]) else np.vstack(rows)

    def decision_function(self, X):
        """Decision values.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows; kernel values with the training rows for a precomputed kernel.

        Returns
        -------
        values : ndarray of shape (n_samples,), (n_samples, n_classes) or (n_samples, n_pairs)
            Positive for the second class of two; of more classes one value for each, or with
            ``decision_function_shape='ovo'`` one for each pair, positive for the earlier class.
        """
        values = self._fitted_values(X)
        if len(self._known) <= 2:
            return values.ravel()
        if self.decision_function_shape == "ovr":
            return _ovr_decision_function(values > 0, values, len(self._known))
        return -values

    def _fitted_values(self, X):
        X = self._features_to_predict(X)
        return self.model_.predict(X, "decision")

    def predict(self, X):
        """The class of each row.

        Of more than two classes the one with the most votes of the pairs; with ``probability=True`` the most
        probable one.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Classes.
        """
        check_is_fitted(self, "model_")
        if self.break_ties and self.decision_function_shape == "ovo":
            raise ValueError("break_ties must be False when decision_function_shape is 'ovo'")
        if self.break_ties and self.decision_function_shape == "ovr" and len(self.classes_) > 2:
            places = np.argmax(self.decision_function(X), axis=1)
        else:
            places = self.model_.predict(self._features_to_predict(X), "class")
        return self.classes_.take(self._known[places])

    def _probabilities_are_known(self):
        if not self._has_probability:
            raise AttributeError("predict_proba is not available when probability=False")
        return True

    @available_if(_probabilities_are_known)
    def predict_proba(self, X):
        """The probability of each class, learned from decision values of rows that were left out.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.
        """
        X = self._features_to_predict(X)
        if not self.model_.description["hasProbabilities"]:
            raise NotFittedError("predict_proba is not available when fitted with probability=False")
        known = self.model_.predict(X, "probability")
        if len(self._known) == len(self.classes_):
            return known
        probabilities = np.zeros((known.shape[0], len(self.classes_)))
        probabilities[:, self._known] = known
        return probabilities

    @available_if(_probabilities_are_known)
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

    def verify(self, X, y, sample_weight=None):
        """Recomputes the certificates in double precision from the training data.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            The training rows, in their order.
        y : array-like of shape (n_samples,)
            Their classes.
        sample_weight : array-like of shape (n_samples,), default=None
            Their weights.

        Returns
        -------
        certificates : list of dict
            As ``certificate_``.
        """
        X = self._features_to_predict(X)
        y = column_or_1d(y)
        places = np.searchsorted(self.classes_[self._known], y).clip(0, len(self._known) - 1)
        if not np.array_equal(self.classes_[self._known][places], y):
            raise ValueError("y has classes that the model does not know")
        return self.model_.verify(X, codes=places, weights=checked_weights(sample_weight, X))


@documented
class SVC(BaseClassifier):
    """C-support vector classification.

    Parameters
    ----------
    C : float, default=1.0
        Penalty for errors, greater than 0.

    {kernel_parameters}

    shrinking : bool, default=True
        Leave variables out for a while that look settled; it changes the time, not the answer.

    probability : bool, default=False
        Learn probabilities by five-fold cross-validation.

    class_weight : dict or 'balanced', default=None
        Factors of C for the classes.

    {solver_parameters}

    decision_function_shape : {'ovo', 'ovr'}, default='ovr'
        Decision values for pairs of classes or for classes.

    break_ties : bool, default=False
        Of classes with equal votes predict the one with the largest decision value.

    random_state : int, RandomState instance or None, default=None
        Decides the folds that probabilities are learned from.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Classes.

    n_support_ : ndarray of shape (n_classes,)
        Number of support vectors of each class.

    {common_attributes}

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from supportvectors import SVC
    >>> X, y = load_iris(return_X_y=True)
    >>> SVC(C=10).fit(X, y).score(X, y) > 0.95
    True
    """

    _parameter_constraints: dict = {
        **BaseClassifier._parameter_constraints,
        "C": [Interval(Real, 0.0, None, closed="right")],
    }

    def __init__(
        self, *, C=1.0, kernel="rbf", degree=3, gamma="scale", coef0=0.0, shrinking=True,
        probability="deprecated", tol=1e-3, cache_size=200, class_weight=None, verbose=False, max_iter=-1,
        decision_function_shape="ovr", break_ties=False, random_state=None, max_time=None,
    ):
        self.C = C
        self.kernel = kernel
        self.degree = degree
        self.gamma = gamma
        self.coef0 = coef0
        self.shrinking = shrinking
        self.probability = probability
        self.tol = tol
        self.cache_size = cache_size
        self.class_weight = class_weight
        self.verbose = verbose
        self.max_iter = max_iter
        self.decision_function_shape = decision_function_shape
        self.break_ties = break_ties
        self.random_state = random_state
        self.max_time = max_time

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Trains the machine.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features) or (n_samples, n_samples)
            Rows, or the kernel matrix of a precomputed kernel.
        y : array-like of shape (n_samples,)
            Classes.
        sample_weight : array-like of shape (n_samples,), default=None
            Factors of C for the rows; a row of weight 2 counts as if it were there twice.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        return self._fit(X, y, sample_weight, {"formulation": "c-svc", "c": finite(self.C)})


@documented
class NuSVC(BaseClassifier):
    """ν-support vector classification.

    Parameters
    ----------
    nu : float, default=0.5
        At most this share of the rows errs, and at least this share are support vectors; in (0, 1].

    {kernel_parameters}

    shrinking : bool, default=True
        Leave variables out for a while that look settled.

    probability : bool, default=False
        Learn probabilities by five-fold cross-validation.

    {solver_parameters}

    class_weight : dict or 'balanced', default=None
        Factors for the classes.

    decision_function_shape : {'ovo', 'ovr'}, default='ovr'
        Decision values for pairs of classes or for classes.

    break_ties : bool, default=False
        Of classes with equal votes predict the one with the largest decision value.

    random_state : int, RandomState instance or None, default=None
        Decides the folds that probabilities are learned from.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Classes.

    {common_attributes}
    """

    _parameter_constraints: dict = {
        **BaseClassifier._parameter_constraints,
        "nu": [Interval(Real, 0.0, 1.0, closed="right")],
    }

    def __init__(
        self, *, nu=0.5, kernel="rbf", degree=3, gamma="scale", coef0=0.0, shrinking=True,
        probability="deprecated", tol=1e-3, cache_size=200, class_weight=None, verbose=False, max_iter=-1,
        decision_function_shape="ovr", break_ties=False, random_state=None, max_time=None,
    ):
        self.nu = nu
        self.kernel = kernel
        self.degree = degree
        self.gamma = gamma
        self.coef0 = coef0
        self.shrinking = shrinking
        self.probability = probability
        self.tol = tol
        self.cache_size = cache_size
        self.class_weight = class_weight
        self.verbose = verbose
        self.max_iter = max_iter
        self.decision_function_shape = decision_function_shape
        self.break_ties = break_ties
        self.random_state = random_state
        self.max_time = max_time

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Trains the machine; see :meth:`SVC.fit`.

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
        return self._fit(X, y, sample_weight, {"formulation": "nu-svc", "nu": float(self.nu)})

    def _checked_weights(self, sample_weight, X, codes):
        weights = checked_weights(sample_weight, X)
        if weights is not None and len(np.unique(codes[weights > 0])) < 2:
            raise ValueError("specified nu is infeasible: rows of one class alone have positive weights")
        return weights
