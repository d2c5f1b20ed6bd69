#!/usr/bin/env python3
"""Compares `svm tune` with scikit-learn's grid search over LIBSVM's usual grid.

    Benchmarks/tune.py reference --data FOLDER --work FOLDER [--only NAME …] [--splits N]
    Benchmarks/tune.py clock     --data FOLDER --work FOLDER [--only NAME …]
    Benchmarks/tune.py ours --program .build/release/svm --data FOLDER --work FOLDER [--only NAME …] [--splits N]
    Benchmarks/tune.py table --work FOLDER

Each set is divided 70 to 30 several times, by a seed each; classes keep their proportions. Both searches see
the 70 %, both models are measured on the 30 %: accuracy of classes, R² of numbers, in points of a hundredth.
A difference is that of two models on the same rows; its mean over the divisions stands with its standard error.

The reference is `GridSearchCV` with 5 folds over C = 2^-5, 2^-3 … 2^15 and gamma = 2^-15, 2^-13 … 2^3 of a
pipeline that standardises and trains `SVC` or `SVR` (epsilon 0.1 on a standardised target). It runs once for
each division, and what it finds is kept in the work folder, so that later runs cost our searches alone.
`reference` computes on one thread, for the scores; `clock` measures the first division with `n_jobs=2`, for
the time, on a machine that does nothing else. Where no time was measured, the table takes half of the
processor time, what two threads without any loss would take, and marks it with "½".

`ours` runs the command with its defaults on two threads; `--first` searches the first divisions alone, for
times on a machine that does nothing else, and leaves the scores as they are.

Sets that are not in the folder are those of this repository. Needs numpy and scikit-learn.
"""
import argparse
import json
import math
import pathlib
import resource
import subprocess
import time

import numpy as np

THREADS = 2
SEED = 7
# name, file, kind, how to read it, rows at most, divisions
SETS = [
    ("heart", "heart-scale.svm", "classes", "libsvm", None, 10),
    ("sonar", "sonar.csv", "classes", ",", None, 10),
    ("glass", "glass.csv", "classes", ",", None, 10),
    ("ionosphere", "ionosphere.csv", "classes", ",", None, 10),
    ("australian", "australian.svm", "classes", "libsvm", None, 10),
    ("vowel", "vowel.svm", "classes", "libsvm", None, 10),
    ("pima", "pima.csv", "classes", ",", None, 10),
    ("vehicle", "vehicle.svm", "classes", "libsvm", None, 10),
    ("breast-cancer", "breast-cancer.csv", "classes", ",", None, 5),
    ("digits", "digits.csv", "classes", ",", None, 1),
    ("energy", "energy.csv", "numbers", ",", None, 5),
    ("bodyfat", "bodyfat.csv", "numbers", ",", None, 5),
    ("satimage", "satimage.txt", "classes", "\t", None, 1),
    ("pendigits", "pendigits.svm", "classes", "libsvm", None, 1),
]

def read(path, separator):
    if separator == "libsvm":
        from sklearn.datasets import load_svmlight_file
        features, target = load_svmlight_file(str(path))
        return features.toarray(), target
    rows = [line.split(separator) for line in path.read_text().split("\n") if line.strip()]
    try:
        [float(field) for field in rows[0][1:]]
        is_header = separator == "\t"
    except ValueError:
        is_header = True
    rows = rows[1 if is_header else 0:]
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


def divided(entry, folder, split):
    """Features and targets of both parts of a division, the same in every run."""
    from sklearn.model_selection import train_test_split
    name, file, kind, separator, most, _ = entry
    path = folder / file
    if not path.exists():
        path = pathlib.Path(__file__).parent.parent / "Datasets" / file
    features, target = read(path, separator)
    if kind == "classes":
        target = target.astype(int)
    stratum = target if kind == "classes" else None
    if most is not None and most < len(target):
        features, _, target, _ = train_test_split(
            features, target, train_size=most, random_state=SEED, stratify=stratum)
        stratum = target if kind == "classes" else None
    return train_test_split(
        features, target, test_size=0.3, random_state=SEED + split, stratify=stratum)


