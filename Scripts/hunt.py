#!/usr/bin/env python3
"""Runs the command with random options on small, odd tables, and looks for what must never happen.

usage: Scripts/hunt.py SVM [--runs 30000] [--seed 0] [--jobs 2] [--keep FOLDER]
  SVM     the program, .build/release/svm
  --runs  how many times the program is started, about
  --seed  decides every table and every option; a case is printed with its own seed
  --case  runs only the case with this number, and prints its commands
  --keep  a folder for the files of cases that failed

A case is a table and a chain of commands: train, then predict, evaluate, verify, inspect, convert and plot
with the model; or cv; or tune. Broken promises, each printed with the case and the command:

  crash          a signal, an exit code that is not documented, or an internal error
  hang           no end within the limit
  silent         a failure without a sentence, or with a backtrace
  half-written   a failure that leaves an output file
  not a number   nan or inf in what is printed
  rows           another number of predictions than rows
  label          a label that is not the most probable class, or that changes when probabilities are printed
  probabilities  that do not sum to 1
  figures        an accuracy in evaluate that the predictions do not have
  threads        models that differ between one thread and two
  round trip     a model that predicts otherwise after it went through JSON
  verify         a model that is not verified directly after its training
"""

import argparse
import concurrent.futures
import csv
import io
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

SECONDS = 60
DOCUMENTED = {0, 1, 3, 64, 65}
CLASSIFICATIONS = ["c-svc", "nu-svc", "logistic", "ls-svc", "discriminant"]
REGRESSIONS = ["epsilon-svr", "nu-svr", "ls-svr", "kernel-ridge", "quantile-svr"]
OTHERS = ["one-class", "svdd", "kernel-pca"]
KERNELS = []  # those that the command names, see kernels()
NOT_A_NUMBER = re.compile(r"(?<![\w-])-?(nan|inf|infinity)(?![\w-])", re.IGNORECASE)


class Table:
    """A table that is small and odd: its text, and what is known of it."""

    def __init__(self, draw):
        self.rows = draw.choice([2, 3, 5, 8, 13, 20, 30, 40])
        self.kind = draw.choice(["classes", "classes", "classes", "numbers", "numbers", "libsvm"])
        if self.kind == "libsvm":
            self.name = "data.svm"
            self.text = self.libsvm(draw)
        else:
            self.name = "data.csv"
            self.text = self.delimited(draw)

    def libsvm(self, draw):
        classes = draw.choice([["1", "-1"], ["0", "1", "2"], ["1", "2", "3", "4"], None])
        lines = []
        for row in range(self.rows):
            label = "%g" % draw.gauss(0, 10) if classes is None else draw.choice(classes)
            indices = sorted(draw.sample(range(1, 12), draw.choice([0, 1, 3, 5])))
            if draw.random() < 0.02:
                indices.append(draw.choice([1000, 2147483646]))
            entries = ["%d:%g" % (i, number(draw)) for i in indices]
            lines.append(" ".join([label] + entries))
        return "\n".join(lines) + "\n"

    def delimited(self, draw):
        mark = draw.choice([",", ",", ",", ";", "\t"])
        names, columns = [], []
        for index in range(draw.choice([1, 2, 2, 3, 4, 6])):
            names.append(draw.choice(["x%d" % index, "größe %d" % index, "%d" % (1990 + index), "a,b %d" % index]))
            columns.append(column(draw, self.rows))
        names.append(draw.choice(["y", "class", "2020", "target"]))
        columns.append(target(draw, self.kind, self.rows, columns))
        if draw.random() < 0.1:
            draw.shuffle(columns)
        self.names = names
        lines = [] if draw.random() < 0.15 else [mark.join(quoted(name, mark) for name in names)]
        for row in range(self.rows):
            lines.append(mark.join(quoted(values[row], mark) for values in columns))
        end = draw.choice(["\n", "\n", "\n", "\r\n", "\r"])
        text = end.join(lines) + (end if draw.random() < 0.9 else "")
        return ("\ufeff" if draw.random() < 0.03 else "") + text


def quoted(value, mark):
    if any(c in value for c in (mark, '"', "\n", "\r")):
        return '"%s"' % value.replace('"', '""')
    return value


