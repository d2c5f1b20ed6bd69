"""Estimators from model files."""

from __future__ import annotations

import os

import numpy as np

from . import _library
from ._base import KERNELS, kernel_name


def load(path):
    """Reads a model file, written by an estimator's ``save`` or by the command.

    Parameters
    ----------
    path : str or path-like
        The file: this package's, its JSON form, or LIBSVM's text.

    Returns
    -------
    estimator : object
        A fitted estimator of the class that has such models; ``TabularClassifier`` or ``TabularRegressor`` for a
        model that prepares the columns of a table.
    """
    path = os.fspath(path)
    with open(path, "rb") as file:
        return estimator(_library.Model.decode(file.read(), path))


def estimator(model):
    """The estimator of a model."""
    import supportvectors as package

    description = model.description
    formulation, task = description["formulation"], description["task"]
    if description["columns"] is not None:
        cls = {
            "classification": package.TabularClassifier, "regression": package.TabularRegressor,
        }.get(task)
        if cls is None:
            raise _library.SupportVectorsError(f"no estimator has tables of the formulation {formulation}")
        return cls(formulation=formulation)._restored(model)
    parameters = description["parameters"]
    values = {"tol": description["tolerance"] or 1e-3}
    for key, name in (("c", "C"), ("epsilon", "epsilon"), ("nu", "nu")):
        if key in parameters:
            values[name] = parameters[key]
    is_linear = False
    try:
        model.array("weights")
        is_linear = True
    except _library.SupportVectorsError:
        pass
    names = {
        "c-svc": "LinearSVC" if is_linear else "SVC", "nu-svc": "NuSVC", "nu-svr": "NuSVR",
        "epsilon-svr": "LinearSVR" if is_linear else "SVR", "one-class": "OneClassSVM", "svdd": "SVDD",
        "quantile-svr": "QuantileSVR", "logistic": "LogisticClassifier", "ls-svc": "LSSVC",
        "kernel-ridge": "KernelRidge",
    }
    if formulation not in names:
        raise _library.SupportVectorsError(f"no estimator has models of the formulation {formulation}")
    cls = getattr(package, names[formulation])
    if "lambda" in parameters:
        values["alpha"] = parameters["lambda"]
    if formulation == "quantile-svr":
        values["quantiles"] = description["quantiles"]
    if names[formulation] not in ("LinearSVC", "LinearSVR"):
        kernel = description["kernel"]
        values["kernel"] = kernel_name(kernel["name"])
        _, options = KERNELS.get(kernel["name"], (None, {}))
        for name, key in options.items():
            if key in kernel:
                values[name] = int(kernel[key]) if name == "degree" else kernel[key]
    if formulation in ("c-svc", "nu-svc") and not is_linear and description["hasProbabilities"]:
        values["probability"] = True
    known = cls._get_param_names()
    fitted = cls(**{name: value for name, value in values.items() if name in known})
    return restored(fitted, model)


def restored(fitted, model):
    """An estimator with a model, and the attributes that ``fit`` sets."""
    description = model.description
    fitted.model_ = model
    fitted.n_features_in_ = description["features"]
    if description["classes"] is not None:
        fitted.classes_ = classes(description["classes"])
        fitted._known = np.arange(len(fitted.classes_))
        fitted._class_names = description["classes"]
    fitted._sparse = description["isSparse"]
    fitted._fitted_rows = None
    fitted._gamma = description["kernel"].get("gamma", 0.0)
    fitted.shape_fit_ = (description["trainingCount"], description["features"])
    iterations = np.array([p["iterations"] for p in description["problems"]], dtype=np.int32)
    fitted.n_iter_ = iterations if description["classes"] is not None else int(iterations.max(initial=0))
    if description["quantiles"]:
        fitted.quantiles_ = np.array(description["quantiles"])
    if type(fitted).__name__ in ("LinearSVC", "LinearSVR"):
        weights = model.array("weights").copy()
        fitted.coef_ = weights if description["classes"] is not None else weights.ravel()
        fitted.intercept_ = model.array("biases").copy()
        fitted.n_iter_ = int(iterations.max(initial=0))
    if type(fitted).__name__ == "LSSVC":
        fitted.alpha_ = description["parameters"]["lambda"]
    if type(fitted).__name__ == "KernelRidge":
        fitted._restored()
    return fitted


def classes(names):
    """Classes by the names that a file has: whole numbers, numbers, or texts."""
    for kind in (int, float):
        try:
            return np.array([kind(name) for name in names])
        except ValueError:
            continue
    return np.array(names)
