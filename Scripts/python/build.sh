#!/bin/bash
# Builds the library of the Python package, libsupportvectors.so, and the command for its wheel, in a folder.
#
# usage: Scripts/python/build.sh [FOLDER]
#
# Both hold Swift's runtime; the library exports the functions of supportvectors.h alone. Environment:
#
#   SWIFT    Swift's compiler driver (swift)
#   SCRATCH  where the modules are built (.build, as `make build` has it)
#   CC       a C compiler (cc)
set -euo pipefail
cd "$(dirname "$0")/../.."

swift=${SWIFT:-swift}
scratch=${SCRATCH:-.build}
# shellcheck disable=SC2034  # link.sh asks
blas=private
folder=${1:-.build/python}
cc=${CC:-cc}
work=$scratch/link-python
# shellcheck source=Scripts/packages.sh
. Scripts/packages.sh
# shellcheck source=Scripts/private-blas/link.sh
. Scripts/private-blas/link.sh
install_python_tools

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

build_modules PythonInterface svm
collect_objects PythonInterface svm
choose_objects PythonInterface
provide_blas "$folder"
link_library "$folder/libsupportvectors.so" Scripts/python/exports.map
echo "$folder/libsupportvectors.so"

choose_objects svm
provide_blas "$folder" -DBLAS_AT_START
# The argument parser's module asks for FoundationEssentials, whose shared library holds what has static ones of its
# own. Swift's package manager compiles main under the name svm_main.
foundation=(-l_FoundationCollections -l_FoundationCShims)
"$swift"c -emit-executable -static-stdlib -use-ld=lld -o "$folder/svm" "${objects[@]}" "${libraries[@]}" \
  "${foundation[@]}" -Xlinker --defsym=main=svm_main -Xlinker --gc-sections
strip --strip-unneeded "$folder/svm"
echo "$folder/svm"
