#!/bin/bash
# Runs the examples of Examples/spark with PySpark on this machine, and those of Examples/clusters without a cluster.
#
# usage: Scripts/spark/check.sh WHEELS
#
#   WHEELS  the folder of the wheel; a virtual environment is made beside it
#
# A Java runtime is installed where it is missing; where that or PySpark cannot be had, nothing is checked: the last
# line says so, and the status is 77.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=Scripts/packages.sh
. Scripts/packages.sh

skip() {
  echo "SKIPPED: $*; NOTHING WAS CHECKED" >&2
  exit 77
}

folder=$1
environment=$folder/spark-venv
install_python_tools
if ! command -v java > /dev/null && ! install_packages default-jre-headless; then
  skip "there is no Java runtime"
fi
[ -d "$environment" ] || python3 -m venv "$environment"
if ! "$environment/bin/pip" install --quiet -r Scripts/spark/requirements.txt "$folder"/supportvectors-*.whl; then
  skip "PySpark cannot be installed"
fi
"$environment/bin/python" Scripts/spark/check.py
