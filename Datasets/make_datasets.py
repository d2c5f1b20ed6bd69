#!/usr/bin/env python3
"""Writes the CSV files of this folder from the copies in scikit-learn's package.

    python3 -m venv .venv && .venv/bin/pip install scikit-learn==1.9.1
    .venv/bin/python Datasets/make_datasets.py

Every number is written with the fewest digits that give the same double back, the target is the
last column, and lines end in a line feed. The rows of the table in README.md are printed.
"""

import hashlib
import pathlib

import sklearn.datasets

FOLDER = pathlib.Path(__file__).resolve().parent

# Forina's three cultivars in the order of the UCI file, which numbers them 1, 2 and 3.
CULTIVARS = ["barolo", "grignolino", "barbera"]


def text(value):
    """The shortest text that reads back as the same double; whole numbers without a point."""
    value = float(value)
    return str(int(value)) if value.is_integer() else repr(value)


def identifier(name):
    """A column name without blanks, units or slashes: "sepal length (cm)" is sepal_length."""
    return name.split(" (")[0].replace("/", "_").replace(" ", "_").lower()


def write(name, columns, target_name, features, targets):
    lines = [",".join([identifier(column) for column in columns] + [target_name])]
    lines += [
        ",".join([text(value) for value in row] + [target])
        for row, target in zip(features, targets, strict=True)
    ]
    content = ("\n".join(lines) + "\n").encode()
    (FOLDER / name).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    print(f"| {name} | {len(features)} | {len(columns) + 1} | {target_name} | … | … | {digest} |")


def main():
    iris = sklearn.datasets.load_iris()
    names = [str(name) for name in iris.target_names]
    write("iris.csv", iris.feature_names, "species", iris.data, [names[t] for t in iris.target])

    wine = sklearn.datasets.load_wine()
    columns = list(wine.feature_names)
    columns[columns.index("od280/od315_of_diluted_wines")] = "od280_od315"
    write("wine.csv", columns, "cultivar", wine.data, [CULTIVARS[t] for t in wine.target])

    cancer = sklearn.datasets.load_breast_cancer()
    names = [str(name) for name in cancer.target_names]
    write(
        "breast-cancer.csv", [str(name) for name in cancer.feature_names], "diagnosis",
        cancer.data, [names[t] for t in cancer.target])

    digits = sklearn.datasets.load_digits()
    write("digits.csv", digits.feature_names, "digit", digits.data, [str(t) for t in digits.target])

    # The measurements themselves; scikit-learn's default is a centred and scaled copy of them.
    diabetes = sklearn.datasets.load_diabetes(scaled=False)
    write(
        "diabetes.csv", diabetes.feature_names, "progression", diabetes.data,
        [text(t) for t in diabetes.target])


if __name__ == "__main__":
    main()
