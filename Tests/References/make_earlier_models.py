#!/usr/bin/env python3
"""Makes the model files in Tests/References/models-VERSION, and what their own program predicts with them.

usage: Tests/References/make_earlier_models.py SVM FOLDER

Models that a released version wrote must load and predict the same for ever. Each model here is of a
small table with numbers, gaps, a category, a text and weights; FOLDER gets the table, the rows to
predict, and for each model NAME.model and NAME.csv, what `svm predict` of that version printed.
"""

import os
import random
import subprocess
import sys

WORDS = "free offer meeting lunch report winner claim today project review".split()
# name: target, options
TRAININGS = {
    "c-svc": ("kind", "-s c-svc -c 10"),
    "c-svc-rest": ("kind", "-s c-svc --multiclass one-versus-rest -t polynomial -d 2 -r 1"),
    "c-svc-sigmoid": ("pair", "-s c-svc --probability"),
    "c-svc-isotonic": ("kind", "-s c-svc --probability --calibration isotonic"),
    "c-svc-temperature": ("kind", "-s c-svc --probability --calibration temperature"),
    "c-svc-weights": ("pair", "-s c-svc -t laplacian --weight-column weight"),
    "c-svc-text": ("pair", "-s c-svc -t linear --text message"),
    "c-svc-primal": ("kind", "-s c-svc -t linear --solver primal"),
    "c-svc-nystrom": ("pair", "-s c-svc --feature-map nystrom --components 8"),
    "nu-svc": ("kind", "-s nu-svc --nu 0.3 -t sigmoid -g 0.05"),
    "logistic": ("kind", "-s logistic --probability"),
    "logistic-fourier": ("pair", "-s logistic --feature-map fourier --components 16 --probability"),
    "ls-svc": ("kind", "-s ls-svc"),
    "discriminant": ("kind", "-s discriminant"),
    "epsilon-svr": ("price", "-s epsilon-svr -c 50 --epsilon 0.5 -t laplacian-l1"),
    "epsilon-svr-intervals": ("price", "-s epsilon-svr -c 50 --epsilon 0.5 --probability"),
    "epsilon-svr-raw-target": ("price", "-s epsilon-svr -c 50 --epsilon 0.5 --scale-target off"),
    "nu-svr": ("price", "-s nu-svr -c 50 --impute median --scale minmax"),
    "ls-svr": ("price", "-s ls-svr --lambda 0.1"),
    "kernel-ridge": ("price", "-s kernel-ridge --lambda 0.1 --scale maxabs"),
    "one-class": ("price", "-s one-class --nu 0.2"),
    "one-class-quantiles": ("price", "-s one-class --nu 0.2 --probability"),
    "svdd": ("price", "-s svdd --nu 0.2 -t linear"),
    "kernel-pca": ("price", "-s kernel-pca --components 3"),
}
TARGETS = ["kind", "pair", "price"]


def table(draw, count):
    lines = ["length,width,colour,message,weight,kind,pair,price"]
    for row in range(count):
        x, y = draw.gauss(0, 1), draw.gauss(0, 1)
        lines.append(",".join([
            "%.3f" % x, "" if row % 7 == 3 else "%.3f" % y, draw.choice(["red", "green", "blue"]),
            " ".join(draw.choices(WORDS, k=4)), str(draw.choice([1, 1, 2, 0.5])),
            draw.choice(["small", "large"]) if x > 0 else "round", "no" if x * y < 0.2 else "yes",
            "%.2f" % (100 + 10 * x + 3 * y * y + draw.gauss(0, 1))]))
    return "\n".join(lines) + "\n"


def main():
    svm, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    draw = random.Random(1)
    open("table.csv", "w").write(table(draw, 40))
    open("rows.csv", "w").write(table(draw, 12))
    for name, (target, options) in TRAININGS.items():
        command = [svm, "train", "table.csv", "--target", target, "-o", name + ".model", "--quiet"]
        for other in TARGETS + ["weight"]:
            if other != target and ("--weight-column " + other) not in options:
                command += ["--drop", other]
        if "--text" not in options:
            command += ["--drop", "message"]
        subprocess.run(command + options.split(), check=True)
        shown = ["--decision-values"] if name != "kernel-pca" else []
        if any(word in name for word in ("sigmoid", "isotonic", "temperature", "logistic", "quantiles")):
            shown.append("--probability")
        if "intervals" in name:
            shown += ["--interval", "0.9"]
        result = subprocess.run([svm, "predict", name + ".model", "rows.csv", *shown], check=True, capture_output=True)
        open(name + ".csv", "wb").write(result.stdout)


if __name__ == "__main__":
    main()
