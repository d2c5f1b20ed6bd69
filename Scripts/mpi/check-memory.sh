#!/bin/bash
# Trains on a table of some GB alone and on four ranks, and compares the peaks of memory: a rank must not take more
# than 0.35 of what one process takes. That both end with the same model is seen as well.
#
# usage: Scripts/mpi/check-memory.sh LIBRARY SVM [RANKS]
#        ROWS=1000000 Scripts/mpi/check-memory.sh …   fewer rows than the 5 000 000 whose features take 2 GB
#        SHARE=0.5 Scripts/mpi/check-memory.sh …      another limit than 0.35, as few rows need
#
# The table takes 2 GB of disk in TMPDIR, and the machine needs some 9 GB of memory. Training ends after 2000 steps: all
# that a training stores is there by then, and the rest would take hours.
set -euo pipefail

usage="usage: Scripts/mpi/check-memory.sh LIBRARY SVM [RANKS]"
library=$(realpath "${1:?$usage}")
svm=$(realpath "${2:?$usage}")
ranks=${3:-4}
rows=${ROWS:-5000000}
share=${SHARE:-0.35}
columns=50

run=(mpirun)
if mpirun --version | grep -q "Open MPI"; then
  run+=(--oversubscribe --bind-to none)
  [[ $(id -u) != 0 ]] || run+=(--allow-run-as-root)
fi

fail() {
  echo "memory: $*" >&2
  exit 1
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# A hundredth of the rows, a hundred times: memory does not depend on what they are.
part=$(((rows + 99) / 100))
awk -v rows="$part" -v columns="$columns" 'BEGIN {
  srand(5)
  for (i = 1; i <= columns; i++) printf "f%d,", i
  print "class"
  for (row = 0; row < rows; row++) {
    sum = 0
    for (i = 1; i <= columns; i++) { x = rand() + rand() - 1; if (i <= 5) sum += x * x; printf "%.3f,", x }
    print ((sum + 0.3 * rand() > 1) ? "out" : "in")
  }
}' > part.csv
head -n 1 part.csv > table.csv
tail -n +2 part.csv > body.csv
for ((copy = 0; copy < 100; copy++)); do cat body.csv >> table.csv; done
rm part.csv body.csv

training=(train table.csv --threads 1 --memory 32G --max-iterations 2000 --quiet)

# trained COMMAND…: 3 is the status of a training that stops before it has converged, as this one does.
trained() {
  local status=0
  "$@" > train.text 2>&1 || status=$?
  [[ $status == 0 || $status == 3 ]] || fail "$*: status $status: $(cat train.text)"
}

# value JSON EXPRESSION: something of a report, of which the expression knows r.
value() { python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"; }

trained "$svm" "${training[@]}" -o alone.model --json alone.json
trained "${run[@]}" -n "$ranks" "$svm" "${training[@]}" -o ranks.model --json ranks.json --transport "mpi:$library"
cmp alone.model ranks.model || fail "$ranks ranks made another model"

alone=$(value alone.json 'r["peakMemoryBytes"]')
each=$(value ranks.json 'r["ranks"]["peakMemoryBytes"]')
awk -v rows="$((100 * part))" -v columns="$columns" -v ranks="$ranks" -v alone="$alone" -v each="$each" -v share="$share" 'BEGIN {
  printf "%d rows of %d features: one process takes %.2f GB at its peak, each of %d ranks at most %.2f GB, %.2f of it\n",
    rows, columns, alone / 2^30, ranks, each / 2^30, each / alone
  exit each > share * alone
}' || fail "that is more than $share"
