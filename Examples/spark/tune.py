"""Chooses C and gamma as one Spark job, a task for each candidate, and trains on all rows.

usage: spark-submit tune.py TABLE TARGET MODEL [--c 0.1,1,10] [--gamma 0.01,0.1,1] [--folds 5]

  TABLE   a CSV file with a header, which fits the memory of an executor
  TARGET  the column with the classes
  MODEL   where the model goes, a file of the command svm

The table is broadcast once. For rows that do not fit one machine, see the article "More than one machine"; for the
search of the command by several processes, Examples/clusters.
"""

import argparse
import itertools

import numpy as np
import pandas as pd
import supportvectors as sv
from pyspark.sql import SparkSession
from sklearn.model_selection import StratifiedKFold, cross_val_score


def estimator(candidate):
    return sv.TabularClassifier(C=candidate[0], gamma=candidate[1], probability=False, random_state=0)


def tuned(context, rows, target, candidates, folds=5):
    """The mean accuracy of each candidate, (C, gamma), in their order."""
    shared = context.broadcast(rows)

    def measure(candidate):
        table = shared.value
        # The same folds in every task.
        splits = StratifiedKFold(folds, shuffle=True, random_state=0)
        X, y = table.drop(columns=[target]), table[target]
        return candidate, float(np.mean(cross_val_score(estimator(candidate), X, y, cv=splits)))

    return context.parallelize(candidates, len(candidates)).map(measure).collect()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table")
    parser.add_argument("target")
    parser.add_argument("model")
    parser.add_argument("--c", default="0.1,1,10,100")
    parser.add_argument("--gamma", default="0.001,0.01,0.1,1")
    parser.add_argument("--folds", type=int, default=5)
    arguments = parser.parse_args()
    # A task trains on one core.
    spark = SparkSession.builder.appName("svm-tune").config("spark.executorEnv.OMP_NUM_THREADS", "1").getOrCreate()
    rows = pd.read_csv(arguments.table)
    values = [[float(value) for value in text.split(",")] for text in (arguments.c, arguments.gamma)]
    found = tuned(spark.sparkContext, rows, arguments.target, list(itertools.product(*values)), arguments.folds)
    for (c, gamma), accuracy in sorted(found, key=lambda one: -one[1]):
        print(f"C {c:g} gamma {gamma:g}: {accuracy:.4f}")
    # Of equals the smallest C and gamma.
    best = min(found, key=lambda one: (-one[1], one[0]))[0]
    sv.TabularClassifier(C=best[0], gamma=best[1]).fit(
        rows.drop(columns=[arguments.target]), rows[arguments.target]).save(arguments.model)
    print(f"{arguments.model}: C {best[0]:g}, gamma {best[1]:g}")
    spark.stop()


if __name__ == "__main__":
    main()
