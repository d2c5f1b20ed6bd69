#!/bin/bash
# Kills a training at random moments, goes on from its checkpoint each time, and compares the model with
# that of a training that nobody disturbed, byte for byte.
#
# usage: Scripts/check-resume.sh SVM DATA MOMENTS [OPTION…]
#   SVM       the program, .build/release/svm
#   DATA      what to train on
#   MOMENTS   how many times to kill
#   OPTION    options of `svm train`
set -u
if [ $# -lt 3 ]; then sed -n '5,9s/^# //p' "$0" >&2; exit 64; fi
svm=$1 data=$2 moments=$3
shift 3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
RANDOM=1

began=$(date +%s%N)
"$svm" train "$data" --quiet -o "$folder/whole.model" "$@" || exit 1
duration=$((($(date +%s%N) - began) / 1000000))
echo "undisturbed: $duration ms"

failures=0 resumed=0 killed=0
for ((i = 1; i <= moments; i++)); do
  rm -f "$folder/checkpoint" "$folder/part.model"
  resume=()
  # Up to three kills in a row, each time going on from what there is.
  for ((kill = 0; kill < 1 + i % 3; kill++)); do
    "$svm" train "$data" --quiet -o "$folder/part.model" --checkpoint "$folder/checkpoint" \
      --checkpoint-interval 0.05s "${resume[@]}" "$@" &
    process=$!
    sleep "$(awk -v d="$duration" -v r=$RANDOM 'BEGIN { print d / 1000 * r / 32768 }')"
    kill -9 $process 2>/dev/null && killed=$((killed + 1))
    wait $process 2>/dev/null
    if [ -e "$folder/checkpoint" ]; then
      resume=(--resume "$folder/checkpoint")
      resumed=$((resumed + 1))
    fi
  done
  if ! "$svm" train "$data" --quiet -o "$folder/part.model" "${resume[@]}" "$@"; then
    echo "moment $i: going on failed"
    failures=$((failures + 1))
  elif ! cmp -s "$folder/whole.model" "$folder/part.model"; then
    echo "moment $i: another model"
    failures=$((failures + 1))
  fi
done
echo "$moments moments, $killed kills, $resumed times gone on from a checkpoint: $failures failures"
[ $failures = 0 ]
