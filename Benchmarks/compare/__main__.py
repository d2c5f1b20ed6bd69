"""`python -m compare`: measures `svm` against its peers. Benchmarks/README.md explains what is timed."""

import argparse
import os
import signal
import sys

from . import comparing, growth, limits, rates, report, sets, store
from .measure import Machine
from .results import PEERS

def _list(text):
    return [part for part in text.split(",") if part]


def _parser():
    parser = argparse.ArgumentParser(prog="compare", description=__doc__.splitlines()[0])
    parser.add_argument(
        "mode", nargs="?", default="run", choices=["run", "growth", "memory", "scaling", "render", "list"],
        help="run: all solvers in turn (default); growth: time over rows; memory and scaling: svm alone;"
        " render: Markdown from measurements; list: the data sets")
    add = parser.add_argument
    add("--data", help="folder with data files, packed as .xz or not; without it data are made")
    add("--work", default=".build/compare", help="folder for prepared files (.build/compare)")
    add("--svm", default=".build/release/svm", help="the program to measure")
    add("--without-svm", action="store_true", help="measure peers alone")
    add("--only", type=_list, default=[], metavar="NAMES", help="these data sets, also large ones; see list")
    add("--peers", type=_list, metavar="NAMES", help=f"of {','.join(PEERS)} (all; for growth intelex-f32,libsvm)")
    add("--runs", type=int, default=3, help="alternating runs (3)")
    add("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of every solver (all cores)")
    add("--tolerance", type=float, default=1e-3, help="of every solver (1e-3)")
    add("--memory", default="2G", help="of svm; the peers' caches hold 2 GB (2G)")
    add("--timeout", type=float, default=1200, metavar="SECONDS", help="of a run (1200)")
    add("--slow", type=float, default=60, metavar="SECONDS", help="peers slower than this run once (60)")
    add("--budget", type=float, default=300, metavar="SECONDS", help="of a run in growth (300)")
    add("--results", nargs="+", default=[".build/compare/results.json"], metavar="FILE",
        help="raw measurements; several for render (.build/compare/results.json)")
    add("--resume", action="store_true", help="go on with the measurements that the file holds")
    add("--again", type=_list, default=[], metavar="SOLVERS", help="with --resume: measure these once more")
    add("--lock", metavar="FILE", help="hold this lock file (flock) during each run, not between runs")
    add("--pause", type=float, default=0, metavar="SECONDS", help="between runs, for others to take the lock (0)")
    add("--tile-rate", action="append", default=[], metavar="[SET=]RATE",
        help="render: kernel values a second that tiles alone reach, for a set or for all")
    add("--micro", metavar="FILE", help="render: tile rates measured by make microbenchmarks JSON=--json")
    add("--output", metavar="FILE", help="where the page goes, with growth.csv and growth.svg beside it (standard output)")
    return parser


def _command(options):
    """The command for the page of results: what was chosen, without the paths of this machine."""
    words = ["compare", options.mode] + (["--data", "FOLDER"] if options.data else [])
    for name in ("only", "peers"):
        words += [f"--{name}", ",".join(getattr(options, name))] if getattr(options, name) else []
    for name in ("runs", "threads", "tolerance", "memory", "timeout"):
        words += [f"--{name}", f"{getattr(options, name)}"]
    return " ".join(words)


def _tile_rates(texts):
    found = {}
    for text in texts:
        name, separator, rate = text.rpartition("=")
        found[name if separator else None] = float(rate)
    return found


def _chosen(parser, names, data):
    try:
        return sets.chosen(names, data)
    except KeyError as error:
        parser.error(f"no data set is named {error}; the names are {', '.join(sets.ALL)}")


def _render(options):
    """Prints the page, or writes it and, beside it, the growth as a table and a picture."""
    whole = store.merged(options.results)
    page = report.render(whole, rates.TileRates(_tile_rates(options.tile_rate), options.micro), "growth.svg")
    if options.output is None:
        print(page, end="")
        return
    growth.write(whole, os.path.dirname(os.path.abspath(options.output)))
    with open(options.output, "w") as file:
        file.write(page)


def _measure(parser, options):
    """Runs one of the measuring modes and returns what is wrong."""
    command = _command(options)
    if options.peers is None:
        options.peers = ["intelex-f32", "libsvm"] if options.mode == "growth" else PEERS
    for name in options.peers:
        if name not in PEERS:
            parser.error(f"no peer is named {name}; the names are {', '.join(PEERS)}")
    if len(options.results) != 1:
        parser.error("--results takes several files in render only")
    if not options.without_svm and not os.access(options.svm, os.X_OK):
        parser.error(f"{options.svm} is not a program; make build makes it")
    default = {"memory": limits.MEMORY_SETS, "scaling": limits.SCALING_SETS}.get(options.mode, [])
    names = options.only or (default if options.data else [])
    definitions = _chosen(parser, names, options.data)
    os.makedirs(os.path.dirname(os.path.abspath(options.results[0])), exist_ok=True)
    try:
        results = store.Store(options.results[0], options.resume)
    except FileExistsError as error:
        parser.error(str(error))
    for run in results.runs:
        before = run["settings"]["tolerance"], run["settings"]["threads"]
        if run["kind"] != limits.SCALING and before != (options.tolerance, options.threads):
            parser.error(
                f"{options.results[0]} holds runs with tolerance {before[0]:g} and {before[1]} threads;"
                " name another file with --results")
    results.begin(command, options.svm)
    machine = Machine(options.threads, options.timeout, options.lock, options.pause)
    if options.mode == "run":
        return comparing.compare(options, machine, results, definitions)
    if options.mode == "growth":
        return growth.measure_growth(options, machine, results)
    limits.measure_variants(options, machine, results, options.mode, definitions)
    return limits.complaints(results, options.mode)


def main():
    parser = _parser()
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if options.mode == "list":
        for each in sets.ALL.values():
            source = "made here" if each.synthetic else each.source
            kernel = "linear" if each.kernel == "linear" else f"gamma {each.gamma:g}"
            print(f"{each.name:28} {each.task:15} C {each.c:<4g} {kernel:12} {source}")
        return 0
    if options.mode == "render":
        _render(options)
        return 0
    complaints = _measure(parser, options)
    _render(options)
    for text in complaints:
        print(f"WRONG: {text}", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
