#!/bin/bash
# Builds svm_mpi.so, through which ranks reach MPI, with the mpicc found (MPICC=… for another one); installs Open
# MPI where there is none and the machine is Debian.
#
# usage: Scripts/mpi/build.sh FOLDER
set -euo pipefail

folder=${1:?usage: Scripts/mpi/build.sh FOLDER}
compiler=${MPICC:-mpicc}

if ! command -v "$compiler" > /dev/null; then
  command -v apt-get > /dev/null || { echo "mpi: there is no $compiler; install Open MPI or MPICH" >&2; exit 1; }
  run=()
  [[ $(id -u) == 0 ]] || run=(sudo)
  "${run[@]}" apt-get update -q
  DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -q -y --no-install-recommends \
    openmpi-bin libopenmpi-dev
fi

mkdir -p "$folder"
"$compiler" -O2 -Wall -Wextra -Werror -fPIC -shared -o "$folder/svm_mpi.so" Scripts/mpi/svm_mpi.c
echo "built $folder/svm_mpi.so"
