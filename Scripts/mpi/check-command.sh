#!/bin/bash
# Runs svm on ranks of MPI and alone, and compares: models, predictions, figures, searches; then what goes wrong:
# options and data that are refused, a rank that is killed, and signals.
#
# usage: Scripts/mpi/check-command.sh LIBRARY SVM [RANKS …]
#        LONG=20 Scripts/mpi/check-command.sh …   also kills a rank at 20 moments, and resumes on other ranks
set -euo pipefail

library=$(realpath "${1:?usage: Scripts/mpi/check-command.sh LIBRARY SVM [RANKS …]}")
svm=$(realpath "${2:?usage: Scripts/mpi/check-command.sh LIBRARY SVM [RANKS …]}")
shift 2
ranks=("$@")
((${#ranks[@]})) || ranks=(2 4)
datasets=$(realpath Datasets)
# shellcheck source=Scripts/mpi/processes.sh
. "$(dirname "$0")/processes.sh"

run=(mpirun)
patience=()
# Open MPI refuses both by default; it passes a signal on after a second, and kills after another one.
if mpirun --version | grep -q "Open MPI"; then
  run+=(--oversubscribe)
  patience=(--mca odls_base_sigkill_timeout 5)
  [[ $(id -u) != 0 ]] || run+=(--allow-run-as-root)
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

fail() {
  echo "mpi: $*" >&2
  exit 1
}

on() {
  local count=$1
  shift
  timeout 120 "${run[@]}" -n "$count" "$svm" "$@" --transport "mpi:$library"
}

# A table with categories, missing values, weights and a target of numbers or classes, and LIBSVM text.
generate() {
  awk -v rows="$1" -v kind="$2" 'BEGIN {
    srand(7)
    if (kind != "sparse") print "x,y,colour,weight,target"
    for (row = 0; row < rows; row++) {
      class = row % 3; x = class + 1.6 * rand(); y = class * class / 2 - rand()
      split("red,blue,NA,green", colours, ",")
      if (kind == "sparse") {
        printf "%d", class - 1
        for (i = 1; i < 9; i++) if (rand() < 0.4) printf " %d:%g", i, rand() + class / 3
        print ""
      } else
        printf "%g,%s,%s,%d,%s\n", x, row % 7 == 3 ? "" : y, colours[1 + int(4 * rand())], int(4 * rand()),
          kind == "classes" ? "k" class : x * (3 - x) + y / 5
    }
  }'
}
generate 300 classes > classes.csv
generate 200 numbers > numbers.csv
generate 250 sparse > sparse.txt
cp "$datasets"/breast-cancer.csv "$datasets"/wine.csv .

trainings=(
  "classes.csv --probability --holdout 0.2"
  "classes.csv --multiclass one-versus-rest --class-weight balanced --kernel linear"
  "classes.csv --weight-column weight --impute drop --formulation nu-svc --nu 0.1 --kernel polynomial"
  "numbers.csv --probability"
  "numbers.csv --formulation nu-svr --kernel laplacian"
  "numbers.csv --formulation quantile-svr --quantile 0.1,0.5,0.9"
  "numbers.csv --formulation one-class --probability"
  "numbers.csv --formulation svdd"
  "sparse.txt --c 10 --gamma 0.5"
  "breast-cancer.csv --precision double --certify"
  "wine.csv --kernel sigmoid --cv 3"
  "classes.csv --kernel linear --solver primal --probability"
  "numbers.csv --kernel linear --loss squared"
  "classes.csv --feature-map nystrom --components 30 --formulation logistic"
)

# compare NAME: what ranks wrote is what one process wrote.
compare() {
  cmp "alone.$1" "ranks.$1" || fail "$2: on $count ranks, $1 differs"
}

for arguments in "${trainings[@]}"; do
  read -ra words <<< "$arguments"
  data=${words[0]}
  "$svm" train "${words[@]}" -o alone.model > alone.text 2> alone.notes
  "$svm" predict alone.model "$data" --decision-values > alone.csv
  "$svm" evaluate alone.model "$data" > alone.figures
  kinds=(csv figures)
  # A model in the weights of features keeps no dual variables to verify.
  if [[ $arguments != *primal* && $arguments != *squared* && $arguments != *--feature-map* ]]; then
    "$svm" verify alone.model "$data" > alone.certificate
    kinds+=(certificate)
  fi
  for count in "${ranks[@]}"; do
    on "$count" train "${words[@]}" -o ranks.model > ranks.text 2> ranks.notes \
      || fail "$arguments on $count ranks: $(cat ranks.notes)"
    compare model "$arguments"
    # Notes about columns come from the ranks that looked at them.
    diff <(grep -v "^training " alone.notes) \
      <(grep -v -e "^training " -e "^note: each of .* ranks trains on" ranks.notes) || fail "$arguments on $count ranks: other notes"
    # Times apart, the account is the same, and is printed once.
    [[ $(grep -c "^model" ranks.text) == $(grep -c "^model" alone.text) ]] \
      || fail "$arguments: printed more than once"
  done
  on "$count" predict alone.model "$data" --decision-values -o ranks.csv
  on "$count" evaluate alone.model "$data" > ranks.figures
  [[ ${#kinds[@]} == 2 ]] || on "$count" verify alone.model "$data" > ranks.certificate
  for kind in "${kinds[@]}"; do compare "$kind" "$arguments"; done
done

# Several files, of which each rank reads a part, one of them without rows.
mkdir parts
head -n 1 classes.csv > parts/part-0.csv
for part in 1 2 3; do
  { head -n 1 classes.csv; tail -n +2 classes.csv | sed -n "$((100 * part - 99)),$((100 * part))p"; } \
    > "parts/part-$part.csv"
done
"$svm" train 'parts/part-*.csv' -o alone.model > /dev/null 2>&1
for count in "${ranks[@]}"; do
  on "$count" train 'parts/part-*.csv' -o ranks.model > /dev/null 2>&1
  compare model "several files"
done

# Folds and candidates are shared.
count=${ranks[-1]}
timing='s/[0-9.]* \(s\|ms\|min\)\b/TIME/g'
"$svm" cv classes.csv --predictions alone.folds > alone.text 2> /dev/null
on "$count" cv classes.csv --predictions ranks.folds > ranks.text 2> /dev/null
compare folds cv
diff <(sed "$timing" alone.text) <(sed "$timing" ranks.text) || fail "cv: the accounts differ"
"$svm" tune classes.csv --search grid --c 1,10 --gamma 0.1,1 --trials alone.trials -o alone.model \
  > /dev/null 2>&1
on "$count" tune classes.csv --search grid --c 1,10 --gamma 0.1,1 --trials ranks.trials -o ranks.model \
  > /dev/null 2>&1
compare model tune
diff <(cut -d, -f1-12,14 alone.trials) <(cut -d, -f1-12,14 ranks.trials) || fail "tune: the trials differ"
echo "ranks ${ranks[*]}: models, predictions, figures and searches are those of one process"

# refused STATUS SENTENCE ARGUMENT…: one sentence, once, and that status.
refused() {
  local status=0 expected=$1 sentence=$2
  shift 2
  on 3 "$@" > refused.text 2>&1 || status=$?
  [[ $status == "$expected" ]] || fail "$*: status $status, not $expected: $(cat refused.text)"
  [[ $(grep -cF -- "$sentence" refused.text) == 1 ]] || fail "$*: not said once: $(cat refused.text)"
}
sed '150s/^[^,]*/huge,/' classes.csv > ragged.csv
refused 65 "ragged.csv:150" train ragged.csv -o refused.model
refused 65 "cannot be opened" train missing.csv -o refused.model
refused 64 "--c" train classes.csv --c -1 -o refused.model
refused 64 "Unknown option" train classes.csv --bogus -o refused.model
refused 65 "ls-svc trains in one process" train classes.csv --formulation ls-svc -o refused.model
refused 64 "standard input reaches one of 3 ranks" train - -o refused.model
refused 1 "no/such" train classes.csv -o no/such/folder.model
[[ ! -e refused.model ]] || fail "a refused training wrote a model"

# One of the machines lacks a file: rank 1 runs in a folder of its own.
mkdir elsewhere
cat > elsewhere.sh << 'END'
#!/bin/bash
[[ ${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}} != 1 ]] || cd elsewhere
exec "$@"
END
chmod +x elsewhere.sh
for words in "train classes.csv -o refused.model" "cv classes.csv" "predict alone.model classes.csv"; do
  read -ra arguments <<< "$words"
  status=0
  timeout 120 "${run[@]}" -n 3 ./elsewhere.sh "$svm" "${arguments[@]}" --transport "mpi:$library" \
    > refused.text 2>&1 || status=$?
  [[ $status == 65 ]] || fail "$words, without a file on rank 1: status $status: $(cat refused.text)"
  [[ $(grep -c "^rank 1 on .*No such file" refused.text) == 1 ]] \
    || fail "$words: no word of the rank that lacks a file: $(cat refused.text)"
done
[[ ! -e refused.model ]] || fail "a training that one rank could not read wrote a model"

# What takes a while: classes that are spread over each other.
awk 'BEGIN { srand(3); print "a,b,c,kind"; for (i = 0; i < 9000; i++) {
  a = rand(); b = rand(); c = rand(); print a "," b "," c "," (sin(25 * a) * cos(25 * b) + rand() - 0.5 > 0) } }' > long.csv
long=(train long.csv --c 1000 --gamma 20 --tolerance 1e-5 --threads 1 --memory 64M --quiet)

# start OPTIONS RANKS ARGUMENT…: in the background; OPTIONS are mpirun's.
start() {
  read -ra options <<< "$1"
  local count=$2
  shift 2
  # A shell has its background ignore SIGINT.
  env --default-signal=INT "${run[@]}" "${options[@]}" -n "$count" "$svm" "$@" --transport "mpi:$library" > running.text 2>&1 &
  job=$!
}

# waitFor FILE: until it is there, half a minute at most.
waitFor() {
  for ((i = 0; i < 300; i++)); do
    [[ ! -e $1 ]] || return 0
    sleep 0.1
  done
  fail "$1 was not written: $(cat running.text)"
}

# A rank that is killed ends all; the checkpoint is continued on another number of ranks.
killRank() {
  local victim
  victim=$(ranksOf "$job" "$svm" | shuf -n 1)
  [[ -n $victim ]] || fail "there is no rank to kill: $(cat running.text)"
  kill -9 "$victim"
  local began=$SECONDS status=0
  wait "$job" || status=$?
  ((status != 0)) || fail "the ranks succeeded though one was killed"
  # As the article says.
  ((${#patience[@]} == 0 || status == 137)) || fail "mpirun's status is $status, not 137, after a rank was killed"
  ((SECONDS - began <= 10)) || fail "the ranks took $((SECONDS - began)) seconds to end"
}
start "" 3 "${long[@]}" -o killed.model --checkpoint long.checkpoint --checkpoint-interval 100ms
waitFor long.checkpoint
killRank
[[ ! -e killed.model ]] || fail "a killed training wrote a model"
echo "a rank that is killed ends all"

# A signal leaves the best model so far, and its status.
for signal in TERM INT; do
  rm -f signalled.model signalled.checkpoint
  start "${patience[*]}" 2 "${long[@]}" -o signalled.model --checkpoint signalled.checkpoint --checkpoint-interval 100ms
  waitFor signalled.checkpoint
  kill -"$signal" "$job"
  wait "$job" && fail "a training that was stopped by SIG$signal ended with status 0"
  [[ -e signalled.model ]] || fail "SIG$signal left no model: $(cat running.text)"
  "$svm" predict signalled.model long.csv > /dev/null || fail "the model that SIG$signal left predicts nothing"
done
echo "SIGTERM and SIGINT leave the best model so far"

if [[ -n ${LONG:-} ]]; then
  "$svm" "${long[@]}" -o whole.model
  slowest=0
  for ((moment = 1; moment <= LONG; moment++)); do
    rm -f long.checkpoint
    start "" 3 "${long[@]}" -o killed.model --checkpoint long.checkpoint --checkpoint-interval 100ms
    waitFor long.checkpoint
    sleep "0.$((RANDOM % 90 + 10))"
    began=$SECONDS
    killRank
    ((SECONDS - began <= slowest)) || slowest=$((SECONDS - began))
    others=$((1 + RANDOM % 4))
    timeout 600 "${run[@]}" -n "$others" "$svm" "${long[@]}" -o resumed.model --resume long.checkpoint \
      --transport "mpi:$library"
    cmp whole.model resumed.model || fail "moment $moment: resumed on $others ranks, another model"
  done
  echo "killed at $LONG moments: all ended within $((slowest + 1)) s and continued to the same bytes"
fi
