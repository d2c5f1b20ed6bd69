#!/bin/bash
# Builds the library of the Python package, libsupportvectors.so, and the command for its wheel, in a folder.
#
# usage: Scripts/python/build.sh [FOLDER]
#
# Both hold Swift's runtime; the library exports the functions of supportvectors.h alone. Environment:
#
#   SWIFT    Swift's compiler driver (swift)
#   SCRATCH  where the modules are built (.build-python)
#   CC       a C compiler (cc)
set -euo pipefail
cd "$(dirname "$0")/../.."

swift=${SWIFT:-swift}
scratch=${SCRATCH:-.build-python}
# shellcheck disable=SC2034  # link.sh asks
blas=private
folder=${1:-.build/python}
cc=${CC:-cc}
work=$scratch/link
# shellcheck source=Scripts/private-blas/link.sh
. Scripts/private-blas/link.sh

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

others=(LIBSVMInterface CLIBSVM)

build_modules --target PythonInterface
build_modules --target svm
collect_objects
choose_objects "${command_modules[@]}" "${others[@]}"
provide_blas "$folder"
link_library "$folder/libsupportvectors.so" Scripts/python/exports.map
echo "$folder/libsupportvectors.so"

choose_objects PythonInterface CSupportVectors "${others[@]}"
provide_blas "$folder" -DBLAS_AT_START
# Swift's package manager compiles main under this name.
"$swift"c -emit-executable -static-stdlib -use-ld=lld -o "$folder/svm" "${objects[@]}" "${libraries[@]}" \
  -Xlinker --defsym=main=svm_main -Xlinker --gc-sections
strip --strip-unneeded "$folder/svm"
echo "$folder/svm"