def number(draw):
    kind = draw.random()
    if kind < 0.6:
        return draw.gauss(0, 1)
    if kind < 0.8:
        return draw.randint(-3, 3)
    if kind < 0.9:
        return math.exp(3 * draw.gauss(0, 1))
    return draw.choice([0, 1e-300, 1e300, -1e20, 1e15 + 1, 3e-8, 99999])


def column(draw, rows):
    kind = draw.choice(["normal"] * 4 + ["whole", "odd", "constant", "category", "category", "rare",
                        "flags", "codes", "heavy", "names", "money", "dates", "empty"])
    categories = ["a", "b", "c ", "Ünal", "NA", "-", "x,y", "d\"e"]
    if kind == "normal":
        values = ["%.6g" % draw.gauss(0, 1) for _ in range(rows)]
    elif kind == "whole":
        values = ["%d" % draw.randint(0, 9) for _ in range(rows)]
    elif kind == "odd":
        values = ["%.17g" % number(draw) for _ in range(rows)]
    elif kind == "heavy":
        values = ["%.6g" % math.exp(3 * draw.gauss(0, 1)) for _ in range(rows)]
    elif kind == "constant":
        values = [draw.choice(["0", "1e9", "same"])] * rows
    elif kind == "category":
        values = [draw.choice(categories[: draw.choice([2, 3, 8])]) for _ in range(rows)]
    elif kind == "rare":
        values = ["common"] * (rows - 1) + ["rare"]
        draw.shuffle(values)
    elif kind == "flags":
        values = [draw.choice(["true", "false", "True"]) for _ in range(rows)]
    elif kind == "codes":
        values = [draw.choice(["007", "07", "7", "12345"]) for _ in range(rows)]
    elif kind == "names":
        values = ["row %d" % row for row in range(rows)]
    elif kind == "money":
        values = ["$%d.50" % draw.randint(1, 999) for _ in range(rows)]
    elif kind == "dates":
        values = ["2024-%02d-%02d" % (draw.randint(1, 12), draw.randint(1, 28)) for _ in range(rows)]
    else:
        values = [""] * rows
    share = draw.choice([0, 0, 0, 0.1, 0.5])
    return [draw.choice(["", "NA", "?"]) if draw.random() < share else value for value in values]


def target(draw, kind, rows, columns):
    if kind == "numbers":
        scale = draw.choice([1, 1, 1000, 1e-6, 1e12])
        shift = draw.choice([0, 0, 1e6])
        values = ["%.9g" % (shift + scale * draw.gauss(0, 1)) for _ in range(rows)]
    else:
        labels = draw.choice([["a", "b"], ["a", "b", "c"], ["0", "1"], ["-1", "+1"], ["1.0", "2.0"],
                              ["yes", "no", "maybe", "never"], ["x,y", 'q"'], ["k%d" % i for i in range(8)]])
        weights = [draw.choice([1, 1, 0.1]) for _ in labels]
        values = draw.choices(labels, weights, k=rows)
    if draw.random() < 0.05:
        values[draw.randrange(rows)] = ""
    return values


# What an option is for; another one with it is a refusal, which is tried now and then.
PARAMETERS = {
    "c-svc": ["--c", "--class-weight", "--multiclass"],
    "nu-svc": ["--nu", "--multiclass"],
    "logistic": ["--c", "--class-weight", "--multiclass"],
    "ls-svc": ["--lambda", "--multiclass"],
    "discriminant": ["--lambda"],
    "epsilon-svr": ["--c", "--epsilon"],
    "nu-svr": ["--c", "--nu"],
    "ls-svr": ["--lambda"],
    "kernel-ridge": ["--lambda"],
    "quantile-svr": ["--c", "--quantile"],
    "one-class": ["--nu"],
    "svdd": ["--nu"],
    "kernel-pca": ["--components"],
}
VALUES = {
    "--c": ["1e-6", "0.1", "1", "10", "1e4", "1e8"],
    "--nu": ["1e-6", "0.1", "0.5", "1"],
    "--quantile": ["0.5", "0.1,0.9", "0.9,0.5,0.1", "1e-6,0.999999"],
    "--epsilon": ["0", "0.01", "1", "1e6"],
    "--lambda": ["1e-9", "1", "auto"],
    "--components": ["1", "2", "50"],
    "--multiclass": ["one-versus-one", "one-versus-rest"],
    "--class-weight": ["balanced", "balanced", "a=3", "1=5"],
}
ANYWHERE = [
    ("--tolerance", ["1e-1", "1e-6", "1e-10"], 0.1),
    ("--scale", ["standard", "minmax", "maxabs", "none"], 0.2),
    ("--impute", ["mean", "median", "most-frequent", "constant=0", "drop", "error"], 0.2),
    ("--unseen", ["error", "ignore"], 0.1),
    ("--precision", ["auto", "single", "double"], 0.15),
    ("--memory", ["16M", "64M"], 0.1),
    ("--seed", ["1", "2"], 0.1),
    ("--task", ["auto", "classification", "regression"], 0.03),
    ("--input-header", ["auto", "yes", "no"], 0.1),
    ("--missing-marker", ["a", "-", "0"], 0.05),
    ("--subsample", ["5", "20"], 0.03),
    ("--max-iterations", ["1", "100"], 0.05),
]


