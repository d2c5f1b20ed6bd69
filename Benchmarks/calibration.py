#!/usr/bin/env python3
"""Compares the probabilities of `svm train --probability` with scikit-learn's on held-out rows.

    Benchmarks/calibration.py --svm .build/release/svm --data FOLDER [--only NAMES] [--splits 5]

Every set is divided 70 to 30, stratified and by seed, the same way for both. Features are standardised by
the training rows' mean and deviation, so that both see the same numbers. Both train with the Gaussian
kernel and the C and gamma of the table (gamma 0 means 1/features, which is `scale` on standardised
columns). The peers are CalibratedClassifierCV(SVC, cv=5) with `ensemble` on, its default, and off, each
with the same calibration method.

Log loss (natural logarithm, probabilities kept 1e-15 away from 0) and the Brier score, summed over the
classes as for one-hot targets, are means over the splits. The script fails when a row's label is not
the arg-max of its printed probabilities, when probabilities do not add up to 1, or when a log loss or Brier
score is worse than that of the default peer by more than `--slack` (0: no worse).
"""
import argparse
import csv
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_svmlight_file
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

SMALLEST_PROBABILITY = 1e-15


@dataclass(frozen=True)
class Set:
    source: str
    c: float = 1.0
    gamma: float = 0.0
    rows: int | None = None  # the first rows of a seeded shuffle


SETS = {
    "australian": Set("australian.svm"),
    "heart": Set("heart-scale.svm"),
    "pima": Set("pima.csv"),
    "ionosphere": Set("ionosphere.csv"),
    "sonar": Set("sonar.csv", c=10),
    "spambase": Set("spambase.txt", rows=2000),
    "vehicle": Set("vehicle.svm", c=10),
    "glass": Set("glass.csv", c=10),
    "satimage": Set("satimage.txt", c=10, rows=2000),
    "vowel": Set("vowel.svm", c=10, gamma=0.3),
}


def load(path):
    """Features, and labels as text; the label is the last column of a table."""
    if path.endswith(".svm"):
        features, labels = load_svmlight_file(path)
        features = features.toarray()
        return features, np.array([f"{label:g}" for label in labels])
    with open(path) as file:
        lines = [line.replace(",", " ").replace("\t", " ").split() for line in file if line.strip()]
    if path.endswith("satimage.txt") or not is_number(lines[0][0]):
        lines = lines[1:]  # a header, which in satimage is made of numbers
    return np.array([[float(field) for field in line[:-1]] for line in lines]), np.array([line[-1] for line in lines])


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def write_table(path, features, labels):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"x{column + 1}" for column in range(features.shape[1])] + ["class"])
        for row, label in zip(features, labels):
            writer.writerow([repr(float(value)) for value in row] + [f"class {label}"])


def run(command):
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {ended.returncode}: {ended.stderr.strip()}")


def ours(svm, method, chosen, gamma, train, test, classes, seed):
    """The probabilities that `svm predict` prints, columns in the order of `classes`."""
    with tempfile.TemporaryDirectory() as folder:
        training, testing, model, output = (
            os.path.join(folder, name) for name in ("train.csv", "test.csv", "a.model", "out.csv"))
        write_table(training, *train)
        write_table(testing, *test)
        command = [
            svm, "train", training, "--target", "class", "--task", "classification", "--scale", "none",
            "--c", str(chosen.c), "--gamma", repr(gamma), "--probability", "--seed", str(seed), "-o", model, "--quiet"]
        if method != "sigmoid":
            command += ["--calibration", method]
        run(command)
        run([svm, "predict", model, testing, "--probability", "-o", output, "--keep", "none"])
        with open(output, newline="") as file:
            rows = list(csv.DictReader(file))
    names = [f"class {name}" for name in classes]
    probabilities = np.array([[float(row[f"probability_{name}"]) for name in names] for row in rows])
    labels = [names.index(row["prediction"]) for row in rows]
    return probabilities, labels


