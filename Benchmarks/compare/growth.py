"""How training time grows with the number of rows: one synthetic family, doubled from 2 500 on, up to 1 000 000."""

import csv
import os
import sys

from . import files, measure, plot, sets
from .results import Group

KIND = "growth"


def measure_growth(options, machine, store):
    """Measures each size; a solver stops when the next size would take longer than the budget."""
    if options.again:
        store.forget(options.again, KIND, [sets.growth_set(rows).name for rows in sets.GROWTH_SIZES])
    complaints = []
    for rows in sets.GROWTH_SIZES:
        definition = sets.growth_set(rows)
        prepared = files.prepared(definition, options.data, options.work, machine)
        settings = measure.settings_of(definition, options.tolerance, options.threads)
        for number in range(options.runs):
            for solver in ([] if options.without_svm else ["svm"]) + options.peers:
                form = "text" if solver == "svm" else "csr" if solver == "libsvm" else "dense"
                key = {"kind": KIND, "set": definition.name, "solver": solver, "form": form, "run": number}
                if store.find(**key) or _too_long(store, solver, rows, options.budget):
                    continue
                if solver == "svm":
                    found = measure.run_ours(
                        machine, options.svm, definition, prepared, settings, options.memory, predict=False)
                else:
                    found = measure.run_peer(machine, solver, form, definition, prepared, settings)
                about = {key: prepared[key] for key in ("rows", "features", "density", "classes")}
                store.add(key | {"task": definition.task, "settings": settings, "data": about} | found)
                print(f"{rows} rows, {solver}: {found.get('train', found)}", file=sys.stderr, flush=True)
        complaints += Group(store, definition.name, KIND).complaints()
    return complaints


def _too_long(store, solver, rows, budget):
    """Whether this size, whose work grows with the square of the rows, is expected to be over the budget in seconds."""
    place = sets.GROWTH_SIZES.index(rows)
    if place == 0:
        return False
    fewer = sets.GROWTH_SIZES[place - 1]
    before = store.find(kind=KIND, set=sets.growth_set(fewer).name, solver=solver)
    times = [run["train"] for run in before if "train" in run]
    return not times or (rows / fewer) ** 2 * min(times) > budget


def lines(store):
    """Median training seconds: solver → list of (rows, seconds)."""
    found = {}
    for rows in sets.GROWTH_SIZES:
        group = Group(store, sets.growth_set(rows).name, KIND)
        for solver, summary in group.solvers.items():
            if summary.done:
                found.setdefault(solver, []).append((rows, summary.median("train")))
    return found


def write(store, folder):
    """Writes growth.csv and growth.svg into the folder and returns the lines."""
    found = lines(store)
    if not found:
        return found
    with open(os.path.join(folder, "growth.csv"), "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["rows"] + [f"{solver} seconds" for solver in found])
        by_rows = {solver: dict(line) for solver, line in found.items()}
        for rows in sets.GROWTH_SIZES:
            cells = [by_rows[solver].get(rows) for solver in found]
            table.writerow([rows] + ["" if cell is None else f"{cell:.4f}" for cell in cells])
    with open(os.path.join(folder, "growth.svg"), "w") as file:
        file.write(plot.log_log(
            found, "Training time, two classes, 20 features, C 1, gamma 0.05", "rows", "seconds"))
    return found