def shape_options(draw, table):
    """Random options that mostly belong together, the formulation among them."""
    own = REGRESSIONS if table.kind == "numbers" else CLASSIFICATIONS
    formulation = draw.choice(own * 4 + OTHERS + REGRESSIONS + CLASSIFICATIONS)
    options = ["-s", formulation] if draw.random() < 0.8 else []
    own = PARAMETERS[formulation] if options else []
    for name, values in VALUES.items():
        if draw.random() < (0.4 if name in own else 0.01):
            options += [name, draw.choice(values)]
    kernel = "linear" if formulation == "logistic" and options else draw.choice(KERNELS)
    if draw.random() < 0.7:
        options += ["-t", kernel]
        if kernel != "linear" and draw.random() < 0.4:
            options += ["--gamma", draw.choice(["1e-5", "0.1", "1", "100", "auto", "scale"])]
        if kernel == "polynomial" and draw.random() < 0.5:
            options += ["--degree", draw.choice(["1", "2", "5"])]
        if kernel in ("polynomial", "sigmoid") and draw.random() < 0.5:
            options += ["--coef0", draw.choice(["-1", "0", "1"])]
        if kernel == "linear" and draw.random() < 0.3:
            options += ["--solver", draw.choice(["auto", "dual", "primal"])]
    if formulation in ("c-svc", "logistic", "epsilon-svr") and draw.random() < 0.1:
        options += ["--feature-map", draw.choice(["nystrom", "fourier"])]
    for name, values, share in ANYWHERE:
        if draw.random() < share:
            options += [name, draw.choice(values)]
    if table.kind != "libsvm":
        name = draw.choice(table.names)
        for more, share in [
            (["--target", name], 0.1),
            (["--drop", name], 0.05),
            (["--id", name], 0.05),
            (["--weight-column", name], 0.03),
            (["--column", name + "=" + draw.choice(["category", "numeric", "ignore", "text"])], 0.1),
        ]:
            if draw.random() < share:
                options += more
    if formulation != "kernel-pca" and draw.random() < 0.25:
        options += ["--probability"]
        if formulation in CLASSIFICATIONS and draw.random() < 0.5:
            options += ["--calibration", draw.choice(["sigmoid", "isotonic", "temperature"])]
    if draw.random() < 0.1:
        options += ["--certify"]
    return options


