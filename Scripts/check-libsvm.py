#!/usr/bin/env python3
"""Compares libsvm.so.3 or libsvm.so.4 of `make libsvm` with LIBSVM's own library.

usage: Scripts/check-libsvm.py LIBRARY [REFERENCE] [--datasets FOLDER] [--rows N] [--only NAME] [--verbose]

  LIBRARY     the library to check
  REFERENCE   LIBSVM's own with the same layout (/usr/lib/x86_64-linux-gnu/libsvm.so.3, Debian's package libsvm3)

Five formulations, four kernels and the precomputed one, with and without probabilities, on the tables of Datasets (and
some files of FOLDER). For each, the objectives, ρ, support vectors, predictions, sigmoids and the accuracy of
cross-validation with the same folds are compared, and models are exchanged as files; then small problems in which
conventions show. Fails where the answer is worse
than LIBSVM's by more than its own tolerance explains. Times are side by side; on a busy machine only their ratio
counts.
"""

import argparse
import ctypes
import math
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "libsvm"))
import corners
import interface as svm
import sets

OBJECTIVE = re.compile(r"obj = (\S+), rho = (\S+)")
MARGIN = re.compile(r"^C = (\S+)", re.MULTILINE)


def relative(a, b, floor=1e-9):
    return abs(a - b) / max(abs(a), abs(b), floor)


def accuracy(predictions, truth):
    """As svm-train prints it: the share of equal labels in percent, or the mean squared error."""
    if isinstance(truth[0], int):
        return "%g%%" % (100 * sum(p == t for p, t in zip(predictions, truth)) / len(truth))
    return "%g" % (sum((p - t) ** 2 for p, t in zip(predictions, truth)) / len(truth))


def kernel_rows(rows):
    """A linear kernel's matrix, each row behind its serial number."""
    return [[i + 1] + [sum(a * b for a, b in zip(x, z)) for z in rows] for i, x in enumerate(rows)]


