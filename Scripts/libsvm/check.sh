#!/bin/bash
# Compares the library and the programs with Debian's.
#
# usage: Scripts/libsvm/check.sh LIBRARIES SVM
#
#   LIBRARIES  the folder of libsvm.so.3 and libsvm.so.4
#   SVM        the command
#
# Environment:
#
#   SHORT  yes for a part that takes a minute
#   DATA   a folder with further files
#
# Debian's packages libsvm3, libsvm-tools, python3-libsvm and valgrind are installed where they are missing, and PyPI's
# libsvm-official in a temporary environment; what cannot be installed is not compared, which is said.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
# shellcheck source=Scripts/packages.sh
. Scripts/packages.sh

libraries=$1
svm=$2
data=()
[ -z "${DATA:-}" ] || data=(--datasets "$DATA")
library_options=()
host_options=(--cycles 100000)
program_options=()
bits_options=()
if [ "${SHORT:-}" = yes ]; then
  library_options=(--rows 80 --only iris --only breast-cancer)
  host_options=(--cycles 300)
  program_options=(--rows 60 --only iris)
  bits_options=(--short)
fi

failed=0
run() {
  echo "--- $*"
  "$@" || failed=1
}

has_reference=yes
if ! install_packages libsvm3 libsvm-tools || [ ! -x /usr/bin/svm-train ]; then
  echo "skipped: Debian's libsvm3 and libsvm-tools are not installed, so that nothing is compared with them"
  has_reference=no
fi
install_packages python3-libsvm || echo "python3-libsvm is not installed, so that Debian's Python interface is not run"
install_packages valgrind || echo "valgrind is not installed, so that memory is not checked"

# PyPI's interface to libsvm.so.4, of the version that exports are compared with.
temporary=$(mktemp -d) || exit
trap 'rm -rf "$temporary"' EXIT
python=python3
if install_python_tools && python3 -m venv "$temporary/venv" &&
  "$temporary/venv/bin/pip" install --quiet "$(grep '^libsvm-official==' Scripts/check-exports.txt)"; then
  python=$temporary/venv/bin/python
else
  echo "libsvm-official cannot be installed, so that PyPI's Python interface is not run"
fi

run Scripts/libsvm/check-install.sh "$svm"
run Scripts/libsvm/check-host.py "$libraries/libsvm.so.3" "${host_options[@]}"
run "$python" Scripts/libsvm/check-host.py "$libraries/libsvm.so.4" "${host_options[@]}"
run Scripts/libsvm/check-bits.py "$libraries/libsvm.so.3" "$svm" "${bits_options[@]}"
run Scripts/libsvm/check-bits.py "$libraries/libsvm.so.4" "$svm" "${bits_options[@]}"
if [ $has_reference = yes ]; then
  run Scripts/check-libsvm.py "$libraries/libsvm.so.3" "${library_options[@]}" "${data[@]}"
  run Scripts/libsvm/check-programs.py "$svm" "${program_options[@]}" "${data[@]}"
fi
# Further packages are much to install for a short check.
[ "${SHORT:-}" = yes ] || run Scripts/libsvm/check-hosts.py "$libraries/libsvm.so.3"
exit $failed