def searched(entry, parts, jobs):
    """What the grid search finds, and its time."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC, SVR
    train, test, train_target, test_target = parts
    if entry[2] == "classes":
        estimator, prefix = make_pipeline(StandardScaler(), SVC()), "svc__"
    else:
        estimator = TransformedTargetRegressor(
            make_pipeline(StandardScaler(), SVR()), transformer=StandardScaler())
        prefix = "regressor__svr__"
    values = {prefix + "C": [2.0**k for k in range(-5, 16, 2)],
              prefix + "gamma": [2.0**k for k in range(-15, 4, 2)]}
    cpu, wall = time.process_time(), time.perf_counter()
    grid = GridSearchCV(estimator, values, cv=5, n_jobs=jobs).fit(train, train_target)
    return {
        "validation": float(grid.best_score_),
        "held_out": float(grid.score(test, test_target)),
        "parameters": {k.split("__")[-1]: v for k, v in grid.best_params_.items()},
        "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall,
        "rows": len(train_target), "columns": train.shape[1]}


def chosen(arguments):
    """Sets and divisions, the first division of each set first."""
    entries = [entry for entry in SETS if arguments.only is None or entry[0] in arguments.only]
    for split in range(10):
        for entry in entries:
            if split < min(entry[5], arguments.splits):
                yield entry, split


def reference(arguments):
    for entry, split in chosen(arguments):
        output = arguments.work / f"{entry[0]}-{split}-reference.json"
        if output.exists():
            continue
        result = searched(entry, divided(entry, arguments.data, split), 1)
        output.write_text(json.dumps(result))
        print(entry[0], split, result, flush=True)


def clock(arguments):
    for entry, split in chosen(arguments):
        output = arguments.work / f"{entry[0]}-clock.json"
        if split > 0 or output.exists():
            continue
        result = searched(entry, divided(entry, arguments.data, split), THREADS)
        output.write_text(json.dumps({"wall": result["wall"]}))
        print(entry[0], f"{result['wall']:.1f} s", flush=True)


def ours(arguments):
    for entry, split in chosen(arguments):
        if arguments.first and split > 0:
            continue
        train, test, train_target, test_target = divided(entry, arguments.data, split)
        paths = []
        for part, features, target in (("train", train, train_target), ("test", test, test_target)):
            path = arguments.work / f"{entry[0]}-{split}-{part}.csv"
            paths.append(path)
            if path.exists():
                continue
            lines = [",".join([f"x{k}" for k in range(features.shape[1])] + ["y"])]
            for row, value in zip(features, target):
                label = f"c{value}" if entry[2] == "classes" else repr(float(value))
                lines.append(",".join([repr(float(field)) for field in row] + [label]))
            path.write_text("\n".join(lines) + "\n")
        model = arguments.work / f"{entry[0]}.model"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        run = subprocess.run(
            [arguments.program, "tune", paths[0], "-o", model, "--json", "-", "--quiet",
             "--threads", str(THREADS)] + arguments.options.split(), capture_output=True, text=True)
        wall = time.perf_counter() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if run.returncode != 0:
            raise SystemExit(f"{entry[0]} failed with {run.returncode}: {run.stderr}")
        if arguments.first:
            (arguments.work / f"{entry[0]}-ours-clock.json").write_text(json.dumps({"wall": wall}))
            print(f"{entry[0]:12} {wall:.2f} s", flush=True)
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
        (arguments.work / f"{entry[0]}-{split}-{arguments.label}.json").write_text(json.dumps(result))
        against = arguments.work / f"{entry[0]}-{split}-reference.json"
        theirs = json.loads(against.read_text())["held_out"] if against.exists() else math.nan
        print(f"{entry[0]:12} {split} {100 * score:.2f} {100 * (score - theirs):+.2f}  "
              f"wall {wall:.2f} cpu {cpu:.2f} s  {result['trials']} trials", flush=True)


def table(arguments):
    print("| data | rows × features | divisions | grid: held-out | ours | difference | grid: s | ours: s | ratio |")
    print("|---|---|---|---|---|---|---|---|---|")
    ratios, means = [], []
    for entry in chosen_sets(arguments):
        pairs = []
        for split in range(entry[5]):
            paths = [arguments.work / f"{entry[0]}-{split}-{side}.json"
                     for side in ("reference", arguments.label)]
            if all(path.exists() for path in paths):
                pairs.append([json.loads(path.read_text()) for path in paths])
        if not pairs:
            continue
        differences = np.array([100 * (mine["held_out"] - theirs["held_out"]) for theirs, mine in pairs])
        error = f" ± {differences.std(ddof=1) / math.sqrt(len(pairs)):.2f}" if len(pairs) > 1 else ""
        walls = [arguments.work / f"{entry[0]}-{side}.json" for side in ("clock", "ours-clock")]
        mark = "" if walls[0].exists() else "½ "
        theirs_wall = json.loads(walls[0].read_text())["wall"] if walls[0].exists() \
            else pairs[0][0]["cpu"] / THREADS
        mine_wall = json.loads(walls[1].read_text())["wall"] if walls[1].exists() \
            else float(np.median([mine["wall"] for _, mine in pairs]))
        ratios.append(theirs_wall / mine_wall)
        means.append(differences.mean())
        print(f"| {entry[0]} | {pairs[0][0]['rows']} × {pairs[0][0]['columns']} | {len(pairs)} "
              f"| {100 * np.mean([theirs['held_out'] for theirs, _ in pairs]):.2f} "
              f"| {100 * np.mean([mine['held_out'] for _, mine in pairs]):.2f} "
              f"| {means[-1]:+.2f}{error} | {mark}{theirs_wall:.1f} | {mine_wall:.2f} | {ratios[-1]:.0f} |")
    means = np.array(means)
    print(f"\n{len(means)} sets. Mean difference {means.mean():+.2f} ± "
          f"{means.std(ddof=1) / math.sqrt(len(means)):.2f} points, least {means.min():+.2f}; "
          f"geometric mean of the ratios of time {math.exp(np.mean(np.log(ratios))):.1f}.")


def chosen_sets(arguments):
    return [entry for entry in SETS if arguments.only is None or entry[0] in arguments.only]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("action", choices=["reference", "clock", "ours", "table"])
    parser.add_argument("--program")
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--label", default="ours")
    parser.add_argument("--options", default="")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    actions = {"reference": reference, "clock": clock, "ours": ours, "table": table}
    actions[arguments.action](arguments)


if __name__ == "__main__":
    main()