class Case:
    """One training by both libraries."""

    def __init__(self, ours, reference, data, truth, parameter):
        self.parameter, self.data, self.truth = parameter, data, truth
        self.faults, self.figures = [], {}
        self.seconds = [0.0, 0.0]
        self.is_degenerate = False
        messages = ours.check(data, parameter), reference.check(data, parameter)
        self.is_refused = messages[1] is not None
        if messages[0] != messages[1]:
            self.faults.append("svm_check_parameter: %s, LIBSVM %s" % messages)
        if self.is_refused or messages[0]:
            return
        self.compare_trainings(ours, reference)
        self.compare_validation(ours, reference)

    @property
    def is_regression(self):
        return self.parameter.svm_type in (3, 4)

    @property
    def is_indefinite(self):
        return self.parameter.kernel_type == 3

    def compare_trainings(self, ours, reference):
        trained = [library.train(self.data, self.parameter) for library in (ours, reference)]
        (a, text_a, time_a), (b, text_b, time_b) = trained
        self.seconds = [time_a, time_b]
        for name in ("nr_class", "free_sv"):
            if getattr(a.contents, name) != getattr(b.contents, name):
                self.faults.append("%s differs" % name)
        classes = a.contents.nr_class
        if self.parameter.svm_type < 2 and a.contents.label[:classes] != b.contents.label[:classes]:
            self.faults.append("labels are in another order")
        self.compare_objectives(text_a, text_b)
        if not self.is_degenerate:
            self.figures["nSV"] = relative(a.contents.l, b.contents.l, 1)
            pairs = classes * (classes - 1) // 2
            rho = [[model.contents.rho[i] for i in range(pairs)] for model in (a, b)]
            scale = max([1.0] + [abs(value) for value in rho[1]])
            self.figures["rho"] = max([abs(x - y) / scale for x, y in zip(*rho)], default=0)
        self.compare_predictions(ours, reference, a, b)
        if not self.is_degenerate:
            self.compare_files(ours, reference, a, b)
        ours.free(a)
        reference.free(b)

    def compare_objectives(self, ours, reference):
        # With -b the problems of the folds are solved between those of the pairs: in another order.
        found = [sorted(float(o) for o, _ in OBJECTIVE.findall(text)) for text in (ours, reference)]
        if len(found[0]) != len(found[1]):
            self.faults.append("%d lines of objectives, LIBSVM %d" % (len(found[0]), len(found[1])))
            return
        # The largest of the problems is the scale: printed numbers have six decimals.
        scale = max([abs(o) for o in found[1]] + [1e-9])
        # The hyperplane through the origin, where any decision value is rounding.
        self.is_degenerate = scale < (1e-2 if self.parameter.svm_type == 2 else 1e-4)
        if self.is_degenerate:
            return
        # A ν-SVC's solution is divided by its margin, and its error is: without a margin no digit is left. LIBSVM's margin
        # is then rounding, of either sign.
        noise = 0
        if self.parameter.svm_type == 1:
            noise = self.parameter.eps * max([abs(float(c)) for c in MARGIN.findall(reference)] + [0])
            self.is_degenerate = noise > 0.1
            if self.is_degenerate:
                return
        worse = [(o - r) / scale for o, r in zip(*found)]
        self.figures["objective"] = max(map(abs, worse), default=0)
        if worse and max(worse) > 1e-3 + 4 * noise and not self.is_indefinite:
            self.faults.append("an objective is worse by %.1e" % max(worse))

    def compare_predictions(self, ours, reference, a, b):
        equal, spread, difference, probability = 0, 1e-9, 0.0, 0.0
        for row in self.data.pointers:
            mine, values = ours.values(a, row)
            theirs, expected = reference.values(b, row)
            equal += mine == theirs if not self.is_regression else abs(mine - theirs) < 1e-2
            spread = max(spread, *(abs(v) for v in expected))
            difference = max([difference] + [abs(v - w) for v, w in zip(values, expected)])
            if self.parameter.probability and self.parameter.svm_type < 2:
                mine, theirs = ours.probabilities(a, row)[1], reference.probabilities(b, row)[1]
                probability = max([probability] + [abs(v - w) for v, w in zip(mine, theirs)])
        if self.is_degenerate:
            return
        self.figures["values"] = difference / spread
        self.figures["labels"] = 1 - equal / len(self.data)
        if self.parameter.probability and self.parameter.svm_type < 2:
            self.figures["probability"] = probability
        if self.parameter.probability and self.is_regression:
            sigma = ours.c.svm_get_svr_probability(a), reference.c.svm_get_svr_probability(b)
            self.figures["sigma"] = relative(*sigma)

    def compare_files(self, ours, reference, a, b):
        """Each library reads the other's file, and predicts as the model in memory does."""
        with tempfile.TemporaryDirectory() as folder:
            for writer, reader, model in ((ours, reference, a), (reference, ours, b)):
                path = pathlib.Path(folder) / "model"
                if writer.save(path, model):
                    self.faults.append("a model could not be written")
                    continue
                loaded = reader.load(path)
                if not loaded:
                    self.faults.append("a model file could not be read")
                    continue
                again = pathlib.Path(folder) / "again"
                reader.save(again, loaded)
                if again.read_bytes() != path.read_bytes():
                    self.faults.append("a model file read and written again is another")
                total = sum(
                    abs(model.contents.sv_coef[j][i]) for j in range(max(1, model.contents.nr_class - 1))
                    for i in range(model.contents.l))
                for row in list(self.data.pointers)[:20]:
                    v, w = writer.values(model, row)[1], reader.values(loaded, row)[1]
                    # Files have eight digits of each feature.
                    allowed = 1e-5 * max([1.0] + [abs(x) for x in v]) + 1e-7 * total
                    if any(abs(x - y) > allowed for x, y in zip(v, w)):
                        self.faults.append("a model file predicts otherwise: %s, %s" % (v[:3], w[:3]))
                        break
                reader.free(loaded)

    def compare_validation(self, ours, reference):
        found = [library.cross_validate(self.data, self.parameter) for library in (ours, reference)]
        self.seconds = [s + f[1] for s, f in zip(self.seconds, found)]
        truth = self.truth if self.parameter.svm_type != 2 else [1] * len(self.data)
        figures = [accuracy(predictions, truth) for predictions, _ in found]
        self.validation = figures
        if self.is_regression:
            self.figures["cv"] = relative(float(figures[0]), float(figures[1]))
        else:
            different = sum(p != q for p, q in zip(found[0][0], found[1][0]))
            self.figures["cv"] = 0 if self.is_degenerate else different / len(truth)


