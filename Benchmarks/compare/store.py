"""The raw measurements: one JSON file, written anew after every run, so that an interrupted comparison goes on."""

import datetime
import json
import os
import platform
import subprocess
import sys
from importlib import metadata


class Store:
    """Runs in the order in which they were made. Each is a dictionary with at least `kind` (`compare`,
    `growth`, `memory`, `scaling`), `set`, `solver`, `form`, `run`, `settings`, and what was measured."""

    def __init__(self, path, resume=False):
        self.path = path
        self.content = {"machines": [], "runs": []}
        if path and os.path.exists(path):
            if not resume:
                raise FileExistsError(f"{path} exists; --resume goes on with it")
            with open(path) as file:
                self.content = json.load(file)

    @property
    def runs(self):
        return self.content["runs"]

    def begin(self, command, svm):
        """Notes machine, versions and command of what follows."""
        self.content["machines"].append(facts(command, svm))

    def find(self, **wanted):
        """The runs whose fields have these values."""
        return [run for run in self.runs if all(run.get(key) == value for key, value in wanted.items())]

    def forget(self, solvers, kind, names):
        """Removes the runs of some solvers on some sets, to be measured again."""
        self.content["runs"] = [
            run for run in self.runs
            if not (run["solver"] in solvers and run["kind"] == kind and run["set"] in names)]

    def add(self, run):
        self.runs.append(run | {"at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")})
        if self.path:
            with open(self.path + ".new", "w") as file:
                json.dump(self.content, file, indent=0)
            os.replace(self.path + ".new", self.path)


def merged(paths):
    """One store with the runs of several files, for rendering."""
    whole = Store(None)
    for path in paths:
        part = Store(path, resume=True)
        whole.content["machines"] += part.content["machines"]
        whole.content["runs"] += part.runs
    return whole


def facts(command, svm):
    """What a reader of the results must know about the machine and the programs."""
    versions = {"python": platform.python_version()}
    for package in ("libsvm-official", "numpy", "scikit-learn", "scikit-learn-intelex", "thundersvm-cpu"):
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = None
    if os.path.exists(svm):
        versions["svm"] = subprocess.run([svm, "--version"], capture_output=True, text=True).stdout.split()[-1]
    return {
        "date": datetime.date.today().isoformat(), "command": command, "versions": versions,
        "processor": _processor(), "cores": os.cpu_count(), "memoryBytes": _memory(), "system": _system()}


def _lines(path):
    try:
        with open(path) as file:
            return file.read().splitlines()
    except OSError:
        return []


def _processor():
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _system():
    for line in _lines("/etc/os-release"):
        if line.startswith("PRETTY_NAME="):
            return line.split("=", 1)[1].strip('"')
    return sys.platform


def _memory():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