class Case:
    """One table and one chain of commands."""

    def __init__(self, svm, seed, number, trace=False):
        self.svm, self.number, self.trace = svm, number, trace
        self.draw = random.Random("%d/%d" % (seed, number))
        self.failures, self.runs, self.is_trained = [], 0, False
        self.folder = tempfile.mkdtemp(prefix="svm-hunt-")

    def path(self, name):
        return os.path.join(self.folder, name)

    def fail(self, kind, arguments, detail):
        command = " ".join(a.replace(self.folder + "/", "") for a in arguments)
        self.failures.append("case %d: %s: svm %s\n    %s" % (self.number, kind, command, detail[:500]))

    def run(self, *arguments, output=None):
        """Runs the command; its exit code (None: nothing more can be said) and what it printed."""
        self.runs += 1
        if self.trace:
            print("svm", *arguments, flush=True)
        try:
            ended = subprocess.run(
                [self.svm, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS,
                cwd=self.folder)
        except subprocess.TimeoutExpired:
            self.fail("hang", arguments, "no end within %d s" % SECONDS)
            return None, ""
        out = ended.stdout.decode("utf-8", "replace")
        err = ended.stderr.decode("utf-8", "replace")
        if self.trace:
            print("    exit %d  %s" % (ended.returncode, err.strip()[-300:]), flush=True)
        if ended.returncode not in DOCUMENTED or "nternal error" in err or "Fatal error" in err:
            self.fail("crash", arguments, "exit %d: %s" % (ended.returncode, err.strip()[:400]))
            return None, out
        if ended.returncode in (64, 65) or (ended.returncode == 1 and arguments[0] != "verify"):
            if not err.strip() or "Thread 0" in err or len(err.splitlines()) > 12:
                self.fail("silent", arguments, "exit %d: %r" % (ended.returncode, err[:300]))
            if output and os.path.exists(output):
                self.fail("half-written", arguments, os.path.basename(output))
        shown = "\n".join(line for line in out.splitlines() if "NaN" not in line)
        if arguments[0] not in ("inspect", "convert", "plot") and NOT_A_NUMBER.search(shown):
            line = next(line for line in shown.splitlines() if NOT_A_NUMBER.search(line))
            self.fail("not a number", arguments, line)
        return ended.returncode, out

    def all(self):
        table = Table(self.draw)
        data = self.path(table.name)
        with open(data, "w", encoding="utf-8", newline="") as file:
            file.write(table.text)
        kind = self.draw.random()
        options = shape_options(self.draw, table)
        # Nothing may run past its limit, whatever else it was told.
        options += ["--time-limit", "5s"]
        if kind < 0.15:
            extra = self.draw.choice([[], ["--folds", "2"], ["--folds", "3", "--repeat", "2"], ["--time-ordered"]])
            self.run("cv", data, *options, *extra)
        elif kind < 0.22:
            banned = {"--c", "--gamma", "--epsilon", "--nu", "--lambda", "--components"}
            kept, index = [], 0
            while index < len(options):
                if options[index] in banned:
                    index += 2
                else:
                    kept.append(options[index])
                    index += 1
            self.run("tune", data, "-o", self.path("t.model"), "--budget-trials", "6", *kept)
        else:
            self.model(data, options)

    def model(self, data, options):
        model, report = self.path("m.model"), self.path("m.json")
        extra = self.draw.choice([[]] * 6 + [["--holdout", "0.3"], ["--cv", "2"]])
        status, _ = self.run(
            "train", data, "-o", model, "--json", report, "--threads", "1", *options, *extra, output=model)
        if status not in (0, 3):
            return
        self.is_trained = True
        try:
            json.load(open(report), parse_constant=lambda text: float("nope " + text))
        except ValueError as error:
            self.fail("not a number", ["train", data, *options], "JSON: %s" % error)
        again = self.path("again.model")
        if status == 0 and self.draw.random() < 0.3:
            self.run("train", data, "-o", again, "--threads", "2", "--quiet", *options, *extra)
            if not os.path.exists(again) or open(again, "rb").read() != open(model, "rb").read():
                self.fail("threads", ["train", data, *options, *extra], "models differ")
        plain = self.predictions(model, data)
        if status == 0 and "--max-iterations" not in options and self.draw.random() < 0.5:
            verified, out = self.run("verify", model, data)
            # A model of a sample is verified on that sample, and kernels that are not definite have no bound.
            # Who insists on single precision gets a certificate for kernel values in single precision.
            insists = "--precision" in options and options[options.index("--precision") + 1] == "single"
            if verified == 1 and not insists:
                self.fail("verify", ["train", data, *options], out.strip().replace("\n", " | "))
        if plain is not None:
            self.check_predictions(model, data, options, plain)
        if self.draw.random() < 0.2:
            self.run("inspect", model)
        if self.draw.random() < 0.3:
            form = self.draw.choice(["onnx", "mlmodel", "libsvm"])
            self.run("convert", model, self.path("m." + form), "--to", form, output=self.path("m." + form))
        if self.draw.random() < 0.2:
            kind = self.draw.choice("confusion roc precision-recall calibration residuals importance dependence "
                                    "weights regions plane".split())
            self.run("plot", model, data, "--kind", kind, "-o", self.path("p.svg"), output=self.path("p.svg"))

    def predictions(self, model, data, *options):
        status, out = self.run("predict", model, data, *options)
        if status != 0:
            return None
        return list(csv.DictReader(io.StringIO(out)))

    def check_predictions(self, model, data, options, plain):
        likely = self.predictions(model, data, "--probability")
        if likely is not None and plain and "prediction" in plain[0]:
            if [r["prediction"] for r in likely] != [r["prediction"] for r in plain]:
                self.fail("label", ["predict", model, data, *options], "--probability changes predictions")
            names = [name for name in likely[0] if name.startswith("probability_")]
            # A row that is left out for a missing value is an empty line.
            for row in [row for row in likely if row["prediction"] != ""] if names else []:
                try:
                    values = [float(row[name]) for name in names]
                except (TypeError, ValueError):
                    self.fail("probabilities", ["predict", model, data, *options], str(row))
                    break
                if abs(sum(values) - 1) > 1e-9:
                    self.fail("probabilities", ["predict", model, data, *options], str(row))
                    break
                label = row.get("probability_" + row["prediction"])
                weighted = "--class-weight" in options
                if not weighted and label is not None and float(label) < max(values) - 1e-12:
                    self.fail("label", ["predict", model, data, *options], str(row))
                    break
        result = self.path("e.json")
        status, out = self.run("evaluate", model, data, "--json", result)
        if status == 0 and plain and "prediction" in plain[0]:
            self.check_accuracy(result, plain, data, options)
        if self.draw.random() < 0.3:
            text, back = self.path("back.json"), self.path("back.model")
            if self.run("convert", model, text)[0] == 0 and self.run("convert", text, back)[0] == 0:
                if self.predictions(back, data) != plain:
                    self.fail("round trip", ["convert", model, "--to", "json"], " ".join(options))

    def check_accuracy(self, result, plain, data, options):
        report = json.load(open(result))
        confusion = report.get("confusion")
        if not confusion or "--weight-column" in options:
            return
        predicted = {}
        for row in plain:
            predicted[row["prediction"]] = predicted.get(row["prediction"], 0) + 1
        counts, classes = confusion["counts"], confusion["classes"]
        total = sum(sum(row) for row in counts)
        if total != len(plain):
            return  # rows whose class is missing are predicted, but not measured
        for index, name in enumerate(classes):
            if sum(row[index] for row in counts) != predicted.get(name, 0):
                self.fail("figures", ["evaluate", "m.model", data, *options],
                          "%s: %d in evaluate, %d predicted" % (
                              name, sum(row[index] for row in counts), predicted.get(name, 0)))
                return


def hunt(arguments):
    svm, seed, number, keep, trace = arguments
    case = Case(svm, seed, number, trace)
    try:
        case.all()
        if keep and case.failures:
            shutil.copytree(case.folder, os.path.join(keep, str(number)), dirs_exist_ok=True)
    finally:
        if not trace:
            shutil.rmtree(case.folder, ignore_errors=True)
    if trace:
        print("files in", case.folder)
    return case


def kernels(svm):
    """The names in the message about an unknown one."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as table:
        told = subprocess.run([svm, "train", table.name, "--kernel", "?"], capture_output=True, text=True).stderr
    return re.split(r", | or ", re.search(r"expected (.*?)\.?$", told, re.MULTILINE).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("svm")
    parser.add_argument("--runs", type=int, default=30000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--case", type=int)
    parser.add_argument("--keep")
    given = parser.parse_args()
    svm = os.path.abspath(given.svm)
    KERNELS.extend(kernels(svm))
    if given.case is not None:
        failures = hunt((svm, given.seed, given.case, given.keep, True)).failures
        print("\n".join(failures))
        return 1 if failures else 0
    runs, cases, trained, failures = 0, 0, 0, 0
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        waiting = set()
        while runs < given.runs or waiting:
            while runs < given.runs and len(waiting) < 4 * given.jobs:
                waiting.add(pool.submit(hunt, (svm, given.seed, cases, given.keep, False)))
                cases += 1
            done, waiting = concurrent.futures.wait(waiting, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                case = future.result()
                runs += case.runs
                trained += case.is_trained
                failures += len(case.failures)
                for line in case.failures:
                    print(line, flush=True)
    print("%d runs in %d cases with seed %d, %d models: %d broken promises" % (
        runs, cases, given.seed, trained, failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
