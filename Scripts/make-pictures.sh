#!/bin/bash
# Draws the pictures of the README with svm itself: a report, decision regions and a learning curve.
#
# Usage: make-pictures.sh SVM [FOLDER]
#
# FOLDER is that of the documentation unless it is given. The report is a page, and Chromium takes its
# picture; the others are SVG files as svm draws them, and the same bytes on every run.
set -euo pipefail

if (($# < 1 || $# > 2)); then
  echo "usage: $0 SVM [FOLDER]" >&2
  exit 64
fi
root=$(cd "$(dirname "$0")/.." && pwd)
svm=$(realpath "$1")
folder=$(realpath "${2:-$root/Sources/SVMCommand/SVMCommand.docc/Resources}")
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
  echo "$0: found no Chromium; install the package chromium" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp -r "$root/Datasets" .

"$svm" train Datasets/iris.csv --quiet -o iris.model
"$svm" plot iris.model Datasets/iris.csv --kind regions --x petal_length --y petal_width \
  -o "$folder/regions.svg"

# The learning curve is a figure of a report, and has neither style nor title there: those of the plot above
# are put in front of it.
"$svm" cv Datasets/breast-cancer.csv --learning-curve --repeat 3 --report cv.html > cv.txt
python3 - cv.html "$folder/regions.svg" "$folder/learning-curve.svg" << 'END'
import re
import sys

page, alone = (open(path, encoding="utf-8").read() for path in sys.argv[1:3])
figure = re.search(r"<figcaption>Learning curve</figcaption>(<svg .*?</svg>)", page, re.DOTALL)[1]
width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', figure).groups())
style = re.search(r"<style>.*?</style>", alone, re.DOTALL)[0]
room = 24
title = ('<rect class="paper" fill="#ffffff" y="%g" width="%g" height="%g"/>'
         '<text x="8" y="-5" class="strong" font-size="15" font-weight="600">Learning curve</text>' % (
             -room, width, height + room))
figure = figure.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" ' % (
    1.5 * width, 1.5 * (height + room)), 1)
figure = re.sub(r'viewBox="[^"]*"', 'viewBox="0 %g %g %g"' % (-room, width, height + room), figure, count=1)
figure = figure.replace("</desc>", "</desc>" + style + title, 1)
with open(sys.argv[3], "w", encoding="utf-8") as file:
    file.write(figure + "\n")
END

"$svm" train Datasets/breast-cancer.csv --holdout 0.3 --probability --report report.html --quiet -o cancer.model
# DocC shows NAME~dark.png on dark screens; 0 asks Chromium for a dark page, 1 for a light one.
for picture in report.png:1 report~dark.png:0; do
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run \
    --host-resolver-rules='MAP * ~NOTFOUND' --user-data-dir="$work/profile" --window-size=1120,1000 \
    --blink-settings="preferredColorScheme=${picture#*:}" \
    --screenshot="$folder/${picture%:*}" "file://$work/report.html" > browser.txt 2>&1
  [[ -s "$folder/${picture%:*}" ]] || {
    cat browser.txt >&2
    exit 1
  }
done
ls -l "$folder"
