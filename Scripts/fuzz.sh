#!/bin/bash
# Runs each fuzz target of the Fuzz package for a while; stops at the first input that crashes.
# Usage: fuzz.sh [SECONDS-EACH]
#
# SwiftPM renames an executable's main function, and libFuzzer brings its own: each target is
# therefore a static library that holds LLVMFuzzerTestOneInput, and is linked here.
# Inputs that were found interesting stay in Fuzz/.build/corpus and are the start of the next run;
# those in Fuzz/Seeds/TARGET, where there are any, are read but never changed.
set -euo pipefail

cd "$(dirname "$0")/../Fuzz"
swift=${SWIFT:-swift}
seconds=${1:-60}
sanitizers=-sanitize=fuzzer,address

folder=$("$swift" build -c release -Xswiftc "$sanitizers" --show-bin-path)

# A folder in Sources is a target and its product.
for target in Sources/*; do
  product=$(basename "$target")
  echo "== $product, $seconds seconds"
  "$swift" build -c release -Xswiftc "$sanitizers" --product "$product"
  "${swift}c" "$sanitizers" -use-ld=lld -o "$folder/$product" \
    -Xlinker --whole-archive "$folder/lib$product.a" -Xlinker --no-whole-archive \
    -lopenblas -llapacke
  corpus=(".build/corpus/$product")
  mkdir -p "${corpus[0]}"
  [[ -d Seeds/$product ]] && corpus+=("Seeds/$product")
  # A crash must end the run, not wait in the interactive backtrace.
  SWIFT_BACKTRACE=enable=no "$folder/$product" -max_total_time="$seconds" -rss_limit_mb=2048 \
    -timeout=10 -print_final_stats=1 -verbosity=0 -artifact_prefix=.build/ "${corpus[@]}"
done
