#!/bin/bash
# Trains on ranks of MPI and in one process, and compares the models; then sees that all ranks end when one
# fails or is killed.
#
# usage: Scripts/mpi/check.sh LIBRARY PROGRAM [RANKS …]
set -euo pipefail

library=${1:?usage: Scripts/mpi/check.sh LIBRARY PROGRAM [RANKS …]}
program=${2:?usage: Scripts/mpi/check.sh LIBRARY PROGRAM [RANKS …]}
shift 2
ranks=("$@")
((${#ranks[@]})) || ranks=(1 2 4)

# shellcheck source=Scripts/mpi/processes.sh
. "$(dirname "$0")/processes.sh"

run=(mpirun)
# Open MPI refuses both by default.
if mpirun --version | grep -q "Open MPI"; then
  run+=(--oversubscribe)
  [[ $(id -u) != 0 ]] || run+=(--allow-run-as-root)
fi

fail() {
  echo "mpi: $*" >&2
  exit 1
}

for count in "${ranks[@]}"; do
  "${run[@]}" -n "$count" "$program" "$library"
done

output=$(mktemp)
trap 'rm -f "$output"' EXIT

began=$SECONDS
if "${run[@]}" -n 3 "$program" "$library" 1 > "$output" 2>&1; then
  fail "three ranks succeeded though one was to fail"
fi
((SECONDS - began <= 60)) || fail "the ranks took $((SECONDS - began)) seconds to end"
grep -q "rank 1: this rank was to fail" "$output" || fail "no rank said why: $(cat "$output")"

"${run[@]}" -n 3 "$program" "$library" > "$output" 2>&1 &
all=$!
sleep 2
victim=$(ranksOf "$all" "$program" | tail -n 1)
[[ -n $victim ]] || fail "there is no rank to kill: $(cat "$output")"
kill -9 "$victim"
began=$SECONDS
if wait "$all"; then
  fail "three ranks succeeded though one was killed"
fi
((SECONDS - began <= 10)) || fail "the ranks took $((SECONDS - began)) seconds to end after one was killed"
echo "a rank that fails and one that is killed end all"
