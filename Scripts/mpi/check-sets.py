#!/usr/bin/env python3
"""Trains on real data sets alone and on ranks of MPI, and compares the model files byte for byte.

Each set is trained with every formulation and kernel that fits its target: in turns from one file, of which each
rank reads a range of bytes, and from several files of unequal size, of which one holds no rows and the
classes come one after the other. One-class and SVDD leave out three of the sets.

usage: Scripts/mpi/check-sets.py LIBRARY SVM DATA [--ranks 2 4] [--rows 600] [--sets NAME ...]

DATA is a folder with the files named below, as their publishers distribute them. Sets that are not there are
counted, not passed over in silence.
"""

import argparse
import filecmp
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class DataSet:
    """A file, whether its first line has names, and how it is trained."""

    file: str
    has_header: bool
    options: tuple[str, ...]
    is_regression: bool = False
    # The place of the target in a row, for the order of the rows of the second form.
    target: int = -1


SETS = [
    # Tables with categories and missing values.
    DataSet("titanic-raw.csv", True, ("--target", "Survived", "--drop", "PassengerId,Name,Ticket,Cabin"), target=1),
    DataSet("penguins-raw.csv", True, ("--target", "species"), target=0),
    DataSet("adult-raw.csv", False, ()),
    DataSet("california-housing-raw.csv", True, ("--target", "median_house_value"), True, -2),
    DataSet("auto-mpg-raw.csv", True, ("--target", "mpg", "--drop", "name"), True, 0),
    # Numbers.
    DataSet("pima.csv", False, ("--task", "classification")),
    DataSet("sonar.csv", False, ()),
    DataSet("abalone.csv", False, ("--task", "regression",), True),
    DataSet("letter.csv", True, ("--target", "lettr"), target=0),
    # LIBSVM text, the first of them sparse.
    DataSet("a9a.svm", False, (), target=0),
    DataSet("vowel.svm", False, (), target=0),
    DataSet("heart-scale.svm", False, (), target=0),
]

KERNELS = [
    "gaussian", "linear", "polynomial", "laplacian", "laplacian-l1", "sigmoid", "rational-quadratic", "matern32",
    "matern52", "chi-squared", "intersection",
]  # fmt: skip
CLASSIFICATION = [("c-svc",), ("nu-svc", "--nu", "0.2"), ("c-svc", "--multiclass", "one-versus-rest")]
REGRESSION = [("epsilon-svr",), ("nu-svr",), ("quantile-svr", "--quantile", "0.2,0.8")]
NOVELTY = [("one-class", "--nu", "0.2"), ("svdd", "--nu", "0.2")]
# Seconds after which a training hangs; the check then ends with an error.
PATIENCE = 300
# Kernels that want features of at least 0.
NON_NEGATIVE = {"chi-squared", "intersection"}


def read(path: Path, data_set: DataSet, rows: int) -> tuple[list[str], list[str]]:
    """The header and a sample of the rows, in an order that does not depend on the file's."""
    lines = [line for line in path.read_text().splitlines() if line.strip()]
    header = lines[:1] if data_set.has_header else []
    body = lines[len(header) :]
    random.Random(7).shuffle(body)
    return header, body[:rows]


def target(line: str, data_set: DataSet) -> str:
    """The text of the target; quoted fields are not understood, which only changes the order of rows."""
    fields = line.split() if data_set.file.endswith(".svm") else line.split(",")
    return fields[data_set.target].strip()


