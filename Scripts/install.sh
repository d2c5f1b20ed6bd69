#!/bin/bash
# Installs the svm command with the Swift runtime inside it, manual pages and shell completions.
# Usage: install.sh PREFIX
# LIBSVM_NAMES=yes also makes links by the names of LIBSVM's programs, by which svm is these programs.
set -euo pipefail

cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
prefix=$1
libsvm_names=${LIBSVM_NAMES:-no}
if [[ $libsvm_names != yes && $libsvm_names != no ]]; then
  echo "install: LIBSVM_NAMES must be yes or no, but is $libsvm_names" >&2
  exit 2
fi

# The plugin that writes the pages builds the command for itself, with a shared runtime: it has the
# scratch path of `make build`, and what is installed has its own.
"$swift" package generate-manual --multi-page
manual=.build/plugins/GenerateManual/outputs/svm

options=(-c release --static-swift-stdlib --scratch-path .build-static)
"$swift" build "${options[@]}" --product svm
svm=$("$swift" build "${options[@]}" --show-bin-path)/svm
if [[ $(ldd "$svm") == *libswift* ]]; then
  echo "install: $svm needs the shared Swift runtime; it should have a static one" >&2
  exit 1
fi

install -d "$prefix/bin" "$prefix/share/man/man1" \
  "$prefix/share/bash-completion/completions" \
  "$prefix/share/zsh/site-functions" \
  "$prefix/share/fish/vendor_completions.d"
install -m 755 "$svm" "$prefix/bin/svm"
# Through this ranks reach MPI; `make mpi` builds it.
if [[ -e .build/mpi/svm_mpi.so ]]; then
  install -d "$prefix/lib/svm"
  install -m 755 .build/mpi/svm_mpi.so "$prefix/lib/svm/"
fi
for page in "$manual"/*.1; do
  # A command that only `svm doctor` runs, hidden from the help too.
  [[ $page == *measure-blas* ]] || install -m 644 "$page" "$prefix/share/man/man1/"
done
if [[ $libsvm_names == yes ]]; then
  Scripts/libsvm/install-names.sh "$prefix"
fi
complete() {
  "$svm" --generate-completion-script "$1" > "$prefix/share/$2"
}
complete bash bash-completion/completions/svm
complete zsh zsh/site-functions/_svm
complete fish fish/vendor_completions.d/svm.fish

echo "Installed $prefix/bin/svm, its manual pages and completions."
echo "It needs no Swift at run time; the packages libopenblas0, liblapacke and zlib1g remain needed."
