"""Tables in, predictions out: columns are prepared as the command prepares them, and the model remembers how."""

from __future__ import annotations

from numbers import Real

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin, _fit_context
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_feature_names,
    _check_n_features,
    _check_sample_weight,
    check_is_fitted,
)

from . import _library
from ._base import (
    BaseSupportVectors,
    Interval,
    StrOptions,
    checked_weights,
    class_names,
    kernel_options,
)
from ._columns import table_columns
from ._files import classes as _classes
from ._files import restored

_TARGET, _WEIGHT = "target", "weight"


class TabularEstimator(BaseSupportVectors):
    _parameter_constraints: dict = {
        **BaseSupportVectors._parameter_constraints,
        "formulation": [str, None],
        "C": [Interval(Real, 0, None, closed="neither"), None],
        "kernel": [str, None],
        "gamma": [StrOptions({"scale", "auto"}), Interval(Real, 0.0, None, closed="neither")],
        "scale": [StrOptions({"standard", "minmax", "maxabs", "none"}), None],
        "missing": [str],
        "unseen": [str],
        "tol": [Interval(Real, 0, None, closed="neither")],
        "config": [dict, None],
        "random_state": ["random_state"],
    }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags

    def _more_options(self):
        return {}

    def _train_columns(self, X, target, sample_weight, task):
        columns = table_columns(X)
        _check_feature_names(self, X, reset=True)
        count = len(target)
        if not columns:
            raise ValueError(f"0 feature(s) (shape=({count}, 0)) while a minimum of 1 is required.")
        self.n_features_in_ = len(columns)
        rows = len(next(iter(columns.values())))
        if rows != count:
            raise ValueError(f"Found input variables with inconsistent numbers of samples: [{rows}, {count}]")
        if rows < 2:
            raise ValueError(f"Found array with n_samples = {rows} while a minimum of 2 is required.")
        for name, values in columns.items():
            if isinstance(values, np.ndarray) and np.isinf(values).any():
                raise ValueError(f"Input X contains infinity in column {name}.")
        self._target = _new_name(_TARGET, columns)
        options = {"target": self._target, "missing": self.missing, "unseen": self.unseen}
        if self.scale is not None:
            options["scale"] = self.scale
        table = {**columns, self._target: target}
        self._weight = None
        if sample_weight is not None:
            self._weight = _new_name(_WEIGHT, table)
            table[self._weight] = _check_sample_weight(
                sample_weight, target, dtype=np.float64, ensure_non_negative=True)
            options["weight"] = self._weight
        method = {}
        if self.formulation is not None:
            method["formulation"] = self.formulation
        if self.C is not None:
            method["c"] = float(self.C)
        if self.kernel is not None:
            method["kernel"] = kernel_options(self.kernel, {"gamma": self.gamma})
        more = self._more_options()
        method |= more.pop("method", {})
        training = self._options(method, tol=self.tol, seed=self._seed(), **more)
        configuration = training["configuration"]
        configuration |= {"columns": options, "task": task}
        _merge(configuration, self.config or {})
        self.model_ = _library.train_table(_library.TableData(table, rows), training)
        self._names = list(columns)
        self._is_named = hasattr(self, "feature_names_in_")
        self._is_loaded = False
        self._warn_unless_converged()

    def _table(self, X, target=None, sample_weight=None):
        check_is_fitted(self, "model_")
        columns = table_columns(X)
        if not self._is_named or not hasattr(X, "columns"):
            _check_n_features(self, X, reset=False)
            columns = dict(zip(self._names, columns.values()))
        elif not self._is_loaded:
            _check_feature_names(self, X, reset=False)
        for name, values in columns.items():
            if isinstance(values, np.ndarray) and np.isinf(values).any():
                raise ValueError(f"Input X contains infinity in column {name}.")
        rows = len(next(iter(columns.values())))
        if target is not None:
            columns[self._target] = target
            if self._weight is not None:
                if sample_weight is None:
                    raise ValueError("the model was trained with weights; sample_weight is needed")
                columns[self._weight] = np.asarray(sample_weight, dtype=np.float64)
        return _library.TableData(columns, rows)

    def _restored(self, model):
        restored(self, model)
        self._names = list(model.description["columns"])
        self.n_features_in_ = len(self._names)
        self.feature_names_in_ = np.array(self._names, dtype=object)
        # A frame may have all columns of the file that the command read.
        self._is_named = self._is_loaded = True
        self._target = model.description["target"]
        self._weight = None
        return self


