#!/usr/bin/env python3
"""Makes formulations.json: what LIBSVM and scikit-learn answer for the ν forms, the one-class form,
weighted examples and classes, and one class against the rest.

    python3 -m venv .venv && .venv/bin/pip install -r Tests/References/formulation-requirements.txt
    OMP_NUM_THREADS=1 .venv/bin/python Tests/References/make_formulation_references.py

Read `main` first. README.md describes the file.
"""

import json
import pathlib
import sys

import numpy as np
import scipy.sparse
import sklearn
from libsvm.svm import libsvm, svm_parameter, svm_problem, toPyModel
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC, SVR, NuSVC, NuSVR, OneClassSVM
from sklearn.utils.class_weight import compute_class_weight

from make_references import VERSIONS, Quiet, class_names, kernel_matrix, load, rounded, scale_gamma

FOLDER = pathlib.Path(__file__).resolve().parent
TOLERANCE = 1e-5


def examples(name):
    x, target = load(name)
    rows = list(range(0, len(x), len(x) // 15))[:15]
    return x, target, rows


def example_weights(count):
    """0, 1, 2, ½ and 1½ in turn."""
    return np.array([(7 * row % 5) / 2 for row in range(count)])


def libsvm_answer(x, y, options):
    """The coefficients of all examples, and the bias, of a problem with one decision value."""
    libsvm.svm_set_print_string_function(Quiet.function)
    parameter = svm_parameter(f"-q -m 500 -e {TOLERANCE!r} {options}")
    model = toPyModel(libsvm.svm_train(svm_problem(y, scipy.sparse.csr_matrix(x)), parameter))
    coefficients = np.zeros(len(x))
    coefficients[np.array(model.sv_indices[: model.l]) - 1] = model.sv_coef[0][: model.l]
    bias = -model.rho[0]
    # LIBSVM takes the first label of its data for the positive one.
    if parameter.svm_type < 2 and model.label[0] == 0:
        coefficients, bias = -coefficients, -bias
    return coefficients, bias


def fitted(model, x, *y, sample_weight):
    """The same of a model of scikit-learn.

    It numbers support vectors without the rows of weight 0, so that it is not given these."""
    kept = np.flatnonzero(sample_weight)
    model.fit(x[kept], *(labels[kept] for labels in y), sample_weight=sample_weight[kept])
    coefficients = np.zeros(len(x))
    coefficients[kept[model.support_]] = model.dual_coef_[0]
    return coefficients, float(model.intercept_[0])


def record(x, kernel, gamma, rows, answer, dual):
    """A case: `dual` gives the maximised dual objective from the coefficients and the kernel matrix."""
    coefficients, bias = answer
    matrix = kernel_matrix(kernel, gamma, None, None, x)
    decisions = matrix[rows] @ coefficients + bias
    return {
        "kernel": kernel, "gamma": gamma, "dualObjective": rounded(float(dual(coefficients, matrix)), 12),
        "bias": rounded(float(bias), 10), "rows": rows,
        "decisionValues": [[rounded(float(value), 10)] for value in decisions],
    }


def nu_classification_dual(nu, weights):
    def dual(coefficients, matrix):
        # The coefficients were divided by the margin; before, their magnitudes summed to ν Σ w.
        alpha = coefficients * (nu * weights.sum() / np.abs(coefficients).sum())
        return -0.5 * alpha @ matrix @ alpha
    return dual


def regression_dual(target, tube):
    return lambda beta, matrix: (
        -0.5 * beta @ matrix @ beta - tube * np.abs(beta).sum() + target @ beta)


def cases():
    options = {"linear": lambda gamma: "-t 0", "gaussian": lambda gamma: f"-t 2 -g {gamma!r}"}
    names = {"linear": "linear", "gaussian": "rbf"}
    for name in ["breast-cancer", "diabetes"]:
        x, target, rows = examples(name)
        ones, weights = np.ones(len(x)), example_weights(len(x))
        for kernel in ["linear", "gaussian"]:
            gamma = scale_gamma(kernel, x)
            own = {"kernel": names[kernel], "gamma": gamma or 1.0, "tol": TOLERANCE,
                   "cache_size": 500}

            def case(formulation, answer, dual, **parameters):
                return {"dataset": name, "formulation": formulation} | parameters | record(
                    x, kernel, gamma, rows, answer, dual)

            # Around standardised features a half-space has hardly a direction with the linear kernel.
            for nu in [0.05, 0.5] if kernel == "gaussian" else []:
                answer = libsvm_answer(x, ones, f"-s 2 -n {nu} {options[kernel](gamma)}")
                energy = lambda alpha, matrix: -0.5 * alpha @ matrix @ alpha
                yield case("one-class", answer, energy, nu=nu)
                answer = fitted(OneClassSVM(nu=nu, **own), x, sample_weight=weights)
                yield case("one-class", answer, energy, nu=nu, weights=True)
            if name == "breast-cancer":
                classes = class_names(target)
                y = np.array([classes.index(text) for text in target])
                for nu in [0.1, 0.3, 0.6]:
                    answer = libsvm_answer(
                        x, y.astype(float), f"-s 1 -n {nu} {options[kernel](gamma)}")
                    yield case("nu-svc", answer, nu_classification_dual(nu, ones), nu=nu)
                    answer = fitted(NuSVC(nu=nu, **own), x, y, sample_weight=weights)
                    yield case(
                        "nu-svc", answer, nu_classification_dual(nu, weights), nu=nu, weights=True)
                total = lambda beta, matrix: (
                    np.abs(beta).sum() - 0.5 * beta @ matrix @ beta)
                for balanced, weighted in [(True, False), (True, True), (False, True)]:
                    chosen = weights if weighted else ones
                    # SVC's own "balanced" counts rows, whatever their weights.
                    factors = compute_class_weight(
                        "balanced" if balanced else None, classes=np.array([0, 1]), y=y,
                        sample_weight=chosen)
                    model = SVC(C=1.0, class_weight=dict(enumerate(factors)), **own)
                    answer = fitted(model, x, y, sample_weight=chosen)
                    yield case(
                        "c-svc", answer, total, c=1.0, balanced=balanced,
                        weights=weighted)
            else:
                z = np.array([float(text) for text in target])
                z = (z - z.mean()) / z.std()
                for nu in [0.2, 0.5, 0.9]:
                    answer = libsvm_answer(x, z, f"-s 4 -c 1 -n {nu} {options[kernel](gamma)}")
                    yield case("nu-svr", answer, regression_dual(z, 0), nu=nu, c=1.0)
                    answer = fitted(NuSVR(nu=nu, C=1.0, **own), x, z, sample_weight=weights)
                    yield case(
                        "nu-svr", answer, regression_dual(z, 0), nu=nu, c=1.0, weights=True)
                answer = fitted(SVR(C=1.0, epsilon=0.1, **own), x, z, sample_weight=weights)
                yield case(
                    "epsilon-svr", answer, regression_dual(z, 0.1), c=1.0,
                    epsilon=0.1, weights=True)
    for name in ["iris", "wine"]:
        x, target, rows = examples(name)
        for kernel in ["linear", "gaussian"]:
            gamma = scale_gamma(kernel, x)
            model = OneVsRestClassifier(
                SVC(C=1.0, kernel=names[kernel], gamma=gamma or 1.0, tol=TOLERANCE))
            model.fit(x, target)
            assert list(model.classes_) == class_names(target)
            decisions = model.decision_function(x[rows])
            yield {
                "dataset": name, "formulation": "one-versus-rest", "c": 1.0, "kernel": kernel,
                "gamma": gamma, "rows": rows,
                "decisionValues": [[rounded(float(v), 10) for v in row] for row in decisions]}


def main():
    versions = VERSIONS | {"scikit-learn": sklearn.__version__}
    content = {"versions": versions, "tolerance": TOLERANCE, "cases": list(cases())}
    text = json.dumps(content, separators=(",", ":")).replace('{"dataset":', '\n{"dataset":')
    (FOLDER / "formulations.json").write_text(text + "\n")
    print(f"{len(content['cases'])} cases", file=sys.stderr)


if __name__ == "__main__":
    main()
