#!/bin/bash
# Builds and runs every executable target whose sources lie in Examples. Each example checks its own
# claim and exits with a failure when it does not hold.
set -euo pipefail

cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}

# The description lists a target's name before its path, one a line.
targets=$("$swift" package describe --type json |
  awk -F '"' '$2 == "name" { name = $4 } $2 == "path" && $4 ~ /^Examples\// { print name }')
if [[ -z $targets ]]; then
  echo "examples: the package has no target in Examples" >&2
  exit 1
fi
for target in $targets; do
  echo "== $target"
  "$swift" build -c release --quiet --product "$target"
  "./.build/release/$target" < /dev/null
done
