#!/bin/bash
# A search for parameters by GNU parallel: several processes share one table of trials, and all end with the same model.
#
#   tune-parallel.sh data.csv           four processes here
#   tune-parallel.sh data.csv n1,n2,n3  one on each of these hosts, by ssh, in a folder that all share
set -euo pipefail

data=$1
name=$(basename "${data%.*}")
# `parallel --citation` once, or this, keeps GNU parallel from asking for a citation.
options=(--will-cite --halt "now,fail=1")
if (($# > 1)); then
  options+=(--sshlogin "$2" --workdir "$PWD" --jobs 1)
  processes=$(tr ',' '\n' <<< "$2" | wc -l)
else
  options+=(--jobs 4)
  processes=4
fi
seq "$processes" | parallel "${options[@]}" \
  svm tune "$data" --resume "$name-trials.csv" --threads 1 --quiet -o "$name-{}.model"
mv "$name-1.model" "$name.model"
for ((number = 2; number <= processes; number++)); do rm "$name-$number.model"; done
