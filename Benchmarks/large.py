#!/usr/bin/env python3
"""Trains on sets that are large for a kernel or for a linear model, with `--memory 4G`.

    PYTHONPATH=Benchmarks Benchmarks/large.py --svm .build/release/svm --work FOLDER [--only NAME …]
        [--multicore PYTHON]

The sets are made once in the folder: `dense` 1 000 000 × 50, `sparse` 500 000 × 2000 with some 20 values in a row, `linear`
5 000 000 × 50. Prints for each the seconds of training and of the whole process, the memory at its peak and the
certificate. With an interpreter that has liblinear-multicore, it trains on the same rows as `linear`, standardised, with two
threads and several tolerances; its objectives are computed here from its weights, and its bias is part of the penalty (`-B 1`),
where that of `svm` is free.

The three take about 14 minutes on two cores, and 3 GB of disk. Needs numpy, scipy and scikit-learn; liblinear-multicore needs
10 GB of memory.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

import numpy as np

LINEAR = {"seed": 55, "parts": 50, "rows": 100_000, "columns": 50, "noise": 6}
SETS = {
    "dense": ("dense.csv", ["--gamma", "0.02", "--c", "1"]),
    "sparse": ("sparse.svm", ["--gamma", "0.5", "--c", "1"]),
    "linear": ("linear.csv", ["--kernel", "linear", "--c", "0.01"]),
    "linear, squared hinge": ("linear.csv", ["--kernel", "linear", "--c", "0.01", "--loss", "squared"]),
}
PEER = """
import resource, sys, time
sys.path.insert(0, {folder!r})
import numpy as np, scipy.sparse
from large import linear_parts
from liblinear.liblinearutil import parameter, problem, train
parts = list(linear_parts())
features, labels = (np.concatenate(each) for each in zip(*parts))
features = (features - features.mean(0)) / features.std(0)
data = problem(labels, scipy.sparse.csr_matrix(features), bias=1)
for solver, squared in (("-s 3", False), ("-s 2", True)):
    for tolerance in ("0.1", "0.01", "0.001", "0.0001"):
        begin = time.perf_counter()
        model = train(data, parameter(f"{{solver}} -c 0.01 -m 2 -B 1 -q -e {{tolerance}}"))
        seconds = time.perf_counter() - begin
        weights = np.array([model.w[place] for place in range(features.shape[1] + 1)])
        sign = model.get_labels()[0]
        loss = np.maximum(0, 1 - labels * sign * (features @ weights[:-1] + weights[-1]))
        objective = weights @ weights / 2 + 0.01 * (loss @ loss if squared else loss.sum())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
        print(f"| liblinear-multicore {{solver}} -e {{tolerance}} | {{seconds:.1f}} | | {{peak:.2f}} | {{objective:.4f}} | | |",
              flush=True)
"""


def linear_parts():
    """Parts of the rows of `linear`, and their labels −1 and 1."""
    random = np.random.default_rng(LINEAR["seed"])
    weights = random.normal(size=LINEAR["columns"])
    for _ in range(LINEAR["parts"]):
        features = random.integers(-300, 300, size=(LINEAR["rows"], LINEAR["columns"]))
        noise = random.normal(size=LINEAR["rows"]) * LINEAR["noise"]
        yield features.astype(float), np.where(features @ weights / 100 + noise > 0, 1.0, -1.0)


def write_table(path, parts):
    """Writes rows as CSV; the label comes last."""
    with open(path, "w") as file:
        for number, (features, labels) in enumerate(parts):
            if number == 0:
                file.write(",".join(f"x{column}" for column in range(features.shape[1])) + ",y\n")
            for row, label in zip(features.tolist(), labels.tolist()):
                file.write(",".join(f"{value:.4g}" for value in row) + (",a\n" if label > 0 else ",b\n"))


def make(path, name):
    """Makes a set's file."""
    from compare import synthetic

    if name.startswith("linear"):
        return write_table(path, linear_parts())
    if name == "sparse":
        from sklearn.datasets import dump_svmlight_file

        random = np.random.default_rng(51)
        labels = random.integers(1, 3, 500_000)
        features = synthetic._sparse(random, labels, 2000, 2, 0.01)
        return dump_svmlight_file(features, labels, str(path), zero_based=False)
    random = np.random.default_rng(50)
    labels = random.integers(1, 3, 1_000_000)
    features = synthetic._clusters(random, labels, 50, 2)
    labels = np.where(random.random(len(labels)) < 0.02, 3 - labels, labels)
    return write_table(path, ((features[first:first + 20_000], 3 - 2 * labels[first:first + 20_000])
                              for first in range(0, len(labels), 20_000)))


def run(svm, path, name, options, folder):
    """Trains, and prints a line of the table."""
    report = folder / "large.json"
    begin = time.perf_counter()
    process = subprocess.Popen(
        [svm, "train", str(path), "--memory", "4G", "--threads", "2", "--quiet", "--json", str(report),
         "-o", str(folder / "large.model")] + options)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status:
        sys.exit(f"{name}: svm train failed")
    found = json.loads(report.read_text())
    problem = found["problems"][0]
    print(f"| {name} | {found['timing']['train']:.1f} | {seconds:.1f} | {usage.ru_maxrss * 1024 / 1e9:.2f} "
          f"| {problem['primalObjective']:.4f} | {problem['relativeGap']:.1e} | {problem['supportVectors'] or '–'} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--svm", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--only", nargs="*", default=list(SETS))
    parser.add_argument("--multicore")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    print("| set | training, s | whole process, s | peak, GB | objective | gap | support vectors |\n|---|---|---|---|---|---|---|", flush=True)
    for name in arguments.only:
        file, options = SETS[name]
        path = arguments.work / file
        if not path.exists():
            make(path, name)
        run(arguments.svm, path, name, options, arguments.work)
    if arguments.multicore:
        folder = str(pathlib.Path(__file__).resolve().parent)
        subprocess.run([arguments.multicore, "-c", PEER.format(folder=folder)], check=True)


if __name__ == "__main__":
    main()
