#!/usr/bin/env python3
"""Makes the checkpoint and the table of trials in Tests/References/early, which an early build of svm wrote.

usage: Tests/References/make_early_state.py SVM FOLDER

Both are of a small table, which FOLDER gets too. A later build reads them, or refuses them with one sentence.
"""

import os
import random
import subprocess
import sys


def main():
    svm, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    draw = random.Random(12)
    lines = ["length,width,kind"]
    for _ in range(60):
        x, y = draw.gauss(0, 1), draw.gauss(0, 1)
        lines.append("%.3f,%.3f,%s" % (x, y, "small" if x * y + draw.gauss(0, 0.3) > 0 else "large"))
    with open(os.path.join(folder, "table.csv"), "w") as file:
        file.write("\n".join(lines) + "\n")
    run = lambda *words: subprocess.run([svm, *words, "--quiet", "--threads", "1"], check=True, cwd=folder)
    run("train", "table.csv", "-c", "100", "-o", "x.model", "--checkpoint", "training.checkpoint",
        "--checkpoint-interval", "1ms")
    run("tune", "table.csv", "--search", "grid", "--c", "1,10", "--gamma", "0.1,1", "--folds", "3",
        "--trials", "trials.csv", "-o", "x.model")
    os.remove(os.path.join(folder, "x.model"))


if __name__ == "__main__":
    main()
