#!/bin/bash
# A search for parameters as a Slurm job array: its tasks share one table of trials, and all end with the same model.
#
#   sbatch tune-slurm.sh data.csv
#
# The folder must be one that all nodes share and whose files can be locked (NFS 4, Lustre mounted with flock). Tasks
# may begin late, be killed or be added: `sbatch --array=8-15 tune-slurm.sh data.csv` helps with the same search.
#SBATCH --job-name=svm-tune
#SBATCH --array=0-7
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
set -euo pipefail

data=$1
name=$(basename "${data%.*}")
svm tune "$data" --resume "$name-trials.csv" --threads "${SLURM_CPUS_PER_TASK:-1}" --quiet \
  -o "$name-${SLURM_ARRAY_TASK_ID:-0}.model"
# All have the same bytes; one keeps the name.
mv "$name-${SLURM_ARRAY_TASK_ID:-0}.model" "$name.model"
