#!/usr/bin/env python3
"""Trains on raw files as they are, and compares with a scikit-learn pipeline on the same rows.

    make compare-raw DATA=FOLDER           the files below, as far as that folder has them
    Benchmarks/raw_files.py --svm PATH --data FOLDER    with a program of your own

Each file is divided at random, line by line and byte for byte, into rows to train on (two thirds, at
most 10 000) and rows to measure on. `svm train` gets the first part with the options in the table, and
`svm evaluate` the second. The pipeline gets the same rows, read by a few lines of Python that know each
file's format: SimpleImputer and StandardScaler for numbers, SimpleImputer and OneHotEncoder for texts,
then SVC or SVR with the same C, epsilon and gamma ("scale"). An SVR is fitted to the target divided by
its deviation, with C and epsilon divided likewise, which is the same problem and the only one that
LIBSVM solves in a reasonable time. Accuracy and R² are in percent, means over the splits; the script
fails when they differ by more than half a point.
"""
import argparse
import csv
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC, SVR

MISSING = {"", "?", "NA", "N/A", "NaN", "nan", "null"}
MOST_TRAINING_ROWS = 10_000
LARGEST_DIFFERENCE = 0.5

# file: header, separator, target, C, columns that only name rows
FILES = {
    "adult-raw.csv": (False, ",", "15", 1, []),
    "adult-quoted-raw.csv": (True, ",", "ABOVE50K", 1, []),
    "titanic-raw.csv": (True, ",", "Survived", 1, ["Name", "Ticket", "Cabin"]),
    "bank-additional-raw.csv": (True, ";", "y", 1, []),
    "framingham-raw.csv": (True, ",", "TenYearCHD", 1, []),
    "penguins-raw.csv": (True, ",", "species", 1, []),
    "auto-imports-raw.csv": (False, ",", "26", 50_000, []),
    "auto-mpg-raw.csv": (True, ",", "mpg", 50, ["name"]),
    "diamonds-raw.csv": (True, ",", "price", 50_000, []),
    "california-housing-raw.csv": (True, ",", "median_house_value", 1_000_000, []),
}


def split_lines(content, has_header, seed):
    """The training part and the other part of a file, both as bytes."""
    lines = [line for line in re.findall(rb"[^\r\n]*(?:\r\n|\r|\n|$)", content) if line.strip()]
    head, lines = (lines[:1], lines[1:]) if has_header else ([], lines)
    if not lines[-1].endswith((b"\r", b"\n")):
        lines[-1] += re.search(rb"\r\n|\r|\n", content).group()
    order = list(range(len(lines)))
    random.Random(seed).shuffle(order)
    count = min(len(lines) * 2 // 3, MOST_TRAINING_ROWS)
    parts = sorted(order[:count]), sorted(order[count:])
    return [b"".join(head + [lines[i] for i in part]) for part in parts]


def read(content, has_header, separator):
    """Names and rows of a part; the values are texts, missing ones empty."""
    text = content.decode().replace("\r\n", "\n").replace("\r", "\n")
    rows = list(csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True))
    rows = [[value.strip() for value in row] for row in rows if row]
    rows = [["" if value in MISSING else value for value in row] for row in rows]
    names = rows.pop(0) if has_header else [str(i + 1) for i in range(len(rows[0]))]
    return names, rows


def is_numeric(values):
    try:
        return bool([float(value) for value in values if value])
    except ValueError:
        return False


