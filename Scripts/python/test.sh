#!/bin/bash
# Installs the wheel into a new virtual environment with its peers, and tests it there.
#
# usage: Scripts/python/test.sh FOLDER [PYTEST_OPTIONS…]
#
# FOLDER  where the wheel is; the environment is made beside it. SHORT=yes leaves out scikit-learn's slow tests.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=$1
shift
environment=$folder/venv
rm -rf "$environment"
python3 -m venv "$environment"
"$environment/bin/pip" install --quiet -r Scripts/python/requirements.txt "$folder"/supportvectors-*.whl
"$environment/bin/python" -m pytest -q -p no:cacheprovider "$@" Python/tests
"$environment/bin/python" Scripts/python/sklearn_tests.py ${SHORT:+--short}
