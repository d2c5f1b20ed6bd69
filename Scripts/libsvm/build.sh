#!/bin/bash
# Builds libsvm.so.3 and libsvm.so.4, LIBSVM's library on this package's solver, in a folder.
#
# usage: Scripts/libsvm/build.sh [FOLDER]
#
# libsvm.so.3 has the layout of Debian's and Ubuntu's library (version 3.24), libsvm.so.4 that of version 3.37.
# Both hold Swift's runtime and export the functions of svm.h alone. Environment:
#
#   SWIFT    Swift's compiler driver (swift)
#   SCRATCH  where the modules are built (.build-libsvm)
#   CC       a C compiler (cc)
#   BLAS     private (default): the OpenBLAS of PyPI's scipy-openblas32, whose functions have names that no host's
#            BLAS has, is put beside the libraries; system: the host's own BLAS is called
set -euo pipefail
cd "$(dirname "$0")/../.."

swift=${SWIFT:-swift}
scratch=${SCRATCH:-.build-libsvm}
blas=${BLAS:-private}
folder=${1:-.build/libsvm}
cc=${CC:-cc}

"$swift" build -c release --scratch-path "$scratch" -Xswiftc -static-stdlib --target LIBSVMInterface
built=$(cd "$scratch/release" && pwd -P)
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
work=$scratch/link
rm -rf "$work"
mkdir -p "$work"

# The compiler names the libraries that a module asked for in its object files; BLAS is chosen here instead.
objects=()
: > "$work/names"
for object in "$built"/*.build/*.o; do
  module=$(basename "$(dirname "$object")" .build)
  # Objects of source files that are gone stay in the folder.
  [ -n "$(find "Sources/$module" -name "$(basename "$object" .o)" -print -quit)" ] || continue
  copy=$work/$module-$(basename "$object")
  cp "$object" "$copy"
  rm -f "$work/entries"
  objcopy --dump-section ".swift1_autolink_entries=$work/entries" "$copy" "$work/copy" 2> /dev/null || true
  if [ -s "$work/entries" ]; then
    tr '\0' '\n' < "$work/entries" | sed -E '/^-l(openblas|lapacke)$/d' | tr '\n' '\0' > "$work/kept"
    objcopy --update-section ".swift1_autolink_entries=$work/kept" "$copy"
  fi
  nm --undefined-only "$copy" 2> /dev/null | awk '$2 ~ /^(cblas_|LAPACKE_)/ { print $2 }' >> "$work/names"
  objects+=("$copy")
done

case $blas in
  private)
    if [ ! -d "$scratch/blas" ]; then
      python3 -m pip install --quiet --no-deps --target "$scratch/blas" "scipy-openblas32==0.3.34.*"
    fi
    cp "$scratch/blas/scipy_openblas32/lib/libscipy_openblas.so" "$folder/"
    sort -u "$work/names" | awk '
      { list = list " FUNCTION(" $1 ", " NR - 1 ")" }
      END { print "#define BLAS_COUNT", NR; print "#define BLAS_FUNCTIONS" list }' > "$work/blas.h"
    "$cc" -O2 -fPIC -c -I "$work" -o "$work/blas.obj" Scripts/libsvm/private_blas.c
    libraries=("$work/blas.obj")
    ;;
  system) libraries=(-lopenblas -llapacke) ;;
  *)
    echo "BLAS: must be private or system, but is $blas" >&2
    exit 2
    ;;
esac

for version in 3:324 4:337; do
  soname=libsvm.so.${version%:*}
  "$cc" -O2 -c -fPIC -DLIBSVM_VERSION="${version#*:}" -o "$work/version.obj" Scripts/libsvm/version.c
  # lld, because gold exports protected symbols whatever the version script says.
  "$swift"c -emit-library -static-stdlib -use-ld=lld -o "$folder/$soname" "${objects[@]}" "$work/version.obj" \
    "${libraries[@]}" -Xlinker -soname="$soname" -Xlinker --version-script=Scripts/libsvm/exports.map \
    -Xlinker -Bsymbolic -Xlinker --gc-sections -Xlinker -z -Xlinker nodelete -Xlinker -z -Xlinker defs
  strip --strip-unneeded "$folder/$soname"
  echo "$folder/$soname"
done
