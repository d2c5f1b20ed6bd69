#!/bin/bash
# Makes links by the names of LIBSVM's programs, by which svm is these programs, and their manual pages.
#
# usage: Scripts/libsvm/install-names.sh PREFIX
#
#   PREFIX  where bin/svm is
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
prefix=$1
install -d "$prefix/share/man/man1"
for name in train predict scale grid easy subset checkdata; do
  # Another program of this name, such as LIBSVM's own, stays.
  if [[ -e $prefix/bin/svm-$name && $(readlink "$prefix/bin/svm-$name") != svm ]]; then
    echo "install: $prefix/bin/svm-$name belongs to another package; it was left alone" >&2
  else
    ln -sf svm "$prefix/bin/svm-$name"
    "$here/manual.sh" "$prefix/bin/svm-$name" > "$prefix/share/man/man1/svm-$name.1"
  fi
done
