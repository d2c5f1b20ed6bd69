"""One run in a process of its own: `python -m compare.worker` with a JSON request as its argument.

Loads the prepared arrays, then trains a peer and predicts with it, or reads the model that `svm` wrote;
computes the dual objective and the score; prints one line of JSON.
"""

import json
import resource
import struct
import sys
import time

import numpy
import scipy.sparse

from . import objective, peers


def _peak():
    """Peak memory of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _arrays(path):
    stored = numpy.load(path)
    width = int(stored["width"])

    def matrix(prefix):
        offsets = stored[prefix + "indptr"]
        return scipy.sparse.csr_matrix(
            (stored[prefix + "data"], stored[prefix + "indices"], offsets), shape=(len(offsets) - 1, width))

    return matrix(""), stored["targets"], matrix("predict_"), stored["predict_targets"]


def _score(task, predicted, targets, count):
    """Accuracy, or the root of the mean squared error, over the held-out rows, which come first."""
    difference = numpy.asarray(predicted, "f8")[:count] - targets[:count]
    if task == "classification":
        return {"accuracy": float((difference == 0).mean())}
    return {"rmse": float((difference**2).mean() ** 0.5)}


def _dual(request, rows, coefficients, order, train, targets):
    """The objective of a solution; `order` lists the classes in the model's order."""
    settings, vectors = request["settings"], train[rows]
    coefficients = numpy.asarray(coefficients, "f8")
    kernel = {"kernel": settings["kernel"], "gamma": settings["gamma"], "c": settings["c"]}
    if request["task"] == "regression":
        value, violations = objective.regression(
            vectors, coefficients[0], targets[rows], epsilon=settings["epsilon"], **kernel)
    else:
        position = {float(label): place for place, label in enumerate(order)}
        classes = numpy.array([position[float(label)] for label in targets[rows]])
        value, violations = objective.classification(vectors, coefficients, classes, **kernel)
    return {"dual": float(value), **violations, "supportVectors": len(rows)}


def _run_peer(request):
    train, targets, predicted, predict_targets = _arrays(request["arrays"])
    settings, task = request["settings"], request["task"]
    peer = peers.make(request["solver"], request["form"], task, train, targets, predicted, settings)
    loaded = _peak()
    began = time.perf_counter()
    peer.train()
    trained = time.perf_counter()
    after_training = _peak()
    predictions = peer.predict()
    finished = time.perf_counter()
    return {
        "train": trained - began, "predict": finished - trained, "peakLoaded": loaded,
        "peakTrain": after_training, "peak": _peak(),
        **_dual(request, *peer.solution(), train, targets),
        **_score(task, predictions, predict_targets, request["testRows"])}


def _tensors(path):
    """The arrays of a model file (safetensors) by name."""
    types = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "I32": "<i4", "U8": "u1"}
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        content = file.read()
    arrays = {}
    for name, tensor in header.items():
        if name != "__metadata__":
            first, last = tensor["data_offsets"]
            arrays[name] = numpy.frombuffer(content[first:last], types[tensor["dtype"]]).reshape(tensor["shape"])
    return arrays


def _check_ours(request):
    """Objective and score of the files that `svm train` and `svm predict` wrote."""
    train, targets, _, predict_targets = _arrays(request["arrays"])
    tensors = _tensors(request["model"])
    order = sorted(set(targets.tolist())) if request["task"] == "classification" else None
    found = _dual(
        request, tensors["supportIndices"], numpy.atleast_2d(tensors["dualCoefficients"]), order, train, targets)
    if request.get("predictions"):
        with open(request["predictions"]) as file:
            predictions = numpy.array([float(line) for line in file.read().split()[1:]])
        found |= _score(request["task"], predictions, predict_targets, request["testRows"])
    return found


def main():
    request = json.loads(sys.argv[1])
    try:
        answer = _check_ours(request) if request["solver"] == "svm" else _run_peer(request)
    except peers.Unavailable as error:
        answer = {"unavailable": str(error)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
