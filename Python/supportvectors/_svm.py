"""Support vector machines in their dual variables, for any kernel."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
import scipy.sparse as sp
from sklearn.base import ClassifierMixin, OutlierMixin, RegressorMixin, _fit_context
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_array, check_consistent_length, column_or_1d
from sklearn.utils.extmath import safe_sparse_dot
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _ovr_decision_function, check_classification_targets
from sklearn.utils.validation import _num_samples, check_is_fitted

from . import _library
from ._base import (
    KERNELS,
    BaseSupportVectors,
    Interval,
    StrOptions,
    checked_weights,
    class_names,
    finite,
    kernel_options,
    sparse_rows,
    validate_data,
    weights_by_name,
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


def _documented(cls):
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
        y = column_or_1d(y, warn=True)
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


@_documented
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


@_documented
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


@_documented
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


@_documented
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


@_documented
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
        return np.where(self.decision_function(X) >= 0, 1, -1)

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


@_documented
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


@_documented
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
