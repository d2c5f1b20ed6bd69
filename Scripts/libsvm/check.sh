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
# Debian's packages libsvm3 and libsvm-tools are installed where they are missing; what cannot be installed is not
# compared, which is said.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
# shellcheck source=Scripts/packages.sh
. Scripts/packages.sh

libraries=$1
svm=$2
data=()
[ -z "${DATA:-}" ] || data=(--datasets "$DATA")
library_options=()
host_options=()
program_options=()
if [ "${SHORT:-}" = yes ]; then
  library_options=(--rows 80 --only iris --only breast-cancer)
  host_options=(--cycles 300)
  program_options=(--rows 60 --only iris)
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
for version in 3 4; do
  run Scripts/libsvm/check-host.py "$libraries/libsvm.so.$version" "${host_options[@]}"
done
if [ $has_reference = yes ]; then
  run Scripts/check-libsvm.py "$libraries/libsvm.so.3" "${library_options[@]}" "${data[@]}"
  run Scripts/libsvm/check-programs.py "$svm" "${program_options[@]}" "${data[@]}"
fi
# Further packages are much to install for a short check.
[ "${SHORT:-}" = yes ] || run Scripts/libsvm/check-hosts.py "$libraries/libsvm.so.3"
exit $failed
