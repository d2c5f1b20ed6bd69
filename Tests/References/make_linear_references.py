#!/usr/bin/env python3
"""Makes linear.json: what LIBLINEAR answers on data sets of this repository.

    python3 -m venv .venv && .venv/bin/pip install -r Tests/References/linear-requirements.txt
    .venv/bin/python Tests/References/make_linear_references.py

LIBLINEAR trains at the tolerance 1e-10. Features are standardised over all rows with the divisor n, and so
is the target of a regression. The objectives are computed here, in double precision, from the weights:
½‖w‖² [+ ½b² for a regularised bias] + C Σ loss. For the two losses that are not smooth LIBLINEAR gives up
after 300 passes, which is far from the optimum when C is 1; with a free bias, which it has not got for
them, their optimum is in the other files of this folder, as linear kernel.
"""

import csv
import json
import pathlib

import numpy as np
from liblinear.liblinearutil import problem, parameter, train

FOLDER = pathlib.Path(__file__).resolve().parent
DATASETS = FOLDER.parent.parent / "Datasets"
VERSIONS = {"liblinear-official": "2.50.0", "numpy": np.__version__}

# loss: LIBLINEAR's solver, and the one that leaves the bias free (-R)
CLASSIFICATION = {"hinge": (3, None), "squaredHinge": (1, 2), "logistic": (7, 0)}
REGRESSION = {"epsilonInsensitive": (13, None), "squaredEpsilonInsensitive": (12, 11)}
ROUGH = {"hinge", "epsilonInsensitive"}
BOX_CONSTRAINTS = [0.01, 1.0]
TUBE_WIDTH = 0.1


def load(name):
    """The standardised features, and the targets: −1 and 1, or standardised numbers."""
    with open(DATASETS / f"{name}.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    features = np.array([[float(value) for value in row[:-1]] for row in rows])
    features -= features.mean(axis=0)
    deviations = features.std(axis=0)
    features /= np.where(deviations > 0, deviations, 1)
    targets = [row[-1] for row in rows]
    classes = sorted(set(targets))
    if len(classes) == 2:
        return features, np.where(np.array(targets) == classes[1], 1.0, -1.0)
    numbers = np.array([float(target) for target in targets])
    return features, (numbers - numbers.mean()) / numbers.std()


def loss(name, targets, margins):
    if name == "hinge":
        return np.maximum(0, 1 - targets * margins)
    if name == "squaredHinge":
        return np.maximum(0, 1 - targets * margins) ** 2
    if name == "logistic":
        return np.logaddexp(0, -targets * margins)
    beyond = np.maximum(0, np.abs(targets - margins) - TUBE_WIDTH)
    return beyond if name == "epsilonInsensitive" else beyond**2


def cases(name, losses):
    features, targets = load(name)
    for loss_name, (solver, free_solver) in losses.items():
        for intercept in ["none", "regularized", "free"]:
            number = free_solver if intercept == "free" else solver
            if number is None:
                continue
            for c in BOX_CONSTRAINTS if loss_name not in ROUGH else BOX_CONSTRAINTS[:1]:
                options = f"-s {number} -c {c} -e 1e-10 -p {TUBE_WIDTH} -q"
                if intercept != "none":
                    options += " -B 1"
                if intercept == "free":
                    options += " -R"
                bias_feature = 1 if intercept != "none" else -1
                model = train(problem(targets, features, bias_feature), parameter(options))
                width = features.shape[1]
                weights, bias = model.get_decfun()
                weights = np.array(weights[:width])
                # The first class of the file is LIBLINEAR's positive one; get_decfun's sign is its own.
                if len(losses) == 3 and targets[0] < 0 and model.get_labels()[0] < 0:
                    weights, bias = -weights, -bias
                margins = features @ weights + bias
                objective = weights @ weights / 2 + c * loss(loss_name, targets, margins).sum()
                if intercept == "regularized":
                    objective += bias * bias / 2
                yield {
                    "dataset": f"{name}.csv",
                    "loss": loss_name,
                    "intercept": intercept,
                    "c": c,
                    "options": options,
                    "objective": objective,
                    "bias": bias,
                    "weights": list(weights),
                }


def main():
    found = [*cases("breast-cancer", CLASSIFICATION), *cases("diabetes", REGRESSION)]
    text = json.dumps({"versions": VERSIONS, "epsilon": TUBE_WIDTH, "cases": found}, indent=1)
    (FOLDER / "linear.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