def cases(ours, reference, arguments):
    for table in sets.sets(arguments.rows, arguments.datasets):
        if arguments.only and table.name not in arguments.only:
            continue
        width = len(table.rows[0])
        nodes = {}
        for svm_type in range(5):
            truth = table.targets if svm_type in (3, 4) else table.labels
            for kernel in range(5):
                key = (svm_type in (3, 4), kernel == 4)
                if key not in nodes:
                    rows = kernel_rows(table.rows) if kernel == 4 else table.rows
                    nodes[key] = svm.Data(
                        rows, [float(t) for t in truth], *((0, True) if kernel == 4 else ()))
                for probability in (0, 1):
                    parameter = svm.default_parameter(
                        svm_type=svm_type, kernel_type=kernel, gamma=1 / width, probability=probability,
                        nu=table.nu if svm_type == 1 else 0.2 if svm_type == 2 else 0.5, eps=arguments.tolerance)
                    yield table, Case(ours, reference, nodes[key], truth, parameter)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library")
    parser.add_argument("reference", nargs="?", default="/usr/lib/x86_64-linux-gnu/libsvm.so.3")
    parser.add_argument("--datasets")
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--tolerance", type=float, default=1e-3)
    parser.add_argument("--only", action="append")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    ours, reference = svm.Library(arguments.library), svm.Library(arguments.reference)
    print("%s (%d) beside %s (%d)" % (arguments.library, ours.version, arguments.reference, reference.version))

    columns = ["objective", "rho", "nSV", "values", "labels", "probability", "sigma", "cv"]
    worst, faults, count, compared, seconds = {}, list(corners.faults(ours, reference)), 0, 0, {}
    # Classifications, and those of them with the same accuracy in cross-validation.
    classified, same = [0, 0], [0, 0]
    for table, case in cases(ours, reference, arguments):
        parameter = case.parameter
        name = "%s %s %s%s" % (
            table.name, svm.TYPES[parameter.svm_type], svm.KERNELS[parameter.kernel_type],
            " -b" if parameter.probability else "")
        count += 1
        faults += ["%s: %s" % (name, fault) for fault in case.faults]
        if case.is_refused:
            continue
        compared += 1
        if not case.is_regression and not case.is_degenerate:
            classified[parameter.probability] += 1
            same[parameter.probability] += case.validation[0] == case.validation[1]
        group = (svm.TYPES[parameter.svm_type], svm.KERNELS[parameter.kernel_type])
        for column in columns:
            if column in case.figures:
                place = worst.setdefault(group, {})
                place[column] = max(place.get(column, 0), case.figures[column])
        total = seconds.setdefault(table.name, [0.0, 0.0])
        total[0] += case.seconds[0]
        total[1] += case.seconds[1]
        if arguments.verbose:
            print(name, " ".join("%s %.1e" % (c, v) for c, v in case.figures.items()), *case.validation, flush=True)

    print("\nlargest differences (labels, cv: the share of rows; rho, values, sigma: relative)")
    print("%-12s %-12s" % ("formulation", "kernel") + "".join("%12s" % column for column in columns))
    for (formulation, kernel), figures in worst.items():
        print("%-12s %-12s" % (formulation, kernel) + "".join(
            "%12s" % ("%.1e" % figures[column] if column in figures else "") for column in columns))
    print("\nseconds, training and cross-validation")
    for name, (a, b) in seconds.items():
        print("%-16s %8.2f  LIBSVM %8.2f  %5.2f times as fast" % (name, a, b, b / a))
    print("\n%d cases, %d trained" % (count, compared))
    for probability, words in enumerate(["", " with probabilities"]):
        print("the accuracy of cross-validation is LIBSVM's, to the digit, in %d of %d classifications%s" % (
            same[probability], classified[probability], words))
    for fault in faults:
        print("FAULT", fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
