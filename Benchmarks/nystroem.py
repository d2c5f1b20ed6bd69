#!/usr/bin/env python3
"""Compares the Nyström feature map with scikit-learn's Nystroem and LinearSVC.

    Benchmarks/nystroem.py --program .build/release/svm --data FOLDER [--components 50 100 200 500 1000]

Both take the same γ and C. The accuracy is that on rows that were not trained on: a9a has a test set, of
ijcnn1 every fifth row is kept back. The seconds are those of training: `svm train` says its own, of the
pipeline it is `fit`; reading is in neither. Processor seconds say what was computed when others use the
machine; reading and measuring are in those of `svm`.

Prints a table in Markdown. Needs numpy, scipy and scikit-learn.
"""
import argparse
import json
import pathlib
import resource
import subprocess
import tempfile
import time

import numpy as np
from sklearn.datasets import dump_svmlight_file, load_svmlight_file
from sklearn.kernel_approximation import Nystroem
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

CASES = {"a9a": (0.03, 1.0), "ijcnn1": (2.0, 32.0)}


def load(name, folder):
    features, targets = load_svmlight_file(str(folder / f"{name}.svm"))
    if name == "a9a":
        unseen, answers = load_svmlight_file(
            str(folder / "a9a-test.svm"), n_features=features.shape[1])
        return features, targets, unseen, answers
    kept = np.arange(len(targets)) % 5 == 0
    return features[~kept], targets[~kept], features[kept], targets[kept]


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_svm(program, folder, gamma, c, components):
    train, test, model = f"{folder}/train.svm", f"{folder}/test.svm", f"{folder}/{components}.model"
    begin = processor_seconds()
    report = json.loads(subprocess.run(
        [program, "train", train, "--feature-map", "nystrom", "--components", str(components),
         "--gamma", str(gamma), "--c", str(c), "--output", model, "--json", "-"],
        check=True, capture_output=True, text=True).stdout)
    processor = processor_seconds() - begin
    measured = json.loads(subprocess.run(
        [program, "evaluate", model, test, "--json", "-"],
        check=True, capture_output=True, text=True).stdout)
    return report, measured, processor


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--components", type=int, nargs="*", default=[50, 100, 200, 500, 1000])
    parser.add_argument("--only", nargs="*", default=list(CASES))
    arguments = parser.parse_args()
    print("| data | components | svm: accuracy | seconds | processor seconds | scikit-learn: accuracy | seconds "
          "| processor seconds |\n|---|---|---|---|---|---|---|---|", flush=True)
    for name in arguments.only:
        gamma, c = CASES[name]
        features, targets, unseen, answers = load(name, arguments.data)
        with tempfile.TemporaryDirectory() as folder:
            dump_svmlight_file(features, targets, f"{folder}/train.svm", zero_based=False)
            dump_svmlight_file(unseen, answers, f"{folder}/test.svm", zero_based=False)
            for components in arguments.components:
                report, measured, processor = run_svm(
                    arguments.program, folder, gamma, c, components)
                pipeline = make_pipeline(
                    Nystroem(gamma=gamma, n_components=components, random_state=0),
                    LinearSVC(C=c, loss="hinge", random_state=0, max_iter=1000))
                begin, begin_processor = time.perf_counter(), time.process_time()
                pipeline.fit(features, targets)
                seconds = time.perf_counter() - begin
                their_processor = time.process_time() - begin_processor
                accuracy = (pipeline.predict(unseen) == answers).mean()
                ours = next(
                    metric["value"] for metric in measured["metrics"] if metric["name"] == "accuracy")
                own = report["timing"]["train"]
                print(f"| {name} | {components} | {ours:.4f} | {own:.2f} | {processor:.2f} | {accuracy:.4f} "
                      f"| {seconds:.2f} | {their_processor:.2f} |", flush=True)


if __name__ == "__main__":
    main()
