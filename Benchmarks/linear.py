#!/usr/bin/env python3
"""Compares linear models with LIBLINEAR at the same objective.

    Benchmarks/linear.py --program .build/release/train-linear --data FOLDER [--runs 3] [--only NAME …]

Both train on the same features with a bias of LIBLINEAR's kind (`-B 1`); LIBLINEAR has no free one for the
losses that are not smooth. The optimum is what `train-linear` finds at the tolerance 1e-6, whose certificate
bounds its distance. LIBLINEAR's tolerance is tightened by factors of ten, with each of its solvers for the
loss, until its objective, computed here from its weights, is within 1e-6 of that; the fastest counts. Its
coordinate descent gives up after 300 passes: when tightening brings no more, or a run takes longer than
the limit, it did not get there, and the table says how near it came in what time. Times are of training alone, the median over the runs;
reading is not in them.

Prints a table in Markdown. Needs numpy, scipy, scikit-learn and liblinear-official.
"""
import argparse
import json
import multiprocessing
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy as np
from liblinear.liblinear import liblinear
from liblinear.liblinearutil import parameter, problem
from scipy import sparse
from sklearn.datasets import dump_svmlight_file

LIMIT = 100.0
LOOSEST = 0.1
SOLVERS = {
    "hinge": [3],
    "squaredHinge": [1, 2],
    "logistic": [0, 7],
    "epsilonInsensitive": [13],
    "squaredEpsilonInsensitive": [11, 12],
}
TUBE_WIDTH = 0.1

CASES = [
    ("a9a", "a9a.svm", ["hinge", "squaredHinge", "logistic"], 1),
    ("w8a", "w8a.svm", ["hinge", "squaredHinge", "logistic"], 1),
    ("ijcnn1", "ijcnn1.svm", ["hinge", "squaredHinge", "logistic"], 1),
    ("sector", "sector.svm", ["hinge", "squaredHinge"], 1),
    ("mnist, 10 000 rows / 255", "mnist.svm", ["hinge", "squaredHinge"], 1),
    ("shuttle", "shuttle.csv", ["hinge", "squaredHinge"], 1),
    ("skin", "skin.tsv", ["hinge", "logistic"], 1),
    ("california", "california-housing.csv", ["epsilonInsensitive", "squaredEpsilonInsensitive"], 1),
    ("synthetic 100 000 × 100", 100_000, ["hinge", "squaredHinge", "logistic"], 1),
    ("synthetic 1 000 000 × 100", 1_000_000, ["hinge", "squaredHinge"], 1),
]


def standardised(features):
    deviations = features.std(axis=0)
    return (features - features.mean(axis=0)) / np.where(deviations > 0, deviations, 1)


def read_sparse(path):
    labels, offsets, columns, values = [], [0], [], []
    with open(path, encoding="ascii") as file:
        for line in file:
            fields = line.split()
            if not fields:
                continue
            labels.append(float(fields[0]))
            for field in fields[1:]:
                column, value = field.split(":")
                columns.append(int(column) - 1)
                values.append(float(value))
            offsets.append(len(columns))
    return np.array(labels), sparse.csr_matrix((values, columns, offsets))


def load(source, folder):
    """Targets and features, sparse or dense."""
    if isinstance(source, int):
        generator = np.random.default_rng(0)
        features = generator.standard_normal((source, 100))
        weights = generator.standard_normal(100) / 10
        noise = 0.5 * generator.standard_normal(source)
        return np.where(features @ weights + noise > 0, 1.0, -1.0), features
    path = folder / source
    if path.suffix == ".svm":
        targets, features = read_sparse(path)
        return (targets[:10_000], features[:10_000] / 255) if source == "mnist.svm" else (targets, features)
    tabs = path.suffix == ".tsv"
    has_header = source != "shuttle.csv"
    table = np.loadtxt(path, delimiter="\t" if tabs else ",", skiprows=1 if has_header else 0)
    return table[:, -1], standardised(table[:, :-1])


def write(path, targets, features):
    """The dense format of train-linear."""
    with open(path, "wb") as file:
        np.array(features.shape, dtype=np.int64).tofile(file)
        targets.astype(np.float64).tofile(file)
        np.ascontiguousarray(features, dtype=np.float64).tofile(file)


def losses(name, targets, margins):
    if name == "hinge":
        return np.maximum(0, 1 - targets * margins).sum()
    if name == "squaredHinge":
        return (np.maximum(0, 1 - targets * margins) ** 2).sum()
    if name == "logistic":
        return np.logaddexp(0, -targets * margins).sum()
    beyond = np.maximum(0, np.abs(targets - margins) - TUBE_WIDTH)
    return (beyond if name == "epsilonInsensitive" else beyond**2).sum()


