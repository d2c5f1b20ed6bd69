"""Linear models, solved in the weights of the features."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
import scipy.sparse as sp
from sklearn.base import ClassifierMixin, RegressorMixin, _fit_context
from sklearn.utils import column_or_1d
from sklearn.utils.extmath import safe_sparse_dot
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from . import _library
from ._base import (
    BaseSupportVectors,
    Interval,
    StrOptions,
    checked_weights,
    class_names,
    validate_data,
    weights_by_name,
)

_ACCEPTED = dict(dtype=[np.float64, np.float32], accept_sparse="csr", accept_large_sparse=True)


class LinearMachine(BaseSupportVectors):
    """What linear models share: ``coef_`` and ``intercept_`` predict."""

    _parameter_constraints: dict = {
        **BaseSupportVectors._parameter_constraints,
        "tol": [Interval(Real, 0.0, None, closed="neither")],
        "C": [Interval(Real, 0.0, None, closed="neither")],
        "fit_intercept": ["boolean"],
        "intercept_scaling": [Interval(Real, 0, None, closed="neither")],
        "dual": ["boolean", StrOptions({"auto"})],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
        "max_iter": [Interval(Integral, 0, None, closed="left")],
    }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _intercept_option(self):
        if not self.fit_intercept:
            return "none"
        return float(self.intercept_scaling)

    def _train_linear(self, X, sample_weight, method, **data):
        weights = checked_weights(sample_weight, X)
        options = self._options(
            {"kernel": {"name": "linear"}, "solver": "primal", **method}, tol=self.tol,
            max_iter=self.max_iter, seed=self._seed(), intercept=self._intercept_option())
        if "names" in data:
            options["classes"] = data.pop("names")
        self.model_ = _library.train(X, options, weights=weights, **data)
        self.n_iter_ = max(problem["iterations"] for problem in self.certificate_)
        self._warn_unless_converged(self.max_iter)
        return self

    def _decision(self, X):
        check_is_fitted(self, "coef_")
        X = validate_data(self, X, **_ACCEPTED, reset=False)
        return safe_sparse_dot(X, self.coef_.T, dense_output=True) + self.intercept_


class LinearClassifierBase(ClassifierMixin, LinearMachine):
    def _validated(self, X, y):
        X, y = validate_data(self, X, y, **_ACCEPTED)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                "This solver needs samples of at least 2 classes in the data, but the data contains only one"
                f" class: {self.classes_[0]!r}")
        return X, y, codes

    def _fit_classes(self, X, y, codes, sample_weight, method):
        names = class_names(self.classes_)
        _, weights = weights_by_name(self.class_weight, self.classes_, y, names)
        sample_weight = checked_weights(sample_weight, X, codes=codes)
        self._train_linear(
            X, sample_weight, {"multiclass": "one-versus-rest", **method, **weights}, codes=codes,
            names=names)
        known = self.model_.description["classes"]
        if len(known) < len(names):
            # A class whose rows have no weight is never predicted.
            self.classes_ = self.classes_[[names.index(name) for name in known]]
        self.coef_ = self.model_.array("weights").copy()
        self.intercept_ = self.model_.array("biases").copy() if self.fit_intercept else 0.0
        return self

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
        values = self._decision(X)
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

    def sparsify(self):
        """Stores ``coef_`` as a sparse matrix.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        check_is_fitted(self, "coef_")
        self.coef_ = sp.csr_matrix(self.coef_)
        return self

    def densify(self):
        """Stores ``coef_`` as an array.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        check_is_fitted(self, "coef_")
        if sp.issparse(self.coef_):
            self.coef_ = self.coef_.toarray()
        return self



class LinearSVC(LinearClassifierBase):
    """Linear support vector classification in the weights of the features, for many rows.

    Of more than two classes each is separated from the rest. ``penalty='l1'`` and
    ``multi_class='crammer_singer'`` are trained by scikit-learn itself.

    Parameters
    ----------
    penalty : {'l1', 'l2'}, default='l2'
        Norm of the weights that is small.

    loss : {'hinge', 'squared_hinge'}, default='squared_hinge'
        What errors cost.

    dual : 'auto' or bool, default='auto'
        Not used: the model is the same.

    tol : float, default=1e-4
        Relative duality gap, in thousandths.

    C : float, default=1.0
        Penalty for errors.

    multi_class : {'ovr', 'crammer_singer'}, default='ovr'
        How more than two classes are treated.

    fit_intercept : bool, default=True
        Whether there is a bias.

    intercept_scaling : float, default=1.0
        The bias b costs ``(b / intercept_scaling) ** 2 / 2``.

    class_weight : dict or 'balanced', default=None
        Factors of C for the classes.

    verbose : int, default=0
        Not used.

    random_state : int, RandomState instance or None, default=None
        Not used: nothing is drawn at random.

    max_iter : int, default=1000
        Maximum number of steps.

    max_time : float, default=None
        Seconds after which training returns the best model so far.

    Attributes
    ----------
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Weights.

    intercept_ : ndarray of shape (1,) or (n_classes,)
        Biases.

    classes_ : ndarray of shape (n_classes,)
        Classes.

    n_iter_ : int
        Largest number of steps of a class.

    certificate_ : list of dict
        How well each problem was solved.

    stop_reason_ : str
        Why training stopped.
    """

    _parameter_constraints: dict = {
        **LinearMachine._parameter_constraints,
        "penalty": [StrOptions({"l1", "l2"})],
        "loss": [StrOptions({"hinge", "squared_hinge"})],
        "multi_class": [StrOptions({"ovr", "crammer_singer"})],
        "class_weight": [None, dict, StrOptions({"balanced"})],
    }

    def __init__(
        self, penalty="l2", loss="squared_hinge", *, dual="auto", tol=1e-4, C=1.0, multi_class="ovr",
        fit_intercept=True, intercept_scaling=1, class_weight=None, verbose=0, random_state=None,
        max_iter=1000, max_time=None,
    ):
        self.penalty = penalty
        self.loss = loss
        self.dual = dual
        self.tol = tol
        self.C = C
        self.multi_class = multi_class
        self.fit_intercept = fit_intercept
        self.intercept_scaling = intercept_scaling
        self.class_weight = class_weight
        self.verbose = verbose
        self.random_state = random_state
        self.max_iter = max_iter
        self.max_time = max_time

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Trains the machine.

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
        if self.penalty == "l1" or self.multi_class == "crammer_singer":
            return self._fit_elsewhere(X, y, sample_weight)
        X, y, codes = self._validated(X, y)
        loss = "squared" if self.loss == "squared_hinge" else "linear"
        return self._fit_classes(
            X, y, codes, sample_weight, {"formulation": "c-svc", "c": float(self.C), "loss": loss})

    def _fit_elsewhere(self, X, y, sample_weight):
        from ._patch import original

        parameters = {
            name: value for name, value in self.get_params(deep=False).items() if name != "max_time"}
        fitted = original("LinearSVC")(**parameters).fit(X, y, sample_weight)
        self.model_ = None
        for name, value in vars(fitted).items():
            if name.endswith("_") and not name.startswith("_"):
                setattr(self, name, value)
        return self


class LinearSVR(RegressorMixin, LinearMachine):
    """Linear support vector regression in the weights of the features, for many rows.

    Parameters
    ----------
    epsilon : float, default=0.0
        Errors up to this size cost nothing, in units of the target.

    tol : float, default=1e-4
        Relative duality gap, in thousandths.

    C : float, default=1.0
        Penalty for errors.

    loss : {'epsilon_insensitive', 'squared_epsilon_insensitive'}, default='epsilon_insensitive'
        What errors cost.

    fit_intercept : bool, default=True
        Whether there is a bias.

    intercept_scaling : float, default=1.0
        The bias b costs ``(b / intercept_scaling) ** 2 / 2``.

    dual : 'auto' or bool, default='auto'
        Not used: the model is the same.

    verbose : int, default=0
        Not used.

    random_state : int, RandomState instance or None, default=None
        Not used: nothing is drawn at random.

    max_iter : int, default=1000
        Maximum number of steps.

    max_time : float, default=None
        Seconds after which training returns the best model so far.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
        Weights.

    intercept_ : ndarray of shape (1,)
        The bias.

    n_iter_ : int
        Number of steps.

    certificate_ : list of dict
        How well the problem was solved.

    stop_reason_ : str
        Why training stopped.
    """

    _parameter_constraints: dict = {
        **LinearMachine._parameter_constraints,
        "epsilon": [Real],
        "loss": [StrOptions({"epsilon_insensitive", "squared_epsilon_insensitive"})],
    }

    def __init__(
        self, *, epsilon=0.0, tol=1e-4, C=1.0, loss="epsilon_insensitive", fit_intercept=True,
        intercept_scaling=1.0, dual="auto", verbose=0, random_state=None, max_iter=1000, max_time=None,
    ):
        self.epsilon = epsilon
        self.tol = tol
        self.C = C
        self.loss = loss
        self.fit_intercept = fit_intercept
        self.intercept_scaling = intercept_scaling
        self.dual = dual
        self.verbose = verbose
        self.random_state = random_state
        self.max_iter = max_iter
        self.max_time = max_time

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Trains the machine.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Factors of C for the rows.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        X, y = validate_data(self, X, y, **_ACCEPTED, y_numeric=True)
        y = column_or_1d(y, warn=True).astype(np.float64, copy=False)
        loss = "squared" if self.loss == "squared_epsilon_insensitive" else "linear"
        self._train_linear(
            X, sample_weight,
            {"formulation": "epsilon-svr", "c": float(self.C), "epsilon": float(self.epsilon), "loss": loss},
            numbers=y)
        self.coef_ = self.model_.array("weights").ravel().copy()
        self.intercept_ = self.model_.array("biases").copy() if self.fit_intercept else 0.0
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
        return self._decision(X)
