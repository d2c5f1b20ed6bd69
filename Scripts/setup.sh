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

command -v dpkg-query > /dev/null || exit 0
missing=()
for package in "${packages[@]}"; do
  # dpkg-query is read through a variable: with pipefail a grep that stops early would look like a
  # failure.
  # shellcheck disable=SC2016  # the dollar sign is dpkg-query's
  status=$(dpkg-query -W -f='${Status}' "$package" 2> /dev/null || true)
  [[ $status == "install ok installed" ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
    as_root=(sudo -n)
  elif command -v sudo > /dev/null && [[ -t 0 ]]; then
    as_root=(sudo) # asks for the password
  else
    fail "please install ${missing[*]} (apt-get install ${missing[*]}); this needs root"
  fi
fi

apt_get() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 "$@"
}

echo "setup: installing ${missing[*]}" >&2
# The package lists are fetched only where those at hand do not do: that is the slow part.
if ! apt_get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null 2>&1; then
  apt_get update -qq >&2 || fail "apt-get update failed; please install ${missing[*]}"
  apt_get install -y -qq --no-install-recommends "${missing[@]}" >&2 ||
    fail "apt-get could not install ${missing[*]}"
fi