def objective(model, name, c, targets, features):
    """Σ over the outputs of ½‖w‖² + ½b² + C Σ loss."""
    width = features.shape[1]
    regression = name.endswith("Insensitive")
    labels = [] if regression else model.get_labels()
    outputs = 1 if regression or len(labels) == 2 else len(labels)
    flat = np.ctypeslib.as_array(model.w, shape=((width + 1) * outputs,))
    weights = flat.reshape(width + 1, outputs)
    margins = features @ weights[:width] + weights[width]
    total = (weights**2).sum() / 2
    for output in range(outputs):
        own = targets if regression else np.where(targets == labels[output], 1.0, -1.0)
        total += c * losses(name, own, margins[:, output])
    return total


def liblinear_child(pipe, targets, features, settings, name, c):
    data = problem(targets, features, bias=1)
    data.bias = 1
    begin = time.perf_counter()
    pointer = liblinear.train(data, settings)
    seconds = time.perf_counter() - begin
    model = pointer.contents
    model.__class__.get_labels = lambda self: list(self.label[: self.nr_class])
    pipe.send((seconds, objective(model, name, c, targets, features)))


def run_liblinear(targets, features, solver, tolerance, name, c):
    """Seconds and objective of one training, or None beyond the limit."""
    settings = parameter(f"-s {solver} -c {c} -e {tolerance} -p {TUBE_WIDTH} -B 1 -q")
    here, there = multiprocessing.Pipe()
    child = multiprocessing.Process(
        target=liblinear_child, args=(there, targets, features, settings, name, c))
    child.start()
    result = here.recv() if here.poll(LIMIT) else None
    child.kill()
    child.join()
    return result


def run_ours(program, path, name, c, tolerance, threads):
    output = subprocess.run(
        [program, path, name, str(c), "1", "perClass", "automatic", str(tolerance), str(threads),
         str(TUBE_WIDTH)],
        check=True, capture_output=True, text=True).stdout
    return json.loads(output)


def compare(arguments, title, source, name, c, targets, features, path):
    best = run_ours(arguments.program, path, name, c, 1e-6, arguments.threads)
    optimum = best["objective"]
    runs = [run_ours(arguments.program, path, name, c, 1e-3, arguments.threads)
            for _ in range(arguments.runs)]
    ours = statistics.median(run["seconds"] for run in runs)
    error = (runs[0]["objective"] - optimum) / optimum
    by_default, matched, nearest = None, None, None
    for solver in SOLVERS[name]:
        tolerance, last = LOOSEST, None
        while tolerance > 1e-12:
            found = run_liblinear(targets, features, solver, tolerance, name, c)
            if found is None:
                break
            seconds, value = found
            distance = (value - optimum) / optimum
            if tolerance == LOOSEST and (by_default is None or seconds < by_default[0]):
                by_default = (seconds, distance)
            if nearest is None or distance < nearest[1]:
                nearest = (seconds, distance)
            if distance == last:
                break
            last = distance
            if distance <= 1e-6:
                if matched is None or seconds < matched[0]:
                    matched = (seconds, solver, tolerance)
                break
            tolerance /= 10
    theirs = f"{matched[0]:.2f} (-s {matched[1]} -e {matched[2]:.0e})" if matched else "not reached"
    if not matched and nearest:
        theirs += f", {nearest[0]:.2f} ({nearest[1]:.0e})"
    factor = f"{matched[0] / ours:.1f}" if matched else f"> {(nearest or [LIMIT])[0] / ours:.1f}"
    loose = f"{by_default[0]:.2f} ({by_default[1]:.0e})" if by_default else f"> {LIMIT:.0f}"
    print(f"| {title} | {name} | {ours:.3f} ({error:.0e}) | {runs[0]['iterations']} | {theirs} | {factor} | "
          f"{loose} | {(runs[0]['memoryPeak'] - runs[0]['memoryBefore']) / 2**20:.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--limit", type=float, default=LIMIT)
    arguments = parser.parse_args()
    globals()["LIMIT"] = arguments.limit
    print("| data | loss | train-linear, s (distance) | steps | LIBLINEAR at 1e-6, s | factor | "
          "LIBLINEAR -e 0.1, s (distance) | memory, MB |\n|---|---|---|---|---|---|---|---|", flush=True)
    for title, source, names, c in CASES:
        if arguments.only and not any(title.startswith(name) for name in arguments.only):
            continue
        if isinstance(source, str) and not (arguments.data / source).exists():
            print(f"{title}: {source} is not in {arguments.data}", flush=True)
            continue
        targets, features = load(source, arguments.data)
        with tempfile.TemporaryDirectory() as folder:
            path = str(arguments.data / source) if sparse.issparse(features) else f"{folder}/data.dense"
            if not sparse.issparse(features):
                write(path, targets, features)
            elif source == "mnist.svm":
                path = f"{folder}/mnist.svm"
                dump_svmlight_file(features, targets, path, zero_based=False)
            for name in names:
                compare(arguments, title, source, name, c, targets, features, path)


if __name__ == "__main__":
    main()
