#!/usr/bin/env python3
"""Measures how often the intervals of `svm predict --interval` hold the target of held-out rows.

    Benchmarks/intervals.py --svm .build/release/svm --data FOLDER [--only NAMES] [--splits 5] [--coverage 0.9]

Every set is divided 70 to 30 by seed, and features and target are standardised by the training rows. A
set with more than `rows` rows is cut to that many of a seeded shuffle. The table shows the share of
held-out targets between `lower` and `upper`, mean over the splits with the smallest and the largest, and
the mean width in deviations of the target. Beside it stand the same figures of split-conformal
intervals around scikit-learn's SVR with the same parameters, made from out-of-fold residuals
(cross_val_predict, cv=5). The script fails when a mean coverage is more than 2 points from the nominal.
"""
import argparse
import csv
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import KFold, cross_val_predict, train_test_split
from sklearn.svm import SVR

LARGEST_DIFFERENCE = 0.02


@dataclass(frozen=True)
class Set:
    source: str
    c: float = 10.0
    gamma: float = 0.1
    epsilon: float = 0.1
    rows: int = 4000


SETS = {
    "california": Set("california-housing.csv", gamma=0.3),
    "abalone": Set("abalone.csv", c=1),
    "airfoil": Set("airfoil.csv", gamma=0.3),
    "concrete": Set("concrete.csv"),
    "cpu-small": Set("cpu-small.csv"),
    "energy": Set("energy.csv"),
    "winequality": Set("winequality-white.csv", c=1),
}


def load(path):
    """Features and targets, the last column; a first line without numbers is a header, and a column of text
    becomes one column for each of its values."""
    with open(path, newline="") as file:
        lines = [line for line in csv.reader(file) if line]
    if not is_number(lines[0][-1]):
        lines = lines[1:]
    columns = []
    for column in zip(*(line[:-1] for line in lines)):
        if all(is_number(field) for field in column):
            columns.append([float(field) for field in column])
        else:
            columns += [[float(field == value) for field in column] for value in sorted(set(column))]
    return np.array(columns).T, np.array([float(line[-1]) for line in lines])


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def write_table(path, features, targets):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"x{column + 1}" for column in range(features.shape[1])] + ["target"])
        for row, target in zip(features, targets):
            writer.writerow([repr(float(value)) for value in row] + [repr(float(target))])


def run(command):
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {ended.returncode}: {ended.stderr.strip()}")


def ours(options, chosen, train, test, seed):
    """Lower and upper ends for the rows of `test`."""
    with tempfile.TemporaryDirectory() as folder:
        training, testing, model, output = (
            os.path.join(folder, name) for name in ("train.csv", "test.csv", "a.model", "out.csv"))
        write_table(training, *train)
        write_table(testing, *test)
        run([
            options.svm, "train", training, "--target", "target", "--task", "regression", "--scale", "none",
            "--c", str(chosen.c), "--gamma", str(chosen.gamma), "--epsilon", str(chosen.epsilon), "--probability",
            "--seed", str(seed), "-o", model, "--quiet"])
        run([
            options.svm, "predict", model, testing, "--interval", str(options.coverage), "-o", output,
            "--keep", "none"])
        with open(output, newline="") as file:
            rows = list(csv.DictReader(file))
    return np.array([[float(row["lower"]), float(row["upper"])] for row in rows])


def peer(options, chosen, train, test, seed):
    """The same of scikit-learn's SVR, with the quantile of its out-of-fold residuals."""
    model = SVR(C=chosen.c, gamma=chosen.gamma, epsilon=chosen.epsilon)
    folds = KFold(5, shuffle=True, random_state=seed)
    sizes = np.sort(np.abs(train[1] - cross_val_predict(model, *train, cv=folds)))
    rank = int(np.ceil(options.coverage * (len(sizes) + 1) - 1e-9))
    width = sizes[rank - 1] if rank <= len(sizes) else np.inf
    predicted = model.fit(*train).predict(test[0])
    return np.stack([predicted - width, predicted + width], axis=1)


def measure(chosen, options):
    """The number of rows, and for each split the coverage and width of ours and of the peer."""
    features, targets = load(os.path.join(options.data, chosen.source))
    if chosen.rows < len(targets):
        kept = np.sort(np.random.default_rng(0).permutation(len(targets))[: chosen.rows])
        features, targets = features[kept], targets[kept]
    results = []
    for split in range(options.splits):
        x, test_x, y, test_y = train_test_split(features, targets, test_size=0.3, random_state=split)
        mean, deviation = x.mean(axis=0), x.std(axis=0)
        deviation[deviation == 0] = 1
        train = ((x - mean) / deviation, (y - y.mean()) / y.std())
        test = ((test_x - mean) / deviation, (test_y - y.mean()) / y.std())
        row = []
        for ends in (ours(options, chosen, train, test, split), peer(options, chosen, train, test, split)):
            held = (ends[:, 0] <= test[1]) & (test[1] <= ends[:, 1])
            row.append([held.mean(), (ends[:, 1] - ends[:, 0]).mean()])
        results.append(row)
    return len(targets), np.array(results)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--svm", default=".build/release/svm")
    parser.add_argument("--data", required=True)
    parser.add_argument("--only", help="names, separated by commas")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--coverage", type=float, default=0.9)
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(SETS)
    missing = [name for name in names if name not in SETS]
    if missing:
        parser.error(f"unknown sets: {', '.join(missing)}; there are {', '.join(SETS)}")

    print("| data | rows | coverage: svm | smallest | largest | width | coverage: SVR | width |")
    print("|---|" + "---:|" * 7)
    failed = []
    for name in names:
        rows, results = measure(SETS[name], options)
        coverage, width = results[:, 0, 0], results[:, 0, 1]
        print(
            f"| {name} | {rows} | {100 * coverage.mean():.1f} % | {100 * coverage.min():.1f} |"
            f" {100 * coverage.max():.1f} | {width.mean():.3f} | {100 * results[:, 1, 0].mean():.1f} % |"
            f" {results[:, 1, 1].mean():.3f} |", flush=True)
        if abs(coverage.mean() - options.coverage) > LARGEST_DIFFERENCE:
            failed.append(f"{name}: {100 * coverage.mean():.1f} %")
    if failed:
        sys.exit(f"more than 2 points from {100 * options.coverage:g} %:\n" + "\n".join(failed))


if __name__ == "__main__":
    main()
