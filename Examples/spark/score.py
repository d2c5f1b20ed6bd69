"""Scores a table on Spark with a model of `svm train` or of the Python package.

usage: spark-submit score.py MODEL TABLE OUTPUT [--column NAME]

  MODEL   the file of a model for tables; small ones travel with the tasks, so that no common folder is needed
  TABLE   a CSV file or folder with a header
  OUTPUT  a folder for Parquet files: the rows, and a column with the predictions

The package must be installed where the executors run. Spark passes Arrow batches to Python (mapInPandas); the rows of a
batch are predicted by one call.
"""

import argparse

import supportvectors as sv
from pyspark.sql import SparkSession
from pyspark.sql.types import DoubleType, StringType, StructField, StructType


def with_predictions(table, estimator, column="prediction"):
    """The rows of a DataFrame with one column more: the class as a string, or the number."""
    is_classifier = hasattr(estimator, "classes_")
    schema = StructType([*table.schema.fields, StructField(column, StringType() if is_classifier else DoubleType())])

    def predict(batches):
        for batch in batches:
            # Where every value is missing, Spark says None, and a column of numbers looks like one of texts.
            found = estimator.predict(batch) if len(batch) else []
            yield batch.assign(**{column: [str(value) if is_classifier else float(value) for value in found]})

    return table.mapInPandas(predict, schema)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("table")
    parser.add_argument("output")
    parser.add_argument("--column", default="prediction")
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName("svm-score").getOrCreate()
    table = spark.read.csv(arguments.table, header=True, inferSchema=True)
    scored = with_predictions(table, sv.load(arguments.model), arguments.column)
    scored.write.mode("overwrite").parquet(arguments.output)
    spark.stop()


if __name__ == "__main__":
    main()
