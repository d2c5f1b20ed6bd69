#!/usr/bin/env python3
"""Makes kernel-methods.json: what scikit-learn answers for the models of the module KernelMethods.

    python3 -m venv .venv && .venv/bin/pip install -r Tests/References/method-requirements.txt
    OMP_NUM_THREADS=1 .venv/bin/python Tests/References/make_method_references.py

Kernel ridge regression (with and without weights), kernel principal components and Nyström's map, on
standardised features of this repository's data sets. README.md describes the file.
"""

import csv
import json
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.decomposition import KernelPCA
from sklearn.kernel_approximation import Nystroem
from sklearn.kernel_ridge import KernelRidge

FOLDER = pathlib.Path(__file__).resolve().parent
DATASETS = FOLDER.parent.parent / "Datasets"
ROWS = 12


def load(name):
    """The standardised features, and the targets as text."""
    with open(DATASETS / f"{name}.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    features = np.array([[float(field) for field in row[:-1]] for row in rows])
    deviation = features.std(axis=0)  # the divisor is n
    deviation[deviation == 0] = 1
    return (features - features.mean(axis=0)) / deviation, [row[-1] for row in rows]


def kernels(x):
    """Our names of kernels, and scikit-learn's arguments."""
    gamma = 1 / (x.shape[1] * float(x.var()))
    return [
        ("linear", {}, {"kernel": "linear"}),
        ("gaussian", {"gamma": gamma}, {"kernel": "rbf", "gamma": gamma}),
        (
            "polynomial",
            {"gamma": gamma, "degree": 3, "coef0": 1.0},
            {"kernel": "poly", "gamma": gamma, "degree": 3, "coef0": 1.0},
        ),
        ("laplacian-l1", {"gamma": gamma}, {"kernel": "laplacian", "gamma": gamma}),
    ]


def ridge():
    x, targets = load("diabetes")
    y = np.array([float(target) for target in targets])
    weights = np.array([float(row % 4) for row in range(len(y))])
    for name, parameters, arguments in kernels(x):
        for regularization in (0.1, 10.0):
            for is_weighted in (False, True):
                model = KernelRidge(alpha=regularization, **arguments)
                model.fit(x, y, sample_weight=weights if is_weighted else None)
                yield {
                    "kernel": name,
                    "parameters": parameters,
                    "lambda": regularization,
                    "weighted": is_weighted,
                    "coefficients": model.dual_coef_[:ROWS].tolist(),
                    "predictions": model.predict(x)[:ROWS].tolist(),
                }


def components():
    for data in ("iris", "wine", "diabetes"):
        x, _ = load(data)
        for name, parameters, arguments in kernels(x):
            if name == "laplacian-l1":  # KernelPCA does not know it
                continue
            model = KernelPCA(n_components=4, eigen_solver="dense", **arguments)
            model.fit(x[:-ROWS])
            yield {
                "dataset": data,
                "kernel": name,
                "parameters": parameters,
                "eigenvalues": model.eigenvalues_.tolist(),
                "scores": model.transform(x[-ROWS:]).tolist(),
            }


def nystroem():
    x, _ = load("wine")
    for name, parameters, arguments in kernels(x):
        if name == "linear":
            continue
        model = Nystroem(
            kernel=arguments["kernel"],
            gamma=arguments["gamma"],
            degree=arguments.get("degree"),
            coef0=arguments.get("coef0"),
            n_components=16,
            random_state=0,
        )
        model.fit(x)
        yield {
            "kernel": name,
            "parameters": parameters,
            "landmarks": model.component_indices_.tolist(),
            "features": model.transform(x[:ROWS]).tolist(),
        }


def write(cases):
    """One case a line."""
    parts = [f'"versions": {json.dumps(VERSIONS)}']
    for key, values in cases.items():
        lines = ",\n".join(f"  {json.dumps(value)}" for value in values)
        parts.append(f'"{key}": [\n{lines}]')
    text = "{" + ",\n ".join(parts) + "}\n"
    (FOLDER / "kernel-methods.json").write_text(text, encoding="utf-8")


VERSIONS = {
    "scikit-learn": sklearn.__version__,
    "numpy": np.__version__,
    "python": ".".join(map(str, sys.version_info[:3])),
}

if __name__ == "__main__":
    write({"ridge": ridge(), "components": components(), "nystroem": nystroem()})
