#!/bin/bash
# Checks that an installation has LIBSVM's programs, in a temporary folder: links, manual pages, and that they run.
#
# usage: Scripts/libsvm/check-install.sh SVM
#
#   SVM  the command
#
# Environment:
#
#   SHORT  yes: only what LIBSVM_NAMES=yes adds, around SVM; else all of `make install`, which compiles the command again
set -euo pipefail
cd "$(dirname "$0")/../.."

svm=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix

fail() {
  echo "check-install: $*" >&2
  exit 1
}

mkdir -p "$prefix/bin"
# The program of another package.
printf '#!/bin/sh\necho theirs\n' > "$prefix/bin/svm-scale"
chmod +x "$prefix/bin/svm-scale"
if [[ ${SHORT:-} == yes ]]; then
  cp "$svm" "$prefix/bin/svm"
  Scripts/libsvm/install-names.sh "$prefix" 2> "$folder/messages"
else
  LIBSVM_NAMES=yes Scripts/install.sh "$prefix" > "$folder/output" 2> "$folder/messages" ||
    fail "$(tail -n 20 "$folder/messages")"
fi
grep -q "svm-scale belongs to another package; it was left alone" "$folder/messages" ||
  fail "nothing is said of a svm-scale that was there"
[[ $("$prefix/bin/svm-scale") == theirs ]] || fail "a svm-scale that was there was replaced"
[[ ! -e $prefix/share/man/man1/svm-scale.1 ]] || fail "there is a manual page of a svm-scale that was left alone"

for name in train predict grid easy subset checkdata; do
  [[ $(readlink "$prefix/bin/svm-$name") == svm ]] || fail "svm-$name is no link to svm"
  grep -q "^\.TH SVM" "$prefix/share/man/man1/svm-$name.1" || fail "svm-$name has no manual page"
done

cd "$folder"
for row in 1 2 3 4 5 6 7 8; do echo "$((row % 2)) 1:$((row % 2 * 3 + row)) 2:$((7 * row % 5))"; done > rows
PATH=$prefix/bin:$PATH
[[ $(svm-train --help || true) == *"svm-train [options]"* ]] || fail "svm-train does not show how it is used"
svm-train -t 0 -c 10 -q rows
grep -q "^svm_type c_svc" rows.model || fail "svm-train writes no model"
[[ $(svm-predict rows rows.model predictions) == Accuracy* ]] || fail "svm-predict does not predict"
[[ $(svm-checkdata rows) == "No error." ]] || fail "svm-checkdata finds errors"
svm-subset -s 1 rows 3 some
[[ $(wc -l < some) -eq 3 ]] || fail "svm-subset does not draw three rows"
svm-grid -log2c 0,1,1 -log2g 0,0,1 -v 2 -gnuplot null rows > grid || fail "svm-grid does not search"
[[ $(wc -l < rows.out) -eq 2 ]] || fail "svm-grid writes no results"
echo "LIBSVM's programs are installed and run"
