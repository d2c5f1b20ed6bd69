#!/usr/bin/env python3
"""Compares svm-train, svm-predict, svm-scale, svm-grid, svm-subset and svm-checkdata with Debian's (libsvm-tools).

usage: Scripts/libsvm/check-programs.py SVM [--reference FOLDER] [--datasets FOLDER] [--rows N] [--only NAME]

  SVM         the svm command, which is called by LIBSVM's names through links
  REFERENCE   the folder of LIBSVM's own programs (/usr/bin)

On the tables of Datasets (and files of FOLDER): the text of scaled files and ranges must be the same byte for byte;
trainings of five formulations and five kernels must print the same objectives within the tolerance and end in models
that the other side's svm-predict reads; predictions of one model must be the same labels, with probabilities equal to
five digits; the grid's lines and file, with the same accuracies; and malformed files and options must end with the
same exit code and the same sentence. Fails where they do not; prints how often figures that depend on rounding agree.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import sets

NAMES = ["train", "predict", "scale", "grid", "easy", "subset", "checkdata"]
OBJECTIVE = re.compile(r"obj = (\S+), rho = (\S+)\nnSV = (\d+), nBSV = (\d+)")
MARGIN = re.compile(r"^C = (\S+)", re.MULTILINE)
TOLERANCE = 1e-4
FORMULATIONS, KERNELS = range(5), range(5)


class Side:
    """The programs of one side, in a folder of their own."""

    def __init__(self, programs, folder):
        self.programs, self.folder = pathlib.Path(programs), pathlib.Path(folder)
        self.folder.mkdir()

    def run(self, name, *arguments):
        # Debian's svm-grid and svm-easy look for svm-train beside their source.
        extra = ["-svmtrain", str(self.programs / "svm-train")] if name == "grid" and len(arguments) > 0 else []
        return subprocess.run(
            [str(self.programs / ("svm-" + name)), *extra, *map(str, arguments)], cwd=self.folder,
            capture_output=True, text=True, errors="replace", timeout=600)

    def read(self, name):
        path = self.folder / name
        return path.read_text() if path.exists() else None


class Check:
    def __init__(self, ours, reference):
        self.ours, self.reference = ours, reference
        self.faults, self.equal, self.compared = [], {}, {}

    def fault(self, *words):
        self.faults.append(" ".join(map(str, words)))
        print("FAULT", self.faults[-1], flush=True)

    def count(self, name, is_equal):
        self.compared[name] = self.compared.get(name, 0) + 1
        self.equal[name] = self.equal.get(name, 0) + bool(is_equal)

    def both(self, name, *arguments, files=(), stderr=False):
        """Runs both, and requires the same exit code, standard output and files, byte for byte."""
        a, b = self.ours.run(name, *arguments), self.reference.run(name, *arguments)
        words = "svm-%s %s" % (name, " ".join(map(str, arguments)))
        if a.returncode != b.returncode:
            self.fault(words, "ends with", a.returncode, "LIBSVM's with", b.returncode, a.stderr, b.stderr)
        if a.stdout != b.stdout:
            self.fault(words, "prints", first_difference(a.stdout, b.stdout))
        if stderr and a.stderr != b.stderr:
            self.fault(words, "says", repr(a.stderr), "LIBSVM's", repr(b.stderr))
        for file in files:
            mine, theirs = self.ours.read(file), self.reference.read(file)
            if mine != theirs:
                self.fault(words, "writes", file, first_difference(mine or "", theirs or ""))
        return a, b


def first_difference(a, b):
    for number, (x, y) in enumerate(zip(a.splitlines() + [None] * 9, b.splitlines() + [None] * 9), 1):
        if x != y:
            return "line %d: %r, LIBSVM's %r" % (number, x, y)
    return "other line ends"


def write(path, rows, labels, precomputed=False):
    with open(path, "w") as file:
        for number, (row, label) in enumerate(zip(rows, labels), 1):
            if precomputed:
                nodes = ["0:%d" % number] + [
                    "%d:%.17g" % (j, sum(p * q for p, q in zip(row, other))) for j, other in enumerate(rows, 1)]
            else:
                nodes = ["%d:%.17g" % (j, v) for j, v in enumerate(row, 1) if v != 0]
            file.write("%.17g %s\n" % (label, " ".join(nodes)))


def scaling(check, table, raw):
    for options in ([], ["-l", "0"], ["-l", "-2", "-u", "0.5"], ["-y", "-1", "1", "-u", "3"]):
        check.both("scale", *options, "-s", "ranges", raw, files=["ranges"], stderr=True)
        # Ranges of the first half on the whole, where features may be unseen.
        half = raw.with_suffix(".half")
        lines = raw.read_text().splitlines(True)
        half.write_text("".join(lines[:len(lines) // 2]))
        check.both("scale", *options, "-s", "ranges", half, files=["ranges"], stderr=True)
        check.both("scale", "-r", "ranges", raw, stderr=True)


def numbers(text):
    return [tuple(map(float, found)) for found in OBJECTIVE.findall(text)]


def kinds(text):
    """Printed lines without their numbers, without dots and stars, which show progress, and without advice about -h."""
    lines = [re.sub(r"[-+.e\d]*\d[-+.e\d]*|-?(inf|nan)\b", "#", line.lstrip(".*")) for line in text.splitlines()]
    return [line for line in lines if line and "using -h" not in line]


def training(check, table, files):
    for formulation in FORMULATIONS:
        for kernel in KERNELS:
            path = files[formulation > 2, kernel == 4]
            nu = table.nu if formulation == 1 else 0.3
            options = ["-s", formulation, "-t", kernel, "-n", nu, "-e", TOLERANCE, "-g", "0.5"]
            name = "%s svm-train %s" % (table.name, " ".join(map(str, options)))
            sides = check.ours, check.reference
            a, b = [side.run("train", *options, path, "model") for side in sides]
            if a.returncode != b.returncode:
                check.fault(name, "ends with", a.returncode, "LIBSVM's with", b.returncode, a.stderr)
                continue
            if a.returncode:
                check.count("refusals", a.stderr == b.stderr)
                continue
            found, expected = numbers(a.stdout), numbers(b.stdout)
            if kinds(a.stdout) != kinds(b.stdout):
                check.fault(name, "prints", first_difference(*("\n".join(kinds(s.stdout)) for s in (a, b))))
            if len(found) != len(expected):
                check.fault(name, len(found), "objectives, LIBSVM", len(expected))
                continue
            scale = max([abs(x[0]) for x in expected] + [1e-9])
            # A ν-SVC's solution is divided by its margin, and its error is: without a margin no digit is left.
            noise = 0
            if formulation == 1:
                noise = TOLERANCE * max(float(c) for c in MARGIN.findall(b.stdout))
            if scale < 1e-2 or not noise < 0.1:
                continue  # the hyperplane through the origin is nothing to compare either
            objectives = [[x[0] for x in side] for side in (found, expected)]
            if formulation == 1:
                # Divided by the square of the margin 1/C, which is not unique where a class has no free vector.
                margins = [[1 / float(c) for c in MARGIN.findall(side.stdout)] for side in (a, b)]
                objectives = [[o * r * r for o, r in zip(*side)] for side in zip(objectives, margins)]
                scale = max(map(abs, objectives[1]))
            worse = max((x - y) / scale for x, y in zip(*objectives))
            if worse > 1e-3 + 4 * noise and kernel != 3:
                check.fault(name, "has an objective that is worse by %.1e" % worse)
            check.count("objectives to 4 digits", all(abs(x - y) <= 1e-4 * scale for x, y in zip(*objectives)))
            check.count("nSV within 2 %", all(abs(x[2] - y[2]) <= 0.02 * y[2] + 1 for x, y in zip(found, expected)))
            check.count("nBSV within 2 %", all(abs(x[3] - y[3]) <= 0.02 * y[3] + 1 for x, y in zip(found, expected)))
            check.count("rho to 3 digits", all(abs(x[1] - y[1]) <= 1e-3 * max(1, abs(y[1])) for x, y in zip(found, expected)))
            predicting(check, name, formulation, path)
            # Cross-validation, with the folds of a fresh program.
            a, b = [side.run("train", "-v", 5, "-q", *options, path) for side in sides]
            if formulation < 3:
                check.count("accuracies of -v 5", a.stdout == b.stdout)
            else:
                x, y = [[float(n) for n in re.findall(r"= (\S+)", side.stdout)] for side in (a, b)]
                check.count("errors of -v 5 to 3 digits", all(abs(p - q) <= 1e-3 * abs(q) for p, q in zip(x, y)))


def predicting(check, name, formulation, path):
    """Each side's model by each side's svm-predict."""
    for side, folder in ((check.ours, check.ours.folder), (check.reference, check.reference.folder)):
        model = folder / "model"
        outputs = []
        for reader in (check.ours, check.reference):
            run = reader.run("predict", path, model, "predictions")
            outputs.append((run.returncode, run.stdout, reader.read("predictions")))
        a, b = outputs
        if a[0] != b[0]:
            check.fault(name, "svm-predict ends with", a[0], b[0])
        elif formulation < 3:
            check.count("predictions of the same model", a == b)
            if a != b:
                x, y = a[2].split(), b[2].split()
                different = sum(p != q for p, q in zip(x, y))
                if len(x) != len(y) or different > 0.01 * len(x) and formulation != 2:
                    check.fault(name, "predicts", different, "rows otherwise")
        else:
            x, y = [[float(word) for word in output[2].split()] for output in outputs]
            if len(x) != len(y) or any(abs(p - q) > 1e-7 * max(1, abs(q)) for p, q in zip(x, y)):
                check.fault(name, "predicts other numbers")


def probabilities(check, table, files):
    for formulation in (0, 1, 3, 4):
        path = files[formulation > 2, False]
        options = ["-s", formulation, "-n", table.nu, "-b", 1, "-q", "-e", "0.00001"]
        name = "%s svm-train %s" % (table.name, " ".join(map(str, options)))
        for side in (check.ours, check.reference):
            if side.run("train", *options, path, "model").returncode:
                check.fault(name, "failed")
                return
        texts = [side.run("train", "-v", 5, *options, path).stdout for side in (check.ours, check.reference)]
        if formulation < 3:
            check.count("accuracies of -v 5 -b 1", texts[0] == texts[1])
        model = check.reference.folder / "model"
        runs = [side.run("predict", "-b", 1, path, model, "predictions") for side in (check.ours, check.reference)]
        if runs[0].stdout != runs[1].stdout and formulation < 3:
            check.fault(name, first_difference(runs[0].stdout, runs[1].stdout))
        a, b = [side.read("predictions").splitlines() for side in (check.ours, check.reference)]
        if formulation < 3 and (a[0] != b[0] or len(a) != len(b)):
            check.fault(name, "begins with", a[0], "LIBSVM", b[0])
        for line, other in zip(a, b):
            if formulation < 3 and line.startswith("labels"):
                continue
            x, y = [[float(word) for word in text.split()] for text in (line, other)]
            if len(x) != len(y) or any(abs(p - q) > 2e-5 * max(1, abs(q)) for p, q in zip(x, y)):
                check.fault(name, "predicts", line, "LIBSVM", other)
                break
        sides = [re.findall(r"(?m)^prob[AB] (.*)", side.read("model")) for side in (check.ours, check.reference)]
        x, y = [[float(word) for word in " ".join(found).split()] for found in sides]
        check.count("sigmoids to 2 digits", len(x) == len(y) and all(
            abs(p - q) <= 1e-2 * max(1, abs(q)) for p, q in zip(x, y)))
        runs = [side.run("predict", "-b", 0, path, model, "predictions") for side in (check.ours, check.reference)]
        if runs[0].stdout.splitlines()[0] != runs[1].stdout.splitlines()[0]:
            check.fault(name, first_difference(runs[0].stdout, runs[1].stdout))


def grid(check, table, files):
    path = files[False, False]
    for options in (
        ["-log2c", "-1,5,3", "-log2g", "1,-5,-3"], ["-log2c", "null", "-log2g", "1,-3,-1", "-v", "3"],
        ["-log2c", "-2,2,1", "-log2g", "null", "-t", "0", "-w1", "2"]):
        options = ["-gnuplot", "null", *options, "-e", "0.0001"]
        outputs = []
        for side in (check.ours, check.reference):
            run = side.run("grid", *options, path)
            outputs.append((run.returncode, run.stdout.splitlines(), side.read(path.name + ".out").splitlines()))
        (a, lines, file), (b, expected, results) = outputs
        name = "%s svm-grid %s" % (table.name, " ".join(options))
        if a != b or len(lines) != len(expected) or len(file) != len(results):
            check.fault(name, "ends with", a, "after", len(lines), "lines; LIBSVM", b, len(expected))
            continue
        for line, other in zip(file, results):
            check.count("rates of svm-grid", line == other)
            if line.split()[:-1] != other.split()[:-1]:
                check.fault(name, "has", line, "LIBSVM", other)
        check.count("lines of svm-grid", lines == expected)


def resuming(check, path):
    options = ["-gnuplot", "null", "-log2c", "-1,5,3", "-log2g", "1,-5,-3"]
    full = check.ours.run("grid", *options, path).stdout.splitlines()
    results = check.ours.folder / (path.name + ".out")
    complete = results.read_text().splitlines(True)
    results.write_text("".join(complete[:4]))
    run = check.ours.run("grid", *options, "-resume", "-e", "0.001", path)
    if sorted(results.read_text().splitlines(True)) != sorted(complete) or run.stdout.splitlines()[-1] != full[-1]:
        check.fault("svm-grid -resume ends in", run.stdout, run.stderr)


def subset(check, path):
    for options, size in ((["-s", 0], 40), (["-s", 1], 40), ([], 7), (["-s", 1], 0)):
        counts = []
        for side in (check.ours, check.reference):
            run = side.run("subset", *options, path, size, "some", "others")
            lines, rest = side.read("some").splitlines(), side.read("others").splitlines()
            if sorted(lines + rest) != sorted(path.read_text().splitlines()):
                check.fault("svm-subset loses lines")
            labels = [line.split()[0] for line in lines] if options != ["-s", 1] else []
            counts.append((run.returncode, len(lines), len(rest), sorted((l, labels.count(l)) for l in set(labels))))
        if counts[0] != counts[1]:
            check.fault("svm-subset", options, size, *counts)
    for arguments in ([], [path], ["-s", 3, path, 4], [path, "x"], [path, 10 ** 6], ["-s", 1, path, 10 ** 6]):
        a, b = [side.run("subset", *arguments).returncode for side in (check.ours, check.reference)]
        if a != b:
            check.fault("svm-subset", arguments, "ends with", a, "LIBSVM's with", b)


MALFORMED = [
    "", "\n", "1\n", "1 1:2\n\n", "x 1:2\n", "1 1:2 1:3\n", "1 2:2 1:3\n", "1 1:x\n", "1 a:1\n", "1 1:\n", "1 1\n",
    "1 1:2 foo\n", "1 1:2 # a comment\n", "1 1:2:3\n", "1 -1:2\n", "1 0:2\n", "1 1:nan\n", "1 1:inf\n", "1,2 1:3\n",
    "1 1:2", "nan 1:2\n", "1 1:0x10\n", "1\t1:2\n", "1 1:2\r\n", "1 1:1e999\n", "+1 +1:+2\n",
    "1 1.5:2\n", "1 1 :2\n", "1 1: 2\n", ":1\n", "1 :2\n", "1 1:2 2:\n"]


def malformed(check, folder):
    good = "".join("%d 1:%d 2:%d\n" % (i % 2, i, 7 * i % 5) for i in range(8))
    for number, text in enumerate(MALFORMED):
        path = folder / ("malformed%d" % number)
        path.write_text(good + text)
        a, b = check.both("checkdata", path)
        a, b = [side.run("train", "-q", path, "model") for side in (check.ours, check.reference)]
        # What LIBSVM computes with, such as NaN, is refused here.
        is_refused = a.returncode == 1 and a.stderr.startswith("ERROR: ") and (":nan" in text or ":inf" in text)
        if (a.returncode, a.stderr) != (b.returncode, b.stderr) and not is_refused:
            check.fault("svm-train of", repr(text), a.returncode, repr(a.stderr), "LIBSVM", b.returncode, repr(b.stderr))


def options(check, folder):
    data = folder / "options.data"
    data.write_text("".join("%d 1:%d 2:%d\n" % (i % 2, i, 7 * i % 5) for i in range(8)))
    check.ours.run("train", "-q", data, "a.model")
    check.reference.run("train", "-q", data, "a.model")
    lists = {
        "train": [
            [], ["-c"], ["-x", "1", data], ["-s", "9", data], ["-t", "7", data], ["-c", "0", data], ["-c", "x", data],
            ["-g", "-1", data], ["-v", "1", data], ["-v", "x", data], ["-e", "0", data], ["-m", "0", data],
            ["-s", "1", "-n", "2", data], ["-s", "3", "-p", "-1", data], ["-h", "2", data], ["-b", "3", data],
            ["nothing"], [data, "no/folder/model"], ["-t", "4", data], ["-t", "1", "-d", "-1", data], ["--help"],
            ["-q"], ["-"], ["-s", "1", "-n", "1", data], ["-w9", "2", "-q", data]],
        "predict": [
            [], ["-x", "1", data, "a.model", "out"], [data, "a.model"], ["nothing", "a.model", "out"],
            [data, "nothing", "out"], [data, "a.model", "no/folder/out"], ["-b", "1", data, "a.model", "out"],
            ["-q", data, "a.model", "out"], [data, data, "out"]],
        "scale": [
            [], ["-x", "1", data], ["nothing"], ["-l", "2", "-u", "1", data], ["-y", "1", "0", data],
            ["-s", "a", "-r", "b", data], ["-r", "nothing", data], ["-s", "no/folder/ranges", data], [data, data],
            ["-l", "x", data]],
        "checkdata": [[], ["nothing"], [data, data]],
    }
    for name, argument_lists in lists.items():
        for arguments in argument_lists:
            runs = [side.run(name, *arguments) for side in (check.ours, check.reference)]
            a, b = [(run.returncode, run.stderr) for run in runs]
            # Debian's programs show how they are used where a value is no number; upstream's read it as 0.
            if "must be a" in a[1]:
                a = (a[0], "")
            if a != b:
                check.fault("svm-%s %s:" % (name, " ".join(map(str, arguments))), a, "LIBSVM", b)
            usage = [run.stdout.startswith("Usage: ") for run in runs]
            if usage[0] != usage[1]:
                check.fault("svm-%s %s: usage is shown by one side" % (name, " ".join(map(str, arguments))))
    for arguments in ([], ["-c", "1", data], ["nothing"], ["-log2c", "null", "-log2g", "null", data]):
        a, b = [side.run("grid", *arguments) for side in (check.ours, check.reference)]
        if a.returncode != b.returncode:
            check.fault("svm-grid", arguments, a.returncode, "LIBSVM", b.returncode)


def easy(check, folder, path):
    run = check.ours.run("easy", path, path)
    lines = run.stdout.splitlines()
    kinds = [line.split()[0] for line in lines]
    if run.returncode or kinds != [
            "Scaling", "Cross", "Best", "Training...", "Output", "Scaling", "Testing...", "Accuracy", "Output"]:
        check.fault("svm-easy", run.returncode, run.stdout, run.stderr)
        return
    for suffix in (".scale", ".range", ".model", ".predict", ".scale.out"):
        if check.ours.read(path.name + suffix) is None:
            check.fault("svm-easy makes no", suffix)
    print("svm-easy:", lines[2], "|", lines[7])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("svm")
    parser.add_argument("--reference", default="/usr/bin")
    parser.add_argument("--datasets")
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--only", action="append")
    arguments = parser.parse_args()
    if not pathlib.Path(arguments.reference, "svm-train").exists():
        sys.exit("check-programs: there is no %s/svm-train; Debian has it in libsvm-tools" % arguments.reference)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        links = folder / "links"
        links.mkdir()
        for program in NAMES:
            (links / ("svm-" + program)).symlink_to(pathlib.Path(arguments.svm).resolve())
        check = Check(Side(links, folder / "ours"), Side(arguments.reference, folder / "reference"))
        options(check, folder)
        malformed(check, folder)
        for table in sets.sets(arguments.rows, arguments.datasets):
            if arguments.only and table.name not in arguments.only:
                continue
            files = {}
            for regression in (False, True):
                for precomputed in (False, True):
                    path = folder / ("%s.%d%d" % (table.name, regression, precomputed))
                    write(path, table.rows, table.targets if regression else table.labels, precomputed)
                    files[regression, precomputed] = path
            scaling(check, table, files[True, False])
            training(check, table, files)
            probabilities(check, table, files)
            grid(check, table, files)
            print(table.name, "%d faults" % len(check.faults), flush=True)
        resuming(check, files[False, False])
        subset(check, files[False, False])
        easy(check, folder, files[False, False])
    print("\nequal")
    for name, count in check.compared.items():
        print("  %-40s %5d of %5d" % (name, check.equal[name], count))
    print("%d faults" % len(check.faults))
    return 1 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main())