def _new_name(name, columns):
    while name in columns:
        name += "_"
    return name


def _merge(configuration, changes):
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(configuration.get(key), dict) and key != "kernel":
            _merge(configuration[key], value)
        else:
            configuration[key] = value


class TabularClassifier(ClassifierMixin, TabularEstimator):
    """Classification of the rows of a data frame: numbers, categories, dates and texts, missing values among them.

    Everything between the table and the solver is what ``svm train`` does, and the model file is the command's.

    Parameters
    ----------
    formulation : str, default=None
        ``'c-svc'`` (None), ``'nu-svc'``, ``'logistic'``, ``'ls-svc'`` or ``'discriminant'``.

    C : float, default=None
        Penalty for errors; None is 1.

    kernel : str, default=None
        A kernel; None is 'rbf', or 'linear' where the formulation asks for it.

    gamma : {'scale', 'auto'} or float, default='scale'
        Width of the kernel.

    class_weight : dict or 'balanced', default=None
        Factors of C for the classes.

    probability : bool, default=True
        Learn probabilities by five-fold cross-validation.

    scale : {'standard', 'minmax', 'maxabs', 'none'}, default=None
        How numbers are scaled; None is 'standard'.

    missing : str, default='mean'
        What is done about missing values.

    unseen : {'error', 'ignore'}, default='error'
        What is done when predicting about categories that did not occur.

    tol : float, default=1e-3
        Training stops when the KKT violation is at most this.

    config : dict, default=None
        Any part of the command's configuration (``svm train --config``), which has the last word.

    random_state : int, RandomState instance or None, default=None
        Decides the folds that probabilities are learned from.

    max_time : float, default=None
        Seconds after which training returns the best model so far.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Classes.

    certificate_ : list of dict
        How well each problem was solved.

    stop_reason_ : str
        Why training stopped.
    """

    _parameter_constraints: dict = {
        **TabularEstimator._parameter_constraints,
        "class_weight": [None, dict, StrOptions({"balanced"})],
        "probability": ["boolean"],
    }

    def __init__(
        self, *, formulation=None, C=None, kernel=None, gamma="scale", class_weight=None, probability=True,
        scale=None, missing="mean", unseen="error", tol=1e-3, config=None, random_state=None, max_time=None,
    ):
        self.formulation = formulation
        self.C = C
        self.kernel = kernel
        self.gamma = gamma
        self.class_weight = class_weight
        self.probability = probability
        self.scale = scale
        self.missing = missing
        self.unseen = unseen
        self.tol = tol
        self.config = config
        self.random_state = random_state
        self.max_time = max_time

    def _more_options(self):
        options = {"probability": self.probability}
        if self.class_weight == "balanced":
            options["method"] = {"classWeight": "balanced"}
        elif self.class_weight is not None:
            names = dict(zip(self.classes_.tolist(), self._class_names))
            options["method"] = {
                "classWeight": {names[label]: float(w) for label, w in self.class_weight.items() if label in names}}
        return options

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Trains the model.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,)
            Classes.
        sample_weight : array-like of shape (n_samples,), default=None
            What the rows count; a weight of 2 is the row twice.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        y = _checked_target(y)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        # Names by which no two classes are one, and which sort as the classes do.
        self._class_names = class_names(self.classes_)
        if len(self.classes_) < 2:
            raise ValueError(f"at least 2 classes are needed; got {len(self.classes_)} class")
        if sample_weight is not None:
            checked_weights(sample_weight, y, codes=codes)
        self._train_columns(X, [self._class_names[code] for code in codes], sample_weight, "classification")
        known = {name: place for place, name in enumerate(self._class_names)}
        self._known = np.array([known[name] for name in self.model_.description["classes"]])
        return self

    def _restored(self, model):
        super()._restored(model)
        self.classes_ = _classes(model.description["classes"])
        return self

    def predict(self, X):
        """The class of each row.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Classes.
        """
        table = self._table(X)
        return self.classes_.take(self._known[self.model_.predict(table, "class")])

    def predict_proba(self, X):
        """The probability of each class.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.
        """
        table = self._table(X)
        known = self.model_.predict(table, "probability")
        probabilities = np.zeros((known.shape[0], len(self.classes_)))
        probabilities[:, self._known] = known
        return probabilities

    def verify(self, X, y, sample_weight=None):
        """Recomputes the certificates in double precision from the training data.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
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
        check_is_fitted(self, "model_")
        places = np.searchsorted(self.classes_, y)
        names = self._class_names
        return self.model_.verify(self._table(X, [names[place] for place in places], sample_weight))


def _checked_target(y):
    if y is None:
        raise ValueError("This estimator requires y to be passed, but the target y is None")
    y = column_or_1d(y, warn=True)
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise ValueError("Input y contains NaN or infinity.")
    return y


class TabularRegressor(RegressorMixin, TabularEstimator):
    """Regression on the rows of a data frame: numbers, categories, dates and texts, missing values among them.

    Everything between the table and the solver is what ``svm train`` does, and the model file is the command's.

    Parameters
    ----------
    formulation : str, default=None
        ``'epsilon-svr'`` (None), ``'nu-svr'``, ``'ls-svr'``, ``'kernel-ridge'`` or ``'quantile-svr'``.

    C : float, default=None
        Penalty for errors, in units of the target; None is three standard deviations of the target.

    epsilon : float, default=None
        Errors up to this size cost nothing; None is a tenth of the target's standard deviation.

    kernel : str, default=None
        A kernel; None is 'rbf'.

    gamma : {'scale', 'auto'} or float, default='scale'
        Width of the kernel.

    scale : {'standard', 'minmax', 'maxabs', 'none'}, default=None
        How numbers are scaled; None is 'standard'.

    missing : str, default='mean'
        What is done about missing values.

    unseen : {'error', 'ignore'}, default='error'
        What is done when predicting about categories that did not occur.

    tol : float, default=1e-3
        Training stops when the KKT violation is at most this share of the target's deviation.

    config : dict, default=None
        Any part of the command's configuration (``svm train --config``), which has the last word.

    random_state : int, RandomState instance or None, default=None
        Decides what is drawn at random.

    max_time : float, default=None
        Seconds after which training returns the best model so far.

    Attributes
    ----------
    certificate_ : list of dict
        How well each problem was solved.

    stop_reason_ : str
        Why training stopped.
    """

    _parameter_constraints: dict = {
        **TabularEstimator._parameter_constraints,
        "epsilon": [Interval(Real, 0, None, closed="left"), None],
    }

    def __init__(
        self, *, formulation=None, C=None, epsilon=None, kernel=None, gamma="scale", scale=None, missing="mean",
        unseen="error", tol=1e-3, config=None, random_state=None, max_time=None,
    ):
        self.formulation = formulation
        self.C = C
        self.epsilon = epsilon
        self.kernel = kernel
        self.gamma = gamma
        self.scale = scale
        self.missing = missing
        self.unseen = unseen
        self.tol = tol
        self.config = config
        self.random_state = random_state
        self.max_time = max_time

    def _more_options(self):
        return {} if self.epsilon is None else {"method": {"epsilon": float(self.epsilon)}}

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Trains the model.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            What the rows count; a weight of 2 is the row twice.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        y = _checked_target(y).astype(np.float64)
        self._train_columns(X, y, sample_weight, "regression")
        return self

    def predict(self, X):
        """The predicted number of each row; NaN where a value is missing that the model needs.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Numbers.
        """
        table = self._table(X)
        return self.model_.predict(table, "number")

    def verify(self, X, y, sample_weight=None):
        """Recomputes the certificates in double precision from the training data.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
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
        return self.model_.verify(self._table(X, _checked_target(y).astype(np.float64), sample_weight))
