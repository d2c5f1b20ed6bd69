#!/usr/bin/env python3
"""Times `svm train` and its peers on the same examples, in turn, and compares their answers.

    make compare DATA=FOLDER             files a9a.svm, w8a.svm, ijcnn1.svm of that folder, where present
    Benchmarks/compare.py --svm PATH     with a program of your own; --help tells the rest

Without a folder the script makes its own data. Every solver gets the same C, gamma, tolerance and
number of threads. Times are those of training alone: `timing.train` of our report, and the time that
`fit` or `svm_train` takes in a process that has loaded the data. A faster answer counts only when it is
the right one: the script fails when dual objectives differ by more than 1e-4 relative.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

SETS = {  # file: (C, gamma)
    "a9a.svm": (1, 0.03),
    "w8a.svm": (10, 0.1),
    "ijcnn1.svm": (32, 2),
}
SYNTHETIC = {"synthetic-dense": (10_000, 100, 1.0), "synthetic-sparse": (20_000, 300, 0.05)}
TOLERANCE = 1e-3


def make_synthetic(folder, name):
    import numpy
    from sklearn.datasets import dump_svmlight_file

    rows, columns, density = SYNTHETIC[name]
    random = numpy.random.default_rng(1)
    features = random.normal(size=(rows, columns)) * (random.random((rows, columns)) < density)
    weights = random.normal(size=columns)
    score = features @ weights + 0.5 * (features[:, 0] * features[:, 1]) * columns**0.5
    labels = numpy.where(score + random.normal(size=rows) > 0, 1, -1)
    path = os.path.join(folder, name + ".svm")
    dump_svmlight_file(features.round(4), labels, path, zero_based=False)
    return path, 1, 1 / (columns * max(density, 0.05))


def dual_objective(coefficients, vectors, gamma):
    """Σα − ½αᵀQα, in Double."""
    import numpy

    squares = (vectors * vectors).sum(1)
    quadratic = 0.0
    for first in range(0, len(vectors), 1024):
        part = slice(first, first + 1024)
        distances = squares[part, None] + squares[None, :] - 2 * vectors[part] @ vectors.T
        kernel = numpy.exp(-gamma * numpy.maximum(distances, 0))
        quadratic += coefficients[part] @ (kernel @ coefficients)
    return numpy.abs(coefficients).sum() - quadratic / 2


def peer(name, path, c, gamma, threads):
    """Runs in a process of its own: loads, trains once, prints a line of JSON."""
    import numpy
    from sklearn.datasets import load_svmlight_file

    features, labels = load_svmlight_file(path)
    if name == "libsvm":
        from libsvm.svmutil import svm_parameter, svm_problem, svm_train

        problem = svm_problem(labels, features)
        options = svm_parameter(f"-q -s 0 -t 2 -c {c} -g {gamma} -e {TOLERANCE} -m 2000")
        began = time.perf_counter()
        model = svm_train(problem, options)
        seconds = time.perf_counter() - began
        indices = numpy.array(model.get_sv_indices()) - 1
        coefficients = numpy.array(model.get_sv_coef())[:, 0]
    else:
        if name.startswith("intelex"):
            from sklearnex import config_context, patch_sklearn

            patch_sklearn(verbose=False)
        from sklearn.svm import SVC

        dense = features.toarray().astype("f4" if name.endswith("f32") else "f8")
        model = SVC(C=c, gamma=gamma, tol=TOLERANCE, cache_size=2000)
        began = time.perf_counter()
        model.fit(dense, labels)
        seconds = time.perf_counter() - began
        indices, coefficients = model.support_, model.dual_coef_[0]
    vectors = features[indices].toarray().astype("f8")
    print(json.dumps({
        "seconds": seconds, "vectors": len(indices),
        "dual": dual_objective(numpy.asarray(coefficients, "f8"), vectors, gamma)}))


def run_peer(name, path, c, gamma, threads):
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))
    output = subprocess.run(
        [sys.executable, __file__, "--peer", name, path, str(c), str(gamma), str(threads)],
        check=True, capture_output=True, text=True, env=environment).stdout
    return json.loads(output.splitlines()[-1])


def run_ours(svm, path, c, gamma, threads):
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        subprocess.run(
            [svm, "train", path, "--c", str(c), "--gamma", str(gamma), "--tolerance",
             str(TOLERANCE), "--threads", str(threads), "-o", os.path.join(folder, "m.model"),
             "--json", report, "--quiet"], check=True)
        with open(report) as file:
            found = json.load(file)
    return {"seconds": found["timing"]["train"], "vectors": found["supportVectors"],
            "dual": found["problems"][0]["dualObjective"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--svm", default=".build/release/svm", help="the program to measure")
    parser.add_argument("--data", help="folder with the files of the table above")
    parser.add_argument("--runs", type=int, default=5, help="alternating runs (5)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="for every solver (all cores)")
    parser.add_argument(
        "--peers", default="intelex-f32,intelex-f64", help="of intelex-f32, intelex-f64, sklearn, libsvm")
    options = parser.parse_args()
    peers = options.peers.split(",")
    wrong = False
    print("| data | C, gamma | solver | median s | min–max | ratio to svm | support vectors | dual objective |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        sets = []
        for name, (c, gamma) in SETS.items():
            path = os.path.join(options.data or "", name)
            if options.data and os.path.exists(path):
                sets.append((name, path, c, gamma))
        if not sets:
            for name in SYNTHETIC:
                path, c, gamma = make_synthetic(folder, name)
                sets.append((name, path, c, gamma))
        for name, path, c, gamma in sets:
            results = {solver: [] for solver in ["svm"] + peers}
            for _ in range(options.runs):
                results["svm"].append(run_ours(options.svm, path, c, gamma, options.threads))
                for solver in peers:
                    results[solver].append(run_peer(solver, path, c, gamma, options.threads))
            ours = statistics.median(run["seconds"] for run in results["svm"])
            best = max(run["dual"] for runs in results.values() for run in runs)
            for solver, runs in results.items():
                times = sorted(run["seconds"] for run in runs)
                median = statistics.median(times)
                print(
                    f"| {name} | {c}, {gamma:.3g} | {solver} | {median:.3f} | {times[0]:.3f}–{times[-1]:.3f}"
                    f" | {median / ours:.2f} | {runs[-1]['vectors']} | {runs[-1]['dual']:.6g} |", flush=True)
                if abs(runs[-1]["dual"] - best) > 1e-4 * abs(best):
                    print(f"{name}: the objective of {solver} is {runs[-1]['dual']}, the best {best}", file=sys.stderr)
                    wrong = wrong or solver == "svm"
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        peer(sys.argv[2], sys.argv[3], float(sys.argv[4]), float(sys.argv[5]), int(sys.argv[6]))
    else:
        main()
