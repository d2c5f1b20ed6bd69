#!/usr/bin/env python3
"""Runs the commands that the documents show with a dollar sign, and compares their output with what is shown.

usage: Scripts/check-readme.py        with the svm to be shown first in PATH

The documents are the README and the articles about the command. The commands of a document run in one folder, in
order. Lines about time are skipped. Numbers may differ by a twentieth, and those under a thousandth by any amount:
processors round differently, and numbers of steps follow. Links to files of the repository must lead somewhere.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md"] + sorted(ROOT.glob("Sources/SVMCommand/SVMCommand.docc/*.md"))
LINK = re.compile(r"(?:\]\(|src=\"|srcset=\")([^)\"#:]+)[#)\"]")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def examples(document):
    """Commands, each with the lines that follow it; what `cat` shows is a file that later commands read."""
    for block in re.findall(r"```[a-z]*\n(.*?)```", document, re.DOTALL):
        for part in re.split(r"(?m)^\$ ", block)[1:]:
            command, _, output = part.partition("\n")
            yield command, output.strip().splitlines()


def is_alike(shown, printed):
    if NUMBER.sub("0", shown) != NUMBER.sub("0", printed):
        return False
    for a, b in zip(NUMBER.findall(shown), NUMBER.findall(printed)):
        larger = max(abs(float(a)), abs(float(b)))
        if larger >= 1e-3 and abs(float(a) - float(b)) > 0.05 * larger:
            return False
    return True


def broken_links(path, document):
    """Links to files that are not there; DocC finds pictures by their names alone, and checks them itself."""
    for link in LINK.findall(document):
        if ("/" in link or "." in link) and not (path.parent / link).exists():
            yield link


def check(path):
    """Runs the commands of one document, and returns the number of those whose output differs."""
    failures = 0
    document = path.read_text()
    for link in broken_links(path, document):
        failures += 1
        print("%s: no file %s" % (path.name, link))
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "Datasets", pathlib.Path(folder, "Datasets"))
        for command, shown in examples(document):
            if command.startswith("cat "):
                pathlib.Path(folder, command.split()[1]).write_text("\n".join(shown) + "\n")
                continue
            run = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True)
            printed = run.stdout.strip().splitlines()
            shown, printed = ([line for line in lines if not line.startswith("time")] for lines in (shown, printed))
            differing = [pair for pair in zip(shown, printed) if not is_alike(*pair)]
            if differing or len(shown) != len(printed):
                failures += 1
                print("$ %s\n  %s has %d lines, the command prints %d %s" % (
                    command, path.name, len(shown), len(printed), run.stderr.strip()))
                for pair in differing[:3]:
                    print("  shown    %s\n  printed  %s" % pair)
    return failures


def main():
    return 1 if sum(check(path) for path in DOCUMENTS) else 0


if __name__ == "__main__":
    sys.exit(main())