def parts(folder: Path, header: list[str], rows: list[str], data_set: DataSet) -> str:
    """Writes the rows, class after class, into files of unequal size, and returns their pattern."""
    ordered = sorted(rows, key=lambda line: target(line, data_set))
    ending = Path(data_set.file).suffix
    bounds = [0, len(rows) // 9, len(rows) // 9, len(rows) // 2, len(rows)]
    for place, (first, last) in enumerate(zip(bounds, bounds[1:])):
        lines = header + ordered[first:last]
        (folder / f"part-{place}{ending}").write_text("".join(line + "\n" for line in lines))
    return str(folder / f"part-*{ending}")


def trainings(data_set: DataSet):
    """The options of each training of a set."""
    tasks = (REGRESSION if data_set.is_regression else CLASSIFICATION) + NOVELTY
    for formulation in tasks:
        if formulation in NOVELTY and data_set.file in ("letter.csv", "adult-raw.csv", "abalone.csv"):
            continue
        for kernel in KERNELS:
            options = list(data_set.options)
            if formulation in NOVELTY and "--task" in options:
                place = options.index("--task")
                del options[place : place + 2]
            scale = ["--scale", "minmax"] if kernel in NON_NEGATIVE else []
            yield ["--formulation", *formulation, "--kernel", kernel, *scale, *options]


def launcher() -> list[str]:
    """mpirun with what it needs here."""
    version = subprocess.run(["mpirun", "--version"], capture_output=True, text=True).stdout
    if "Open MPI" not in version:
        return ["mpirun"]
    return ["mpirun", "--oversubscribe"] + (["--allow-run-as-root"] if os.geteuid() == 0 else [])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("svm", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--ranks", type=int, nargs="+", default=[2, 4])
    parser.add_argument("--rows", type=int, default=600)
    parser.add_argument("--sets", nargs="*", help="parts of the names of the sets to train (default: all)")
    arguments = parser.parse_args()
    svm = str(arguments.svm.resolve())
    run = launcher()
    transport = ["--transport", f"mpi:{arguments.library.resolve()}"]
    compared = different = absent = refused = 0
    for data_set in SETS:
        if arguments.sets and not any(name in data_set.file for name in arguments.sets):
            continue
        path = arguments.data / data_set.file
        if not path.exists():
            absent += 1
            print(f"{data_set.file}: not in {arguments.data}")
            continue
        start = time.monotonic()
        before = compared
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            header, rows = read(path, data_set, arguments.rows)
            whole = folder / f"whole{path.suffix}"
            whole.write_text("".join(line + "\n" for line in header + rows))
            forms = [str(whole), parts(folder, header, rows, data_set)]
            for place, options in enumerate(trainings(data_set)):
                data = forms[place % 2]
                said = " ".join(options)
                alone = folder / "alone.model"
                result = subprocess.run(
                    [svm, "train", data, *options, "--threads", "1", "-o", str(alone)],
                    capture_output=True,
                    text=True,
                    timeout=PATIENCE,
                )
                for count in arguments.ranks:
                    shared = folder / "ranks.model"
                    found = subprocess.run(
                        [*run, "-n", str(count), svm, "train", data, *options, *transport, "-o", str(shared)],
                        capture_output=True,
                        text=True,
                        timeout=PATIENCE,
                    )
                    compared += 1
                    if result.returncode not in (0, 3):
                        # What one process refuses, ranks must refuse in the same words; a crash is no refusal.
                        refused += 1
                        sentence = (result.stderr.strip().splitlines() or [""])[-1]
                        is_refusal = result.returncode in (1, 64, 65) and sentence
                        if not is_refusal or found.returncode == 0 or sentence not in found.stderr:
                            different += 1
                            print(f"OTHER {data_set.file} on {count}: {said}\n  {sentence}\n  {found.stderr.strip()}")
                    elif found.returncode != result.returncode or not filecmp.cmp(alone, shared, shallow=False):
                        different += 1
                        print(f"DIFFERS {data_set.file} on {count} ranks: {said}\n  {found.stderr.strip()[-300:]}")
                    shared.unlink(missing_ok=True)
                alone.unlink(missing_ok=True)
        seconds = time.monotonic() - start
        print(f"{data_set.file}: {len(rows)} rows, {compared - before} trainings on ranks, {seconds:.0f} s", flush=True)
    print(f"{compared} trainings on {arguments.ranks} ranks: {different} differ, {refused} refused, {absent} sets absent")
    return 1 if different or absent or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
