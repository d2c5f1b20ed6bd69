#!/bin/bash
# Writes the manual page of one of LIBSVM's programs, from what the program says of its options.
#
# usage: Scripts/libsvm/manual.sh PROGRAM
#
#   PROGRAM  a link of LIBSVM's name to the svm command, such as /usr/local/bin/svm-train
set -euo pipefail

program=$1
name=$(basename "$program")
case $name in
  svm-train) summary="train a support vector machine on a LIBSVM file" ;;
  svm-predict) summary="predict the rows of a LIBSVM file" ;;
  svm-scale) summary="scale the features of a LIBSVM file" ;;
  svm-grid) summary="measure C and gamma on a grid by cross-validation" ;;
  svm-easy) summary="scale, search, train and predict in one go" ;;
  svm-subset) summary="draw rows of a LIBSVM file at random" ;;
  svm-checkdata) summary="check the format of a LIBSVM file" ;;
  *)
    echo "manual: $name is none of LIBSVM's programs" >&2
    exit 2
    ;;
esac
version=$("$(dirname "$program")/$(readlink "$program")" --version)
# Without arguments they print how they are used; svm-checkdata and svm-easy say no more than that.
usage=$("$program" 2>&1 || true)

# Minus signs are typed, not hyphens; a backslash, a point or a quote at the beginning would be a command.
escaped() { sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\([.']\)/\\\\\&\1/"; }

printf '.TH %s 1 "" "%s" "Support vector machines"\n' "${name^^}" "$version"
printf '.SH NAME\n%s \\- %s\n' "$(escaped <<< "$name")" "$summary"
printf '.SH SYNOPSIS\n.B %s\n%s\n' "$(escaped <<< "$name")" "$(sed -n "1s/^Usage: $name *//p" <<< "$usage" | escaped)"
printf '.SH DESCRIPTION\n%s is the command\n.BR svm (1)\nunder the name of a program of LIBSVM, with its options, ' \
  "$(escaped <<< "$name")"
printf 'files and lines.\n'
sed 1d <<< "$usage" | escaped | awk '
  # "options:" begins a section, "\-c cost : C of …" an item, and what is indented belongs to the item before.
  /^[a-z_]*options *:$/ { sub(/ *:$/, ""); gsub(/_/, " "); print ".SH " toupper($0); next }
  /^[a-z_]+options : / { name = $0; sub(/ : .*/, "", name); gsub(/_/, " ", name); sub(/^[^:]* : /, "")
    print ".SH " toupper(name); print; next }
  / : / && /^[^ \t]/ { term = $0; sub(/ : .*/, "", term); text = $0; sub(/^.* : /, "", text)
    print ".TP\n\\fB" term "\\fR"; print text; next }
  /^[ \t]/ { sub(/^[ \t]+/, ""); gsub(/\t+/, "  "); print ".br\n" $0; next }
  /^$/ { next }
  { print ".PP\n" $0 }'
printf '.SH EXIT STATUS\n0, or 1 for an error.\n.SH SEE ALSO\n.BR svm (1)\n'
