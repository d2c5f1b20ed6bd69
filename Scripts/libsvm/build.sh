#!/bin/bash
# Builds libsvm.so.3 and libsvm.so.4, LIBSVM's library on this package's solver, in a folder.
#
# usage: Scripts/libsvm/build.sh [FOLDER]
#
# libsvm.so.3 has the layout of Debian's and Ubuntu's library (version 3.24), libsvm.so.4 that of version 3.37.
# Both hold Swift's runtime and export the functions of svm.h alone. Environment:
#
#   SWIFT    Swift's compiler driver (swift)
#   SCRATCH  where the modules are built (.build, as `make build` has it)
#   CC       a C compiler (cc)
#   BLAS     private (default) or system; see Scripts/private-blas/link.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

swift=${SWIFT:-swift}
scratch=${SCRATCH:-.build}
blas=${BLAS:-private}
folder=${1:-.build/libsvm}
cc=${CC:-cc}
work=$scratch/link-libsvm
# shellcheck source=Scripts/packages.sh
. Scripts/packages.sh
# shellcheck source=Scripts/private-blas/link.sh
. Scripts/private-blas/link.sh
install_python_tools

build_modules LIBSVMInterface
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
collect_objects LIBSVMInterface
choose_objects LIBSVMInterface
provide_blas "$folder"
for version in 3:324 4:337; do
  soname=libsvm.so.${version%:*}
  "$cc" -O2 -c -fPIC -DLIBSVM_VERSION="${version#*:}" -o "$work/version.obj" Scripts/libsvm/version.c
  link_library "$folder/$soname" Scripts/libsvm/exports.map "$work/version.obj"
  echo "$folder/$soname"
done
