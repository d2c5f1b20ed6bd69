#!/usr/bin/env python3
"""Trains the same data by LIBSVM's interface and by `svm train`, and compares decision values bit by bit.

usage: Scripts/libsvm/check-bits.py LIBRARY SVM [--short]

Dense and sparse rows, whose features begin at 1 or 0, few and many, of all formulations and kernels. The command is
given what the interface is: the tolerance, the cache as its limit of memory, and predictions in Double.
"""

import argparse
import csv
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import interface as svm

# Rows, features, classes, the share of entries that are not 0, the index of the first feature, and whether zeros are
# written out.
SHAPES = [
    (150, 6, 2, 1, 1, False), (150, 6, 3, 1, 0, False), (900, 12, 2, 1, 1, False), (1500, 5, 4, 0.6, 1, True),
    (300, 40, 2, 0.1, 1, True), (1200, 60, 3, 0.08, 1, False), (700, 30, 2, 0.1, 0, True), (2500, 150, 2, 1, 1, False),
]  # fmt: skip
FORMULATIONS = ["c-svc", "nu-svc", "one-class", "epsilon-svr", "nu-svr"]
KERNELS = ["linear", "polynomial", "gaussian", "sigmoid"]


def generated(count, width, classes, share, seed):
    generator = random.Random(seed)
    rows = [
        [round(generator.gauss(0, 1), 6) if generator.random() < share else 0.0 for _ in range(width)]
        for _ in range(count)
    ]
    scores = [row[0] + row[1] * row[-1] + 0.4 * generator.gauss(0, 1) for row in rows]
    bounds = sorted(scores)
    labels = [sum(score > bounds[count * k // classes] for k in range(1, classes)) for score in scores]
    # LIBSVM's order of classes is that of their first rows.
    order = [labels.index(label) for label in range(classes)]
    order += [row for row in range(count) if row not in set(order)]
    return [rows[i] for i in order], [labels[i] for i in order], [round(scores[i], 6) for i in order]


def text(rows, targets, first, keeps_zeros):
    return "".join(
        "%s %s\n" % (target, " ".join("%d:%r" % (j + first, v) for j, v in enumerate(row) if v or keeps_zeros))
        for row, target in zip(rows, targets)
    )


def by_command(command, folder, formulation, kernel, parameter):
    options = ["--formulation", formulation, "--kernel", kernel, "--gamma", repr(parameter.gamma)]
    options = [option for option in options if kernel != "linear" or option not in ("--gamma", repr(parameter.gamma))]
    options += ["--coef0", repr(parameter.coef0)] if kernel in ("polynomial", "sigmoid") else []
    options += ["--c", repr(parameter.C)] if formulation in ("c-svc", "epsilon-svr", "nu-svr") else []
    options += ["--nu", repr(parameter.nu)] if "nu" in formulation or formulation == "one-class" else []
    options += ["--epsilon", repr(parameter.p)] if formulation == "epsilon-svr" else []
    options += ["--degree", str(parameter.degree)] if kernel == "polynomial" else []
    options += ["--tolerance", repr(parameter.eps), "--memory", "%dM" % parameter.cache_size, "--quiet"]
    subprocess.run([command, "train", "data.svm", *options, "-o", "a.model"], cwd=folder, check=True)
    values = subprocess.run(
        [command, "predict", "a.model", "data.svm", "--decision-values", "--precision", "double"],
        cwd=folder, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    rows = list(csv.reader(values.splitlines()))[1:]
    return [[float(value) for value in row[-1:] if formulation.endswith("svr")] or
            [float(value) for value in row[1:]] for row in rows]  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("library", type=pathlib.Path)
    parser.add_argument("svm", type=pathlib.Path)
    parser.add_argument("--short", action="store_true", help="three of the eight shapes of data")
    arguments = parser.parse_args()
    library, command = svm.Library(arguments.library.resolve()), str(arguments.svm.resolve())
    compared = differing = 0
    shapes = SHAPES[::3] if arguments.short else SHAPES
    for place, (count, width, classes, share, first, keeps_zeros) in enumerate(shapes):
        rows, labels, scores = generated(count, width, classes, share, seed=20270301 + place)
        for type_number, formulation in enumerate(FORMULATIONS):
            targets = scores if formulation.endswith("svr") else labels
            data = svm.Data(rows, [float(target) for target in targets], first_index=first, keeps_zeros=keeps_zeros)
            with tempfile.TemporaryDirectory() as name:
                folder = pathlib.Path(name)
                (folder / "data.svm").write_text(text(rows, targets, first, keeps_zeros))
                for kernel_number, kernel in enumerate(KERNELS):
                    parameter = svm.default_parameter(
                        svm_type=type_number, kernel_type=kernel_number, gamma=0.3 / width, C=2.0, nu=0.3,
                        coef0=0.5 if kernel == "polynomial" else 0.0,
                    )
                    model, _, _ = library.train(data, parameter)
                    ours = [library.values(model, row)[1] for row in data.pointers]
                    library.free(model)
                    theirs = by_command(command, folder, formulation, kernel, parameter)
                    # LIBSVM's pairs have the earlier class positive, the command's the later one.
                    sign = -1 if formulation in ("c-svc", "nu-svc") else 1
                    compared += 1
                    same = len(ours) == len(theirs) and all(
                        [sign * value + 0.0 for value in b] == [value + 0.0 for value in a]
                        for a, b in zip(ours, theirs)
                    )
                    if not same:
                        differing += 1
                        largest = max(
                            (abs(x - sign * y) for a, b in zip(ours, theirs) for x, y in zip(a, b)), default=None
                        )
                        print(f"DIFFERS {count} × {width} from {first}, {formulation}, {kernel}: by {largest}")
    print(f"{compared} trainings by the interface and the command: {differing} have other decision values")
    return 1 if differing or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
