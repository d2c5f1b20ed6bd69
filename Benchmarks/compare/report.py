"""RESULTS.md from the raw measurements."""

import statistics

from . import growth, limits, sets
from .results import PEERS, Group, geometric_mean

GROUPS = ["two classes", "several classes", "ε-SVR", "sparse", "all"]
TITLES = {
    "svm": "svm", "intelex-f32": "scikit-learn-intelex, Float", "intelex-f64": "scikit-learn-intelex, Double",
    "sklearn": "scikit-learn", "libsvm": "LIBSVM", "thundersvm": "ThunderSVM (CPU)"}


def render(store, tile_rates, picture):
    """The whole page as Markdown. `tile_rates` is a `TileRates`."""
    names = [name for name in sets.ALL if store.find(kind="compare", set=name)]
    groups = [Group(store, name) for name in names]
    parts = [_head(store, groups), _means(groups), _ratios(groups), _runs(groups), _answers(groups)]
    parts += [_floor(groups, tile_rates), _phases(groups)]
    parts += [_growth(store, picture), _memory(store), _scaling(store), _complaints(store, groups)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _seconds(value):
    if value is None:
        return "–"
    return f"{value:.3f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _times(value, bound=False):
    if value is None:
        return "–"
    text = f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
    return ("> " if bound else "") + text


def _head(store, groups):
    machine = store.content["machines"][-1]
    versions = {}
    for each in store.content["machines"]:
        versions |= {name: version for name, version in each["versions"].items() if version}
    commands = list(dict.fromkeys(each["command"] for each in store.content["machines"]))
    dates = sorted({each["date"] for each in store.content["machines"]})
    settings = next((group.settings for group in groups if group.settings), {})
    cores = {run["blas"]["core"] for run in store.runs if run.get("blas")}
    return "\n".join([
        "# Results", "",
        f"Measured {' and '.join(dates)} on {machine['cores']} cores of {machine['processor']},"
        f" {machine['memoryBytes'] / 2**30:.0f} GB, {machine['system']}"
        + (f", OpenBLAS kernels {', '.join(sorted(cores))}" if cores else "") + ".", "",
        "Versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
        f"Every solver ran with tolerance {settings.get('tolerance')}, {settings.get('threads')} threads and a cache of"
        " 2 GB; [README.md](README.md) says what is timed.", "",
        "```", *commands, "```"])


def _ratio(group, solver, field):
    """A cell: how many times slower the solver is than svm, marked when it ran out of time."""
    if solver is None or solver not in group.solvers:
        return "–"
    return _times(group.ratio(solver, field), group.solvers[solver].limit is not None)


def _values(groups, which, field):
    """Ratios of one kind over some sets, with those that only bound it from below."""
    found = []
    for group in groups:
        solver = group.fastest_peer(field) if which == "fastest" else "libsvm"
        value = group.ratio(solver, field) if solver else None
        if value is not None:
            found.append(value)
    return found


def _means(groups):
    rows = []
    for kind in GROUPS:
        mine = [group for group in groups if kind == "all" or kind in group.groups(sets.SPARSE_BELOW)]
        if not mine:
            continue
        row = [kind, str(len(mine))]
        for field in ("train", "predict"):
            fastest, libsvm = _values(mine, "fastest", field), _values(mine, "libsvm", field)
            row += [_times(geometric_mean(fastest)), _times(min(fastest, default=None))]
            row += [_times(geometric_mean(libsvm))]
        rows.append(row)
    header = [
        "sets", "number", "training: fastest peer, mean", "least", "LIBSVM, mean", "prediction: fastest peer, mean",
        "least", "LIBSVM, mean"]
    return (
        "## How many times faster\n\nGeometric means of (seconds of the peer) ÷ (seconds of `svm`). The fastest peer is"
        " chosen for each set,\nand only among right answers. A peer that ran out of time counts with its time"
        " limit.\n\n" + _table(header, rows))


def _ratios(groups):
    rows = []
    for group in groups:
        row = [group.name]
        for field in ("train", "predict"):
            solver = group.fastest_peer(field)
            row += [solver or "–", f"**{_ratio(group, solver, field)}**"]
            row += [_ratio(group, peer, field) for peer in PEERS]
        rows.append(row)
    header = ["data"]
    for word in ("training", "prediction"):
        header += [f"{word}: fastest peer", "×"] + [f"{peer} ×" for peer in PEERS]
    return "## Ratios for each set\n\n" + _table(header, rows)


def _runs(groups):
    rows = []
    for group in groups:
        for solver, summary in group.solvers.items():
            if not summary.done:
                rows.append([group.name, TITLES[solver], summary.reason] + [""] * 5)
                continue
            low, high = summary.spread("train")
            form = f", {summary.form}" if summary.form in ("csr", "dense") and solver != "libsvm" else ""
            wall = f" ({_seconds(summary.median('predictWall'))})" if solver == "svm" else ""
            rows.append([
                group.name, TITLES[solver] + form, str(len(summary.done)), _seconds(summary.median("train")),
                f"{_seconds(low)}–{_seconds(high)}", _seconds(summary.median("predict")) + wall,
                f"{summary.median('peakTrain') / 2**20:.0f}",
                _ratio(group, solver, "train") if solver != "svm" else "1"])
    header = [
        "data", "solver", "runs", "train s", "least–most", "predict s (whole process)", "peak MB in training", "× svm"]
    return (
        "## Times\n\nMedians. One run where a run takes more than a minute.\n\n" + _table(header, rows))


def _answers(groups):
    rows = []
    for group in groups:
        settings, data = group.settings, group.data
        kernel = "linear" if settings["kernel"] == "linear" else f"γ {settings['gamma']:g}"
        tube = f", ε {settings['epsilon']:g}" if group.task == "regression" else ""
        about = f"{data['rows']} × {data['features']}, C {settings['c']:g}, {kernel}{tube}"
        for solver, summary in group.solvers.items():
            if not summary.done:
                continue
            run = summary.done[-1]
            score = f"{run['accuracy']:.4f}" if "accuracy" in run else f"RMSE {run['rmse']:.5g}"
            wrong = "" if group.is_right(summary) else " **wrong**"
            rows.append([
                group.name, about, TITLES[solver], f"{summary.dual:.8g}", f"{group.distance(summary):.1e}{wrong}",
                str(run["supportVectors"]), score])
            about = ""
    header = [
        "data", "rows × features, parameters", "solver", "dual objective", "from the best", "support vectors",
        "held-out accuracy or RMSE"]
    return (
        "## Answers\n\nThe dual objective is computed in Double from the coefficients of every model, by the same"
        " function. More than\n1e-4 from the best, or outside the constraints, is a wrong answer.\n\n"
        + _table(header, rows))


def _floor(groups, tile_rates):
    rows = []
    for group in groups:
        ours, rate = group.ours, tile_rates.rate(group.name, group.data, group.settings["threads"])
        if ours is None or not ours.done or rate is None:
            continue
        values = ours.done[-1]["kernelValues"]
        seconds = ours.median("train")
        rows.append([
            group.name, f"{values / 1e9:.3f}", f"{rate / 1e9:.2f}", _seconds(values / rate), _seconds(seconds),
            _times(seconds * rate / values)])
    if not rows:
        return ""
    header = ["data", "kernel values, 1e9", "tile rate, 1e9/s", "floor s", "train s", "train ÷ floor"]
    return (
        "## Training over its floor\n\nThe floor is the number of kernel values that were computed over the rate of"
        " tiles alone, measured in\nthe same session.\n\n" + _table(header, rows))


def _phases(groups):
    measured = [group for group in groups if group.ours and group.ours.done]
    if not measured:
        return ""
    names = list(dict.fromkeys(name for group in measured for name in group.ours.done[-1]["phases"]))
    rows = []
    for group in measured:
        runs = group.ours.done
        middle = sorted(runs, key=lambda run: run["train"])[len(runs) // 2]
        rows.append(
            [group.name, _seconds(middle["train"]), _seconds(middle["load"])]
            + [_seconds(middle["phases"].get(name)) for name in names])
    return "## Phases of our runs, seconds\n\n" + _table(["data", "train", "load"] + names, rows)


def _growth(store, picture):
    lines = growth.lines(store)
    if not lines:
        return ""
    solvers = list(lines)
    by_rows = {solver: dict(line) for solver, line in lines.items()}
    rows = [
        [f"{size:,}".replace(",", " ")] + [_seconds(by_rows[solver].get(size)) for solver in solvers]
        for size in sets.GROWTH_SIZES]
    return (
        f"## Growth with the number of rows\n\n![Training seconds over rows, both logarithmic]({picture})\n\n"
        + _table(["rows"] + [TITLES[solver] for solver in solvers], rows))


def _median(runs, field):
    return statistics.median(run[field] for run in runs)


def _memory(store):
    rows = []
    for name in dict.fromkeys(run["set"] for run in store.find(kind=limits.MEMORY)):
        by_form = {}
        for run in store.find(kind=limits.MEMORY, set=name):
            if "train" in run:
                by_form.setdefault(run["form"], []).append(run)
        if set(by_form) != set(limits.CEILINGS):
            continue
        small, large = (by_form[form] for form in limits.CEILINGS)
        cells = [name]
        for runs in (small, large):
            peak = max(run["peak"] for run in runs)
            cells += [_seconds(_median(runs, "train")), f"{peak / 2**20:.0f} of {limits.ceiling(runs[0]) / 2**20:.0f}"]
        distance = abs(small[-1]["dual"] - large[-1]["dual"]) / abs(large[-1]["dual"])
        cells += [_times(_median(small, "train") / _median(large, "train")), f"{distance:.1e}"]
        rows.append(cells)
    if not rows:
        return ""
    header = ["data", "256M: train s", "peak MB of allowed", "4G: train s", "peak MB of allowed", "time ratio",
              "objectives apart"]
    return (
        "## Memory\n\nAllowed: `--memory` + 2 × the in-memory matrix + 128 MB.\n\n" + _table(header, rows))


def _scaling(store):
    rows = []
    for name in dict.fromkeys(run["set"] for run in store.find(kind=limits.SCALING)):
        one, two = ([run for run in store.find(kind=limits.SCALING, set=name, form=form) if "train" in run]
                    for form in ("1", "2"))
        if one and two:
            same = len({run["model"] for run in one + two}) == 1
            rows.append([
                name, _seconds(_median(one, "train")), _seconds(_median(two, "train")),
                _times(_median(one, "train") / _median(two, "train")), "the same bytes" if same else "**different**"])
    if not rows:
        return ""
    return "## Threads\n\n" + _table(["data", "1 thread s", "2 threads s", "speed-up", "models"], rows)


def _complaints(store, groups):
    found = [text for group in groups for text in group.complaints()]
    found += limits.complaints(store, limits.MEMORY) + limits.complaints(store, limits.SCALING)
    return "## Wrong\n\n" + "\n".join(f"- {text}" for text in found) if found else ""
