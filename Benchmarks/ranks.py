#!/usr/bin/env python3
"""Times training on ranks of MPI against threads, beside what `svm plan` predicts.

usage: PYTHONPATH=Benchmarks python Benchmarks/ranks.py --svm PROGRAM --library FILE [--runs N] [--scale S]
       [--only NAME,…] [--output FILE]

Generated sets of 10 000 to 200 000 rows are trained on by one process with one and with two threads, and by one and two
ranks with one thread each, all on this machine, in turn; every model must be the same, byte for byte. Times are the
medians of the seconds of the training alone. `svm plan` then predicts one and two ranks, with kernel values timed on this
machine and the share of support vectors that was found; for 4 to 64 ranks there is the prediction alone, marked as such.
Ranks on one machine send through its memory: the latency that is planned with is 5 µs for these, and 50 µs for more.

--scale multiplies the numbers of rows, for a trial. Prints what it measures, and writes a document with --output.
Measure on an idle machine of at least two cores.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

from compare import synthetic

# What is made, and how it is trained on; gamma is about one over the number of features.
SETS = {
    "classes-10k": ({"rows": 10_000, "columns": 60, "classes": 2, "density": 1.0}, ["--c", "1", "--gamma", "0.02"]),
    "classes-20k": ({"rows": 20_000, "columns": 10, "classes": 2, "density": 1.0}, ["--c", "1", "--gamma", "0.1"]),
    "targets-45k": (
        {"maker": "make_targets", "seed": 3, "rows": 45_000, "columns": 9, "noise": 0.7, "frequency": 1.0},
        ["--task", "regression", "--c", "1", "--gamma", "0.11", "--epsilon", "0.5"]),
    "classes-50k": ({"rows": 50_000, "columns": 20, "classes": 2, "density": 1.0}, ["--c", "1", "--gamma", "0.05"]),
    "classes-100k": ({"rows": 100_000, "columns": 50, "classes": 2, "density": 1.0}, ["--c", "1", "--gamma", "0.01"]),
    "classes-200k": ({"rows": 200_000, "columns": 22, "classes": 2, "density": 1.0}, ["--c", "1", "--gamma", "0.02"]),
}

# Title, ranks (None: one process without MPI), threads.
WAYS = [("one process", None, 1), ("two threads", None, 2), ("one rank", 1, 1), ("two ranks", 2, 1)]
PREDICTED = [4, 8, 16, 32, 64]


def written(name, scale, folder):
    """The path of a set as a table, and its number of rows."""
    arguments = dict(SETS[name][0])
    arguments["rows"] = max(200, int(arguments["rows"] * scale))
    features, targets = getattr(synthetic, arguments.pop("maker", "make"))(**arguments)
    path = folder / f"{name}.csv"
    is_class = arguments.get("classes", 0) > 0
    with open(path, "w") as file:
        file.write(",".join(f"f{number}" for number in range(features.shape[1])) + ",target\n")
        for row, target in zip(features, targets):
            label = f"c{int(target)}" if is_class else repr(float(target))
            file.write(",".join(f"{value:.4f}" for value in row) + f",{label}\n")
    return path, len(targets)


def mpirun():
    """How ranks are started on one machine."""
    command = ["mpirun"]
    version = subprocess.run(["mpirun", "--version"], capture_output=True, text=True, check=True).stdout
    if "Open MPI" in version:
        command += ["--oversubscribe", "--bind-to", "none"]
        if os.geteuid() == 0:
            command.append("--allow-run-as-root")
    return command, version.splitlines()[0]


def trained(options, command, path, folder):
    """Trains once each way; returns the reports, and fails where models differ."""
    reports, first = {}, None
    for title, ranks, threads in WAYS:
        program = [options.svm] if ranks is None else [*command, "-n", str(ranks), options.svm]
        transport = "none" if ranks is None else f"mpi:{options.library}"
        model, report = folder / "trained.model", folder / "trained.json"
        subprocess.run(
            [*program, "train", path, *SETS[path.stem][1], "--threads", str(threads), "--quiet", "-o", model,
             "--json", report, "--transport", transport],
            check=True, stdin=subprocess.DEVNULL)
        reports[title] = json.loads(report.read_text())
        first = first or model.read_bytes()
        if model.read_bytes() != first:
            sys.exit(f"ranks.py: {path.stem}: the model of {title} is another one")
    return reports


def planned(options, path, ranks, latency, share, folder):
    """The predicted costs by numbers of ranks."""
    report = folder / "plan.json"
    subprocess.run(
        [options.svm, "plan", path, *SETS[path.stem][1], "--threads", "1", "--ranks", str(ranks), "--latency", latency,
         "--support-vectors", repr(share), "--json", report],
        check=True, stdout=subprocess.DEVNULL)
    return {cost["ranks"]: cost["seconds"] for cost in json.loads(report.read_text())["ranks"]}


def measured(options, name, command, folder):
    """The medians, predictions and counts of one set."""
    path, rows = written(name, options.scale, folder)
    runs = [trained(options, command, path, folder) for _ in range(options.runs)]
    seconds = {
        title: statistics.median(run[title]["timing"]["train"] for run in runs) for title, _, _ in WAYS}
    report = runs[0]["two ranks"]
    share = min(1.0, report["supportVectors"] / rows)
    near = planned(options, path, 2, "5us", share, folder)
    far = planned(options, path, max(PREDICTED), "50us", share, folder)
    path.unlink()
    return {
        "name": name, "rows": rows, "columns": SETS[name][0]["columns"], "share": share,
        "rounds": report["ranks"]["rounds"], "seconds": seconds, "near": near, "far": far}


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def document(found, options, version, busy):
    """What is written: times and ratios, then predictions."""
    times = [
        [each["name"], str(each["rows"]), str(each["columns"]), f"{each['share']:.2f}", str(each["rounds"])]
        + [f"{each['seconds'][title]:.2f}" for title, _, _ in WAYS]
        + [f"{each['near'][1]:.2f}", f"{each['near'][2]:.2f}",
           f"{each['seconds']['two ranks'] / each['seconds']['one process']:.2f}",
           f"{each['near'][2] / each['near'][1]:.2f}"]
        for each in found]
    more = [[each["name"]] + [f"{each['far'][ranks]:.2f}" for ranks in [1, 2, *PREDICTED]] for each in found]
    scale = "" if options.scale == 1 else f" The numbers of rows are {options.scale:g} times the usual ones: a trial."
    return f"""# Training on ranks of MPI

