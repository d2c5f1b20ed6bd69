#!/usr/bin/env python3
"""Compares a path of eleven C, and a cross-validation, with single trainings.

    Benchmarks/paths.py --program .build/release/svm [--threads 2] NAME=FILE=C=GAMMA …

The path is a grid search over C = 2^-5, 2^-3 … 2^15 on two folds, one after the other on one thread; its time is
that of the trials, predictions included. "One fit" is the trial of a search over the largest C and its
neighbour that trains first. The cross-validation has five folds and C as given; it is compared with one training on
all rows with as many threads. Each figure is the least of three runs, of data that were read already.
"""
import argparse
import csv
import json
import pathlib
import subprocess
import tempfile


def run(program, arguments):
    return subprocess.run([program] + arguments, check=True, capture_output=True, text=True).stdout


def trials(program, file, values, gamma, folder):
    table = folder / "trials.csv"
    run(program, ["tune", file, "--search", "grid", "--c", values, "--gamma", gamma, "--no-linear",
                  "--folds", "2", "--trials", str(table), "-o", str(folder / "x.model"), "--quiet",
                  "--threads", "1"])
    with open(table) as lines:
        return [float(row["seconds"]) for row in csv.DictReader(lines)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--threads", default="2")
    parser.add_argument("sets", nargs="+")
    arguments = parser.parse_args()
    print("| data | γ | path, ms a step | path | one fit, largest C | ratio | C | 5 folds | one fit | ratio |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for entry in arguments.sets:
            name, file, c, gamma = entry.split("=")
            path = min((trials(arguments.program, file, "2^-5:2^15:4", gamma, folder) for _ in range(3)), key=sum)
            one = min(trials(arguments.program, file, "32768,32769", gamma, folder)[0] for _ in range(3))
            common = [file, "--c", c, "--gamma", gamma, "--json", "-", "--quiet", "--threads", arguments.threads]
            fits, folds = [], []
            for _ in range(3):
                report = json.loads(run(arguments.program, ["train", "-o", str(folder / "x.model")] + common))
                fits.append(report["timing"]["train"])
                timing = json.loads(run(arguments.program, ["cv"] + common))["timing"]
                folds.append(timing["total"] - timing["load"])
            steps = " ".join(f"{1000 * step:.0f}" for step in path)
            print(f"| {name} | {gamma} | {steps} | {sum(path):.2f} | {one:.2f} | {sum(path) / one:.1f} "
                  f"| {c} | {min(folds):.2f} | {min(fits):.2f} | {min(folds) / min(fits):.1f} |", flush=True)


if __name__ == "__main__":
    main()
