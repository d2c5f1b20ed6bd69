#!/usr/bin/env python3
"""Measures which share of the held-out targets lies below each quantile that `svm predict` predicts.

    Benchmarks/quantiles.py --svm .build/release/svm --data FOLDER [--only NAMES] [--splits 3]

Every set is divided 70 to 30 by seed; a set with more than 4000 rows is cut to that many of a seeded shuffle.
Training has the program's defaults: `svm train -s quantile-svr --quantile 0.1,0.5,0.9`. The table shows the
share below each quantile, mean over the splits with the smallest and the largest, and the mean pinball loss over
the quantiles, in deviations of the training targets.
"""
import argparse
import csv
import io
import os
import subprocess
import tempfile

import numpy as np
from sklearn.model_selection import train_test_split

from intervals import load, write_table

QUANTILES = [0.1, 0.5, 0.9]
ROWS = 4000
SETS = {
    "abalone": "abalone.csv",
    "airfoil": "airfoil.csv",
    "concrete": "concrete.csv",
    "cpu-small": "cpu-small.csv",
    "energy": "energy.csv",
    "winequality": "winequality-white.csv",
}


def measure(svm, features, targets, seed, folder):
    """The shares below each quantile, and the mean pinball loss."""
    chosen = np.random.default_rng(seed).permutation(len(targets))[:ROWS]
    train, test = train_test_split(chosen, test_size=0.3, random_state=seed)
    paths = [os.path.join(folder, name) for name in ["train.csv", "test.csv", "x.model"]]
    for path, rows in zip(paths, [train, test]):
        write_table(path, features[rows], targets[rows])
    run = lambda *words: subprocess.run(
        [svm, *words], check=True, capture_output=True, text=True).stdout
    run("train", paths[0], "-s", "quantile-svr", "--quantile", ",".join(map(str, QUANTILES)),
        "--quiet", "-o", paths[2])
    records = list(csv.DictReader(io.StringIO(run("predict", paths[2], paths[1]))))
    predicted = np.array(
        [[float(record[f"quantile_{quantile}"]) for quantile in QUANTILES] for record in records])
    assert (np.diff(predicted, axis=1) >= 0).all(), "quantiles cross"
    residuals = targets[test][:, None] - predicted
    levels = np.array(QUANTILES)
    loss = np.maximum(levels * residuals, (levels - 1) * residuals).mean()
    return (residuals < 0).mean(axis=0), loss / targets[train].std()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--svm", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--only", default=",".join(SETS))
    parser.add_argument("--splits", type=int, default=3)
    options = parser.parse_args()
    print("| data | rows | below 0.1 | below 0.5 | below 0.9 | pinball loss / deviation |")
    print("|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only.split(","):
            features, targets = load(os.path.join(options.data, SETS[name]))
            results = [measure(options.svm, features, targets, seed, folder)
                       for seed in range(options.splits)]
            shares = np.array([share for share, _ in results])
            cells = [f"{100 * column.mean():.1f} % ({100 * column.min():.1f}–{100 * column.max():.1f})"
                     for column in shares.T]
            loss = np.mean([loss for _, loss in results])
            print(f"| {name} | {min(len(targets), ROWS)} | {' | '.join(cells)} | {loss:.4f} |",
                  flush=True)


if __name__ == "__main__":
    main()
