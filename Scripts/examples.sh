#!/bin/bash
# Builds and runs the programs in Examples, a package of its own that has only what is public. Each
# checks its own claim and exits with a failure when it does not hold.
# Usage: examples.sh BUILD-OPTION…
set -euo pipefail

cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}

"$swift" build --package-path Examples "$@"
folder=$("$swift" build --package-path Examples "$@" --show-bin-path)
for source in Examples/*/main.swift; do
  program=$(basename "$(dirname "$source")")
  echo "== $program"
  "$folder/$program" < /dev/null
done
