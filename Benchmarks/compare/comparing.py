"""The comparison itself: every solver on every set, in turn, several times."""

import sys

from . import files, measure, sets
from .results import Group, forms

KIND = "compare"


def compare(options, machine, store, names):
    """Measures what the store does not hold yet. Returns messages about wrong answers of ours."""
    if options.again:
        store.forget(options.again, KIND, [each.name for each in names])
    complaints = []
    for definition in names:
        absent = files.missing(definition, options.data)
        if absent:
            print(f"{definition.name}: left out, {', '.join(absent)} not found in {options.data}", file=sys.stderr)
            continue
        prepared = files.prepared(definition, options.data, options.work, machine)
        _compare_on(definition, prepared, options, machine, store)
        complaints += Group(store, definition.name).complaints()
    return complaints


def _compare_on(definition, prepared, options, machine, store):
    settings = measure.settings_of(definition, options.tolerance, options.threads)
    solvers = ([] if options.without_svm else ["svm"]) + options.peers
    for number in range(options.runs):
        for solver in solvers:
            for form in _forms(store, definition, prepared, solver, number):
                key = {"kind": KIND, "set": definition.name, "solver": solver, "form": form, "run": number}
                if store.find(**key) or _is_over(store, key, options.slow):
                    continue
                if solver == "svm":
                    found = measure.run_ours(
                        machine, options.svm, definition, prepared, settings, options.memory)
                else:
                    limit = _limit(store, key, machine.timeout)
                    found = measure.run_peer(machine, solver, form, definition, prepared, settings, limit)
                about = {key: prepared[key] for key in ("rows", "features", "nonzeros", "density", "classes",
                                                         "testRows", "predictRows", "digest")}
                store.add(key | {"task": definition.task, "settings": settings, "data": about} | found)
                _tell(key, found)


def _forms(store, definition, prepared, solver, number):
    """The forms of the matrix to try: all of them in the first run, the faster one after it."""
    if solver == "svm":
        return ["text"]
    if number == 0:
        return forms(solver, prepared["density"], sets.SPARSE_BELOW)
    first = store.find(kind=KIND, set=definition.name, solver=solver, run=0)
    done = [run for run in first if "train" in run]
    return [min(done, key=lambda run: run["train"])["form"]] if done else []


def _limit(store, key, timeout):
    """The time limit of a run. A form that takes twice as long as another one will not count anyway."""
    others = store.find(**{name: key[name] for name in ("kind", "set", "solver")})
    walls = [run["wall"] for run in others if run["form"] != key["form"] and "train" in run]
    return min([timeout] + [30 + 2 * wall for wall in walls])


def _is_over(store, key, slow):
    """Whether earlier runs say that another one is not worth its time."""
    earlier = store.find(**{name: key[name] for name in ("kind", "set", "solver", "form")})
    if not earlier:
        return False
    last = earlier[-1]
    return "train" not in last or (key["solver"] != "svm" and last["train"] + last["predict"] > slow)


def _tell(key, found):
    name = f"{key['set']} {key['solver']} {key['form']} run {key['run'] + 1}"
    if "train" in found:
        text = (
            f"train {found['train']:.3f} s, predict {found['predict']:.3f} s, {found['peak'] / 2**20:.0f} MB,"
            f" dual {found['dual']:.8g}, {found['supportVectors']} support vectors")
    else:
        text = ", ".join(f"{word}: {value}" for word, value in found.items())
    print(f"{name}: {text}", file=sys.stderr, flush=True)
