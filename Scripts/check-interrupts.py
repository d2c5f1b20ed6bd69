#!/usr/bin/env python3
"""Measures how soon every kind of training stops: after SIGINT, SIGTERM and at its time limit.

usage: Scripts/check-interrupts.py SVM [--folder FOLDER] [WORD…]
  SVM    the program, .build/release/svm
  FOLDER where the data is made, once, and stays; a temporary one by default
  WORD   only the cases whose name contains one of these

Each training takes much longer than it is given. Shown are the milliseconds from a signal, sent at a seeded
random moment of the solver's work, to the message that says so, which comes when nothing is computed any more; in
brackets those to the end of the process, which first writes the model and gives its memory back; and the
milliseconds by which a limit of one second was exceeded. Failed is what takes longer than 100 ms after a signal or
250 ms after the limit, has another exit status than 130, 143 and 3, or leaves a model that does not predict.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

import generated_tables as tables

LIMIT = 1.0
MANY = ["-c", "100", "-g", "0.3"]
# Name, data, options, and whether a stopped training leaves a model: equations and eigenvectors are solved
# as a whole or not at all.
CASES = [
    ("c-svc", "classes", MANY, True),
    ("c-svc, double", "classes", MANY + ["--precision", "double"], True),
    ("c-svc, one block", "few", ["-c", "1e6", "-g", "0.3", "--max-iterations", "2000000000"], True),
    ("c-svc, 10 classes", "ten", MANY, True),
    ("c-svc, against the rest", "ten", MANY + ["--multiclass", "one-versus-rest"], True),
    ("c-svc, sparse", "sparse", ["-c", "100", "-g", "0.1"], True),
    ("c-svc, wide", "wide", ["-c", "10", "-g", "0.0005"], True),
    ("c-svc, laplacian-l1", "classes", ["-c", "100", "-t", "laplacian-l1"], True),
    ("nu-svc", "classes", ["-s", "nu-svc", "--nu", "0.6", "-g", "0.3"], True),
    ("epsilon-svr", "numbers", MANY, True),
    ("nu-svr", "numbers", ["-s", "nu-svr"] + MANY, True),
    ("quantile-svr", "numbers", ["-s", "quantile-svr", "--quantile", "0.1,0.5,0.9"] + MANY, True),
    ("one-class", "classes", ["-s", "one-class", "--drop", "class", "-g", "0.3"], True),
    ("svdd", "classes", ["-s", "svdd", "--drop", "class", "-g", "0.3"], True),
    ("linear, dual", "classes", ["-t", "linear", "--solver", "dual", "-c", "100"], True),
    ("linear, primal dense", "wide", ["-t", "linear", "--solver", "primal", "-e", "1e-9"], True),
    ("linear, squared dense", "wide", ["-t", "linear", "--loss", "squared", "-e", "1e-9"], True),
    ("linear, primal sparse", "sparse", ["-t", "linear", "--solver", "primal", "-c", "100", "-e", "1e-9"], True),
    ("logistic dense", "wide", ["-s", "logistic", "-e", "1e-9"], True),
    ("logistic sparse", "sparse", ["-s", "logistic", "-c", "1000", "-e", "1e-9"], True),
    ("kernel-ridge", "equations", ["-s", "kernel-ridge", "--lambda", "1"], False),
    ("kernel-ridge, auto", "some", ["-s", "kernel-ridge"], False),
    ("ls-svc", "ten", ["-s", "ls-svc", "--lambda", "1", "--memory", "4G"], False),
    ("discriminant", "equations2", ["-s", "discriminant"], False),
    ("kernel-pca", "equations2", ["-s", "kernel-pca", "--drop", "class", "--components", "400"], False),
    ("kernel-pca, all", "some", ["-s", "kernel-pca", "--drop", "y", "--components", "3000"], False),
    ("Nyström", "classes", ["--feature-map", "nystrom", "--components", "3000"], None),
    ("Fourier", "classes", ["--feature-map", "fourier", "--components", "3000"], None),
    ("probabilities", "folds", ["--probability", "-c", "10", "-g", "0.3"], True),
    ("held out", "folds", ["--holdout", "0.5", "-c", "1e5", "-g", "0.3"], True),
    ("measured", "measured", ["-c", "1", "-g", "0.3", "-e", "0.5"], True),
]


def write_data(folder):
    os.makedirs(folder, exist_ok=True)
    if os.path.exists(os.path.join(folder, "sparse.svm")):
        return

    def place(name):
        return os.path.join(folder, name + ".csv")

    tables.write_classes(place("classes"), 50000, 20)
    tables.write_classes(place("few"), 2400, 3)
    tables.write_classes(place("ten"), 20000, 20, classes=10)
    tables.write_classes(place("wide"), 20000, 1500)
    tables.write_numbers(place("numbers"), 40000, 20)
    tables.write_numbers(place("equations"), 15500, 20)
    tables.write_classes(place("equations2"), 11000, 20)
    tables.write_numbers(place("some"), 5000, 20)
    tables.write_classes(place("folds"), 9000, 20)
    tables.write_classes(place("measured"), 30000, 60)
    tables.write_sparse(os.path.join(folder, "sparse.svm"), 60000, 60000, 60)


class Case:
    def __init__(self, svm, folder, command, data, options):
        self.svm, self.folder = svm, folder
        self.data = os.path.join(folder, data + (".svm" if data == "sparse" else ".csv"))
        self.model = os.path.join(folder, "stopped.model")
        self.report = os.path.join(folder, "stopped.json")
        self.command = [svm, command, self.data] + options
        if command == "train":
            self.command += ["-o", self.model, "--json", self.report]
        elif command == "tune":
            self.command += ["-o", self.model]

    def clean(self):
        for path in (self.model, self.report):
            if os.path.exists(path):
                os.remove(path)

    def training(self):
        """Seconds of training by the report, if there is one."""
        if not os.path.exists(self.report):
            return None
        timing = json.load(open(self.report))["timing"]
        return timing["train"] + (timing.get("calibrate") or 0)

    def predicts(self):
        if not os.path.exists(self.model):
            return None
        lines = open(self.data).readlines()[:40]
        few = os.path.join(self.folder, "few-rows")
        open(few, "w").writelines(lines)
        done = subprocess.run(
            [self.svm, "predict", self.model, few, "--keep", "none"], capture_output=True)
        return done.returncode == 0 and len(done.stdout.splitlines()) >= len(lines)

    def interrupted(self, number, after):
        self.clean()
        process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(after)
        if process.poll() is not None:
            return None, None, process.returncode, process.stderr.read().decode()
        sent = time.monotonic()
        process.send_signal(number)
        first = process.stderr.readline()
        told = time.monotonic() - sent
        rest = process.stderr.read()
        process.wait()
        return told, time.monotonic() - sent, process.returncode, (first + rest).decode()

    def limited(self):
        self.clean()
        began = time.monotonic()
        done = subprocess.run(
            self.command + ["--time-limit", "%gs" % LIMIT], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE)
        took = time.monotonic() - began
        return self.training(), took, done.returncode, done.stderr.decode()


def check(svm, folder, words):
    draw = random.Random(1)
    failures = 0
    cases = [("train",) + case for case in CASES] + [
        ("cv", "cv", "folds", ["-c", "10", "-g", "0.3"], False),
        ("cv", "cv, probabilities", "folds", ["-c", "1", "-g", "0.3", "--probability"], False),
        ("tune", "tune", "folds", [], True),
    ]
    print("%-24s %21s %21s %20s" % ("", "SIGINT", "SIGTERM", "limit of 1 s"), flush=True)
    for command, name, data, options, leaves_model in cases:
        if words and not any(word in name for word in words):
            continue
        case = Case(svm, folder, command, data, options)
        cells, problems = [], []
        training, took, found, errors = case.limited()
        over = (training if training is not None else took) - LIMIT
        limit = "%+.0f ms%s, %d" % (1000 * over, "" if training is not None else " in all", found)
        if found != 3:
            problems.append("exit %d at the limit: %s" % (found, errors.strip()[-200:]))
        if training is not None and over > 0.25:
            problems.append("%.0f ms after the limit" % (1000 * over))
        if leaves_model and case.predicts() is False:
            problems.append("a model that does not predict")
        # Until the data is read there is nothing to stop.
        ready = max(0.3, over if training is None else took - training)
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            took, whole, found, errors = case.interrupted(number, ready + draw.uniform(0.1, 1.5))
            if took is None:
                problems.append("ended by itself with %d: %s" % (found, errors.strip()[-120:]))
                cells.append("-")
                continue
            cells.append("%.0f (%.0f) ms, %d" % (1000 * took, 1000 * whole, found))
            if found != status:
                problems.append("exit %d: %s" % (found, errors.strip()[-200:]))
            if took > 0.1:
                problems.append("%.0f ms after the signal" % (1000 * took))
            predicts = case.predicts()
            if leaves_model and not predicts:
                problems.append("no model that predicts")
        print("%-24s %21s %21s %20s" % (name, *cells, limit), flush=True)
        for problem in problems:
            print("    FAILED: " + problem, flush=True)
        failures += bool(problems)
    failures += check_reading(svm, folder) if not words else 0
    print("%d failures" % failures)
    return failures


def check_reading(svm, folder):
    """While a file is read there is nothing to lose: the process ends at once."""
    failures = 0
    path = os.path.join(folder, "wide.csv")
    for name, command, delay in (
        ("reading a file", [svm, "train", path, "-o", os.path.join(folder, "x.model")], 0.05),
        ("waiting for input", [svm, "train", "-", "-o", os.path.join(folder, "x.model")], 0.3),
    ):
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        status = process.wait()
        took = time.monotonic() - sent
        left = [n for n in os.listdir(folder) if n.startswith(".svm-")]
        good = took < 0.1 and status == 130 and not left
        print("%-24s %18s%s" % (name, "%.0f ms, %d" % (1000 * took, status), "" if good else "  FAILED"))
        failures += not good
    return failures


def main():
    if len(sys.argv) < 2:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 64
    svm, words = os.path.abspath(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        if words[:1] == ["--folder"]:
            folder, words = words[1], words[2:]
        write_data(folder)
        return 1 if check(svm, folder, words) else 0


if __name__ == "__main__":
    sys.exit(main())
