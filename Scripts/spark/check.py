#!/usr/bin/env python3
"""Checks the examples of Examples/spark and Examples/clusters; see check.sh."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Examples/spark"))
# Executors run this Python, on this machine alone.
os.environ.update(
    PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1", PYTHONPATH=str(ROOT / "Examples/spark"),
    OMP_NUM_THREADS="1", PATH=f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}")

import numpy as np
import pandas as pd
import supportvectors as sv
from pyspark.sql import SparkSession

import pipe
import score
import tune

SVM = str(pathlib.Path(sys.executable).parent / "svm")


def scoring(spark, folder):
    """A model of the command, on a table with categories and missing values in three partitions."""
    table = ROOT / "Datasets/iris.csv"
    rows = pd.read_csv(table)
    target = rows.columns[-1]
    numbers = np.arange(len(rows))
    rows["place"] = np.where(numbers % 7 == 0, None, np.where(numbers % 2, "north", "south"))
    rows.iloc[5, 0] = None
    rows["row"] = numbers
    data = folder / "rows.csv"
    rows.to_csv(data, index=False)
    model = folder / "rows.model"
    subprocess.run([SVM, "train", data, "--target", target, "--id", "row", "-o", model, "--quiet"], check=True)
    expected = [str(value) for value in sv.load(model).predict(rows)]
    frame = spark.read.csv(str(data), header=True, inferSchema=True).repartition(3)
    scored = score.with_predictions(frame, sv.load(model)).toPandas().sort_values("row")
    assert list(scored["row"]) == list(rows["row"])
    assert list(scored["prediction"]) == expected
    assert (scored["prediction"] == scored[target]).mean() > 0.9
    # A regression, and a DataFrame without rows.
    names = list(rows.columns[:4])
    regressor = sv.TabularRegressor().fit(rows[names[:3]], rows[names[3]])
    part = spark.createDataFrame(rows[names[:3]].dropna())
    found = score.with_predictions(part, regressor, "width").toPandas()
    np.testing.assert_array_equal(found["width"], regressor.predict(found[names[:3]]))
    assert score.with_predictions(part.limit(0), regressor, "width").count() == 0
    return data, model, expected


def piping(spark, data, model, expected):
    for parts in (1, 9):
        lines = spark.sparkContext.textFile(str(data), parts)
        found = pipe.predictions(lines, str(model), SVM).collect()
        assert found == expected, (parts, len(found), found[:3])


def tuning(spark):
    rows = pd.read_csv(ROOT / "Datasets/wine.csv")
    target = rows.columns[-1]
    candidates = [(c, gamma) for c in (0.1, 10.0) for gamma in (0.001, 0.1, 10.0)]
    found = tune.tuned(spark.sparkContext, rows, target, candidates, 3)
    assert [candidate for candidate, _ in found] == candidates
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    for candidate, accuracy in found:
        splits = StratifiedKFold(3, shuffle=True, random_state=0)
        here = cross_val_score(
            tune.estimator(candidate), rows.drop(columns=[target]), rows[target], cv=splits).mean()
        assert accuracy == here, (candidate, accuracy, here)
    assert max(accuracy for _, accuracy in found) > 0.9


def clusters(folder):
    """The scripts for Slurm and GNU parallel, without them: their tasks as processes here."""
    data = folder / "search.csv"
    shutil.copy(ROOT / "Datasets/iris.csv", data)
    script = ROOT / "Examples/clusters/tune-slurm.sh"
    tasks = [
        subprocess.Popen(
            ["bash", script, "search.csv"], cwd=folder, env=dict(os.environ, SLURM_ARRAY_TASK_ID=str(number)))
        for number in range(3)]
    assert [task.wait() for task in tasks] == [0, 0, 0]
    model = (folder / "search.model").read_bytes()
    subprocess.run([SVM, "tune", "search.csv", "-o", "alone.model", "--quiet"], cwd=folder, check=True)
    assert model == (folder / "alone.model").read_bytes(), "three tasks end with another model than one process"
    if shutil.which("parallel"):
        for file in folder.glob("search*[!v]"):
            file.unlink()
        (folder / "search-trials.csv").unlink(missing_ok=True)
        subprocess.run(["bash", ROOT / "Examples/clusters/tune-parallel.sh", "search.csv"], cwd=folder, check=True)
        assert model == (folder / "search.model").read_bytes(), "parallel ends with another model"
        return "with GNU parallel"
    return "without GNU parallel, which is not installed"


def main():
    spark = SparkSession.builder.master("local[2]").appName("check").config(
        "spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false").config("spark.sql.shuffle.partitions", "2").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data, model, expected = scoring(spark, folder)
        print("scoring by mapInPandas: right", flush=True)
        piping(spark, data, model, expected)
        print("scoring by pipe: right", flush=True)
        tuning(spark)
        print("tuning as one job: right", flush=True)
        spark.stop()
        print(f"a search by several processes: right, {clusters(folder)}", flush=True)


if __name__ == "__main__":
    main()
