#!/bin/bash
# A walk through the `svm` command, from a table to a model that is known to be right. Every step
# says what it shows, runs the command and checks its own claim, so that this text cannot be wrong.
#
#   make walkthrough          builds svm and runs this file
#   Examples/walkthrough.sh   uses the svm in PATH
set -euo pipefail

data="$(cd "$(dirname "$0")/../Datasets" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"

step() { printf '\n\033[1m# %s\033[0m\n' "$1"; }

# Shows a command and runs it; what it prints is kept for the checks that follow.
run() {
  printf '$ %s\n' "$*"
  status=0
  "$@" > output.txt 2> errors.txt || status=$?
  cat output.txt errors.txt
}

ends_with() {
  [[ $status -eq $1 ]] || { echo "walkthrough: expected exit status $1, got $status" >&2; exit 1; }
}

prints() {
  grep -Eq -- "$1" output.txt errors.txt ||
    { echo "walkthrough: expected a line that matches: $1" >&2; exit 1; }
}

step 'Train: the last column is learned, columns are scaled, a fifth of the rows measures'
run svm train "$data/iris.csv" --holdout 0.2
ends_with 0
prints '^task +classification'
prints '^solution +converged'
prints '^on held-out rows +accuracy (1|0\.9)'
[[ -s iris.model ]]

step 'Predict: a CSV file comes in, a CSV file goes out; the columns may stand in any order'
cat > new.csv << 'CSV'
species,petal_width,petal_length,sepal_width,sepal_length
,0.2,1.4,3.5,5.1
,1.3,4.0,2.8,6.1
,2.3,6.1,3.0,7.7
CSV
run svm predict iris.model new.csv
ends_with 0
[[ $(tr '\n' ' ' < output.txt) == 'prediction setosa versicolor virginica ' ]]

step 'In a pipe: rows are labelled as they arrive; input columns may be kept beside the labels'
tail -n +2 "$data/iris.csv" | cut -d, -f1-4 > rows.csv
printf '$ svm predict iris.model - --keep all --decision-values < rows.csv | head -3\n'
svm predict iris.model - --keep all --decision-values < rows.csv | head -3 | tee output.txt
[[ $(wc -l < output.txt) -eq 3 ]]

step 'Evaluate: predictions against the truth'
run svm evaluate iris.model "$data/iris.csv"
ends_with 0
prints '^accuracy +0\.9'

step 'A report: one page with charts that needs no network; single pictures by svm plot'
run svm evaluate iris.model "$data/iris.csv" --report iris.html
ends_with 0
grep -q '<!DOCTYPE html>' iris.html
run svm plot iris.model "$data/iris.csv" --kind importance -o importance.svg
ends_with 0
[[ -s importance.svg ]]

step 'Verify: the certificate recomputed in double precision, from the model file and the data'
run svm verify iris.model "$data/iris.csv"
ends_with 0

step 'Inspect: everything that predictions depend on is in the one file'
run svm inspect iris.model
ends_with 0
prints '^kernel +gaussian'
prints '^petal_length +number'

step 'Regression: a target with decimals or many values is predicted as a number'
run svm train "$data/diabetes.csv" --c 50 --epsilon 20 --holdout 0.25 -o diabetes.model
ends_with 0
prints '^task +regression'
prints 'R² 0\.[3-9]'

step 'Weights and probabilities: what is costly to miss weighs more, also where labels follow probabilities'
run svm train "$data/breast-cancer.csv" --class-weight malignant=3 --probability --holdout 0.3 \
  -o tumours.model
ends_with 0
prints '^class weights +benign 1, malignant 3'
prints '^probabilities +sigmoid, learned from 5 folds; decision threshold'
prints '^on held-out rows .*Brier score 0\.0'
svm predict tumours.model "$data/breast-cancer.csv" --probability > sure.csv
awk -F, 'NR > 1 && ($1 == "malignant") != (3 * $3 > $2) { exit 1 }' sure.csv ||
  { echo 'walkthrough: a label is not the most probable class' >&2; exit 1; }
run svm evaluate tumours.model "$data/breast-cancer.csv"
prints '^ROC AUC +0\.99'

