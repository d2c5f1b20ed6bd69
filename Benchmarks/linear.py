#!/usr/bin/env python3
"""Compares linear models with LIBLINEAR at the same objective.

    Benchmarks/linear.py --program .build/release/train-linear --data FOLDER [--multicore PYTHON]
        [--runs 3] [--only NAME …]

Both train on the same features with a bias of LIBLINEAR's kind (`-B 1`); LIBLINEAR has no free one for the
losses that are not smooth. The optimum is what `train-linear` finds at the tolerance 1e-6, whose certificate
bounds its distance. LIBLINEAR's tolerance is tightened by factors of ten, with each of its solvers for the
loss, until its objective, computed here from its weights, is within 1e-6 of that; the fastest counts. Its
coordinate descent gives up after 300 passes: when tightening brings no more, or a run takes longer than
the limit, it did not get there, and the table says how near it came in what time. Times are of training
alone, medians over the runs; reading is not in them. The peers are liblinear-official on one thread and, where
an interpreter that has it is given, liblinear-multicore on as many threads as `train-linear`; both call their
package `liblinear`, so that no interpreter has both.

Prints a table in Markdown. Needs numpy, scipy, scikit-learn and liblinear-official.
"""
import argparse
import json
import math
import multiprocessing
import pathlib
import select
import statistics
import subprocess
import sys
import tempfile

import numpy as np
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


class Peer:
    """LIBLINEAR in an interpreter of its own, which holds the data and is started again after a time limit."""

    def __init__(self, title, interpreter, path, threads):
        self.title, self.interpreter, self.path, self.threads = title, interpreter, path, threads
        self.process = None

    def train(self, solver, tolerance, name, c):
        """Seconds and objective of one training, or None beyond the limit."""
        if self.process is None:
            self.process = subprocess.Popen(
                [self.interpreter, pathlib.Path(__file__).with_name("liblinear_worker.py"), self.path],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        asked = {"solver": solver, "tolerance": tolerance, "loss": name, "c": c,
                 "epsilon": TUBE_WIDTH, "threads": self.threads}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], LIMIT)[0]:
            self.close()
            return None
        answer = json.loads(self.process.stdout.readline())
        return answer["seconds"], answer["objective"]

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def run_ours(program, path, name, c, tolerance, threads):
    output = subprocess.run(
        [program, path, name, str(c), "1", "perClass", "automatic", str(tolerance), str(threads),
         str(TUBE_WIDTH)],
        check=True, capture_output=True, text=True).stdout
    return json.loads(output)


class Search:
    """The fastest training of the peers that is within 1e-6 of the optimum, and the nearest if there is none."""

    def __init__(self, optimum):
        self.optimum = optimum
        self.matched, self.nearest, self.by_default = None, None, None

    def distance(self, found):
        return (found[1] - self.optimum) / self.optimum

    def tighten(self, peer, solver, name, c, runs):
        """Tightens the tolerance of one solver until it gets there, gives up, or takes too long."""
        tolerance, last = LOOSEST, None
        while tolerance > 1e-12:
            found = peer.train(solver, tolerance, name, c)
            if found is None:
                return
            distance = self.distance(found)
            what = f"{peer.title} -s {solver} -e {tolerance:.0e}"
            if tolerance == LOOSEST and (self.by_default is None or found[0] < self.by_default[0]):
                self.by_default = (found[0], distance)
            if self.nearest is None or distance < self.nearest[1]:
                self.nearest = (found[0], distance, what)
            if distance <= 1e-6:
                again = [peer.train(solver, tolerance, name, c) for _ in range(runs - 1)] if found[0] < 20 else []
                seconds = statistics.median([found[0]] + [one[0] for one in again if one])
                if self.matched is None or seconds < self.matched[0]:
                    self.matched = (seconds, what)
                return
            if distance == last:
                return
            last, tolerance = distance, tolerance / 10


def compare(arguments, title, name, c, path, peers):
    optimum = run_ours(arguments.program, path, name, c, 1e-6, arguments.threads)["objective"]
    runs = [run_ours(arguments.program, path, name, c, 1e-3, arguments.threads)
            for _ in range(arguments.runs)]
    ours = statistics.median(run["seconds"] for run in runs)
    error = (runs[0]["objective"] - optimum) / optimum
    search = Search(optimum)
    for peer in peers:
        for solver in SOLVERS[name]:
            search.tighten(peer, solver, name, c, arguments.runs)
    if search.matched:
        theirs, factor = f"{search.matched[0]:.3f} ({search.matched[1]})", f"{search.matched[0] / ours:.1f}"
    else:
        seconds, distance, what = search.nearest or (LIMIT, math.inf, "nothing in time")
        theirs, factor = f"not reached, {seconds:.3f} at {distance:.0e} ({what})", f"> {seconds / ours:.1f}"
    loose = (f"{search.by_default[0]:.3f} ({search.by_default[1]:.0e})"
             if search.by_default else f"> {LIMIT:.0f}")
    print(f"| {title} | {name} | {ours:.3f} ({error:.0e}) | {runs[0]['iterations']} | {theirs} | {factor} | "
          f"{loose} | {(runs[0]['memoryPeak'] - runs[0]['memoryBefore']) / 2**20:.0f} |", flush=True)


def write_for_peers(path, targets, features):
    if sparse.issparse(features):
        np.savez(path, targets=targets, data=features.data, indices=features.indices,
                 indptr=features.indptr, shape=features.shape)
    else:
        np.savez(path, targets=targets, features=features)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--multicore", help="an interpreter that has liblinear-multicore")
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
            arrays = f"{folder}/arrays.npz"
            write_for_peers(arrays, targets, features)
            del targets, features
            peers = [Peer("official", sys.executable, arrays, 1)]
            if arguments.multicore:
                peers.append(Peer("multicore", arguments.multicore, arrays, arguments.threads))
            for name in names:
                compare(arguments, title, name, c, path, peers)
            for peer in peers:
                peer.close()


if __name__ == "__main__":
    main()
