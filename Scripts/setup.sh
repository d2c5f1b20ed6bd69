#!/bin/bash
# Installs the system libraries that are missing, as root or through sudo, and checks Swift's version.
# Does nothing, quickly, when all is there.
set -euo pipefail

packages=(libopenblas-dev liblapacke-dev zlib1g-dev)
swift=${SWIFT:-swift}

fail() {
  echo "setup: $*" >&2
  exit 1
}

# Swift

command -v "$swift" > /dev/null ||
  fail "Swift is not installed; get version 6.2 or newer from https://www.swift.org/install"
version=$("$swift" --version 2> /dev/null |
  sed -n 's/.*Swift version \([0-9][0-9]*\)\.\([0-9][0-9]*\).*/\1 \2/p' | head -n 1)
read -r major minor <<< "$version" || true
[[ -n ${major:-} && -n ${minor:-} ]] || fail "\`$swift --version\` does not name a Swift version"
if ((major < 6 || (major == 6 && minor < 2))); then
  fail "Swift 6.2 or newer is needed, but $swift is $major.$minor;" \
    "get it from https://www.swift.org/install"
fi

# System libraries. Where there is no dpkg the package manager is not ours to drive; the build itself
# then says what it does not find.

# shellcheck source=Scripts/packages.sh
. "$(dirname "$0")/packages.sh"
install_packages "${packages[@]}" || fail "the system libraries are missing"
