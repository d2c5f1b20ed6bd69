#!/bin/bash
# Checks that the package works as a versioned dependency of another one, as the README promises:
# its library example builds and runs there, and the command's dependencies are not built.
#
# A versioned dependency is stricter than a local one: it may not contain unsafe build flags, and it
# holds only what git knows. The files of the working tree that git does not ignore are committed and
# tagged in a temporary repository.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
swift=${SWIFT:-swift}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

library=$folder/SupportVectors
mkdir "$library"
git -C "$root" ls-files -z --cached --others --exclude-standard |
  tar -C "$root" --null --files-from=- --ignore-failed-read --create |
  tar -C "$library" --extract
git -C "$library" init --quiet --initial-branch=main
git -C "$library" add --all
git -C "$library" -c user.name=check -c user.email=check@localhost -c commit.gpgsign=false \
  commit --quiet --message "The working tree"
git -C "$library" tag 0.1.0

dependent=$folder/Dependent
mkdir -p "$dependent/Sources/Dependent"
cat > "$dependent/Package.swift" << MANIFEST
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Dependent",
  dependencies: [.package(url: "file://$library", from: "0.1.0")],
  targets: [
    .executableTarget(
      name: "Dependent",
      dependencies: [.product(name: "SupportVectors", package: "SupportVectors")])
  ]
)
MANIFEST

# The README's example is its first block of Swift that imports the module.
awk '
  /^```swift/ { inside = 1; block = ""; next }
  /^```/ { if (inside && block ~ /(^|\n)import SupportVectors/) { printf "%s", block; exit }
           inside = 0 }
  inside { block = block $0 "\n" }' "$root/README.md" > "$dependent/Sources/Dependent/main.swift"
if [[ ! -s $dependent/Sources/Dependent/main.swift ]]; then
  echo "dependent package: README.md has no Swift example that imports SupportVectors" >&2
  exit 1
fi

# Caches and fingerprints are kept by address, and this address will not come again.
"$swift" run --package-path "$dependent" --disable-dependency-cache \
  --config-path "$folder/configuration" --security-path "$folder/security" Dependent < /dev/null

# SwiftPM fetches the packages of all products and plans all targets; compiled is only what is needed.
built=$(find "$dependent/.build/" -path '*/ArgumentParser*.build/*' -name '*.o' -print -quit)
if [[ -n $built ]]; then
  echo "dependent package: the argument parser was built for a user of the library: $built" >&2
  exit 1
fi
echo "The README's library example builds and runs in a dependent package, without ArgumentParser."
