#!/usr/bin/env python3
"""Times reading tables and LIBSVM text against peers, each run in a process of its own.

    make compare-tables DATA=FOLDER      files of that folder, where present, repeated to about 100 MB
    Benchmarks/tables.py --reader PATH   with a program of your own; --help tells the rest

Without a folder only made-up data is read. A time is that of the one call that reads the file, in a
fresh process, with the file in the operating system's cache; ours includes recognising the format and
the SHA-256 of the file. Peers whose first call is slower than later ones are also timed the third time
("warm"). The script fails when the sums over all numbers disagree.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

TABLES = {"california-housing.csv": True, "shuttle.csv": False, "skin.tsv": True}  # name: has a header
EXAMPLES = ["a9a.svm", "w8a.svm", "mnist255.svm"]
SIZE = 100_000_000


def make_decimals(folder):
    import numpy

    path = os.path.join(folder, "decimals.csv")
    values = numpy.random.default_rng(1).normal(size=(1_000_000, 20)).round(6)
    header = ",".join(f"x{i}" for i in range(20))
    numpy.savetxt(path, values, fmt="%.6g", delimiter=",", header=header, comments="")
    return path


def repeat(path, folder, has_header):
    """Repeats a file's records until it has about SIZE bytes."""
    with open(path, "rb") as file:
        text = file.read()
    header = b""
    if has_header:
        end = text.index(b"\n") + 1
        header, text = text[:end], text[end:]
    if text[-1:] != b"\n":
        text += b"\n"
    copy = os.path.join(folder, os.path.basename(path))
    with open(copy, "wb") as file:
        file.write(header)
        for _ in range(max(1, SIZE // len(text))):
            file.write(text)
    return copy


def peer(name, path, has_header):
    """Reads a file in this process, and prints seconds and the sum of its numbers as JSON."""
    separator = "\t" if path.endswith(".tsv") else ","
    if name == "sklearn":
        from sklearn.datasets import load_svmlight_file

        def read():
            return load_svmlight_file(path)

        def total(data):
            return float(data[0].data.sum())
    elif name == "polars":
        import polars

        def read():
            return polars.read_csv(path, separator=separator, has_header=has_header)

        def total(data):
            return sum(float(column.sum()) for column in data if column.dtype.is_numeric())
    else:
        import pandas

        def read():
            return pandas.read_csv(path, sep=separator, header=0 if has_header else None)

        def total(data):
            return float(data.select_dtypes("number").sum().sum())

    times = []
    for _ in range(1 if name == "sklearn" else 3):
        began = time.perf_counter()
        data = read()
        times.append(time.perf_counter() - began)
    print(json.dumps({"first": times[0], "warm": times[-1], "sum": total(data)}))


def run_peer(name, path, has_header, threads):
    environment = dict(os.environ, POLARS_MAX_THREADS=str(threads), OMP_NUM_THREADS=str(threads))
    output = subprocess.run(
        [sys.executable, __file__, "--peer", name, path, str(int(has_header))],
        check=True, capture_output=True, text=True, env=environment).stdout
    return json.loads(output.splitlines()[-1])


def run_ours(reader, path, threads):
    output = subprocess.run(
        [reader, path, str(threads)], check=True, capture_output=True, text=True).stdout.split()
    return {"first": float(output[0]), "warm": float(output[0]), "sum": float(output[3])}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--reader", default="Benchmarks/.build/release/read-tables", help="the program to measure")
    parser.add_argument("--data", help="folder with the files of the lists above")
    parser.add_argument("--runs", type=int, default=5, help="alternating runs (5)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="for every reader (all cores)")
    options = parser.parse_args()
    wrong = False
    print("| file | MB | reader | first read s (min–max) | MB/s | ratio | warm s | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        sets = [(make_decimals(folder), True, ["polars", "pandas"])]
        for name, has_header in TABLES.items():
            path = os.path.join(options.data or "", name)
            if options.data and os.path.exists(path):
                sets.append((repeat(path, folder, has_header), has_header, ["polars", "pandas"]))
        for name in EXAMPLES:
            path = os.path.join(options.data or "", name)
            if options.data and os.path.exists(path):
                sets.append((repeat(path, folder, False), False, ["sklearn"]))
        for path, has_header, peers in sets:
            megabytes = os.path.getsize(path) / 1e6
            results = {name: [] for name in ["svm"] + peers}
            for _ in range(options.runs):
                results["svm"].append(run_ours(options.reader, path, options.threads))
                for name in peers:
                    results[name].append(run_peer(name, path, has_header, options.threads))
            ours = statistics.median(run["first"] for run in results["svm"])
            for name, runs in results.items():
                times = sorted(run["first"] for run in runs)
                first = statistics.median(times)
                warm = statistics.median(run["warm"] for run in runs)
                print(
                    f"| {os.path.basename(path)} | {megabytes:.0f} | {name} | {first:.3f} ({times[0]:.3f}–{times[-1]:.3f})"
                    f" | {megabytes / first:.0f} | {first / ours:.2f} | {warm:.3f} | {warm / ours:.2f} |", flush=True)
                if abs(runs[-1]["sum"] - results["svm"][-1]["sum"]) > 1e-6 * max(1, abs(runs[-1]["sum"])):
                    print(f"{path}: the sum of {name} is {runs[-1]['sum']}, "
                          f"ours {results['svm'][-1]['sum']}", file=sys.stderr)
                    wrong = True
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        peer(sys.argv[2], sys.argv[3], sys.argv[4] == "1")
    else:
        main()
