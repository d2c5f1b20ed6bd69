#!/bin/bash
# Installs the svm command with the Swift runtime inside it, manual pages and shell completions.
# Usage: install.sh PREFIX
set -euo pipefail

cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
prefix=$1

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
for page in "$manual"/*.1; do
  # A command that only `svm doctor` runs, hidden from the help too.
  [[ $page == *measure-blas* ]] || install -m 644 "$page" "$prefix/share/man/man1/"
done
complete() {
  "$svm" --generate-completion-script "$1" > "$prefix/share/$2"
}
complete bash bash-completion/completions/svm
complete zsh zsh/site-functions/_svm
complete fish fish/vendor_completions.d/svm.fish

echo "Installed $prefix/bin/svm, its manual pages and completions."
echo "It needs no Swift at run time; the packages libopenblas0, liblapacke and zlib1g remain needed."