def pipeline_score(parts, has_header, separator, target, c, names_of_rows):
    (names, train), (_, test) = (read(part, has_header, separator) for part in parts)
    place = names.index(target)
    inputs = [i for i, name in enumerate(names) if i != place and name not in names_of_rows]
    numeric = [i for i in inputs if is_numeric([row[i] for row in train + test])]
    others = [i for i in inputs if i not in numeric]

    def features(rows):
        table = np.empty((len(rows), len(inputs)), dtype=object)
        for column, i in enumerate(inputs):
            for r, row in enumerate(rows):
                value = row[i]
                table[r, column] = (float(value) if value else np.nan) if i in numeric else value
        return table

    def places(chosen):
        return [inputs.index(i) for i in chosen]

    steps = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), places(numeric)),
        ("texts", make_pipeline(
            SimpleImputer(missing_values="", strategy="most_frequent"),
            OneHotEncoder(handle_unknown="ignore", sparse_output=False)), places(others)),
    ])
    y, truth = [row[place] for row in train], [row[place] for row in test]
    # As the command decides: texts, and at most ten whole numbers, are classes.
    distinct = set(y)
    if not is_numeric(y) or len(distinct) <= 10 and all(float(v).is_integer() for v in distinct):
        model = make_pipeline(steps, SVC(C=c, gamma="scale", cache_size=1000))
        model.fit(features(train), y)
        return 100 * accuracy_score(truth, model.predict(features(test)))
    y, truth = np.array(y, dtype=float), np.array(truth, dtype=float)
    unit = y.std()
    model = make_pipeline(
        steps, SVR(C=c / unit, epsilon=0.1 / unit, gamma="scale", cache_size=1000))
    model.fit(features(train), (y - y.mean()) / unit)
    return 100 * r2_score(truth, model.predict(features(test)) * unit + y.mean())


def run(arguments, folder):
    result = subprocess.run(arguments, cwd=folder, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: exit status {result.returncode}\n{result.stderr}")
    return result.stdout


def options(target, c):
    return ["--target", target, "--c", str(c), "--unseen", "ignore"]


def our_score(svm, parts, target, c, folder):
    for name, part in zip(("train.csv", "test.csv"), parts):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(part)
    run([svm, "train", "train.csv", "-o", "raw.model", "--quiet", *options(target, c)], folder)
    report = json.loads(run([svm, "evaluate", "raw.model", "test.csv", "--json"], folder))
    values = {metric["name"]: metric["value"] for metric in report["metrics"]}
    name = "accuracy" if "accuracy" in values else "r2"
    return name, 100 * values[name]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--svm", default=".build/release/svm", help="the command to measure")
    parser.add_argument("--data", required=True, help="the folder with the files")
    parser.add_argument("--only", help="one file")
    arguments = parser.parse_args()
    svm = os.path.abspath(arguments.svm)
    print("| file | command | metric | splits | svm | scikit-learn | difference |")
    print("|---|---|---|---|---|---|---|")
    worst = 0
    for name, (has_header, separator, target, c, names_of_rows) in FILES.items():
        path = os.path.join(arguments.data, name)
        if not os.path.exists(path) or arguments.only not in (None, name):
            continue
        with open(path, "rb") as file:
            content = file.read()
        ours, theirs = [], []
        with tempfile.TemporaryDirectory() as folder:
            # The whole file, untouched, is one command.
            run([svm, "train", os.path.abspath(path), "-o", "whole.model", "--subsample", "5000",
                 "--quiet", *options(target, c)], folder)
            for seed in range(5 if len(content) < 1_000_000 else 1):
                parts = split_lines(content, has_header, seed)
                metric, score = our_score(svm, parts, target, c, folder)
                ours.append(score)
                theirs.append(pipeline_score(
                    parts, has_header, separator, target, c, names_of_rows))
        difference = np.mean(ours) - np.mean(theirs)
        worst = max(worst, abs(difference))
        command = "svm train " + " ".join([name, *options(target, c)])
        print(f"| {name} | `{command}` | {'accuracy' if metric == 'accuracy' else 'R²'} "
              f"| {len(ours)} | {np.mean(ours):.2f} | {np.mean(theirs):.2f} | {difference:+.2f} |",
              flush=True)
    if worst > LARGEST_DIFFERENCE:
        sys.exit(f"a metric differs by {worst:.2f} points, more than {LARGEST_DIFFERENCE}")


if __name__ == "__main__":
    main()
