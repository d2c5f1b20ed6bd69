# shellcheck shell=bash disable=SC2154
# Links libraries and programs for other people's processes: Swift's runtime inside, a BLAS of their own beside
# them, nothing exported that a version script does not name. Sourced by scripts that have set
#
#   swift    Swift's compiler driver
#   cc       a C compiler
#   blas     private: the OpenBLAS of PyPI's scipy-openblas32, whose functions have names that no host's BLAS has,
#            is put beside what is linked; system: the host's own BLAS is called
#   scratch  where the modules are built: that of `make build`, so that nothing is compiled twice
#   work     a folder for what is linked

# Builds targets, one after the other.
build_modules() {
  local target
  for target in "$@"; do
    "$swift" build -c release --scratch-path "$scratch" --target "$target"
  done
  built=$(cd "$scratch/release" && pwd -P)
  "$swift" package --scratch-path "$scratch" describe --type json > "$scratch/package.json"
}

# The modules that targets are made of, themselves among them.
modules_of() {
  python3 - "$scratch/package.json" "$@" << 'PROGRAM'
import json, sys
targets = {target["name"]: target for target in json.load(open(sys.argv[1]))["targets"]}
waiting, modules = sys.argv[2:], set()
while waiting:
    name = waiting.pop()
    if name in modules:
        continue
    modules.add(name)
    target = targets.get(name, {})
    waiting += target.get("target_dependencies") or []
    if "ArgumentParser" in (target.get("product_dependencies") or []):
        modules |= {"ArgumentParser", "ArgumentParserToolInfo"}
print("\n".join(sorted(modules)))
PROGRAM
}

# Copies the objects of the modules of some targets.
#
# The compiler names the libraries that a module asked for in its object files; BLAS is chosen here instead.
collect_objects() {
  local object module copy modules
  modules=$(modules_of "$@")
  rm -rf "$work"
  mkdir -p "$work"
  for object in "$built"/*.build/*.o; do
    module=$(basename "$(dirname "$object")" .build)
    grep -qx "$module" <<< "$modules" || continue
    # Objects of source files that are gone stay in the folder.
    [ ! -d "Sources/$module" ] || [ -n "$(find "Sources/$module" -name "$(basename "$object" .o)" -print -quit)" ] ||
      continue
    mkdir -p "$work/$module"
    copy=$work/$module/$(basename "$object")
    cp "$object" "$copy"
    rm -f "$work/entries"
    objcopy --dump-section ".swift1_autolink_entries=$work/entries" "$copy" "$work/copy" 2> /dev/null || true
    if [ -s "$work/entries" ]; then
      tr '\0' '\n' < "$work/entries" | sed -E '/^-l(openblas|lapacke)$/d' | tr '\n' '\0' > "$work/kept"
      objcopy --update-section ".swift1_autolink_entries=$work/kept" "$copy"
    fi
  done
}

# Puts those of a target into the array `objects`.
choose_objects() {
  local module
  objects=()
  for module in $(modules_of "$1"); do
    # A module of the system has none.
    [ ! -d "$work/$module" ] || objects+=("$work/$module"/*.o)
  done
  nm --undefined-only "${objects[@]}" 2> /dev/null |
    awk '$2 ~ /^(cblas_|LAPACKE_)/ { print $2 }' | sort -u > "$work/names"
}

# Puts the BLAS into a folder, and what links with it into the array `libraries`; further arguments are the C
# compiler's.
provide_blas() {
  local folder=$1
  shift
  case $blas in
    private)
      if [ ! -d "$scratch/blas" ]; then
        python3 -m pip install --quiet --no-deps --target "$scratch/blas" "scipy-openblas32==0.3.34.*"
      fi
      cp "$scratch/blas/scipy_openblas32/lib/libscipy_openblas.so" "$folder/"
      # Whoever gets the one gets the other.
      cp "$scratch"/blas/scipy_openblas32-*.dist-info/licenses/LICENSE.txt "$folder/libscipy_openblas-LICENSE.txt"
      awk '
        { list = list " FUNCTION(" $1 ", " NR - 1 ")" }
        END { print "#define BLAS_COUNT", NR; print "#define BLAS_FUNCTIONS" list }' "$work/names" > "$work/blas.h"
      "$cc" -O2 -fPIC -c -I "$work" "$@" -o "$work/blas.obj" Scripts/private-blas/private_blas.c
      libraries=("$work/blas.obj")
      ;;
    system) libraries=(-lopenblas -llapacke) ;;
    *)
      echo "BLAS: must be private or system, but is $blas" >&2
      exit 2
      ;;
  esac
}

# Links a library: its file, its version script, then what else belongs to it.
link_library() {
  local file=$1 exports=$2
  shift 2
  # lld, because gold exports protected symbols whatever the version script says.
  "$swift"c -emit-library -static-stdlib -use-ld=lld -o "$file" "${objects[@]}" "$@" "${libraries[@]}" \
    -Xlinker -soname="$(basename "$file")" -Xlinker --version-script="$exports" \
    -Xlinker -Bsymbolic -Xlinker --gc-sections -Xlinker -z -Xlinker nodelete -Xlinker -z -Xlinker defs
  strip --strip-unneeded "$file"
}
