#!/usr/bin/env python3
"""Runs the commands that the README shows with a dollar sign, and compares what they print with what it shows.

usage: Scripts/check-readme.py        with the svm to be shown first in PATH

Lines about time are passed over. Numbers may differ by a twentieth, and those under a thousandth as they like:
processors round differently, and counts of steps follow.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def examples(readme):
    """Commands, each with the lines that follow it; what `cat` shows is a file that later commands read."""
    for block in re.findall(r"```[a-z]*\n(.*?)```", readme, re.DOTALL):
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


def main():
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "Datasets", pathlib.Path(folder, "Datasets"))
        for command, shown in examples((ROOT / "README.md").read_text()):
            if command.startswith("cat "):
                pathlib.Path(folder, command.split()[1]).write_text("\n".join(shown) + "\n")
                continue
            run = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True)
            printed = run.stdout.strip().splitlines()
            shown, printed = ([line for line in lines if not line.startswith("time")] for lines in (shown, printed))
            differing = [pair for pair in zip(shown, printed) if not is_alike(*pair)]
            if differing or len(shown) != len(printed):
                failures += 1
                print("$ %s\n  the README has %d lines, the command prints %d %s" % (
                    command, len(shown), len(printed), run.stderr.strip()))
                for pair in differing[:3]:
                    print("  shown    %s\n  printed  %s" % pair)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
