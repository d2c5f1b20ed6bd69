#!/usr/bin/env python3
"""Times the Python package against scikit-learn, and scikit-learn-intelex where it is installed.

usage: python Benchmarks/python.py [--runs N] [--scale S]

Runs with the Python that has supportvectors and scikit-learn. Prints the median time of each in seconds, for fit and
predict of SVC, SVR and OneClassSVM, for GridSearchCV over 30 cells, and for the same training by the command; then
geometric means of the ratios, and how busy the machine was. --scale multiplies the numbers of rows.
"""

import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import sklearn.svm
import supportvectors
from sklearn.datasets import (
    load_breast_cancer,
    load_digits,
    load_iris,
    load_wine,
    make_classification,
    make_friedman1,
)
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler


def peers():
    yield "scikit-learn", sklearn.svm
    try:
        import sklearnex.svm
    except ImportError:
        return
    yield "scikit-learn-intelex", sklearnex.svm


def timed(function, runs):
    times, result = [], None
    for _ in range(runs):
        start = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def cases(scale):
    def rows(count):
        return max(200, int(count * scale))

    X, y = make_classification(rows(8000), 40, n_informative=20, random_state=0)
    yield "", "SVC", {"C": 1.0}, X, y
    yield "", "SVC", {"C": 100.0}, X, y
    X, y = make_classification(rows(6000), 16, n_informative=12, n_classes=10, random_state=1)
    yield ", 10 classes", "SVC", {"C": 10.0}, X, y
    X, y = make_friedman1(rows(8000), 10, noise=1.0, random_state=0)
    yield "", "SVR", {"C": 10.0, "epsilon": 0.5}, X, y
    X, _ = make_classification(rows(10000), 30, n_informative=20, random_state=2)
    yield "", "OneClassSVM", {"nu": 0.1}, X, None


def grids():
    for name, load in (("iris", load_iris), ("wine", load_wine), ("breast-cancer", load_breast_cancer)):
        yield name, *load(return_X_y=True)
    X, y = load_digits(return_X_y=True)
    yield "digits", X, y
    yield "1500 x 20", *make_classification(1500, 20, n_informative=10, random_state=3)


def command_time(X, y, parameters, runs):
    """Seconds in which the command solves the same problem."""
    program = pathlib.Path(sys.executable).parent / "svm"
    if not program.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        with open(path / "d.svm", "w") as file:
            for row, label in zip(X, y):
                file.write(f"{label} " + " ".join(f"{i + 1}:{v!r}" for i, v in enumerate(row.tolist())) + "\n")
        times = []
        for _ in range(runs):
            subprocess.run(
                [program, "train", "d.svm", "-o", "m.model", "--c", str(parameters["C"]), "--json", "r.json",
                 "--quiet"], check=True, cwd=path)
            times.append(json.loads((path / "r.json").read_text())["timing"]["train"])
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    arguments = parser.parse_args()
    others = list(peers())
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the beginning\n")
    ratios = {"fit": [], "predict": [], "grid": []}
    overheads = []
    print(f"{'':44} {'ours':>8} " + " ".join(f"{name:>20}" for name, _ in others) + "  command")
    for title, estimator, parameters, X, y in cases(arguments.scale):
        X = StandardScaler().fit_transform(X)
        title = f"{X.shape[0]} x {X.shape[1]}{title}"
        labels = () if y is None else (y,)
        found = {}
        for name, module in [("ours", supportvectors), *others]:
            if not hasattr(module, estimator):
                continue  # scikit-learn-intelex has classifiers and regressors alone
            model = getattr(module, estimator)(**parameters)
            fit, _ = timed(lambda: model.fit(X, *labels), arguments.runs)
            predict, _ = timed(lambda: model.predict(X), arguments.runs)
            found[name] = (fit, predict)
        command = command_time(X, y, parameters, arguments.runs) if estimator == "SVC" else None
        if command:
            overheads.append(found["ours"][0] / command)
        for place, what in enumerate(("fit", "predict")):
            fastest = min(found[name][place] for name, _ in others if name in found)
            ratios[what].append(fastest / found["ours"][place])
            line = " ".join(
                f"{found[name][place]:20.3f}" if name in found else f"{'-':>20}" for name, _ in others)
            tail = f"  {command:.3f}" if command and what == "fit" else ""
            text = f"{estimator} {parameters} {title} {what}"
            print(f"{text[:44]:44} {found['ours'][place]:8.3f} {line}{tail}")
    cells = {"C": [0.1, 1, 10, 100, 1000], "gamma": [0.0001, 0.001, 0.01, 0.1, 0.5, 1.0]}
    print()
    for title, X, y in grids():
        X = StandardScaler().fit_transform(X)
        found, best = {}, {}
        for name, module in [("ours", supportvectors), *others]:
            search = GridSearchCV(module.SVC(), cells, cv=3)
            found[name], search = timed(lambda: search.fit(X, y), 1)
            best[name] = search.best_params_
        fastest = min(found[name] for name, _ in others)
        ratios["grid"].append(fastest / found["ours"])
        same = "the same cell" if best["ours"] == best[others[0][0]] else f"{best['ours']}, {best[others[0][0]]}"
        line = " ".join(f"{found[name]:20.3f}" for name, _ in others)
        print(f"{'GridSearchCV ' + title:44} {found['ours']:8.3f} {line}  {same}")
    print()
    for what, values in ratios.items():
        print(f"{what}: {math.exp(np.mean(np.log(values))):.2f} times as fast as the faster of the others")
    if overheads:
        print(f"fit takes {math.exp(np.mean(np.log(overheads))):.3f} of the command's time for the training")
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