def check(name, probabilities, labels):
    """Stops unless every label has the largest probability of its row and rows add up to 1."""
    own = probabilities[np.arange(len(labels)), labels]
    if (wrong := np.flatnonzero(own < probabilities.max(axis=1))).size:
        sys.exit(f"{name}: in row {wrong[0]} the label is not the arg-max of {probabilities[wrong[0]]}")
    if (error := np.abs(probabilities.sum(axis=1) - 1).max()) > 1e-9:
        sys.exit(f"{name}: the probabilities of a row differ from 1 by {error}")


def scores(probabilities, truth):
    """Log loss, Brier score and accuracy in percent."""
    own = np.clip(probabilities[np.arange(len(truth)), truth], SMALLEST_PROBABILITY, 1)
    target = np.eye(probabilities.shape[1])[truth]
    return np.array([
        -np.log(own).mean(), ((probabilities - target) ** 2).sum(axis=1).mean(),
        100 * (probabilities.argmax(axis=1) == truth).mean()])


def measure(name, chosen, options):
    """Means over the splits: one row of scores for each of ours, ensemble, single."""
    features, labels = load(os.path.join(options.data, chosen.source))
    if chosen.rows and chosen.rows < len(labels):
        kept = np.sort(np.random.default_rng(0).permutation(len(labels))[: chosen.rows])
        features, labels = features[kept], labels[kept]
    results = []
    for split in range(options.splits):
        x, test_x, y, test_y = train_test_split(
            features, labels, test_size=0.3, random_state=split, stratify=labels)
        mean, deviation = x.mean(axis=0), x.std(axis=0)
        deviation[deviation == 0] = 1
        x, test_x = (x - mean) / deviation, (test_x - mean) / deviation
        gamma = chosen.gamma or 1 / x.shape[1]
        classes = sorted(set(y))
        truth = np.array([classes.index(label) for label in test_y])
        probabilities, predicted = ours(
            options.svm, options.method, chosen, gamma, (x, y), (test_x, test_y), classes, split)
        check(name, probabilities, predicted)
        row = [scores(probabilities, truth)]
        for ensemble in (True, False):
            peer = CalibratedClassifierCV(
                SVC(C=chosen.c, gamma=gamma), method=options.method, cv=5, ensemble=ensemble).fit(x, y)
            order = [list(peer.classes_).index(each) for each in classes]
            row.append(scores(peer.predict_proba(test_x)[:, order], truth))
        results.append(row)
    return len(labels), len(set(labels)), np.mean(results, axis=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--svm", default=".build/release/svm")
    parser.add_argument("--data", required=True)
    parser.add_argument("--only", help="names, separated by commas")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--method", default="sigmoid", choices=["sigmoid", "isotonic", "temperature"])
    parser.add_argument("--slack", type=float, default=0.0)
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(SETS)
    missing = [name for name in names if name not in SETS]
    if missing:
        parser.error(f"unknown sets: {', '.join(missing)}; there are {', '.join(SETS)}")

    print("| data | rows | classes | log loss: svm | ensemble | single | Brier: svm | ensemble | single"
          " | accuracy: svm | ensemble | single |")
    print("|---|" + "---:|" * 11)
    worse = []
    for name in names:
        rows, classes, means = measure(name, SETS[name], options)
        cells = [f"{value:.4f}" for value in means[:, :2].T.ravel()] + [f"{value:.1f}" for value in means[:, 2]]
        print(f"| {name} | {rows} | {classes} | " + " | ".join(cells) + " |", flush=True)
        worse += [
            f"{name}: {what} {means[0, column]:.4f} against {means[1, column]:.4f}"
            for column, what in enumerate(["log loss", "Brier score"])
            if means[0, column] > means[1, column] + options.slack]
    if worse:
        sys.exit("worse than CalibratedClassifierCV(SVC):\n" + "\n".join(worse))


if __name__ == "__main__":
    main()
