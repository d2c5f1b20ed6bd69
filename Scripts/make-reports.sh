#!/bin/bash
# Makes reports and pictures of models of the data in Datasets: two classes, ten, numbers, folds, a search,
# names that want to be markup. `make check-reports` then renders them.
#
# Usage: make-reports.sh SVM FOLDER     SVM is the command, FOLDER gets *.html and *.svg
set -euo pipefail

if (($# != 2)); then
  echo "usage: $0 SVM FOLDER" >&2
  exit 64
fi
svm=$(realpath "$1")
data=$(realpath "$(dirname "$0")/../Datasets")
mkdir -p "$2"
cd "$2"
models=$(mktemp -d)
trap 'rm -rf "$models"' EXIT

"$svm" train "$data/breast-cancer.csv" --probability --holdout 0.3 --report tumours.html \
  -o "$models/tumours.model" --quiet
"$svm" train "$data/digits.csv" --probability --holdout 0.3 --report digits.html \
  -o "$models/digits.model" --quiet
"$svm" train "$data/diabetes.csv" --kernel linear --c 50 --epsilon 20 --holdout 0.3 \
  --report diabetes.html -o "$models/diabetes.model" --quiet
"$svm" evaluate "$models/tumours.model" "$data/breast-cancer.csv" --report evaluation.html > /dev/null
"$svm" cv "$data/wine.csv" --learning-curve --report folds.html --quiet
"$svm" tune "$data/breast-cancer.csv" --report search.html --trials "$models/trials.csv" \
  -o "$models/best.model" --quiet
"$svm" train "$data/wine.csv" -s one-class --nu 0.05 --target cultivar --report outliers.html \
  -o "$models/wines.model" --quiet

# Three columns whose names and texts want to be markup.
awk -F, -v OFS=, 'NR == 1 { print "<b>a&b</b>", "\"quoted\"", "class" }
  NR > 1 { print $1, $4, ($5 == "setosa" ? "<script>alert(1)</script>" : "&amp;" $5) }' \
  "$data/iris.csv" > "$models/names.csv"
"$svm" train "$models/names.csv" --probability --report names.html -o "$models/names.model" --quiet

for kind in confusion roc precision-recall threshold gain calibration scores importance dependence regions map; do
  "$svm" plot "$models/tumours.model" "$data/breast-cancer.csv" --kind "$kind" -o "$kind.svg" > /dev/null
done
for kind in predicted residuals residual-histogram residual-quantiles weights; do
  "$svm" plot "$models/diabetes.model" "$data/diabetes.csv" --kind "$kind" -o "$kind.svg" > /dev/null
done
"$svm" train "$data/iris.csv" --kernel linear --report flowers.html -o "$models/flowers.model" --quiet
"$svm" plot "$models/flowers.model" --kind weights -o weights-of-pairs.svg > /dev/null
for kind in heatmap path; do
  "$svm" plot "$models/trials.csv" --kind "$kind" -o "$kind.svg" > /dev/null
done
wc -c ./*.html