step 'A weight of 2 is the row twice, one of 0 is no row'
awk -F, -v OFS=, '{ print $0, NR == 1 ? "weight" : (NR % 3) }' "$data/iris.csv" > weighted.csv
awk -F, 'NR == 1 { print } NR > 1 { for (i = 0; i < NR % 3; i++) print }' "$data/iris.csv" > repeated.csv
run svm train weighted.csv --target species --weight-column weight -e 1e-8
ends_with 0
prints '^row weights +column weight; 50 rows of weight 0 left out'
svm train repeated.csv -e 1e-8 --quiet
svm predict weighted.model "$data/iris.csv" --decision-values > weighted.out
svm predict repeated.model "$data/iris.csv" --decision-values > repeated.out
paste -d, weighted.out repeated.out |
  awk -F, 'function far(a, b) { return a - b > 1e-5 || b - a > 1e-5 }
    NR > 1 && (far($2, $6) || far($3, $7) || far($4, $8)) { exit 1 }' ||
  { echo 'walkthrough: weights and repeated rows differ' >&2; exit 1; }

step 'Numbers with intervals: errors on held-out rows say how wide they must be'
run svm train "$data/diabetes.csv" -s ls-svr --probability -o ridge.model
ends_with 0
prints '^parameters +lambda .*leave-one-out error'
svm predict ridge.model "$data/diabetes.csv" --interval 0.9 > intervals.csv
[[ $(head -1 intervals.csv) == prediction,lower,upper ]]

step 'One class: what is unlike the rest, without an answer to learn from'
run svm train "$data/wine.csv" -s one-class --nu 0.05 --target cultivar --probability -o wines.model
ends_with 0
prints '13 features, without cultivar'
svm predict wines.model "$data/wine.csv" --probability > wines.csv
[[ $(head -1 wines.csv) == prediction,quantile ]]

step 'Coordinates: two principal components in the space of the kernel'
run svm train "$data/wine.csv" -s kernel-pca --target cultivar -o map.model
ends_with 0
svm predict map.model "$data/wine.csv" --keep cultivar > map.csv
[[ $(head -1 map.csv) == cultivar,component_1,component_2 ]]

step 'Many rows: a feature map lets a linear model stand for the kernel'
run svm train "$data/digits.csv" --feature-map nystrom --components 300 \
  --multiclass one-versus-rest --holdout 0.2 -o digits.model
ends_with 0
prints '^kernel +gaussian.* approximated by 300 Nyström components'
prints '^on held-out rows +accuracy 0\.9'

step 'The letters of LIBSVM work, and its text format is read'
printf '+1 1:0.5 2:1\n-1 1:-1 3:2\n+1 2:1.5\n-1 1:-0.5 3:1\n' > small.libsvm
run svm train small.libsvm -s 0 -t 2 -g 0.5 -c 10 -e 0.0001
ends_with 0
run svm predict small.model small.libsvm
[[ $(tr '\n' ' ' < output.txt) == 'prediction 1 -1 1 -1 ' ]]

step 'A report for programs'
run svm train "$data/wine.csv" --json report.json --quiet
ends_with 0
[[ ! -s output.txt ]]
grep -q '"stopReason": "converged"' report.json

step 'A limit ends a training early; the model is written and says so, and so does the exit status'
run svm train "$data/breast-cancer.csv" --c 1000 --max-iterations 3 -o early.model
ends_with 3
prints '^warning: stopped at .* with KKT violation'
run svm verify early.model "$data/breast-cancer.csv"
ends_with 1

step 'What is wrong is said with its place, and with what was probably meant'
run svm train "$data/iris.csv" --target specis
ends_with 65
prints 'Did you mean "species"\?'
run svm train "$data/iris.csv" --kernel rbg
ends_with 64
prints 'Did you mean "rbf"\?'
printf 'a,b,label\n1,2,yes\n3,"1,4",no\n5,6,yes\n7,8,no\n' > slip.csv
run svm predict iris.model slip.csv
ends_with 65

step 'Is the linear algebra of this machine as fast as it could be?'
run svm doctor
ends_with 0
prints 'GFLOP/s'

printf '\nEvery claim held.\n'
