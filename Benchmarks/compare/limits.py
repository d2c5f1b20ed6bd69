"""Two promises about our own program: it stays below its memory ceiling, and threads change no bit."""

import sys

from . import files, measure

MEMORY, SCALING = "memory", "scaling"
MEMORY_SETS = ["a9a", "a9a-c100", "w8a", "ijcnn1", "skin", "mnist-whole"]
SCALING_SETS = MEMORY_SETS + ["letter", "shuttle", "california-housing", "house8L"]
CEILINGS = ["256M", "4G"]
ALLOWANCE = 128 * 2**20
MEBIBYTES = {"M": 2**20, "G": 2**30}


def measure_variants(options, machine, store, kind, names):
    """Runs our program at both ceilings (`memory`) or with 1 and 2 threads (`scaling`), alternating."""
    if options.again:
        store.forget(["svm"], kind, [each.name for each in names])
    for definition in names:
        if files.missing(definition, options.data):
            print(f"{definition.name}: left out, its files are not there", file=sys.stderr)
            continue
        prepared = files.prepared(definition, options.data, options.work, machine)
        for number in range(options.runs):
            for variant in CEILINGS if kind == MEMORY else ["1", "2"]:
                key = {"kind": kind, "set": definition.name, "solver": "svm", "form": variant, "run": number}
                if store.find(**key):
                    continue
                threads = options.threads if kind == MEMORY else int(variant)
                memory = variant if kind == MEMORY else options.memory
                settings = measure.settings_of(definition, options.tolerance, threads)
                found = measure.run_ours(
                    machine, options.svm, definition, prepared, settings, memory, predict=False)
                about = {key: prepared[key] for key in ("rows", "features", "nonzeros", "density", "classes")}
                store.add(key | {"task": definition.task, "settings": settings, "data": about} | found)
                print(f"{definition.name} {kind} {variant}: {found.get('train', found)}", file=sys.stderr, flush=True)


def matrix_bytes(data):
    """The in-memory matrix in Double, dense or as rows of (value, column) pairs, whichever is smaller."""
    return min(data["rows"] * data["features"] * 8, data["nonzeros"] * 12 + data["rows"] * 8)


def ceiling(run):
    """The bytes that a run may use: `--memory` + 2 × the matrix + 128 MB."""
    memory = run["form"]
    return int(memory[:-1]) * MEBIBYTES[memory[-1]] + 2 * matrix_bytes(run["data"]) + ALLOWANCE


def complaints(store, kind):
    """Broken promises, one sentence each."""
    found = []
    for name in dict.fromkeys(run["set"] for run in store.find(kind=kind)):
        runs = store.find(kind=kind, set=name)
        for run in runs:
            if "train" not in run:
                found.append(f"{name}, {kind} {run['form']}: {run}")
            elif kind == MEMORY and run["peak"] > ceiling(run):
                found.append(
                    f"{name}: {run['peak'] / 2**20:.0f} MB at --memory {run['form']};"
                    f" {ceiling(run) / 2**20:.0f} MB are allowed")
        runs = [run for run in runs if "train" in run]
        duals = [run["dual"] for run in runs]
        if duals and max(duals) - min(duals) > 1e-4 * abs(max(duals)):
            found.append(f"{name}, {kind}: objectives from {min(duals)!r} to {max(duals)!r}")
        if kind == SCALING and len({run["model"] for run in runs}) > 1:
            found.append(f"{name}: the model depends on the number of threads")
    return found
