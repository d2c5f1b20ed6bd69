# shellcheck shell=bash
# Which processes are ranks; for scripts that end one.

# descendants PROCESS: all that it has started, and what these have: between mpirun and a rank there may be another program.
descendants() {
  local child
  for child in $(pgrep -P "$1"); do
    echo "$child"
    descendants "$child"
  done
}

# ranksOf PROCESS PROGRAM: those of its descendants that run a program.
ranksOf() {
  local process
  for process in $(descendants "$1"); do
    [[ $(readlink "/proc/$process/exe") != "$(realpath "$2")" ]] || echo "$process"
  done
}
