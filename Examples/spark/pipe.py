"""Scores lines of CSV on Spark through the command, without the Python package: `pipe` and `svm predict -`.

usage: spark-submit pipe.py MODEL TABLE OUTPUT [--svm PROGRAM]

  MODEL   a model file, at this path on every executor (or sent there by --files)
  TABLE   a CSV file with a header
  OUTPUT  a folder for text files: a prediction for each row, in order

Each partition starts the command once. It streams: rows go in while predictions come out.

Spark cuts the text at line ends, so that every row must be one line: fields with line ends in quotes do not work; the
command would say that a quote is not closed, or that a row has another number of fields. TABLE is one file: of a folder of
files with headers, those after the first would be taken for rows. score.py takes such folders, and such fields where Spark
reads the table with multiLine=True.
"""

import argparse
import shlex

from pyspark.sql import SparkSession


def predictions(lines, model, svm="svm"):
    """An RDD of predictions of an RDD of lines, whose first is the header."""
    header = lines.first()
    rows = lines.zipWithIndex().filter(lambda pair: pair[1] > 0).keys()

    def with_header(part):
        # Nothing at all would be no table.
        first = next(part, None)
        if first is not None:
            yield header
            yield first
            yield from part

    command = shlex.join([svm, "predict", model, "-", "--keep", "none"])
    # A partition without rows is no table: the command is not asked.
    guarded = f'IFS= read -r header || exit 0; {{ printf "%s\\n" "$header"; cat; }} | {command}'
    piped = rows.mapPartitions(with_header).pipe(shlex.join(["sh", "-c", guarded]), checkCode=True)
    return piped.mapPartitions(lambda part: (line for place, line in enumerate(part) if place > 0))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("table")
    parser.add_argument("output")
    parser.add_argument("--svm", default="svm")
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName("svm-pipe").getOrCreate()
    lines = spark.sparkContext.textFile(arguments.table)
    predictions(lines, arguments.model, arguments.svm).saveAsTextFile(arguments.output)
    spark.stop()


if __name__ == "__main__":
    main()
