"""Starts the solvers, each run in a process of its own, and gathers what a run tells."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass


@dataclass
class Finished:
    """How a child process ended: `wall` seconds, `peak` bytes of memory (its largest resident set)."""

    code: int
    output: str
    errors: str
    wall: float
    peak: int
    timed_out: bool

    @property
    def last_words(self):
        """The last line of its messages, or the signal that ended it."""
        if self.code < 0:
            return f"ended by {signal.Signals(-self.code).name}"
        lines = self.errors.strip().splitlines()
        return lines[-1][:200] if lines else f"exit code {self.code}"


class Machine:
    """Where solvers run: how many cores they see, how long they may take, which lock they wait for."""

    def __init__(self, threads, timeout, lock=None, pause=0.0):
        self.threads, self.timeout, self.lock, self.pause = threads, timeout, lock, pause
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("OPENBLAS_", "OMP_", "MKL_"))}

    @contextlib.contextmanager
    def _alone(self):
        """Holds the lock file, if there is one, so that other programs that respect it stay away."""
        if self.lock is None:
            yield
            return
        time.sleep(self.pause)
        with open(self.lock, "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def run(self, command, threads=None, timeout=None):
        """Runs a command to its end or its time limit; the whole process group ends with it."""
        threads = threads or self.threads
        cores = sorted(os.sched_getaffinity(0))[:threads]
        environment = dict(self.environment, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))
        with self._alone(), tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
            began = time.perf_counter()
            child = subprocess.Popen(
                command, stdout=output, stderr=errors, stdin=subprocess.DEVNULL, env=environment,
                start_new_session=True, preexec_fn=lambda: os.sched_setaffinity(0, cores))
            expired = threading.Event()

            def end():
                expired.set()
                os.killpg(child.pid, signal.SIGKILL)

            limit = threading.Timer(timeout or self.timeout, end)
            limit.start()
            try:
                _, status, usage = os.wait4(child.pid, 0)
            except BaseException:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                raise
            finally:
                limit.cancel()
            wall = time.perf_counter() - began
            child.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0), errors.seek(0)
            return Finished(
                child.returncode, output.read(), errors.read(), wall, usage.ru_maxrss * 1024, expired.is_set())


def settings_of(definition, tolerance, threads):
    return {
        "c": definition.c, "gamma": definition.gamma, "kernel": definition.kernel,
        "epsilon": definition.epsilon, "tolerance": tolerance, "threads": threads}


def run_peer(machine, solver, form, definition, files, settings, timeout=None):
    """One run of a peer: its figures, or one of `unavailable`, `timeout`, `failed`."""
    request = {
        "solver": solver, "form": form, "task": definition.task, "arrays": files["arrays"],
        "testRows": files["testRows"], "settings": settings}
    ended = machine.run([sys.executable, "-m", "compare.worker", json.dumps(request)], settings["threads"], timeout)
    if ended.timed_out:
        return {"timeout": timeout or machine.timeout}
    if ended.code != 0:
        return {"failed": ended.last_words}
    return json.loads(ended.output.splitlines()[-1]) | {"wall": ended.wall}


def run_ours(machine, svm, definition, files, settings, memory="2G", predict=True):
    """One run of `svm train`, `svm evaluate` and `svm predict`, checked like a peer's."""
    folder = tempfile.mkdtemp(prefix="svm-compare-")
    try:
        return _run_ours(folder, machine, svm, definition, files, settings, memory, predict)
    finally:
        shutil.rmtree(folder)


def _run_ours(folder, machine, svm, definition, files, settings, memory, predict):
    model, report = os.path.join(folder, "m.model"), os.path.join(folder, "train.json")
    threads = settings["threads"]
    gamma = [] if settings["kernel"] == "linear" else ["--gamma", repr(settings["gamma"])]
    ended = machine.run(
        [svm, "train", files["text"], "--task", definition.task, "--kernel", settings["kernel"],
         "--c", str(settings["c"]), *gamma, "--epsilon", str(settings["epsilon"]),
         "--tolerance", str(settings["tolerance"]), "--threads", str(threads), "--memory", memory,
         "-o", model, "--json", report, "--quiet"], threads)
    if ended.timed_out:
        return {"timeout": machine.timeout}
    if ended.code != 0:
        return {"failed": ended.last_words}
    with open(report) as file:
        said = json.load(file)
    with open(model, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    found = {
        "train": said["timing"]["train"], "wall": ended.wall, "peak": ended.peak, "peakTrain": ended.peak,
        "peakReported": said["peakMemoryBytes"], "phases": said["timing"]["phases"], "load": said["timing"]["load"],
        "model": digest, "modelBytes": os.path.getsize(model), "precision": said["precision"], "blas": said["blas"],
        "saidDual": sum(problem["dualObjective"] for problem in said["problems"]),
        "iterations": sum(problem["iterations"] for problem in said["problems"]),
        "kernelValues": sum(problem["kernelValuesComputed"] or 0 for problem in said["problems"]),
        "stopReasons": sorted({problem["stopReason"] for problem in said["problems"]})}
    request = {
        "solver": "svm", "task": definition.task, "arrays": files["arrays"], "model": model,
        "testRows": files["testRows"], "settings": settings}
    if predict:
        predictions = os.path.join(folder, "predictions.csv")
        found |= _predict(machine, svm, model, files["predicted"], predictions, threads)
        request["predictions"] = predictions
    checked = machine.run([sys.executable, "-m", "compare.worker", json.dumps(request)])
    if checked.code != 0:
        return {"failed": "check of the model: " + checked.last_words}
    return found | json.loads(checked.output.splitlines()[-1])


def _predict(machine, svm, model, data, predictions, threads):
    """Seconds of predicting inside the process where `svm evaluate --json` tells them, else of the process."""
    evaluated = machine.run([svm, "evaluate", model, data, "--json"], threads)
    ended = machine.run([svm, "predict", model, data, "-o", predictions], threads)
    for each in (evaluated, ended):
        if each.code != 0:
            raise RuntimeError(f"svm could not predict {data}: {each.last_words}")
    timing = json.loads(evaluated.output).get("timing") or {}
    inside = timing.get("predict", timing.get("evaluate"))
    found = {"predict": ended.wall if inside is None else inside, "predictWall": ended.wall}
    return found | {"predictPeak": ended.peak, "predictIsWall": inside is None}
