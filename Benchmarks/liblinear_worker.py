"""Trains with the LIBLINEAR that this interpreter has, official or multicore, as told by standard input.

The first argument is a file of numpy with targets and features. Each line is a JSON object with solver,
tolerance, loss, c, epsilon and threads; each answer is one with the seconds of the training alone and the
objective, computed here from the weights: Σ over the outputs of ½‖w‖² + ½b² + C Σ loss.
"""
import json
import sys
import time

import numpy as np
from liblinear.liblinear import liblinear
from liblinear.liblinearutil import parameter, problem
from scipy import sparse

# The solvers that the multicore edition runs on several threads.
PARALLEL = {0, 1, 2, 3, 5, 6, 11}


def read(path):
    with np.load(path) as arrays:
        targets = arrays["targets"]
        if "features" in arrays:
            return targets, arrays["features"]
        parts = (arrays["data"], arrays["indices"], arrays["indptr"])
        return targets, sparse.csr_matrix(parts, shape=tuple(arrays["shape"]))


def losses(name, targets, margins, tube_width):
    if name == "hinge":
        return np.maximum(0, 1 - targets * margins).sum()
    if name == "squaredHinge":
        return (np.maximum(0, 1 - targets * margins) ** 2).sum()
    if name == "logistic":
        return np.logaddexp(0, -targets * margins).sum()
    beyond = np.maximum(0, np.abs(targets - margins) - tube_width)
    return (beyond if name == "epsilonInsensitive" else beyond**2).sum()


def objective(model, asked, targets, features):
    width = features.shape[1]
    regression = asked["loss"].endswith("Insensitive")
    labels = [] if regression else list(model.label[: model.nr_class])
    outputs = 1 if regression or len(labels) == 2 else len(labels)
    flat = np.ctypeslib.as_array(model.w, shape=((width + 1) * outputs,))
    weights = flat.reshape(width + 1, outputs)
    margins = features @ weights[:width] + weights[width]
    total = (weights**2).sum() / 2
    for output in range(outputs):
        own = targets if regression else np.where(targets == labels[output], 1.0, -1.0)
        total += asked["c"] * losses(asked["loss"], own, margins[:, output], asked["epsilon"])
    return float(total)


def main():
    targets, features = read(sys.argv[1])
    data = problem(targets, features, bias=1)
    data.bias = 1
    for line in sys.stdin:
        asked = json.loads(line)
        settings = parameter(
            f"-s {asked['solver']} -c {asked['c']} -e {asked['tolerance']} -p {asked['epsilon']} -B 1 -q")
        if asked["threads"] > 1 and asked["solver"] in PARALLEL and hasattr(settings, "nr_thread"):
            settings.nr_thread = asked["threads"]
        begin = time.perf_counter()
        pointer = liblinear.train(data, settings)
        seconds = time.perf_counter() - begin
        value = objective(pointer.contents, asked, targets, features)
        liblinear.free_and_destroy_model(pointer)
        print(json.dumps({"seconds": seconds, "objective": value}), flush=True)


if __name__ == "__main__":
    main()
