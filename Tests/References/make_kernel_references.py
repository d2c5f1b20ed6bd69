#!/usr/bin/env python3
"""Makes kernels.json: kernel values and classifiers of scikit-learn's kernels.

    python3 -m venv .venv && .venv/bin/pip install -r Tests/References/method-requirements.txt
    OMP_NUM_THREADS=1 .venv/bin/python Tests/References/make_kernel_references.py

Every kernel has the values of 12 examples with 9 others, from scikit-learn's pairwise kernels and kernels
of Gaussian processes (histogram intersection, which it lacks, by numpy), and the decision values of the
9 for a classifier trained on 40 examples (C = 2, tolerance 1e-10). Features are at least 0, so that they
suit all kernels. README.md describes the file.
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.gaussian_process.kernels import Matern, RationalQuadratic
from sklearn.metrics.pairwise import chi2_kernel, laplacian_kernel, pairwise_kernels
from sklearn.svm import SVC

FOLDER = pathlib.Path(__file__).resolve().parent


def kernels():
    """Our names and parameters, and a function of two matrices."""
    yield "linear", {}, lambda x, z: pairwise_kernels(x, z, metric="linear")
    yield "polynomial", {"gamma": 0.3, "degree": 3, "coef0": 0.5}, lambda x, z: pairwise_kernels(
        x, z, metric="poly", gamma=0.3, degree=3, coef0=0.5
    )
    yield "gaussian", {"gamma": 0.4}, lambda x, z: pairwise_kernels(x, z, metric="rbf", gamma=0.4)
    yield "laplacian", {"gamma": 0.8}, lambda x, z: Matern(length_scale=1 / 0.8, nu=0.5)(x, z)
    yield "laplacian-l1", {"gamma": 0.3}, lambda x, z: laplacian_kernel(x, z, gamma=0.3)
    yield "sigmoid", {"gamma": 0.1, "coef0": -0.2}, lambda x, z: pairwise_kernels(
        x, z, metric="sigmoid", gamma=0.1, coef0=-0.2
    )
    for shape in (0.5, 3.0):
        yield "rational-quadratic", {"gamma": 0.7, "shape": shape}, (
            lambda x, z, shape=shape: RationalQuadratic(
                length_scale=0.7**-0.5, alpha=shape)(x, z)
        )
    yield "matern32", {"gamma": 0.6}, lambda x, z: Matern(length_scale=1 / 0.6, nu=1.5)(x, z)
    yield "matern52", {"gamma": 0.6}, lambda x, z: Matern(length_scale=1 / 0.6, nu=2.5)(x, z)
    yield "chi-squared", {"gamma": 0.5}, lambda x, z: chi2_kernel(x, z, gamma=0.5)
    yield "intersection", {}, lambda x, z: np.minimum(x[:, None, :], z[None, :, :]).sum(axis=2)


def main():
    generator = np.random.default_rng(20261129)
    training = np.round(generator.gamma(1.5, 0.7, size=(40, 6)), 3)
    training[generator.random((40, 6)) < 0.2] = 0
    others = np.round(generator.gamma(1.5, 0.7, size=(9, 6)), 3)
    others[generator.random((9, 6)) < 0.2] = 0
    labels = np.where(training[:, 0] * training[:, 1] > training[:, 2] ** 2 + 0.1, 1, -1)
    cases = []
    for name, parameters, kernel in kernels():
        model = SVC(C=2, kernel="precomputed", tol=1e-10)
        model.fit(kernel(training, training), labels)
        cases.append(
            {
                "kernel": name,
                **parameters,
                "values": kernel(training[:12], others).tolist(),
                "decisions": model.decision_function(kernel(others, training)).tolist(),
            }
        )
    content = {
        "source": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
        "training": training.tolist(),
        "labels": labels.tolist(),
        "others": others.tolist(),
        "cases": cases,
    }
    with open(FOLDER / "kernels.json", "w", encoding="utf-8") as file:
        json.dump(content, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
