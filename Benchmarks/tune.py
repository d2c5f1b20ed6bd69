#!/usr/bin/env python3
"""Compares `svm tune` with scikit-learn's grid search over LIBSVM's usual grid.

    Benchmarks/tune.py reference --data FOLDER --work FOLDER [--only NAME …]
    Benchmarks/tune.py ours --program .build/release/svm --data FOLDER --work FOLDER [--only NAME …]
    Benchmarks/tune.py table --work FOLDER

Each set is divided once, 70 to 30, by a seed; classes keep their proportions. Both searches see the 70 %,
both models are measured on the 30 %: accuracy of classes, R² of numbers, in points of a hundredth.

The reference is `GridSearchCV` with 5 folds over C = 2^-5, 2^-3 … 2^15 and gamma = 2^-15, 2^-13 … 2^3 of a
pipeline that standardises and trains `SVC` or `SVR` (epsilon 0.1 on a standardised target). It runs once, C
by C from small to large, and its results are kept in the work folder. It computes on one thread, and its
time here is its processor time divided by two: what two threads that share the cells without any loss
would take. A set whose search takes more than the limit of processor time is stopped; its score is then
that of the best of the cells that were done, and its time a lower bound.

Needs numpy and scikit-learn.
"""
import argparse
import json
import math
import multiprocessing
import pathlib
import resource
import subprocess
import time

import numpy as np

LIMIT = 300.0
THREADS = 2
SEED = 7
# name, file, kind, how to read it, rows at most
SETS = [
    ("heart", "heart-scale.svm", "classes", "libsvm", None),
    ("sonar", "sonar.csv", "classes", ",", None),
    ("glass", "glass.csv", "classes", ",", None),
    ("ionosphere", "ionosphere.csv", "classes", ",", None),
    ("australian", "australian.svm", "classes", "libsvm", None),
    ("vowel", "vowel.svm", "classes", "libsvm", None),
    ("pima", "pima.csv", "classes", ",", None),
    ("vehicle", "vehicle.svm", "classes", "libsvm", None),
    ("energy", "energy.csv", "numbers", ",", None),
    ("concrete", "concrete.csv", "numbers", ",", None),
    ("airfoil", "airfoil.csv", "numbers", ",", None),
    ("pendigits", "pendigits.svm", "classes", "libsvm", 3000),
    ("letter", "letter-scaled.svm", "classes", "libsvm", 4000),
    ("satimage", "satimage.txt", "classes", "\t", None),
    ("banana", "banana.csv", "classes", ",", None),
    ("spambase", "spambase.txt", "classes", " ", None),
    ("abalone", "abalone.csv", "numbers", ",", None),
    ("cpu-small", "cpu-small.csv", "numbers", ",", None),
]


def read(path, separator):
    if separator == "libsvm":
        from sklearn.datasets import load_svmlight_file
        features, target = load_svmlight_file(str(path))
        return features.toarray(), target
    rows = [line.split(separator) for line in path.read_text().split("\n") if line.strip()]
    try:
        [float(field) for field in rows[0][1:]]
    except ValueError:
        rows = rows[1:]
    columns = []
    for fields in list(zip(*rows))[:-1]:
        try:
            columns.append([float(field) for field in fields])
        except ValueError:
            for name in sorted(set(fields)):
                columns.append([1.0 if field == name else 0.0 for field in fields])
    target = [row[-1].strip() for row in rows]
    try:
        target = np.array([float(value) for value in target])
    except ValueError:
        names = sorted(set(target))
        target = np.array([float(names.index(value)) for value in target])
    return np.array(columns).T, target


def divided(entry, folder):
    """Features and targets of both parts, the same in every run."""
    from sklearn.model_selection import train_test_split
    name, file, kind, separator, most = entry
    features, target = read(folder / file, separator)
    if kind == "classes":
        target = target.astype(int)
    stratum = target if kind == "classes" else None
    if most is not None and most < len(target):
        features, _, target, _ = train_test_split(
            features, target, train_size=most, random_state=SEED, stratify=stratum)
        stratum = target if kind == "classes" else None
    return train_test_split(features, target, test_size=0.3, random_state=SEED, stratify=stratum)


def search(entry, folder, output):
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC, SVR
    train, test, train_target, test_target = divided(entry, folder)
    if entry[2] == "classes":
        estimator, prefix = make_pipeline(StandardScaler(), SVC()), "svc__"
    else:
        estimator = TransformedTargetRegressor(
            make_pipeline(StandardScaler(), SVR()), transformer=StandardScaler())
        prefix = "regressor__svr__"
    best, cells, begin = None, 0, time.process_time()
    gammas = [2.0**k for k in range(-15, 4, 2)]
    for exponent in range(-5, 16, 2):
        grid = GridSearchCV(
            estimator, {prefix + "C": [2.0**exponent], prefix + "gamma": gammas}, cv=5, n_jobs=1)
        grid.fit(train, train_target)
        cells += len(gammas)
        if best is None or grid.best_score_ > best["validation"]:
            best = {
                "validation": float(grid.best_score_),
                "held_out": float(grid.score(test, test_target)),
                "parameters": {k.split("__")[-1]: v for k, v in grid.best_params_.items()},
            }
        done = {**best, "cells": cells, "cpu": time.process_time() - begin,
                "complete": exponent == 15, "rows": len(train_target), "columns": train.shape[1]}
        output.write_text(json.dumps(done))


