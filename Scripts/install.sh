#!/bin/bash
# Installs the svm command with the Swift runtime inside it, manual pages and shell completions.
# Usage: install.sh PREFIX
set -euo pipefail

cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
prefix=$1
options=(-c release --static-swift-stdlib --scratch-path .build-static)

"$swift" build "${options[@]}" --product svm
svm=$("$swift" build "${options[@]}" --show-bin-path)/svm

"$swift" package --scratch-path .build-static generate-manual --multi-page
manual=.build-static/plugins/GenerateManual/outputs/svm

install -d "$prefix/bin" "$prefix/share/man/man1" \
  "$prefix/share/bash-completion/completions" \
  "$prefix/share/zsh/site-functions" \
  "$prefix/share/fish/vendor_completions.d"
install -m 755 "$svm" "$prefix/bin/svm"
install -m 644 "$manual"/*.1 "$prefix/share/man/man1/"
complete() {
  "$svm" --generate-completion-script "$1" > "$prefix/share/$2"
}
complete bash bash-completion/completions/svm
complete zsh zsh/site-functions/_svm
complete fish fish/vendor_completions.d/svm.fish

echo "Installed $prefix/bin/svm, its manual pages and completions."
echo "It needs no Swift at run time; the packages libopenblas0 and liblapacke remain needed."
