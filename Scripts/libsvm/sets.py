"""Data sets for comparisons with LIBSVM: the tables of Datasets, and files of a folder beside them."""

import csv
import math
import pathlib
import random

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OWN = ["iris.csv", "wine.csv", "breast-cancer.csv", "digits.csv", "diabetes.csv"]
OTHERS = [
    "heart-scale.svm", "australian.svm", "vehicle.svm", "vowel.svm", "glass.csv", "sonar.csv", "ionosphere.csv"]


def read_table(path):
    """Rows of features and the last column."""
    with open(path, newline="") as file:
        records = [record for record in csv.reader(file) if record]

    def is_number(text):
        try:
            return math.isfinite(float(text))
        except ValueError:
            return False

    if not all(is_number(field) for field in records[0][:-1]):
        records = records[1:]
    return [[float(field) for field in record[:-1]] for record in records], [record[-1] for record in records]


def read_libsvm(path):
    labels, rows, width = [], [], 0
    with open(path) as file:
        for line in file:
            words = line.split()
            if not words:
                continue
            labels.append(words[0])
            row = {int(index): float(value) for index, value in (word.split(":") for word in words[1:])}
            width = max(width, max(row, default=0))
            rows.append(row)
    return [[row.get(j, 0.0) for j in range(1, width + 1)] for row in rows], labels


def scaled(rows):
    """Each column to −1 … 1."""
    columns = list(zip(*rows))
    low, high = [min(c) for c in columns], [max(c) for c in columns]
    return [
        [-1 + 2 * (v - a) / (b - a) if b > a else 0.0 for v, a, b in zip(row, low, high)] for row in rows]


class Set:
    """A table with whole-number labels and numeric targets from 0 to 1."""

    def __init__(self, name, rows, last, limit):
        order = list(range(len(rows)))
        random.Random(0).shuffle(order)
        order = order[:limit]
        self.name = name.split(".")[0]
        self.rows = scaled([rows[i] for i in order])
        last = [last[i] for i in order]
        names = sorted(set(last))
        if len(names) > 30:
            values = [float(value) for value in last]
            middle = sorted(values)[len(values) // 2]
            self.labels = [1 if value > middle else -1 for value in values]
        else:
            codes = {"1": 1, "+1": 1, "-1": -1} if len(names) == 2 else {}
            self.labels = [codes.get(name, names.index(name)) for name in last]
            values = [float(names.index(name)) for name in last]
        # A ν that every pair of classes can meet, in folds too.
        counts = sorted(self.labels.count(label) for label in set(self.labels))
        self.nu = round(0.5 * 2 * counts[0] / (counts[0] + counts[-1]), 2)
        low, high = min(values), max(values)
        self.targets = [(value - low) / (high - low) for value in values]


def sets(limit, folder=None):
    paths = [ROOT / "Datasets" / name for name in OWN]
    if folder:
        paths += [pathlib.Path(folder) / name for name in OTHERS]
    for path in paths:
        rows, last = (read_libsvm if path.suffix == ".svm" else read_table)(path)
        yield Set(path.name, rows, last, limit)