def reference(arguments):
    for entry in chosen(arguments):
        output = arguments.work / f"{entry[0]}-reference.json"
        if output.exists():
            continue
        partial = output.with_suffix(".partial")
        process = multiprocessing.Process(target=search, args=(entry, arguments.data, partial))
        process.start()
        while process.is_alive():
            process.join(0.5)
            fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split() \
                if process.is_alive() else None
            if fields and (int(fields[11]) + int(fields[12])) / 100 > LIMIT:
                process.kill()
        result = json.loads(partial.read_text())
        if not result["complete"]:
            result["cpu"] = LIMIT
        output.write_text(json.dumps(result))
        partial.unlink()
        print(entry[0], result, flush=True)


def ours(arguments):
    for entry in chosen(arguments):
        train, test, train_target, test_target = divided(entry, arguments.data)
        paths = []
        for part, features, target in (("train", train, train_target), ("test", test, test_target)):
            path = arguments.work / f"{entry[0]}-{part}.csv"
            lines = [",".join([f"x{k}" for k in range(features.shape[1])] + ["y"])]
            for row, value in zip(features, target):
                label = f"c{value}" if entry[2] == "classes" else repr(float(value))
                lines.append(",".join([repr(float(field)) for field in row] + [label]))
            path.write_text("\n".join(lines) + "\n")
            paths.append(path)
        model = arguments.work / f"{entry[0]}.model"
        trials = arguments.work / f"{entry[0]}-trials.csv"
        trials.unlink(missing_ok=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        run = subprocess.run(
            [arguments.program, "tune", paths[0], "-o", model, "--trials", trials,
             "--json", "-", "--threads", str(THREADS)] + arguments.options,
            capture_output=True, text=True)
        wall = time.perf_counter() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if run.returncode != 0:
            print(entry[0], "failed", run.returncode, run.stderr)
            continue
        report = json.loads(run.stdout)
        measured = json.loads(subprocess.run(
            [arguments.program, "evaluate", model, paths[1], "--json", "-"],
            check=True, capture_output=True, text=True).stdout)
        wanted = "accuracy" if entry[2] == "classes" else "r2"
        score = next(m["value"] for m in measured["metrics"] if m["name"] == wanted)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        result = {"held_out": score, "wall": wall, "cpu": cpu, "best": report["best"],
                  "trials": len(report["trials"])}
        (arguments.work / f"{entry[0]}-ours.json").write_text(json.dumps(result))
        reference = arguments.work / f"{entry[0]}-reference.json"
        against = json.loads(reference.read_text()) if reference.exists() else {}
        print(f"{entry[0]:12} {score:.4f} (reference {against.get('held_out', math.nan):.4f})  "
              f"wall {wall:.2f} cpu {cpu:.2f} s (reference {against.get('cpu', math.nan) / THREADS:.1f} s)  "
              f"{result['trials']} trials  {report['best']}", flush=True)


def table(arguments):
    print("| data | rows × features | grid: held-out | ours | difference | grid: s | ours: s | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    ratios, differences = [], []
    for entry in SETS:
        paths = [arguments.work / f"{entry[0]}-{side}.json" for side in ("reference", "ours")]
        if not all(path.exists() for path in paths):
            continue
        theirs, mine = (json.loads(path.read_text()) for path in paths)
        seconds = theirs["cpu"] / THREADS
        ratios.append(seconds / mine["wall"])
        differences.append(100 * (mine["held_out"] - theirs["held_out"]))
        more = "" if theirs["complete"] else "> "
        print(f"| {entry[0]} | {theirs['rows']} × {theirs['columns']} | {100 * theirs['held_out']:.2f} "
              f"| {100 * mine['held_out']:.2f} | {differences[-1]:+.2f} | {more}{seconds:.1f} "
              f"| {mine['wall']:.2f} | {more}{ratios[-1]:.0f} |")
    print(f"\nGeometric mean of the ratios: {math.exp(np.mean(np.log(ratios))):.1f}; "
          f"least difference {min(differences):+.2f}, mean {np.mean(differences):+.2f} points.")


def chosen(arguments):
    return [entry for entry in SETS if arguments.only is None or entry[0] in arguments.only]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("action", choices=["reference", "ours", "table"])
    parser.add_argument("--program")
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--options", nargs="*", default=[])
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    {"reference": reference, "ours": ours, "table": table}[arguments.action](arguments)


if __name__ == "__main__":
    main()
