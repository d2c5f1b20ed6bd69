#!/bin/bash
# Shows the main job on real data: train with a holdout, evaluate, predict.
# Usage: demo.sh PATH-OF-SVM
set -euo pipefail

svm=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cp "$root/Datasets/iris.csv" .

step() {
  printf '\n\033[1m%s\033[0m\n' "$1" | if [[ -t 1 ]]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi
}

run() {
  echo "\$ svm $*"
  "$svm" "$@" 2>&1
}

step "1. Train on iris, keeping a fifth of the rows to measure on"
run train iris.csv --holdout 0.2 -o iris.model

step "2. Evaluate the model on the whole table (most of it was trained on)"
run evaluate iris.model iris.csv

step "3. Predict rows without the species"
{
  sed -n '1p' iris.csv
  sed -n '2p;28p;52p;71p;102p;135p' iris.csv
} | cut -d, -f1-4 > new.csv
run predict iris.model new.csv --keep all
echo