`make compare-ranks`, {datetime.date.today()}, {os.cpu_count()} cores of {platform.machine()}, {version}, medians of
{options.runs} runs; the load of the machine before was {busy:.2f}.{scale}

Seconds of the training alone, on one machine, whose ranks send through its memory. One process and each rank have one thread,
but for "two threads". All models of a set are the same, byte for byte. "plan" is what `svm plan` predicts with the share of support vectors that was found.

{table(["data", "rows", "features", "support vectors a row", "rounds", "one process", "two threads", "one rank", "two ranks",
        "plan, one", "plan, two", "two ranks / one process", "the same by plan"], times)}

## More ranks, predicted

Predicted by `svm plan` for a network of 10 Gbit/s and 50 µs, one thread a rank; **not measured**. Seconds by the number of ranks.

{table(["data", *[str(ranks) for ranks in [1, 2, *PREDICTED]]], more)}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--svm", required=True)
    parser.add_argument("--library", required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(SETS))
    parser.add_argument("--output", type=pathlib.Path)
    options = parser.parse_args()
    options.svm, options.library = (str(pathlib.Path(path).resolve()) for path in (options.svm, options.library))
    if unknown := [name for name in options.only if name not in SETS]:
        parser.error(f"--only: there is no set {unknown[0]}; the sets are {', '.join(SETS)}")
    if options.runs < 1 or options.scale <= 0:
        parser.error("--runs must be at least 1, and --scale greater than 0")
    command, version = mpirun()
    busy = os.getloadavg()[0]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only:
            found.append(measured(options, name, command, pathlib.Path(folder)))
            print(json.dumps(found[-1]), flush=True)
    text = document(found, options, version, busy)
    if options.output:
        options.output.write_text(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
